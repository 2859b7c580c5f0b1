using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Intel;

/// <summary>SGX ECDSA quotes: version 3, and versions 4 and 5 where their body is an SGX report, which the specification and Intel's library allow.</summary>
internal sealed class SgxFormat : IEvidenceFormat
{
    public string Kind => EvidenceKind.Sgx;

    public IReadOnlyList<string> OtherParts => [];

    public int MaxSize => IntelQuote.MaxSize;

    public bool Recognises(ReadOnlySpan<byte> main) => IntelQuote.Looks(main, tdx: false);

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        var quote = IntelQuote.Parse(parts.MainPart, tdx: false);
        return quote.Accepted ? new AttestationVerdict<IEvidenceBody>(new IntelBody(Kind, quote.Value, null)) : new AttestationVerdict<IEvidenceBody>(quote.Fault);
    }
}
