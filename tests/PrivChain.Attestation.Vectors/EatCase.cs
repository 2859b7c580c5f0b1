using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Vectors;

/// <summary>Entity attestation tokens and what wraps them: keys are files of the case.</summary>
internal static class EatCase
{
    public static CaseInput Input(AttestationCase @case) => new(Parse(@case), Context(@case), @case.Binding());

    /// <summary>By what the bytes look like; what looks like nothing is read as the kind that the case is about, to be refused by name.</summary>
    public static AttestationVerdict<ReceivedEvidence> Parse(AttestationCase @case)
    {
        var bytes = @case.Bytes("evidence");
        var received = ReceivedEvidence.ParseAny(bytes);
        return received.Fault?.Reason == AttestationRefusal.UnsupportedFormat
            ? ReceivedEvidence.Parse(@case.Has("platform_key") ? EvidenceKind.Cca : EvidenceKind.Eat, EvidenceParts.Of(bytes))
            : received;
    }

    public static AuthenticationContext Context(AttestationCase @case)
    {
        var anchors = new List<TrustAnchor>(VendorRoots.All);
        var collateral = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        foreach (var role in @case.Roles.Where(role => role != "evidence"))
        {
            var bytes = @case.Bytes(role);
            if (TrustAnchor.TryFromJwk(RootKind.Eat, bytes, role, out var anchor) || TrustAnchor.TryFromPublicKey(RootKind.Eat, bytes, role, out anchor))
            {
                anchors.Add(anchor);
            }
            else if (CollateralName.All.Contains(role.Replace('_', '-'), StringComparer.Ordinal))
            {
                collateral.Add(new(role.Replace('_', '-'), bytes));
            }
        }

        return new AuthenticationContext(new RootSet(anchors), new CollateralSet(collateral), @case.At);
    }
}
