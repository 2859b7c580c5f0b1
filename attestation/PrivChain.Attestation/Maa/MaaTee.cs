using System.Buffers.Binary;
using System.Text.Json;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.Jose;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Maa;

/// <summary>What a token says about the hardware, in the words that native evidence has.</summary>
internal sealed class MaaTee
{
    public const string TypeClaim = "x-ms-attestation-type";

    /// <summary>As in <see cref="EnclaveClaims.Tee"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Owner of the hardware's root, or null where nobody's hardware vouches.</summary>
    public string? Vendor => Name switch { "sgx" or "tdx" => RootKind.Intel, "sev-snp" => RootKind.Amd, _ => null };

    /// <summary>The claims' level.</summary>
    public required JsonElement Level { get; init; }

    /// <summary>Empty for a virtual machine without isolation: its token says nothing about code.</summary>
    public ReadOnlyMemory<byte> Measurement { get; init; }

    public IReadOnlyList<MeasuredValue> Measurements { get; init; } = [];

    /// <summary>As in <see cref="EnclaveClaims.Program"/>; empty where it is the measurement.</summary>
    public ReadOnlyMemory<byte> Program { get; init; }

    public ReadOnlyMemory<byte> Signer { get; init; }

    public uint? ProductId { get; init; }

    public uint? Svn { get; init; }

    public required bool Debug { get; init; }

    public ReadOnlyMemory<byte> ReportData { get; init; }

    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>Status of a TDX platform, or null.</summary>
    public TcbStatus? Status { get; init; }

    /// <summary>Reads the claims of one type of hardware. Each that a verdict rests on must be there, in its size: what is absent would otherwise count as good.</summary>
    public static AttestationVerdict<MaaTee> Read(string type, JsonElement level, JsonElement token)
    {
        var reader = new MaaReader(level);
        var tee = type switch
        {
            "sgx" => Sgx(reader),
            "sevsnpvm" => Snp(reader, token),
            "tdxvm" => Tdx(reader, token),
            "azurevm" or "tpm" => new MaaTee { Name = "tpm", Level = level, Debug = false, Conditions = SecureBoot(token) },
            _ => null,
        };
        return tee is null ? new AttestationVerdict<MaaTee>(AttestationFault.Parse(TypeClaim, "sgx, sevsnpvm, tdxvm, azurevm or tpm", type, AttestationRefusal.UnsupportedFormat))
            : reader.Missing is { } missing ? new AttestationVerdict<MaaTee>(AttestationFault.Parse(missing, "a claim of its type and size", "another, or none"))
            : new AttestationVerdict<MaaTee>(tee);
    }

    private static MaaTee Sgx(MaaReader reader)
    {
        var enclave = reader.Hex("x-ms-sgx-mrenclave", 32);
        return new MaaTee
        {
            Name = "sgx",
            Level = reader.Level,
            Measurement = Padded(enclave),
            Measurements = [new MeasuredValue("mrenclave", "sha-256", enclave)],
            Signer = reader.Hex("x-ms-sgx-mrsigner", 32),
            ProductId = reader.Number("x-ms-sgx-product-id"),
            Svn = reader.Number("x-ms-sgx-svn"),
            Debug = reader.Flag("x-ms-sgx-is-debuggable"),
            ReportData = reader.Hex("x-ms-sgx-report-data", EnclaveClaims.ReportDataSize),
        };
    }

    private static MaaTee Snp(MaaReader reader, JsonElement token)
    {
        var launch = reader.Hex("x-ms-sevsnpvm-launchmeasurement", 48);
        return new MaaTee
        {
            Name = "sev-snp",
            Level = reader.Level,
            Measurement = launch,
            Measurements = [new MeasuredValue("measurement", "sha-384", launch)],
            ProductId = ImageNumber(reader),
            Signer = reader.Hex("x-ms-sevsnpvm-idkeydigest", 48) is var key && key.Span.ContainsAnyExcept((byte)0) ? key : default,
            Svn = reader.Number("x-ms-sevsnpvm-guestsvn"),
            Debug = reader.Flag("x-ms-sevsnpvm-is-debuggable"),
            ReportData = reader.Hex("x-ms-sevsnpvm-reportdata", EnclaveClaims.ReportDataSize),
            Conditions =
            [
                .. reader.Number("x-ms-sevsnpvm-vmpl") != 0 ? [EvidenceCondition.VmplNotZero] : Array.Empty<string>(),
                .. reader.Flag("x-ms-sevsnpvm-migration-allowed") ? [EvidenceCondition.MigrationAllowed] : Array.Empty<string>(),
                .. reader.Flag("x-ms-sevsnpvm-smt-allowed") ? [EvidenceCondition.SmtAllowed] : Array.Empty<string>(),
                .. SecureBoot(token),
            ],
        };
    }

    private static MaaTee Tdx(MaaReader reader, JsonElement token)
    {
        var launch = reader.Hex("tdx_mrtd", 48);
        string[] registers = ["tdx_rtmr0", "tdx_rtmr1", "tdx_rtmr2", "tdx_rtmr3"];
        List<MeasuredValue> measurements =
        [
            new MeasuredValue("mrtd", "sha-384", launch),
            .. registers.Select(name => new MeasuredValue(name[4..], "sha-384", reader.Hex(name, 48))),
            .. new[] { "tdx_mrconfigid", "tdx_mrowner", "tdx_mrownerconfig" }.Where(reader.Has).Select(name => new MeasuredValue(name[4..], "sha-384", reader.Hex(name, 48))),
        ];

        // The service names some bits; where the token has all of them, those without a name count as they do in a quote.
        var attributes = reader.Has("tdx_td_attributes") ? reader.Hex("tdx_td_attributes", 8) : default;
        var xfam = reader.Has("tdx_xfam") ? reader.Hex("tdx_xfam", 8) : default;
        var debug = reader.Flag("tdx_td_attributes_debug");
        var conditions = new List<string>();
        if (!reader.Flag("tdx_td_attributes_septve_disable"))
        {
            conditions.Add(EvidenceCondition.SeptVeEnabled);
        }

        if (new[] { "tdx_td_attributes_key_locker", "tdx_td_attributes_perfmon", "tdx_td_attributes_protection_keys" }.Count(reader.Flag) > 0)
        {
            conditions.Add(EvidenceCondition.UnusualTdAttributes);
        }

        if (!attributes.IsEmpty && !xfam.IsEmpty)
        {
            conditions.AddRange(TdMode.Conditions(attributes.Span, xfam.Span));
            debug |= TdMode.IsDebug(attributes.Span);
        }

        return new MaaTee
        {
            Name = "tdx",
            Level = reader.Level,
            Measurement = launch,
            Measurements = measurements,
            Program = MeasuredValue.DigestOf(measurements),
            Debug = debug,
            ReportData = reader.Hex("tdx_report_data", EnclaveClaims.ReportDataSize),
            Status = reader.Status("attester_tcb_status"),
            Conditions = [.. conditions.Concat(SecureBoot(token)).Distinct(StringComparer.Ordinal)],
        };
    }

    // As a native report's: 16 bytes that number the image when only the first four are used.
    private static uint? ImageNumber(MaaReader reader) =>
        reader.Has("x-ms-sevsnpvm-imageId") && reader.Hex("x-ms-sevsnpvm-imageId", 16).Span is { Length: 16 } image && !image[4..].ContainsAnyExcept((byte)0) ? BinaryPrimitives.ReadUInt32LittleEndian(image) : null;

    // The outer level's claim of a guest; a guest attested without its vTPM has none.
    private static string[] SecureBoot(JsonElement token) => StrictJson.Flag(token, "secureboot") == false ? [EvidenceCondition.SecureBootOff] : [];

    private static byte[] Padded(ReadOnlyMemory<byte> digest)
    {
        var padded = new byte[EnclaveClaims.MeasurementSize];
        digest.Span.CopyTo(padded);
        return padded;
    }
}
