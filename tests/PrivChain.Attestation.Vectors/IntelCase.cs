using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Vectors;

/// <summary>SGX and TDX: how a case's files become evidence, collateral and roots.</summary>
internal static class IntelCase
{
    public static CaseInput Input(AttestationCase @case) => new(Parse(@case, @case.Topic), Context(@case), @case.Binding());

    public static AttestationVerdict<ReceivedEvidence> Parse(AttestationCase @case, string kind) => Parse(@case, kind, @case.Bytes("evidence"));

    public static AttestationVerdict<ReceivedEvidence> Parse(AttestationCase @case, string kind, byte[] evidence)
    {
        var parts = new List<KeyValuePair<string, ReadOnlyMemory<byte>>> { new(EvidenceParts.Main, evidence) };
        if (@case.Has("ccel"))
        {
            parts.Add(new(TdxFormat.EventLogPart, @case.Bytes("ccel")));
        }

        return ReceivedEvidence.Parse(kind, new EvidenceParts(parts));
    }

    /// <summary>Collateral by the names of the case's files; Intel's root unless the case names another.</summary>
    public static AuthenticationContext Context(AttestationCase @case, VerifiedSignatures? verified = null)
    {
        var items = @case.Roles.Select(role => (Role: role, Name: role.Replace('_', '-'))).Where(item => CollateralName.All.Contains(item.Name, StringComparer.Ordinal));
        return new AuthenticationContext(
            Roots(@case), new CollateralSet(items.Select(item => new KeyValuePair<string, ReadOnlyMemory<byte>>(item.Name, @case.Bytes(item.Role)))), @case.At, verified);
    }

    private static RootSet Roots(AttestationCase @case)
    {
        if (!@case.Has("trusted_root"))
        {
            return new RootSet(VendorRoots.Of(RootKind.Intel));
        }

        return TrustAnchor.TryFromCertificate(RootKind.Intel, @case.Bytes("trusted_root"), out var anchor) ? new RootSet([anchor]) : throw new InvalidDataException($"{@case}: not a root certificate");
    }
}
