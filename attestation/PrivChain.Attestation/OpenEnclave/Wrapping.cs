using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>What stands around a quote: which form, which bytes the quote's report data has to be the hash of, and the certificate that carried it. Parsed, nothing verified.</summary>
internal sealed record Wrapping
{
    private const uint ReportVersion = 1;
    private const uint RemoteReport = 2;
    private const int ReportHeaderSize = 16;

    /// <summary>The form.</summary>
    public required Guid Id { get; init; }

    /// <summary>The quote.</summary>
    public required IntelQuote Quote { get; init; }

    /// <summary>What stands behind the quote in evidence of the SGX plugin; null for other forms.</summary>
    public ReadOnlyMemory<byte>? CustomClaims { get; init; }

    /// <summary>True when an attestation header named the form.</summary>
    public bool HasHeader { get; init; }

    /// <summary>The attestation certificate, or null.</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>Object identifier of the certificate's extension, or null.</summary>
    public string? Extension { get; init; }

    /// <summary>Reads evidence, a report, a bare quote or an attestation certificate.</summary>
    /// <param name="bytes">The main part.</param>
    /// <param name="named">The form that the caller knows, or null to tell it from the bytes.</param>
    public static AttestationVerdict<Wrapping> Parse(ReadOnlyMemory<byte> bytes, Guid? named)
    {
        if (named is null && bytes.Span is [0x30, ..])
        {
            return AttestationCertificate.Parse(bytes);
        }

        if (named is null && AttestationHeader.Looks(bytes.Span))
        {
            return AttestationHeader.Peel(EvidenceParts.Main, bytes, out var id, out var data) is { } fault
                ? new AttestationVerdict<Wrapping>(fault)
                : With(Body(data, id), wrapping => wrapping with { HasHeader = true });
        }

        return Body(bytes, named ?? Told(bytes.Span));
    }

    private static Guid Told(ReadOnlySpan<byte> bytes) =>
        LooksLikeReport(bytes) ? OpenEnclaveId.LegacyReport : IntelQuote.Looks(bytes, tdx: true) ? OpenEnclaveId.TdxQuote : OpenEnclaveId.SgxEcdsa;

    private static AttestationVerdict<Wrapping> Body(ReadOnlyMemory<byte> bytes, Guid id)
    {
        if (id == OpenEnclaveId.LegacyReport)
        {
            return Report(bytes);
        }

        if (id != OpenEnclaveId.SgxEcdsa && id != OpenEnclaveId.RawSgxQuote && id != OpenEnclaveId.TdxQuote)
        {
            return Refuse("formatId", $"{OpenEnclaveId.SgxEcdsa}, {OpenEnclaveId.LegacyReport}, {OpenEnclaveId.RawSgxQuote} or {OpenEnclaveId.TdxQuote}", $"{id}", AttestationRefusal.UnsupportedFormat);
        }

        var quote = IntelQuote.Parse(bytes, tdx: id == OpenEnclaveId.TdxQuote);
        return quote.Accepted
            ? new AttestationVerdict<Wrapping>(new Wrapping { Id = id, Quote = quote.Value, CustomClaims = id == OpenEnclaveId.SgxEcdsa ? bytes[quote.Value.Length..] : default(ReadOnlyMemory<byte>?) })
            : new AttestationVerdict<Wrapping>(quote.Fault);
    }

    /// <summary>True when bytes begin like <c>oe_report_header_t</c> of a remote report.</summary>
    public static bool LooksLikeReport(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes);
        return reader.UInt32LittleEndian() == ReportVersion && reader.UInt32LittleEndian() == RemoteReport && !reader.Failed;
    }

    /// <summary>A legacy report: version (4), type (4), size (8), then the quote.</summary>
    public static AttestationVerdict<Wrapping> Report(ReadOnlyMemory<byte> bytes)
    {
        var reader = new ByteReader(bytes.Span);
        var version = reader.UInt32LittleEndian();
        var type = reader.UInt32LittleEndian();
        var size = reader.UInt64LittleEndian();
        if (reader.Failed || version != ReportVersion || type != RemoteReport || size != (ulong)reader.Remaining)
        {
            return Refuse("report.header", $"version {ReportVersion}, type {RemoteReport} (remote) and the size of what follows", $"version {version}, type {type}, size {size} of {bytes.Length} bytes");
        }

        var quote = IntelQuote.Parse(bytes[ReportHeaderSize..], tdx: false);
        return quote.Accepted
            ? new AttestationVerdict<Wrapping>(new Wrapping { Id = OpenEnclaveId.LegacyReport, Quote = quote.Value })
            : new AttestationVerdict<Wrapping>(quote.Fault);
    }

    private static AttestationVerdict<Wrapping> With(AttestationVerdict<Wrapping> verdict, Func<Wrapping, Wrapping> change) =>
        verdict.Accepted ? new AttestationVerdict<Wrapping>(change(verdict.Value)) : verdict;

    private static AttestationVerdict<Wrapping> Refuse(string field, string wanted, string given, AttestationRefusal reason = AttestationRefusal.Malformed) =>
        new(AttestationFault.Parse(field, wanted, given, reason));
}
