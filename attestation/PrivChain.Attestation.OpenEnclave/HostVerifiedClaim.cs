using System.Buffers.Binary;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>
/// One claim of the library as a field under the name, and in the form, that our own reader of quotes gives it, where the two mean the same (<c>unique_id</c> is <c>mrenclave</c>). Others keep the library's name, as hex.
/// </summary>
internal static class HostVerifiedClaim
{
    private const string Meaning = "as Open Enclave's library says";

    // tcb_status by oe_sgx_tcb_status_t and its twin for TDX: index is the number.
    private static readonly TcbStatus[] _statuses =
    [
        TcbStatus.UpToDate, TcbStatus.OutOfDate, TcbStatus.Revoked, TcbStatus.ConfigurationNeeded, TcbStatus.OutOfDateConfigurationNeeded, TcbStatus.SWHardeningNeeded,
        TcbStatus.ConfigurationAndSWHardeningNeeded, TcbStatus.TDRelaunchAdvised, TcbStatus.TDRelaunchAdvisedConfigurationNeeded,
    ];

    // Sizes are those of the structures that the library copies from; null where any size is right.
    private static readonly Dictionary<string, (string Name, int? Size, Func<ReadOnlyMemory<byte>, JsonNode?> Value)> _known = new(StringComparer.Ordinal)
    {
        ["id_version"] = ("id_version", 4, Number),
        ["security_version"] = ("isv_svn", 4, Number),
        ["attributes"] = ("oe_attributes", 8, Hex),
        ["unique_id"] = ("mrenclave", 32, Hex),
        ["signer_id"] = ("mrsigner", 32, Hex),
        ["product_id"] = ("isv_prod_id", 16, Product),
        ["format_uuid"] = ("format_id", 16, value => new Guid(value.Span, bigEndian: true).ToString()),
        ["tcb_status"] = ("tcb_status", 4, value => Status(value.Span)?.ToString()),
        ["tcb_date"] = ("tcb_date", OeDateTime.Size, Time),
        ["validity_from"] = ("validity_from", OeDateTime.Size, Time),
        ["validity_until"] = ("validity_until", OeDateTime.Size, Time),
        ["hardware_model"] = ("fmspc", 6, Hex),
        ["custom_claims_buffer"] = ("custom_claims", null, Hex),
        ["sgx_report_data"] = ("report_data", 64, Hex),
        ["sgx_cpu_svn"] = ("cpu_svn", 16, Hex),
        ["sgx_config_id"] = ("config_id", 64, Hex),
        ["sgx_config_svn"] = ("config_svn", 2, Number),
        ["sgx_isv_extended_product_id"] = ("isv_ext_prod_id", 16, Hex),
        ["sgx_isv_family_id"] = ("isv_family_id", 16, Hex),
        ["sgx_pce_svn"] = ("pce_svn", 2, Number),
        ["tdx_tee_tcb_svn"] = ("tee_tcb_svn", 16, Hex),
        ["tdx_mrseam"] = ("mrseam", 48, Hex),
        ["tdx_mrseamsigner"] = ("mrsignerseam", 48, Hex),
        ["tdx_seam_attributes"] = ("seam_attributes", 8, Hex),
        ["tdx_td_attributes"] = ("td_attributes", 8, Hex),
        ["tdx_xfam"] = ("xfam", 8, Hex),
        ["tdx_mrtd"] = ("mrtd", 48, Hex),
        ["tdx_mrconfigid"] = ("mrconfigid", 48, Hex),
        ["tdx_mrowner"] = ("mrowner", 48, Hex),
        ["tdx_mrownerconfig"] = ("mrownerconfig", 48, Hex),
        ["tdx_rtmr0"] = ("rtmr0", 48, Hex),
        ["tdx_rtmr1"] = ("rtmr1", 48, Hex),
        ["tdx_rtmr2"] = ("rtmr2", 48, Hex),
        ["tdx_rtmr3"] = ("rtmr3", 48, Hex),
        ["tdx_report_data"] = ("report_data", 64, Hex),
        ["tdx_tee_tcb_svn_2"] = ("tee_tcb_svn2", 16, Hex),
        ["tdx_mrservicetd"] = ("mrservicetd", 48, Hex),
        ["tdx_pce_svn"] = ("pce_svn", 2, Number),
    };

    /// <summary>The field, or null for a value of another size or form than that claim has.</summary>
    public static EvidenceField? Field(string name, ReadOnlyMemory<byte> value)
    {
        if (!_known.TryGetValue(name, out var known))
        {
            return new EvidenceField(name, Hex(value), Meaning);
        }

        return (known.Size is null || known.Size == value.Length) && known.Value(value) is { } said ? new EvidenceField(known.Name, said, Meaning) : null;
    }

    /// <summary>The status of that number, or null.</summary>
    public static TcbStatus? Status(ReadOnlySpan<byte> value) =>
        value.Length == sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(value) is var number && number < _statuses.Length ? _statuses[number] : null;

    private static JsonNode? Hex(ReadOnlyMemory<byte> value) => Convert.ToHexStringLower(value.Span);

    private static JsonNode? Number(ReadOnlyMemory<byte> value) => value.Length == sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(value.Span) : BinaryPrimitives.ReadUInt32LittleEndian(value.Span);

    // ISVPRODID in its first two bytes; what follows is there for other hardware.
    private static JsonNode? Product(ReadOnlyMemory<byte> value) => value.Span[sizeof(ushort)..].ContainsAnyExcept((byte)0) ? null : BinaryPrimitives.ReadUInt16LittleEndian(value.Span);

    private static JsonNode? Time(ReadOnlyMemory<byte> value) =>
        OeDateTime.Read(value.Span) is { } time ? time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) : null;
}
