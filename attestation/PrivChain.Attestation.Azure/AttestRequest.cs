using System.Buffers.Text;
using System.Text.Json;

namespace PrivChain.Attestation.Azure;

/// <summary>What goes to the service with a piece of evidence.</summary>
public sealed record AttestRequest
{
    /// <summary>The quote, report, or Open Enclave evidence.</summary>
    public required ReadOnlyMemory<byte> Evidence { get; init; }

    /// <summary>SEV-SNP only: PEM of the VCEK, the ASK and the ARK, in this order.</summary>
    public ReadOnlyMemory<byte> CertificateChain { get; init; }

    /// <summary>What the first 32 bytes of report data are the SHA-256 of, or null.</summary>
    public ReadOnlyMemory<byte>? RuntimeData { get; init; }

    /// <summary>True when <see cref="RuntimeData"/> is JSON whose members shall be claims of the token (<c>x-ms-runtime</c>).</summary>
    public bool RuntimeDataIsJson { get; init; }

    /// <summary>What was fixed when the enclave or guest was made (host data, configuration id), or null.</summary>
    public ReadOnlyMemory<byte>? InitTimeData { get; init; }

    /// <summary>True when <see cref="InitTimeData"/> is JSON.</summary>
    public bool InitTimeDataIsJson { get; init; }

    /// <summary>A text of the caller that comes back in the token (<c>x-ms-nonce</c>), or null.</summary>
    public string? Nonce { get; init; }

    /// <summary>A policy to try, or null: a token made under it has no signature and is no evidence.</summary>
    public string? DraftPolicy { get; init; }

    internal byte[] ToJson(AzureAttestationType type)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(type is AzureAttestationType.SgxEnclave or AzureAttestationType.TdxVm ? "quote" : "report", Base64Url.EncodeToString((type == AzureAttestationType.SevSnpVm ? Report() : Evidence).Span));
            Data(writer, "runtimeData", RuntimeData, RuntimeDataIsJson);
            Data(writer, "initTimeData", InitTimeData, InitTimeDataIsJson);
            Text(writer, "nonce", Nonce);
            Text(writer, "draftPolicyForAttestation", DraftPolicy);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    // The service takes a SEV-SNP report as JSON inside base64 inside JSON, with the certificates beside it.
    private ReadOnlyMemory<byte> Report()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("SnpReport", Base64Url.EncodeToString(Evidence.Span));
            writer.WriteString("VcekCertChain", Base64Url.EncodeToString(CertificateChain.Span));
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void Data(Utf8JsonWriter writer, string name, ReadOnlyMemory<byte>? data, bool isJson)
    {
        if (data is { } bytes)
        {
            writer.WriteStartObject(name);
            writer.WriteString("data", Base64Url.EncodeToString(bytes.Span));
            writer.WriteString("dataType", isJson ? "JSON" : "Binary");
            writer.WriteEndObject();
        }
    }

    private static void Text(Utf8JsonWriter writer, string name, string? text)
    {
        if (text is not null)
        {
            writer.WriteString(name, text);
        }
    }
}
