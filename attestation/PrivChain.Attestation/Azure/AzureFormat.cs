using PrivChain.Attestation.Amd;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Attestation.Azure;

/// <summary>
/// Evidence of an Azure guest: the paravisor's report, and a quote by the attestation key that it names. On SEV-SNP the paravisor's report has the hardware's inside; on TDX it has a TD report, which only the machine
/// itself can verify, and the quote that Azure's metadata service made of it comes as a part of its own.
/// </summary>
/// <param name="kind"><see cref="EvidenceKind.AzureSevSnp"/> or <see cref="EvidenceKind.AzureTdx"/>.</param>
internal sealed class AzureFormat(string kind) : IEvidenceFormat
{
    /// <summary>The part with the TD quote.</summary>
    public const string TdQuotePart = "td-quote";

    private static readonly TdxFormat _tdx = new();

    public string Kind => kind;

    public IReadOnlyList<string> OtherParts { get; } = [TpmPart.EventLog, TpmPart.Pcrs, TpmPart.Quote, TpmPart.Signature, .. kind == EvidenceKind.AzureTdx ? [TdQuotePart] : Array.Empty<string>()];

    public int MaxSize => HclReport.MaxSize + EventLog.MaxSize + PcrValues.MaxSize + IntelQuote.MaxSize + (16 * 1024);

    private bool IsTdx => kind == EvidenceKind.AzureTdx;

    public bool Recognises(ReadOnlySpan<byte> main) => HclReport.Looks(main, IsTdx);

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        if (!HclReport.TryParse(parts.MainPart, out var hcl, out var fault))
        {
            return new AttestationVerdict<IEvidenceBody>(fault);
        }

        if (hcl.IsTdx != IsTdx)
        {
            return Refuse(AttestationRefusal.Malformed, "hclReport.type", IsTdx ? "a TD report" : "an SNP report", "the other");
        }

        ReadOnlyMemory<byte> quoted = default;
        if (IsTdx && !parts.TryGet(TdQuotePart, out quoted))
        {
            return Refuse(AttestationRefusal.MissingEvidence, TdQuotePart, "the quote of the TD report", "none");
        }

        var hardware = IsTdx ? _tdx.Parse(EvidenceParts.Of(quoted)) : SnpFormat.Parse(hcl.Hardware);
        if (!hardware.Accepted)
        {
            return hardware;
        }

        var quote = TpmQuote.Parse(parts, TpmPart.Quote, hcl.Runtime.AttestationKey);
        return quote.Accepted
            ? new AttestationVerdict<IEvidenceBody>(new AzureVtpmBody(kind, hcl, hardware.Value, quote.Value))
            : new AttestationVerdict<IEvidenceBody>(quote.Fault);
    }

    private static AttestationVerdict<IEvidenceBody> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Parse(field, wanted, given, reason));
}
