namespace PrivChain.Attestation.Evidence;

/// <summary>Names of evidence formats, as policies and contracts write them.</summary>
public static class EvidenceKind
{
    /// <summary>Evidence that proves nothing about hardware: signed by a test root that a file holds.</summary>
    public const string Simulated = "simulated";

    /// <summary>Intel SGX ECDSA quote, version 3.</summary>
    public const string Sgx = "sgx";

    /// <summary>Intel TDX quote, version 4 or 5.</summary>
    public const string Tdx = "tdx";

    /// <summary>AMD SEV-SNP attestation report.</summary>
    public const string SevSnp = "sev-snp";

    /// <summary>vTPM evidence of an Azure guest on SEV-SNP.</summary>
    public const string AzureSevSnp = "azure-sev-snp";

    /// <summary>vTPM evidence of an Azure guest on TDX.</summary>
    public const string AzureTdx = "azure-tdx";

    /// <summary>Token of Azure Attestation.</summary>
    public const string Maa = "maa";

    /// <summary>TPM 2.0 quote.</summary>
    public const string Tpm = "tpm";

    /// <summary>AWS Nitro attestation document.</summary>
    public const string Nitro = "nitro";

    /// <summary>Entity Attestation Token without a profile of its own here (RFC 9711, CWT or JWT).</summary>
    public const string Eat = "eat";

    /// <summary>Arm PSA token (RFC 9783).</summary>
    public const string Psa = "psa";

    /// <summary>Arm CCA token of realm and platform.</summary>
    public const string Cca = "cca";

    /// <summary>DICE certificate chain of an FPGA root of trust, under the members' root.</summary>
    public const string FpgaDice = "fpga-dice";

    /// <summary>Caliptra certificate chain.</summary>
    public const string Caliptra = "caliptra";

    /// <summary>SPDM measurement report of an NVIDIA GPU.</summary>
    public const string NvidiaGpu = "nvidia-gpu";

    /// <summary>Open Enclave evidence, report or certificate around an SGX or TDX quote.</summary>
    public const string OpenEnclave = "open-enclave";

    /// <summary>True for kinds whose platform's status is in Intel's collateral.</summary>
    internal static bool IsIntel(string kind) => kind is Sgx or Tdx or AzureTdx or OpenEnclave;

    /// <summary>Every kind.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Simulated, Sgx, Tdx, SevSnp, AzureSevSnp, AzureTdx, Maa, Tpm, Nitro, Eat, Psa, Cca, FpgaDice, Caliptra, NvidiaGpu, OpenEnclave,
    ];
}
