using System.Buffers.Binary;
using PrivChain.Attestation.Amd;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Attestation.Azure;

/// <summary>Evidence of an Azure guest on SEV-SNP: the paravisor's report, and a quote by the attestation key that it names.</summary>
internal sealed class AzureSnpFormat : IEvidenceFormat
{
    private const int TypeOffset = 0x4c8;
    private const uint SnpType = 2;

    public string Kind => EvidenceKind.AzureSevSnp;

    public IReadOnlyList<string> OtherParts { get; } = [TpmPart.EventLog, TpmPart.Pcrs, TpmPart.Quote, TpmPart.Signature];

    public int MaxSize => HclReport.MaxSize + EventLog.MaxSize + PcrValues.MaxSize + (16 * 1024);

    public bool Recognises(ReadOnlySpan<byte> main) =>
        HclReport.StartsLikeOne(main) && main.Length >= TypeOffset + 4 && BinaryPrimitives.ReadUInt32LittleEndian(main[TypeOffset..]) == SnpType;

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        if (!HclReport.TryParse(parts.MainPart, out var hcl, out var fault))
        {
            return new AttestationVerdict<IEvidenceBody>(fault);
        }

        if (hcl.IsTdx)
        {
            return new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("hclReport.type", "an SNP report", "a TD report"));
        }

        var hardware = SnpFormat.Parse(hcl.Hardware);
        if (!hardware.Accepted)
        {
            return hardware;
        }

        var quote = TpmQuote.Parse(parts, TpmPart.Quote, hcl.Runtime.AttestationKey);
        return quote.Accepted
            ? new AttestationVerdict<IEvidenceBody>(new AzureVtpmBody(Kind, hcl, hardware.Value, quote.Value))
            : new AttestationVerdict<IEvidenceBody>(quote.Fault);
    }
}
