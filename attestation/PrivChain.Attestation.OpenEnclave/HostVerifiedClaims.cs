using System.Buffers.Binary;
using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>
/// What the library says of evidence that it found genuine. It trusts Intel's root and no other, and reads the process's clock for certificates. It is a second opinion: nothing in PrivChain acts on it, and it is no
/// <see cref="EnclaveClaims"/>.
/// </summary>
public sealed class HostVerifiedClaims
{
    private readonly IReadOnlyDictionary<string, ReadOnlyMemory<byte>> _claims;

    private HostVerifiedClaims(IReadOnlyDictionary<string, ReadOnlyMemory<byte>> claims, IReadOnlyList<EvidenceField> fields, bool upToDate)
    {
        _claims = claims;
        Fields = fields;
        Format = new Guid(claims["format_uuid"].Span, bigEndian: true);
        TcbStatus = HostVerifiedClaim.Status(claims["tcb_status"].Span)!.Value;

        // The library gives OE_OK for debug enclaves; a TD's mode is in its own attributes, and those of SGX are zero there. Any bit of the group TUD is debug.
        Debug = (BinaryPrimitives.ReadUInt64LittleEndian(claims["attributes"].Span) & 1) != 0 || (claims.TryGetValue("tdx_td_attributes", out var mode) && mode.Span[0] != 0);
        Result = Debug ? AuthenticationResult.ValidDebug
            : upToDate && TcbStatus == TcbStatus.UpToDate ? AuthenticationResult.Valid
            : AuthenticationResult.ValidTcbNotUpToDate;
    }

    /// <summary>The format of the evidence, see <see cref="OpenEnclaveId"/>.</summary>
    public Guid Format { get; }

    /// <summary>What was found, in the words of our own verifier: debug counts before a TCB that is not up to date.</summary>
    public AuthenticationResult Result { get; }

    /// <summary>True when its host can read the enclave's memory.</summary>
    public bool Debug { get; }

    /// <summary>Status of the platform.</summary>
    public TcbStatus TcbStatus { get; }

    /// <summary>MRENCLAVE (32 bytes) or MRTD (48 bytes).</summary>
    public ReadOnlyMemory<byte> Measurement => _claims.TryGetValue("tdx_mrtd", out var mrtd) ? mrtd : _claims["unique_id"];

    /// <summary>What the enclave bound (64 bytes). Where it bound custom claims, the library has compared their SHA-256 with it and gives the claims alone.</summary>
    public ReadOnlyMemory<byte> ReportData =>
        _claims.TryGetValue("sgx_report_data", out var data) || _claims.TryGetValue("tdx_report_data", out data) ? data : (byte[])[.. SHA256.HashData(CustomClaims.Span), .. new byte[32]];

    /// <summary>What the enclave claims beside its quote, or empty.</summary>
    public ReadOnlyMemory<byte> CustomClaims => _claims.TryGetValue("custom_claims_buffer", out var claims) ? claims : default;

    /// <summary>Every claim. Those that our own reader of evidence knows have its name and form, so the two can be compared field by field; others have the library's name, as hex.</summary>
    public IReadOnlyList<EvidenceField> Fields { get; }

    /// <summary>Null, with a reason, where a claim is missing, comes twice or is of another form than it has.</summary>
    internal static HostVerifiedClaims? Read(IReadOnlyList<(string Name, ReadOnlyMemory<byte> Value)> received, bool upToDate, out string? fault)
    {
        var claims = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var fields = new List<EvidenceField>();
        foreach (var (name, value) in received)
        {
            fault = !claims.TryAdd(name, value) ? $"claim {name} comes twice" : null;
            if (fault is null && HostVerifiedClaim.Field(name, value) is { } field)
            {
                fields.Add(field);
                continue;
            }

            fault ??= $"claim {name} of {value.Length} bytes is of another form";
            return null;
        }

        // Those that every plugin gives (OE_REQUIRED_CLAIMS), and the status that all of remote evidence has: without it nobody would know what a verdict rests on.
        string[] required = ["id_version", "security_version", "attributes", "unique_id", "signer_id", "product_id", "format_uuid", "tcb_status"];
        if (required.FirstOrDefault(name => !claims.ContainsKey(name)) is { } missing)
        {
            fault = $"claim {missing} is missing";
            return null;
        }

        // The base claims of a TD are zeros: as fields they would say that it is an enclave, and measured as nothing.
        if (claims.ContainsKey("tdx_mrtd"))
        {
            fields.RemoveAll(field => field.Name is "id_version" or "isv_svn" or "oe_attributes" or "mrenclave" or "mrsigner" or "isv_prod_id");
        }

        fault = null;
        return new HostVerifiedClaims(claims, fields, upToDate);
    }
}
