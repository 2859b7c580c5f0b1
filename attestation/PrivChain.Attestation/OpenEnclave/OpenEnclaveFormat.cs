using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>Evidence, reports and attestation certificates of Open Enclave around a quote of SGX or TDX.</summary>
internal sealed class OpenEnclaveFormat : IEvidenceFormat
{
    /// <summary>Endorsements in Open Enclave's form.</summary>
    public const string EndorsementsPart = "endorsements";

    /// <summary>What the enclave hashed into the report data of a legacy report.</summary>
    public const string HeldDataPart = "enclave-held-data";

    /// <summary>The format id, 16 bytes, where no header names it.</summary>
    public const string FormatIdPart = "format-id";

    public string Kind => EvidenceKind.OpenEnclave;

    public IReadOnlyList<string> OtherParts => [EndorsementsPart, HeldDataPart, FormatIdPart];

    public int MaxSize => 512 * 1024;

    // A bare quote is recognised as a quote.
    public bool Recognises(ReadOnlySpan<byte> main) => AttestationHeader.Looks(main) || Wrapping.LooksLikeReport(main) || AttestationCertificate.Looks(main.ToArray());

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts)
    {
        Guid? named = null;
        if (parts.TryGet(FormatIdPart, out var id))
        {
            if (id.Length != 16)
            {
                return Refuse(AttestationFault.Parse(FormatIdPart, "16 bytes", $"{id.Length}"));
            }

            named = new Guid(id.Span, bigEndian: true);
        }

        var wrapping = Wrapping.Parse(parts.MainPart, named);
        if (!wrapping.Accepted)
        {
            return Refuse(wrapping.Fault);
        }

        var collateral = CollateralSet.Empty;
        string? created = null;
        if (parts.TryGet(EndorsementsPart, out var endorsements) && Endorse(wrapping.Value, endorsements, out collateral, out created) is { } fault)
        {
            return Refuse(fault);
        }

        var held = parts.TryGet(HeldDataPart, out var data) ? data : default(ReadOnlyMemory<byte>?);
        return new AttestationVerdict<IEvidenceBody>(new OpenEnclaveBody(wrapping.Value, collateral, created, held));
    }

    private static AttestationFault? Endorse(Wrapping wrapping, ReadOnlyMemory<byte> endorsements, out CollateralSet collateral, out string? created)
    {
        collateral = CollateralSet.Empty;
        created = null;
        if (wrapping.HasHeader)
        {
            if (AttestationHeader.Peel(EndorsementsPart, endorsements, out var id, out endorsements) is { } fault)
            {
                return fault;
            }

            if (id != wrapping.Id)
            {
                return AttestationFault.Parse(EndorsementsPart + ".header", $"the format of the evidence, {wrapping.Id}", $"{id}");
            }
        }

        return Endorsements.TryParse(endorsements, out collateral, out created)
            ? null
            : AttestationFault.Parse(EndorsementsPart, "endorsements of SGX or TDX", $"{endorsements.Length} bytes of another form", AttestationRefusal.MalformedCollateral);
    }

    private static AttestationVerdict<IEvidenceBody> Refuse(AttestationFault fault) => new(fault);
}
