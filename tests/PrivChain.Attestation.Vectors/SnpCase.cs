using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Vectors;

/// <summary>A case of the SEV-SNP vectors: its file roles are our names of collateral, and its ARK is the one trusted root.</summary>
internal sealed record SnpCase(AttestationCase Case)
{
    private static readonly string[] _collateral = [CollateralName.Vcek, CollateralName.Vlek, CollateralName.Ask, CollateralName.Asvk, CollateralName.Ark, CollateralName.AmdCrl];

    public CaseInput Input() => new(ReceivedEvidence.Parse(EvidenceKind.SevSnp, Parts()), Context(), Case.Binding());

    public byte[] Evidence() => Case.Bytes("evidence");

    public EvidenceParts Parts() => EvidenceParts.Of(Evidence());

    public RootSet Roots() => TrustAnchor.TryFromCertificate(RootKind.Amd, Case.Bytes("ark"), out var anchor) ? new RootSet([anchor]) : throw new InvalidOperationException("not a root certificate");

    public CollateralSet Collateral() => new(_collateral.Select(name => (Name: name, Role: name.Replace('-', '_'))).Where(item => Case.Has(item.Role))
        .Select(item => new KeyValuePair<string, ReadOnlyMemory<byte>>(item.Name, Case.Bytes(item.Role))));

    public AuthenticationContext Context() => new(Roots(), Collateral(), Case.At);
}
