using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;

namespace PrivChain.Attestation.Sources.Tsm;

/// <summary>TDX quotes of version 4 or 5 from configfs-tsm. TDX has no key that only this guest gets again, so this source cannot seal.</summary>
public sealed class TdxSource : HardwareSource
{
    // The kernel's own rule for telling a CBOR Web Token, the quote of platforms with DICE-based attestation.
    private const int LargestQuote = 8 * 1024;

    private readonly ITsmFolder _tsm;

    internal TdxSource(ITsmFolder tsm)
    {
        _tsm = tsm;
        var first = Ask(new byte[EnclaveClaims.ReportDataSize]);
        Measurement = Decoded(first, "mrtd");
        Program = ((IntelBody)first.Body).Program;
    }

    /// <summary>The provider that configfs-tsm names.</summary>
    public const string Provider = "tdx_guest";

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> Program { get; }

    /// <inheritdoc/>
    public override string Kind => EvidenceKind.Tdx;

    /// <inheritdoc/>
    public override string Origin => "configfs-tsm, provider " + Provider;

    /// <inheritdoc/>
    public override byte[] DeriveSealingKey() => throw Fault(EvidenceSourceFault.CannotSeal, "TDX has no sealing key; seal with a TPM beside it");

    private protected override ValueTask<EvidenceParts> ReadPartsAsync(ReadOnlyMemory<byte> reportData, CancellationToken cancellation) => ValueTask.FromResult(Ask(reportData).Parts);

    private ReceivedEvidence Ask(ReadOnlyMemory<byte> reportData)
    {
        var quote = TsmRequest.Ask(_tsm, Kind, Provider, reportData.Span).OutBlob;
        if (quote.Length > LargestQuote)
        {
            throw Fault(EvidenceSourceFault.UnsupportedForm, $"{quote.Length} bytes: a CBOR Web Token as quote, which no verifier here reads");
        }

        return Read(EvidenceParts.Of(quote), reportData);
    }
}
