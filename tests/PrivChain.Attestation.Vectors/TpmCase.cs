using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Attestation.Vectors;

/// <summary>
/// A case of the TPM vectors: its file roles are our part names, a root or intermediate is what it says.
/// </summary>
internal sealed record TpmCase(AttestationCase Case)
{
    private static readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal)
    {
        ["evidence"] = EvidenceParts.Main, ["signature"] = TpmPart.Signature, ["ak_public"] = TpmPart.AkPublic, ["ak_public_pem"] = TpmPart.AkPublic, ["ak_certificate"] = TpmPart.AkCertificate,
        ["pcrs"] = TpmPart.Pcrs, ["event_log"] = TpmPart.EventLog, ["hcl"] = TpmPart.HclReport, ["certified_public"] = TpmPart.CertifiedPublic,
        ["creation_attestation"] = TpmPart.Creation, ["creation_signature"] = TpmPart.CreationSignature, ["creation_data"] = TpmPart.CreationData,
    };

    public CaseInput Input() => new(ReceivedEvidence.Parse(EvidenceKind.Tpm, Parts()), Context(), Case.Binding());

    public Dictionary<string, ReadOnlyMemory<byte>> Files() => Case.Roles.Where(_parts.ContainsKey).ToDictionary(role => _parts[role], role => (ReadOnlyMemory<byte>)Case.Bytes(role), StringComparer.Ordinal);

    public EvidenceParts Parts() => new(Files());

    /// <summary>The case's root, and the key that it gives: the default policy of the vectors takes either, and at the time of three cases the key's certificate is not valid yet.</summary>
    public RootSet Roots() => new([.. Authorities().Anchors, .. Case.Has("ak_public") || Case.Has("ak_public_pem") ? [TrustAnchor.FromKey(RootKind.Tpm, AttestationKey(), "given key")] : Array.Empty<TrustAnchor>()]);

    public RootSet Authorities() => Case.Roles.FirstOrDefault(role => role is "trusted_root" or "ak_root") is { } role && TrustAnchor.TryFromCertificate(RootKind.Tpm, Case.Bytes(role), out var root)
        ? new RootSet([root])
        : RootSet.Empty;

    public CollateralSet Collateral() => Case.Roles.FirstOrDefault(role => role is "intermediate" or "ak_intermediate") is { } role
        ? new CollateralSet([new(CollateralName.Intermediates, Case.Bytes(role))])
        : CollateralSet.Empty;

    public AuthenticationContext Context() => new(Roots(), Collateral(), Case.At);

    private Signatures.PublicKey AttestationKey()
    {
        if (Case.Has("ak_public"))
        {
            return TpmPublic.TryParse(Case.Bytes("ak_public"), out var area) ? area.Key : throw new InvalidOperationException("not a public area");
        }

        return PemText.TryReadBlocks(Case.Bytes("ak_public_pem"), "PUBLIC KEY", out var blocks) && Signatures.PublicKey.TryParse(blocks[0], out var key) ? key : throw new InvalidOperationException("not a key");
    }
}
