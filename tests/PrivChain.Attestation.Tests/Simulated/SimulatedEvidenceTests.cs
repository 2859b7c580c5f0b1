using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Simulated;

namespace PrivChain.Attestation.Tests.Simulated;

[TestClass]
public sealed class SimulatedEvidenceTests
{
    private const ulong Now = 1_790_000_000_000;

    private static readonly SimulatedRoot _root = SimulatedRoot.Generate();
    private static readonly byte[] _measurement = RandomNumberGenerator.GetBytes(48);
    private static readonly byte[] _reportData = RandomNumberGenerator.GetBytes(64);
    private static readonly RootSet _roots = new([_root.Name]);

    private static AppraisalPolicy Policy => AppraisalPolicy.Strict(EvidenceKind.Simulated, _measurement) with
    {
        AcceptSimulated = true,
        MinimumSvn = 3,
        MaxAgeSeconds = 60,
        MaxFutureSeconds = 5,
    };

    private static byte[] Evidence(ushort svn = 3, bool debug = false, ulong issuedAt = Now) => _root.Issue(_measurement, svn, debug, _reportData, issuedAt);

    private static AttestationResult Verify(byte[] evidence, RootSet roots, AppraisalPolicy policy, byte[] reportData) =>
        EvidenceVerifier.Verify(evidence, new AuthenticationContext(roots, AttestationTime.FromUnixMilliseconds(Now)), policy, ExpectedBinding.ReportData(reportData, madeOfNonce: true));

    [TestMethod]
    public void Verify_AllAsWanted_GivesTheClaims()
    {
        var verdict = Verify(Evidence(), _roots, Policy, _reportData);
        Assert.IsTrue(verdict.Accepted, verdict.Fault?.ToString());
        Assert.IsTrue(verdict.Enclave.IsSimulated);
        Assert.IsTrue(verdict.Enclave.Claims.Measurement.Span.SequenceEqual(_measurement));
        Assert.AreEqual(AttestationTime.FromUnixMilliseconds(Now), verdict.Enclave.Claims.IssuedAt);
        Assert.AreNotEqual(0, verdict.Enclave.Claims.NotChecked.Count, "what was not proved is said");
    }

    [TestMethod]
    public void Parse_EveryOtherLengthOrTrailingByte_IsRefused()
    {
        var valid = Evidence();
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(ReceivedEvidence.Parse(valid.AsSpan(0, length)).Accepted, $"accepted {length} bytes");
        }

        Assert.IsFalse(ReceivedEvidence.Parse([.. valid, 0]).Accepted);
        Assert.AreEqual(AttestationRefusal.TooLarge, ReceivedEvidence.Parse(new byte[ReceivedEvidence.MaxSize + 1]).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.UnknownVersion, ReceivedEvidence.Parse("PCEV\u0003xyzbody"u8).Fault!.Reason);
    }

    [TestMethod]
    public void Verify_AnyBitFlipped_IsRefused()
    {
        var evidence = Evidence();
        for (var i = 0; i < evidence.Length; i++)
        {
            evidence[i] ^= (byte)(1 << (i % 8));
            Assert.IsFalse(Verify(evidence, _roots, Policy, _reportData).Accepted, $"byte {i}");
            evidence[i] ^= (byte)(1 << (i % 8));
        }
    }

    [TestMethod]
    public void Verify_SignatureInItsOtherEncoding_IsRefused()
    {
        var evidence = Evidence();
        var order = new Org.BouncyCastle.Math.BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
        var s = new Org.BouncyCastle.Math.BigInteger(1, evidence.AsSpan(evidence.Length - 32));
        var high = order.Subtract(s).ToByteArrayUnsigned();
        evidence.AsSpan(evidence.Length - 32).Clear();
        high.CopyTo(evidence.AsSpan(evidence.Length - high.Length));
        Assert.AreEqual(AttestationRefusal.BadSignature, Verify(evidence, _roots, Policy, _reportData).Fault!.Reason);
    }

    [TestMethod]
    public void Verify_EachClaimJustInsideAndJustOutside()
    {
        (string Case, AttestationRefusal Wanted, byte[] Evidence, AppraisalPolicy Policy)[] cases =
        [
            ("kind not named", AttestationRefusal.EvidenceNotAccepted, Evidence(), Policy with { AcceptedKinds = new HashSet<string>() }),
            ("simulated not accepted", AttestationRefusal.EvidenceNotAccepted, Evidence(), Policy with { AcceptSimulated = false }),
            ("measurement not listed", AttestationRefusal.MeasurementNotAccepted, Evidence(), Policy with { Measurements = new HashSet<string>() }),
            ("svn at the floor", AttestationRefusal.None, Evidence(svn: 3), Policy),
            ("svn below", AttestationRefusal.TcbTooOld, Evidence(svn: 2), Policy),
            ("debug", AttestationRefusal.DebugEnclave, Evidence(debug: true), Policy),
            ("debug allowed", AttestationRefusal.None, Evidence(debug: true), Policy with { AllowDebug = true }),
            ("oldest", AttestationRefusal.None, Evidence(issuedAt: Now - 60_000), Policy),
            ("too old", AttestationRefusal.EvidenceNotFresh, Evidence(issuedAt: Now - 60_001), Policy),
            ("furthest ahead", AttestationRefusal.None, Evidence(issuedAt: Now + 5_000), Policy),
            ("too far ahead", AttestationRefusal.EvidenceNotFresh, Evidence(issuedAt: Now + 5_001), Policy),
        ];
        foreach (var (name, wanted, evidence, policy) in cases)
        {
            Assert.AreEqual(wanted, Verify(evidence, _roots, policy, _reportData).Fault?.Reason ?? AttestationRefusal.None, name);
        }
    }

    [TestMethod]
    public void Verify_RootNotInTheSet_IsRefusedThoughTheEvidenceCarriesIt()
    {
        using var other = SimulatedRoot.Generate();
        var evidence = other.Issue(_measurement, 3, debug: false, _reportData, Now);
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Verify(evidence, _roots, Policy, _reportData).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Verify(evidence, RootSet.Empty, Policy, _reportData).Fault!.Reason);
        Assert.IsTrue(Verify(evidence, new RootSet([_root.Name, other.Name]), Policy, _reportData).Accepted);
    }

    [TestMethod]
    public void Verify_OtherKeyLedgerRoleAccountOrNonce_IsNotBound()
    {
        byte[] ledger = new byte[32], key = [1, 2, 3], account = new byte[20], nonce = [7];
        var bound = SessionBinding.ReportData(ledger, SessionBinding.Worker, key, account, nonce);
        var evidence = _root.Issue(_measurement, 3, debug: false, bound, Now);
        Assert.IsTrue(Verify(evidence, _roots, Policy, bound).Accepted);
        byte[][] others =
        [
            SessionBinding.ReportData([.. ledger[..31], 1], SessionBinding.Worker, key, account, nonce),
            SessionBinding.ReportData(ledger, SessionBinding.Broker, key, account, nonce),
            SessionBinding.ReportData(ledger, SessionBinding.Worker, [1, 2], account, nonce),
            SessionBinding.ReportData(ledger, SessionBinding.Worker, key, [.. account[..19], 1], nonce),
            SessionBinding.ReportData(ledger, SessionBinding.Worker, key, account, []),
            [0],
        ];
        foreach (var other in others)
        {
            Assert.AreEqual(AttestationRefusal.EvidenceNotBound, Verify(evidence, _roots, Policy, other).Fault!.Reason);
        }
    }

    [TestMethod]
    public void CountUnlikeRoots_TwoEnclavesUnderOneRoot_AreOne()
    {
        using var other = SimulatedRoot.Generate();
        var roots = new RootSet([_root.Name, other.Name]);
        var first = Verify(Evidence(), roots, Policy, _reportData).Enclave!;
        var second = Verify(Evidence(issuedAt: Now + 1), roots, Policy, _reportData).Enclave!;
        var third = Verify(other.Issue(_measurement, 3, false, _reportData, Now), roots, Policy, _reportData).Enclave!;
        Assert.AreEqual(1, EvidenceVerifier.CountUnlikeRoots([first, second]));
        Assert.AreEqual(2, EvidenceVerifier.CountUnlikeRoots([first, second, third]));
        Assert.AreEqual(0, EvidenceVerifier.CountUnlikeRoots([]));
    }

    [TestMethod]
    public void DeriveSealingKey_OtherMeasurementOrRoot_IsAnotherKey()
    {
        using var again = SimulatedRoot.Import(_root.ExportSecret());
        using var other = SimulatedRoot.Generate();
        Assert.IsTrue(_root.DeriveSealingKey(_measurement).AsSpan().SequenceEqual(again.DeriveSealingKey(_measurement)));
        Assert.IsFalse(_root.DeriveSealingKey(_measurement).AsSpan().SequenceEqual(other.DeriveSealingKey(_measurement)));
        Assert.IsFalse(_root.DeriveSealingKey(_measurement).AsSpan().SequenceEqual(_root.DeriveSealingKey(new byte[48])));
        Assert.ThrowsExactly<ArgumentException>(() => SimulatedRoot.Import(new byte[64]));
        Assert.ThrowsExactly<ArgumentException>(() => SimulatedRoot.Import(new byte[63]));
    }
}
