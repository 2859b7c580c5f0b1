using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Amd;

/// <summary>Genuine reports, each changed in one way: none passes.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class SnpAttackTests
{
    private const int Samples = 40;

    [TestMethod]
    public void Authenticate_ByteFlipped_IsRefused()
    {
        var random = new Random(20260601);
        foreach (var @case in SnpCase.Genuine())
        {
            FlipAll(@case, [.. Enumerable.Range(0, Samples).Select(_ => random.Next(@case.Evidence().Length))]);
        }
    }

    [TestMethod]
    [TestCategory("Slow")]
    public void Authenticate_EveryByteFlipped_IsRefused()
    {
        foreach (var @case in SnpCase.Genuine())
        {
            FlipAll(@case, [.. Enumerable.Range(0, @case.Evidence().Length)]);
        }
    }

    [TestMethod]
    public void Parse_EveryOtherLength_IsRefused()
    {
        var evidence = SnpCase.Genuine()[0].Evidence();
        for (var length = 0; length < evidence.Length; length++)
        {
            Assert.IsFalse(ReceivedEvidence.Parse(EvidenceKind.SevSnp, EvidenceParts.Of(evidence.AsMemory(0, length))).Accepted, $"accepted {length} bytes");
        }
    }

    [TestMethod]
    public void Authenticate_OtherRootsCertificatesOrTimes_AreRefusedByName()
    {
        foreach (var @case in SnpCase.Genuine())
        {
            var context = @case.Context();
            var otherLine = SnpCase.Genuine().First(other => !other.Case.Bytes("ark").AsSpan().SequenceEqual(@case.Case.Bytes("ark")));
            Assert.AreEqual(AttestationRefusal.UntrustedRoot, Refusal(@case, context with { Roots = RootSet.Empty }), "no root");
            Assert.AreEqual(AttestationRefusal.UntrustedRoot, Refusal(@case, context with { Roots = otherLine.Roots() }), "the root of another line");
            Assert.AreEqual(AttestationRefusal.MissingCollateral, Refusal(@case, context with { Collateral = CollateralSet.Empty }), "no certificates");
            Assert.AreEqual(AttestationRefusal.Expired, Refusal(@case, context with { At = context.At.AddYears(30) }), "thirty years on");
            Assert.AreEqual(AttestationRefusal.NotYetValid, Refusal(@case, context with { At = context.At.AddYears(-15) }), "fifteen years ago");
            Assert.AreNotEqual(AttestationRefusal.None, Refusal(@case, context with { Collateral = otherLine.Collateral() }), "certificates of another line");
        }
    }

    [TestMethod]
    public void Authenticate_RootNamedByFingerprintOnly_NeedsItsCertificateAlongside()
    {
        foreach (var @case in SnpCase.Genuine())
        {
            var context = @case.Context() with { Roots = new RootSet(@case.Roots().Anchors.Select(anchor => TrustAnchor.FromFingerprint(anchor.Kind, anchor.Fingerprint))) };
            Assert.AreEqual(AttestationRefusal.None, Refusal(@case, context), @case.Case.Name);
            var without = new CollateralSet(context.Collateral.Names.Where(name => name != CollateralName.Ark)
                .Select(name => new KeyValuePair<string, ReadOnlyMemory<byte>>(name, context.Collateral.TryGet(name, out var bytes) ? bytes : default)));
            Assert.AreEqual(AttestationRefusal.UntrustedRoot, Refusal(@case, context with { Collateral = without }), @case.Case.Name);
        }
    }

    // Before version 3 a report does not say its line, and whom to ask for authorities and lists only the key in the host's table tells.
    [TestMethod]
    public void Request_CloudKeyOfAnOldReport_NamesTheLineOfItsAuthority()
    {
        var @case = SnpCase.Named("trustee_milan_v3_vlek_aws");
        var report = @case.Case.Bytes("evidence")[..0x4a0];
        (report[0], report[0x188], report[0x189], report[0x18a]) = (2, 0, 0, 0);
        string? Product(byte[] bytes) => (ReceivedEvidence.Parse(EvidenceKind.SevSnp, EvidenceParts.Of(bytes)).Value!.CollateralRequest as CollateralRequest.Amd)?.Product;
        Assert.AreEqual("Milan", Product([.. report, .. SnpTable.Of((SnpTable.Vlek, @case.Case.Bytes("vlek")))]));
        Assert.AreEqual(string.Empty, Product(report));
        Assert.AreEqual(string.Empty, Product([.. report, .. SnpTable.Of((SnpTable.Vlek, [1, 2, 3]))]), "no certificate");
        Assert.AreEqual(string.Empty, Product([.. report, .. SnpTable.Of((SnpTable.Vcek, @case.Case.Bytes("vlek")))]), "another kind of key than signed");
    }

    private static void FlipAll(SnpCase @case, IReadOnlyList<int> positions)
    {
        // Certificates are not under test: their signatures are verified once.
        var context = @case.Context() with { Verified = new VerifiedSignatures() };
        var evidence = @case.Evidence();
        foreach (var position in positions)
        {
            evidence[position] ^= 1;
            Assert.AreNotEqual(AttestationRefusal.None, Refusal(evidence, context), $"{@case.Case.Name}: byte {position}");
            evidence[position] ^= 1;
        }

        Assert.AreEqual(AttestationRefusal.None, Refusal(evidence, context), "the evidence itself passes");
    }

    private static AttestationRefusal Refusal(SnpCase @case, AuthenticationContext context) => Refusal(@case.Evidence(), context);

    private static AttestationRefusal Refusal(byte[] evidence, AuthenticationContext context)
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.SevSnp, EvidenceParts.Of(evidence));
        return received.Fault?.Reason ?? AuthenticEvidence.Authenticate(received.Value!, context).Fault?.Reason ?? AttestationRefusal.None;
    }
}
