using Azure.Core;

namespace PrivChain.Attestation.Azure;

/// <summary>Retries, transport and service version.</summary>
/// <param name="version">The service version.</param>
public sealed class AzureAttestationClientOptions(AzureAttestationClientOptions.ServiceVersion version = AzureAttestationClientOptions.ServiceVersion.V2025_06_01) : ClientOptions
{
    /// <summary>Versions of the service.</summary>
    public enum ServiceVersion
    {
        /// <summary>2022-08-01: SGX, SEV-SNP, TPM.</summary>
        V2022_08_01 = 1,
        /// <summary>2025-06-01: and TDX.</summary>
        V2025_06_01 = 2,
    }

    internal string Version { get; } = version switch
    {
        ServiceVersion.V2022_08_01 => "2022-08-01",
        ServiceVersion.V2025_06_01 => "2025-06-01",
        _ => throw new ArgumentOutOfRangeException(nameof(version)),
    };
}
