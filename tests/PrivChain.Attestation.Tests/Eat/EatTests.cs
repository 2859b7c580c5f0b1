using System.Buffers.Text;
using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Eat;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Eat;

[TestClass]
public sealed class EatTests
{
    private const long Now = 1_790_000_000;

    private static readonly byte[] _nonce = [1, 2, 3, 4, 5, 6, 7, 8];

    private readonly TestSigner _signer = TestSigner.P256();

    private AuthenticationContext Context => new(new RootSet([_signer.Anchor()]), DateTimeOffset.FromUnixTimeSeconds(Now));

    [TestCleanup]
    public void Clean() => _signer.Dispose();

    private TokenTrial Try(byte[] token, byte[]? nonce = null) => TokenTrial.Of(EvidenceKind.Eat, token, Context, nonce);

    private byte[] Token(params (object, object?)[] claims) => _signer.Sign1(TestSigner.Map(claims));

    [TestMethod]
    public void Authenticate_OwnToken_GivesTheClaims()
    {
        var token = Token((6, Now - 5), (4, Now + 60), (10, _nonce), (256, "device"u8.ToArray()), (259, new byte[] { 0xab }), (263, 3), (262, false));
        var claims = Try(token, _nonce).Authentic!.Claims;
        Assert.AreEqual(DateTimeOffset.FromUnixTimeSeconds(Now - 5), claims.IssuedAt);
        Assert.AreEqual(DateTimeOffset.FromUnixTimeSeconds(Now + 60), claims.HoldsUntil);
        Assert.IsTrue(claims.HardwareId.Span.SequenceEqual("device"u8));
        Assert.AreEqual("ab", claims.ChipFamily);
        CollectionAssert.AreEqual(new[] { EvidenceCondition.SecureBootOff }, claims.Conditions.ToArray());
        Assert.IsTrue(claims.Measurement.IsEmpty, "a token without measurements has none, and no policy can name it");
        Assert.AreEqual("valid", Try(TestSigner.Tag(61, token)).Verdict);
        Assert.AreEqual("malformed", Try(TestSigner.Tag(61, _signer.Sign1(TestSigner.Map((6, Now)), tagged: false))).Verdict, "a CWT tag without a COSE tag");
        Assert.AreEqual("malformed", Try(TestSigner.Tag(61, TestSigner.Tag(61, token))).Verdict);
        Assert.AreEqual("malformed", Try(TestSigner.Tag(99, token)).Verdict);

        // Messages of COSE that nobody's attester sends are refused by name, not as noise.
        foreach (var message in new ulong[] { 16, 17, 96, 97, 98 })
        {
            Assert.AreEqual("unsupported_format", Try(TestSigner.Tag(message, token)).Verdict, $"{message}");
            Assert.AreEqual("unsupported_format", Try(TestSigner.Tag(61, TestSigner.Tag(message, token))).Verdict, $"61 and {message}");
        }
    }

    [TestMethod]
    public void Authenticate_Measurements_AreHashedAsReceived()
    {
        var measurements = TestSigner.Array(TestSigner.Raw(TestSigner.Array(258, new byte[] { 1, 2 })));
        var claims = Try(Token((273, TestSigner.Raw(measurements)))).Authentic!.Claims;
        Assert.IsTrue(claims.Measurement.Span.SequenceEqual(SHA384.HashData(measurements)));
    }

    [TestMethod]
    public void Authenticate_Times_JustInsideAndJustOutside()
    {
        Assert.AreEqual("valid", Try(Token((4, Now + 1))).Verdict);
        Assert.AreEqual("expired", Try(Token((4, Now))).Verdict, "on or after exp it must not be accepted");
        Assert.AreEqual("valid", Try(Token((5, Now))).Verdict);
        Assert.AreEqual("not_yet_valid", Try(Token((5, Now + 1))).Verdict);
        Assert.AreEqual("valid", Try(Token((4, Now + 0.5))).Verdict, "times may have fractions");
        Assert.AreEqual("malformed", Try(Token((4, "tomorrow"))).Verdict);
        Assert.AreEqual("malformed", Try(Token((4, -1))).Verdict);
        Assert.AreEqual("malformed", Try(Token((4, 253_402_300_800L))).Verdict, "after the year 9999");
        Assert.AreEqual("malformed", Try(Token((4, double.NaN))).Verdict);
        Assert.AreEqual("malformed", Try(Token((4, double.PositiveInfinity))).Verdict);
    }

    [TestMethod]
    public void Check_Nonce_OneOfSeveralInFull()
    {
        byte[] other = [8, 7, 6, 5, 4, 3, 2, 1];
        Assert.AreEqual("nonce_mismatch", Try(Token((10, other)), _nonce).Verdict);
        Assert.AreEqual("nonce_mismatch", Try(Token((6, Now)), _nonce).Verdict, "no nonce is not the asker's");
        Assert.AreEqual("nonce_mismatch", Try(Token((10, (byte[])[.. _nonce, 0])), _nonce).Verdict, "compared in full");
        Assert.AreEqual("valid", Try(Token((10, TestSigner.Raw(TestSigner.Array(other, _nonce)))), _nonce).Verdict);
        Assert.AreEqual("malformed", Try(Token((10, new byte[7]))).Verdict);
        Assert.AreEqual("valid", Try(Token((10, new byte[64]))).Verdict);
        Assert.AreEqual("malformed", Try(Token((10, new byte[65]))).Verdict);
        Assert.AreEqual("malformed", Try(Token((10, "12345678"))).Verdict, "text is JSON's form");
        Assert.AreEqual("malformed", Try(Token((10, TestSigner.Raw(TestSigner.Array())))).Verdict);
    }

    [TestMethod]
    [DataRow(0, "valid_debug")]
    [DataRow(1, "valid")]
    [DataRow(2, "valid")]
    [DataRow(3, "valid")]
    [DataRow(4, "valid")]
    [DataRow(5, "malformed")]
    [DataRow(-1, "malformed")]
    public void Authenticate_DebugStatus(int status, string wanted)
    {
        Assert.AreEqual(wanted, Try(Token((263, status))).Verdict);
        var inner = TestSigner.Map(("board", TestSigner.Raw(TestSigner.Map((263, status)))));
        Assert.AreEqual(wanted, Try(Token((263, 3), (266, TestSigner.Raw(inner)))).Verdict, "of a submodule");
        var deeper = TestSigner.Map(("chip", TestSigner.Raw(TestSigner.Map((266, TestSigner.Raw(inner))))));
        Assert.AreEqual(wanted, Try(Token((263, 3), (266, TestSigner.Raw(deeper)))).Verdict, "of a submodule's submodule");
    }

    [TestMethod]
    public void Authenticate_ClaimsSetsWithoutSignature_AreNeverEvidence()
    {
        var claims = TestSigner.Map((10, _nonce), (256, new byte[] { 1 }));
        Assert.AreEqual("parse_only", Try(claims).Verdict);
        Assert.AreEqual("parse_only", Try(TestSigner.Tag(601, claims)).Verdict, "RFC 9781");
        Assert.AreEqual("parse_only", Try("""{"eat_nonce":"12345678"}"""u8.ToArray()).Verdict);
        Assert.AreEqual("malformed", Try(TestSigner.Tag(18, claims)).Verdict);
    }

    [TestMethod]
    public void Authenticate_KeysThatAreNotTrusted_AreRefused()
    {
        using var other = TestSigner.P256();
        using var larger = TestSigner.P384();
        var token = Token((6, Now));
        Assert.AreEqual("invalid_signature", TokenTrial.Of(EvidenceKind.Eat, token, Context with { Roots = new RootSet([other.Anchor()]) }).Verdict);
        Assert.AreEqual("alg_not_allowed", TokenTrial.Of(EvidenceKind.Eat, token, Context with { Roots = new RootSet([larger.Anchor()]) }).Verdict);
        Assert.AreEqual("untrusted_root", TokenTrial.Of(EvidenceKind.Eat, token, Context with { Roots = RootSet.Empty }).Verdict);
        Assert.AreEqual("untrusted_root", TokenTrial.Of(EvidenceKind.Eat, token, Context with { Roots = new RootSet([_signer.Anchor(RootKind.Maa)]) }).Verdict, "another family's key");
        Assert.AreEqual("valid", TokenTrial.Of(EvidenceKind.Eat, token, Context with { Roots = new RootSet([other.Anchor(), _signer.Anchor(), larger.Anchor()]) }).Verdict);
    }

    [TestMethod]
    public void Authenticate_NestedTokens_AreVerifiedByTheirOwnSignatureAndTimes()
    {
        using var inner = TestSigner.P384();
        using var stranger = TestSigner.P384();
        var context = Context with { Roots = new RootSet([_signer.Anchor(), inner.Anchor()]) };
        string Verdict(object submodule) => TokenTrial.Of(EvidenceKind.Eat, Token((266, TestSigner.Raw(TestSigner.Map(("tee", submodule))))), context).Verdict;
        Assert.AreEqual("valid", Verdict(inner.Sign1(TestSigner.Map((4, Now + 1)))));
        Assert.AreEqual("expired", Verdict(inner.Sign1(TestSigner.Map((4, Now)))));
        Assert.AreEqual("invalid_signature", Verdict(stranger.Sign1(TestSigner.Map((4, Now + 1)))));
        Assert.AreEqual("valid_debug", Verdict(inner.Sign1(TestSigner.Map((263, 0)))));
        Assert.AreEqual("valid", Verdict(System.Text.Encoding.ASCII.GetString(inner.Jws("""{"dbgstat":"disabled"}"""))), "a JWT inside CBOR");
        Assert.AreEqual("malformed", Verdict(inner.Sign1(TestSigner.Map((4, Now + 1)), tagged: false)), "what is nested says what it is");
        Assert.AreEqual("malformed", Verdict(TestSigner.Tag(601, TestSigner.Map((4, Now + 1)))), "a claims-set without signature, dressed as a token");
        Assert.AreEqual("malformed", Verdict(7));
        var claims = TokenTrial.Of(EvidenceKind.Eat, Token((4, Now + 90), (266, TestSigner.Raw(TestSigner.Map(("tee", inner.Sign1(TestSigner.Map((4, Now + 1)))))))), context).Authentic!.Claims;
        Assert.AreEqual(DateTimeOffset.FromUnixTimeSeconds(Now + 1), claims.HoldsUntil, "no longer than the nested one");
    }

    [TestMethod]
    public void Read_NestingBeyondTheLimit_IsRefused()
    {
        var token = Token((6, Now));
        for (var depth = 0; depth < 4; depth++)
        {
            token = Token((266, TestSigner.Raw(TestSigner.Map(("inner", token)))));
        }

        Assert.AreEqual("valid", Try(token).Verdict);
        Assert.AreEqual("malformed", Try(Token((266, TestSigner.Raw(TestSigner.Map(("inner", token)))))).Verdict);
    }

    [TestMethod]
    public void Authenticate_Bundle_IsBoundByDigests()
    {
        var detached = TestSigner.Map((263, 3));
        var digest = TestSigner.Array(-16, SHA256.HashData(detached));
        byte[] Bundle(byte[] main, params (object, object?)[] sets) => TestSigner.Tag(602, TestSigner.Array(main, TestSigner.Raw(TestSigner.Map(sets))));
        var main = Token((266, TestSigner.Raw(TestSigner.Map(("board", TestSigner.Raw(digest))))));
        string Beside(byte[] set) =>
            Try(Bundle(Token((266, TestSigner.Raw(TestSigner.Map(("board", TestSigner.Raw(TestSigner.Array(-16, SHA256.HashData(set)))))))), ("board", set))).Verdict;
        Assert.AreEqual("valid", Try(Bundle(main, ("board", detached))).Verdict);
        Assert.AreEqual("binding_mismatch", Try(Bundle(main, ("board", TestSigner.Map((263, 0))))).Verdict, "another claims-set");
        Assert.AreEqual("valid_debug", Beside(TestSigner.Map((263, 0))), "what it says about debugging counts as if it stood in the token");
        Assert.AreEqual("expired", Beside(TestSigner.Map((4, 1))));
        Assert.AreEqual("malformed", Beside([0xFF]), "no claims-set");
        Assert.AreEqual("binding_mismatch", Try(Bundle(main, ("board", detached), ("more", detached))).Verdict, "one that no digest covers");
        Assert.AreEqual("binding_mismatch", Try(Bundle(Token((6, Now)), ("board", detached))).Verdict);
        Assert.AreEqual("malformed", Try(Bundle(main)).Verdict, "a bundle of nothing");
        Assert.AreEqual("malformed", Try(Bundle(TestSigner.Map((6, Now)), ("board", detached))).Verdict, "a bundle around an unsigned token");
        var alone = Try(main);
        Assert.AreEqual("valid", alone.Verdict);
        Assert.IsTrue(alone.Authentic!.Claims.NotChecked.Any(text => text.Contains("board", StringComparison.Ordinal)), "a digest without its claims-set is named");
        Assert.AreEqual("malformed", Try(Token((266, TestSigner.Raw(TestSigner.Map(("board", TestSigner.Raw(TestSigner.Array(-14, new byte[20])))))))).Verdict, "a hash that can be forged");
    }

    [TestMethod]
    public void Authenticate_JsonToken_GivesTheSameClaims()
    {
        var token = _signer.Jws($$"""{"iat":{{Now}},"exp":{{Now + 9}},"eat_nonce":"{{Base64Url.EncodeToString(_nonce)}}","ueid":"ZGV2aWNl","dbgstat":"disabled-permanently","submods":{"board":{"dbgstat":"disabled"} } }""");
        var trial = Try(token, _nonce);
        Assert.AreEqual("valid", trial.Verdict, trial.Fault?.ToString());
        Assert.AreEqual("valid", Try(token, System.Text.Encoding.ASCII.GetBytes(Base64Url.EncodeToString(_nonce))).Verdict, "the nonce as text");
        Assert.IsTrue(trial.Authentic!.Claims.HardwareId.Span.SequenceEqual("device"u8));
        Assert.AreEqual(DateTimeOffset.FromUnixTimeSeconds(Now + 9), trial.Authentic.Claims.HoldsUntil);
        Assert.AreEqual(EvidenceKind.Eat, ReceivedEvidence.ParseAny(token).Value!.Kind);
        Assert.AreEqual("valid_debug", Try(_signer.Jws("""{"submods":{"board":{"dbgstat":"enabled"}}}""")).Verdict);
        Assert.AreEqual("expired", Try(_signer.Jws($$"""{"exp":{{Now}}}""")).Verdict);
        Assert.AreEqual("malformed", Try(_signer.Jws("""{"dbgstat":0}""")).Verdict, "a number is CBOR's form");
        Assert.AreEqual("malformed", Try(_signer.Jws("""{"exp":1,"exp":9999999999}""")).Verdict, "a claim twice");
        Assert.AreEqual("alg_not_allowed", Try(_signer.Jws("{}", """{"alg":"none"}""")).Verdict);
        Assert.AreEqual("alg_not_allowed", Try(_signer.Jws("{}", """{"alg":"HS256"}""")).Verdict);
        Assert.AreEqual("alg_not_allowed", Try(_signer.Jws("{}", """{"alg":"RS256"}""")).Verdict);
        Assert.IsEmpty(TokenTrial.Flip(EvidenceKind.Eat, token, Context, step: 5));
    }

    [TestMethod]
    public void Authenticate_JsonSubmodules_AreReadBySelector()
    {
        using var inner = TestSigner.P384();
        var context = Context with { Roots = new RootSet([_signer.Anchor(), inner.Anchor()]) };
        string Verdict(string selector) => TokenTrial.Of(EvidenceKind.Eat, _signer.Jws($$"""{"submods":{"tee":{{selector}} } }"""), context).Verdict;
        Assert.AreEqual("valid", Verdict($$"""["JWT","{{System.Text.Encoding.ASCII.GetString(inner.Jws("{}"))}}"]"""));
        Assert.AreEqual("valid", Verdict($$"""["CBOR","{{Base64Url.EncodeToString(inner.Sign1(TestSigner.Map((6, Now))))}}"]"""));
        Assert.AreEqual("valid", Verdict($$"""["DIGEST",["sha-256","{{Base64Url.EncodeToString(new byte[32])}}"]]"""));
        Assert.AreEqual("invalid_signature", Verdict($$"""["JWT","{{System.Text.Encoding.ASCII.GetString(inner.Jws("{}"))[..^4]}}AAAA"]"""));
        Assert.AreEqual("malformed", Verdict("""["DIGEST",["md5","AA"]]"""));
        Assert.AreEqual("malformed", Verdict("""["OTHER","AA"]"""));
        Assert.AreEqual("malformed", Verdict("\"text\""));
    }

    [TestMethod]
    public void Name_OfEveryDebugStatus()
    {
        Assert.AreEqual("enabled", EatJson.DebugName(0));
        Assert.AreEqual("disabled-fully-and-permanently", EatJson.DebugName(4));
        Assert.IsNull(EatJson.DebugName(5));
        Assert.IsNull(EatJson.DebugName(-1));
    }
}
