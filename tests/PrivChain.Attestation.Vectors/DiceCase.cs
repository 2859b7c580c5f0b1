using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Dice;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Nvidia;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Dice;

/// <summary>Cases of the folder <c>dice</c> as this library takes them.</summary>
internal static class DiceCases
{
    public static string KindOf(AttestationCase @case) =>
        @case.Has("certificate_chain") ? EvidenceKind.NvidiaGpu : @case.Has("trust_anchor_csr") ? EvidenceKind.Caliptra : EvidenceKind.FpgaDice;

    public static EvidenceParts PartsOf(AttestationCase @case)
    {
        var parts = new List<KeyValuePair<string, ReadOnlyMemory<byte>>> { new(EvidenceParts.Main, @case.Bytes("evidence")) };
        if (@case.Has("certificate_chain"))
        {
            parts.Add(new(NvidiaFormat.ChainPart, @case.Bytes("certificate_chain")));
        }

        if (@case.Has("intermediates"))
        {
            parts.Add(new(DiceBody.IntermediatesPart, @case.Files("intermediates").SelectMany(file => file).ToArray()));
        }

        return new EvidenceParts(parts);
    }

    public static RootSet RootsOf(AttestationCase @case)
    {
        var kind = KindOf(@case) == EvidenceKind.NvidiaGpu ? RootKind.Nvidia : RootKind.Dice;
        var anchors = new List<TrustAnchor>();
        if (@case.Has("trust_anchor_csr"))
        {
            Assert.IsTrue(TrustAnchor.TryFromCertificationRequest(kind, @case.Bytes("trust_anchor_csr"), out var request));
            anchors.Add(request);
        }

        if (@case.Has("trusted_root"))
        {
            Assert.IsTrue(CertificateList.TryParse(@case.Bytes("trusted_root"), out var certificates));
            foreach (var certificate in certificates)
            {
                Assert.IsTrue(TrustAnchor.TryFromCertificate(kind, certificate.Der, out var anchor));
                anchors.Add(anchor);
            }
        }

        return new RootSet(anchors);
    }

    /// <summary>The verdict before any policy but the asker's nonce, with fields and claims as far as it got.</summary>
    public static (string Verdict, IReadOnlyList<EvidenceField> Fields, EnclaveClaims? Claims) Judge(AttestationCase @case)
    {
        var received = ReceivedEvidence.Parse(KindOf(@case), PartsOf(@case));
        if (!received.Accepted)
        {
            return (VerdictName.Of(received.Fault.Reason), [], null);
        }

        var authentic = AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(RootsOf(@case), @case.At));
        if (!authentic.Accepted)
        {
            return (VerdictName.Of(authentic.Fault.Reason), received.Value.Fields, null);
        }

        var fault = @case.Text("challenge") is { Length: > 0 } challenge ? ExpectedBinding.Nonce(Convert.FromHexString(challenge)).Check(authentic.Value.Claims) : null;
        return (fault is null ? VerdictName.Of(authentic.Value.Result) : VerdictName.Of(fault.Reason), authentic.Value.Fields, authentic.Value.Claims);
    }
}
