using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Eat;

[TestClass]
public sealed class PsaTests
{
    private static readonly byte[] _nonce = [.. Enumerable.Range(0, 32).Select(value => (byte)value)];

    private readonly TestSigner _signer = TestSigner.P256();

    private AuthenticationContext Context => new(new RootSet([_signer.Anchor()]), DateTimeOffset.UnixEpoch);

    [TestCleanup]
    public void Clean() => _signer.Dispose();

    private TokenTrial Try(byte[] token, byte[]? nonce = null) => TokenTrial.Of(EvidenceKind.Psa, token, Context, nonce);

    private byte[] Token(Action<Dictionary<object, object?>>? change = null, bool tagged = true)
    {
        var claims = new Dictionary<object, object?>
        {
            [265] = "tag:psacertified.org,2023:psa#tfm",
            [10] = _nonce,
            [256] = (byte[])[1, .. new byte[32]],
            [2394] = -1,
            [2395] = 0x3000,
            [2396] = new byte[32],
            [2399] = TestSigner.Raw(TestSigner.Array(Component("BL", 7, 9), Component("M1", 8, 9))),
        };
        change?.Invoke(claims);
        return _signer.Sign1(TestSigner.Map([.. claims.Select(claim => (claim.Key, claim.Value))]), tagged: tagged);
    }

    private static ReadOnlyMemory<byte> Component(string type, byte value, byte signer) => TestSigner.Raw(TestSigner.Map((1, type), (2, Filled(value)), (5, Filled(signer))));

    private static byte[] Filled(byte value) => [.. Enumerable.Repeat(value, 32)];

    [TestMethod]
    public void Authenticate_OwnToken_GivesTheClaims()
    {
        var trial = Try(Token(), _nonce);
        Assert.AreEqual("valid_signature_only", trial.Verdict, trial.Fault?.ToString());
        var claims = trial.Authentic!.Claims;
        var expected = SHA384.HashData([0, 0, 0, 32, .. new byte[32], 0, 0, 0, 32, .. Filled(7), 0, 0, 0, 32, .. Filled(8)]);
        Assert.IsTrue(claims.Measurement.Span.SequenceEqual(expected), "SHA-384 over implementation id and components");
        Assert.IsTrue(claims.Signer.Span.SequenceEqual(Filled(9)));
        Assert.AreEqual(33, claims.HardwareId.Length);
        CollectionAssert.AreEqual(new[] { "BL", "M1" }, claims.Measurements.Select(value => value.Name).ToArray());
        Assert.AreEqual(EvidenceKind.Psa, ReceivedEvidence.ParseAny(Token()).Value!.Kind);
    }

    [TestMethod]
    public void Appraise_ByMeasurement_AcceptsAndTellsOthers()
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.Psa, EvidenceParts.Of(Token())).Value!;
        var measurement = AuthenticEvidence.Authenticate(received, Context).Value!.Claims.Measurement;
        var policy = AppraisalPolicy.Strict(EvidenceKind.Psa, measurement.Span) with { RequireSessionBinding = false };
        Assert.IsTrue(EvidenceVerifier.Verify(received, Context, policy, ExpectedBinding.Nonce(_nonce)).Accepted);
        Assert.AreEqual(AttestationRefusal.NonceMismatch, EvidenceVerifier.Verify(received, Context, policy, ExpectedBinding.Nonce(new byte[32])).Fault!.Reason);
        var other = ReceivedEvidence.Parse(EvidenceKind.Psa, EvidenceParts.Of(Token(claims => claims[2396] = Filled(1)))).Value!;
        Assert.AreEqual(AttestationRefusal.MeasurementNotAccepted, EvidenceVerifier.Verify(other, Context, policy, ExpectedBinding.Nonce(_nonce)).Fault!.Reason);
    }

    [TestMethod]
    public void Check_Session_IsTheChallenge()
    {
        var session = new SessionBinding(new byte[32], SessionBinding.Worker, [1], new byte[20], [2]);
        foreach (var size in new[] { 32, 48, 64 })
        {
            var bound = Try(Token(claims => claims[10] = session.Value(size)!)).Authentic!.Claims;
            Assert.IsNull(ExpectedBinding.Session(session).Check(bound), $"{size} bytes");
        }

        Assert.IsNotNull(ExpectedBinding.Session(session).Check(Try(Token()).Authentic!.Claims));
    }

    [TestMethod]
    [DataRow(0x3000, "valid_signature_only", null)]
    [DataRow(0x30ff, "valid_signature_only", null)]
    [DataRow(0x4000, "valid_debug", null)]
    [DataRow(0x5001, "valid_debug", null)]
    [DataRow(0x0000, "valid_signature_only", EvidenceCondition.DeviceNotSecured)]
    [DataRow(0x1000, "valid_signature_only", EvidenceCondition.DeviceNotSecured)]
    [DataRow(0x2000, "valid_signature_only", EvidenceCondition.DeviceNotSecured)]
    [DataRow(0x6000, "valid_signature_only", EvidenceCondition.DeviceNotSecured)]
    [DataRow(0x3100, "valid_signature_only", EvidenceCondition.DeviceNotSecured)]
    [DataRow(0x10000, "malformed", null)]
    [DataRow(-1, "malformed", null)]
    public void Authenticate_Lifecycle(int lifecycle, string wanted, string? condition)
    {
        var trial = Try(Token(claims => claims[2395] = lifecycle));
        Assert.AreEqual(wanted, trial.Verdict);
        Assert.AreEqual(condition, trial.Authentic?.Claims.Conditions.SingleOrDefault());
    }

    [TestMethod]
    public void Parse_EveryClaimJustInsideAndJustOutside()
    {
        (string Why, bool Wanted, Action<Dictionary<object, object?>> Change)[] cases =
        [
            ("the draft's profile", true, claims => claims[265] = "http://arm.com/psa/2.0.0"),
            ("another profile", false, claims => claims[265] = "http://arm.com/psa/3.0.0"),
            ("a challenge of 48 bytes", true, claims => claims[10] = new byte[48]),
            ("a challenge of 33 bytes", false, claims => claims[10] = new byte[33]),
            ("two challenges", false, claims => claims[10] = TestSigner.Raw(TestSigner.Array(_nonce, _nonce))),
            ("no challenge", false, claims => claims.Remove(10)),
            ("an instance id of another type", false, claims => claims[256] = (byte[])[2, .. new byte[32]]),
            ("an instance id of 32 bytes", false, claims => claims[256] = (byte[])[1, .. new byte[31]]),
            ("no client id", false, claims => claims.Remove(2394)),
            ("a client id beyond 32 bits", false, claims => claims[2394] = 1L << 31),
            ("an implementation id of 31 bytes", false, claims => claims[2396] = new byte[31]),
            ("no lifecycle", false, claims => claims.Remove(2395)),
            ("a boot seed of 8 bytes", true, claims => claims[2397] = new byte[8]),
            ("a boot seed of 7 bytes", false, claims => claims[2397] = new byte[7]),
            ("a boot seed of 33 bytes", false, claims => claims[2397] = new byte[33]),
            ("no components", false, claims => claims.Remove(2399)),
            ("an empty list of components", false, claims => claims[2399] = TestSigner.Raw(TestSigner.Array())),
            ("a component without signer", false, claims => claims[2399] = TestSigner.Raw(TestSigner.Array(TestSigner.Raw(TestSigner.Map((2, Filled(1))))))),
            ("a component without digest", false, claims => claims[2399] = TestSigner.Raw(TestSigner.Array(TestSigner.Raw(TestSigner.Map((5, Filled(1))))))),
            ("a digest of 20 bytes", false, claims => claims[2399] = TestSigner.Raw(TestSigner.Array(TestSigner.Raw(TestSigner.Map((2, new byte[20]), (5, Filled(1))))))),
            ("a verification service that is no text", false, claims => claims[2400] = 1),
            ("a claim that nobody knows", true, claims => claims[70000] = 1),
        ];
        foreach (var (why, wanted, change) in cases)
        {
            Assert.AreEqual(wanted ? "valid_signature_only" : "malformed", Try(Token(change)).Verdict, why);
        }

        Assert.AreEqual("malformed", Try(Token(tagged: false)).Verdict, "no tag");
        Assert.AreEqual("malformed", Try(TestSigner.Tag(61, Token())).Verdict, "the CWT tag");
        Assert.AreEqual("malformed", Try(TestSigner.Map((265, "tag:psacertified.org,2023:psa#tfm"))).Verdict, "no signature");
    }

    [TestMethod]
    public void Parse_Profile1_MayHaveNoMeasurementsOnlyWhenItSaysSo()
    {
        byte[] Legacy(params (object, object?)[] more) => _signer.Sign1(TestSigner.Map([
            (-75008, _nonce), (-75009, (byte[])[1, .. new byte[32]]), (-75001, 1), (-75002, 0x3000), (-75003, new byte[32]), .. more,
        ]));
        Assert.AreEqual("malformed", Try(Legacy()).Verdict);
        Assert.AreEqual("valid_signature_only", Try(Legacy((-75007, 1))).Verdict);
        Assert.AreEqual("malformed", Try(Legacy((-75007, 2))).Verdict);
        Assert.AreEqual("valid_signature_only", Try(Legacy((-75000, "PSA_IOT_PROFILE_1"), (-75006, TestSigner.Raw(TestSigner.Array(Component("BL", 1, 2)))))).Verdict);
        Assert.AreEqual("malformed", Try(Legacy((-75007, 1), (-75000, "PSA_IOT_PROFILE_2"))).Verdict);
        Assert.AreEqual(EvidenceKind.Psa, ReceivedEvidence.ParseAny(Legacy((-75007, 1))).Value!.Kind);
    }
}
