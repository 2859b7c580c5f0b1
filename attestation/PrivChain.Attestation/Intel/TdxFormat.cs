using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Intel;

/// <summary>TDX quotes, versions 4 and 5, with the TD's event log as a part of its own. Quotes as CBOR Web Token, which newer platforms may give, are not known here.</summary>
internal sealed class TdxFormat : IEvidenceFormat
{
    /// <summary>The part with the TD's event log.</summary>
    public const string EventLogPart = "ccel";

    public string Kind => EvidenceKind.Tdx;

    public IReadOnlyList<string> OtherParts => [EventLogPart];

    public int MaxSize => IntelQuote.MaxSize + EventLog.MaxSize;

    public bool Recognises(ReadOnlySpan<byte> main) => IntelQuote.Looks(main, tdx: true);

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        var quote = IntelQuote.Parse(parts.MainPart, tdx: true);
        if (!quote.Accepted)
        {
            return new AttestationVerdict<IEvidenceBody>(quote.Fault);
        }

        EventLog? log = null;
        if (parts.TryGet(EventLogPart, out var bytes) && !EventLog.TryParse(bytes, out log))
        {
            return new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse(EventLogPart, "a TCG event log", $"{bytes.Length} bytes of another form"));
        }

        return new AttestationVerdict<IEvidenceBody>(new IntelBody(Kind, quote.Value, log));
    }
}
