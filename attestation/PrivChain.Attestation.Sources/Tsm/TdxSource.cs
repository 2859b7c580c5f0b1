using System.Buffers.Binary;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>TDX quotes of version 4 or 5 from configfs-tsm. TDX has no key that only this guest gets again, so this source cannot seal.</summary>
public sealed class TdxSource : HardwareSource
{
    // Intel TDX DCAP Quoting Library API, appendix A: a header of 48 bytes, in version 5 then type (2) and size (4), then the TD report body.
    private const int HeaderSize = 48;
    private const int BodyHeaderSize = 6;
    private const int MrTdOffset = 136;
    private const int ReportDataOffset = 520;

    // The kernel's own rule for telling a CBOR Web Token, the quote of platforms with DICE-based attestation.
    private const int LargestQuote = 8 * 1024;

    private readonly ITsmFolder _tsm;

    internal TdxSource(ITsmFolder tsm)
    {
        _tsm = tsm;
        var quote = Ask(new byte[EnclaveClaims.ReportDataSize]);
        Measurement = Field(quote, BodyOf(quote) + MrTdOffset, EnclaveClaims.MeasurementSize, "MRTD").ToArray();
    }

    /// <summary>The provider that configfs-tsm names.</summary>
    public const string Provider = "tdx_guest";

    /// <inheritdoc/>
    public override string Kind => EvidenceKind.Tdx;

    /// <inheritdoc/>
    public override string Origin => "configfs-tsm, provider " + Provider;

    /// <inheritdoc/>
    public override byte[] DeriveSealingKey() => throw Fault(EvidenceSourceFault.CannotSeal, "TDX has no sealing key; seal with a TPM beside it");

    private protected override ValueTask<EvidenceParts> ReadPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation) => ValueTask.FromResult(EvidenceParts.Of(Ask(reportData)));

    private ReadOnlyMemory<byte> Ask(ReadOnlyMemory<byte> reportData)
    {
        var quote = TsmRequest.Ask(_tsm, Kind, Provider, reportData.Span).OutBlob;
        if (quote.Length > LargestQuote)
        {
            throw Fault(EvidenceSourceFault.UnsupportedForm, $"{quote.Length} bytes: a CBOR Web Token as quote, which no verifier here reads");
        }

        MustBind(Field(quote, BodyOf(quote) + ReportDataOffset, EnclaveClaims.ReportDataSize, "report data"), reportData);
        return quote;
    }

    private int BodyOf(ReadOnlyMemory<byte> quote) =>
        BinaryPrimitives.ReadUInt16LittleEndian(Field(quote, 0, HeaderSize, "a header").Span) switch
        {
            4 => HeaderSize,
            5 => HeaderSize + BodyHeaderSize,
            var version => throw Fault(EvidenceSourceFault.UnsupportedForm, $"a quote of version {version}"),
        };
}
