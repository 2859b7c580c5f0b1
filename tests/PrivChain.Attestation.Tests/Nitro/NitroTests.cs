using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Nitro;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Tests.Nitro;

[TestClass]
public sealed class NitroTests
{
    private readonly NitroSample _sample = new();

    [TestCleanup]
    public void Clean() => _sample.Dispose();

    private TokenTrial Try(byte[] document, AuthenticationContext? context = null, string? nonce = null) =>
        TokenTrial.Of(EvidenceKind.Nitro, document, context ?? _sample.Context, nonce is null ? null : System.Text.Encoding.UTF8.GetBytes(nonce));

    [TestMethod]
    public void Authenticate_OwnDocument_GivesTheClaims()
    {
        var claims = Try(_sample.Document(), nonce: "asker").Authentic!.Claims;
        Assert.IsTrue(claims.Measurement.Span.SequenceEqual(NitroSample.Pcr(0, false)), "the measurement is PCR0");
        Assert.IsTrue(claims.Signer.Span.SequenceEqual(NitroSample.Pcr(8, false)), "the signer is PCR8");
        Assert.AreEqual(NitroSample.At, claims.IssuedAt);
        Assert.AreEqual(NitroSample.At.AddHours(2), claims.HoldsUntil, "no longer than the leaf");
        Assert.IsFalse(claims.Debug);
        Assert.IsFalse(claims.RevocationChecked);
        Assert.HasCount(16, claims.Measurements);
        Assert.AreEqual("valid", Try(_sample.Document(tagged: true)).Verdict, "tag 18 is allowed");
        Assert.AreEqual("valid_debug", Try(_sample.Document(debug: true)).Verdict);
    }

    [TestMethod]
    public void Appraise_DebugEnclave_IsRefusedUnlessAllowed()
    {
        var policy = AppraisalPolicy.Strict(EvidenceKind.Nitro, NitroSample.Pcr(0, true)) with { RequireCrl = false, RequireNonce = false, RequireSessionBinding = false };
        var received = ReceivedEvidence.Parse(EvidenceKind.Nitro, EvidenceParts.Of(_sample.Document(debug: true))).Value!;
        Assert.AreEqual(AttestationRefusal.DebugEnclave, EvidenceVerifier.Verify(received, _sample.Context, policy, ExpectedBinding.Nothing).Fault!.Reason);
        Assert.IsTrue(EvidenceVerifier.Verify(received, _sample.Context, policy with { AllowDebug = true }, ExpectedBinding.Nothing).Accepted);
    }

    [TestMethod]
    public void Check_Nonce_IsTheFieldAndUserDataDoesNotStandInForIt()
    {
        Assert.AreEqual("nonce_mismatch", Try(_sample.Document(), nonce: "other").Verdict);
        Assert.AreEqual("nonce_mismatch", Try(_sample.Document(), nonce: "aske").Verdict, "compared in full");
        Assert.AreEqual("nonce_mismatch", Try(_sample.Document(fields => fields["nonce"] = null), nonce: "what the enclave bound").Verdict);
        var claims = Try(_sample.Document()).Authentic!.Claims;
        Assert.IsNull(ExpectedBinding.ReportData("what the enclave bound"u8.ToArray()).Check(claims));
    }

    [TestMethod]
    public void Parse_EveryFieldJustInsideAndJustOutside()
    {
        (string Why, bool Wanted, Action<Dictionary<string, object?>> Change)[] cases =
        [
            ("no module id", false, fields => fields.Remove("module_id")),
            ("an empty module id", false, fields => fields["module_id"] = ""),
            ("another digest", false, fields => fields["digest"] = "SHA512"),
            ("time zero", false, fields => fields["timestamp"] = 0),
            ("a time before 1970", false, fields => fields["timestamp"] = -1),
            ("a time in words", false, fields => fields["timestamp"] = "now"),
            ("no PCRs", false, fields => fields["pcrs"] = TestSigner.Raw(TestSigner.Map())),
            ("PCR 31", true, fields => fields["pcrs"] = Pcrs((31, 48))),
            ("PCR 32", false, fields => fields["pcrs"] = Pcrs((32, 48))),
            ("PCR -1", false, fields => fields["pcrs"] = Pcrs((-1, 48))),
            ("a PCR of 32 bytes in a SHA-384 document", false, fields => fields["pcrs"] = Pcrs((3, 32))),
            ("no PCR2, so that nobody can tell debug mode", false, fields => fields["pcrs"] = TestSigner.Raw(TestSigner.Map((0, new byte[48]), (1, new byte[48])))),
            ("no certificate", false, fields => fields.Remove("certificate")),
            ("bytes for a certificate", false, fields => fields["certificate"] = new byte[100]),
            ("a bundle without certificates", false, fields => fields["cabundle"] = TestSigner.Raw(TestSigner.Array())),
            ("null for a bundle", false, fields => fields["cabundle"] = null),
            ("bytes in the bundle", false, fields => fields["cabundle"] = TestSigner.Raw(TestSigner.Array(new byte[10]))),
            ("no optional field", true, fields => { fields.Remove("public_key"); fields.Remove("user_data"); fields.Remove("nonce"); }),
            ("an empty public key", false, fields => fields["public_key"] = Array.Empty<byte>()),
            ("empty user data", true, fields => fields["user_data"] = Array.Empty<byte>()),
            ("user data of 1024 bytes", true, fields => fields["user_data"] = new byte[1024]),
            ("user data of 1025 bytes", false, fields => fields["user_data"] = new byte[1025]),
            ("a nonce of 1024 bytes", true, fields => fields["nonce"] = new byte[1024]),
            ("a nonce of 1025 bytes", false, fields => fields["nonce"] = new byte[1025]),
            ("a nonce in words", false, fields => fields["nonce"] = "asker"),
            ("a field that AWS does not have", false, fields => fields["more"] = 1),
        ];
        foreach (var (why, wanted, change) in cases)
        {
            Assert.AreEqual(wanted ? "valid" : "malformed", Try(_sample.Document(change)).Verdict, why);
        }

        static ReadOnlyMemory<byte> Pcrs((int Number, int Size) more) =>
            TestSigner.Raw(TestSigner.Map([.. Enumerable.Range(0, 3).Select(number => ((object)number, (object?)NitroSample.Pcr(number, false))), (more.Number, new byte[more.Size])]));
    }

    [TestMethod]
    public void Authenticate_AlgorithmOtherThanEs384_IsRefused()
    {
        foreach (var algorithm in new[] { -7, -36, -37, -8, -51, -1 })
        {
            Assert.AreEqual("alg_not_allowed", Try(_sample.Document(algorithm: algorithm)).Verdict, $"alg {algorithm}");
        }
    }

    [TestMethod]
    public void Authenticate_LeafOfAnotherCurve_IsRefused()
    {
        using var signer = TestSigner.P256();
        using var leaf = _sample.IssueLeaf(signer.Platform, isAuthority: false);
        Assert.AreEqual("invalid_signature", Try(_sample.Document(fields => fields["certificate"] = leaf.RawData, signer: signer)).Verdict, "ES384 by a key of P-256");
    }

    [TestMethod]
    public void Authenticate_SignatureOfAnotherKey_IsRefused()
    {
        using var other = TestSigner.P384();
        Assert.AreEqual("invalid_signature", Try(_sample.Document(signer: other)).Verdict);
    }

    [TestMethod]
    public void Authenticate_ChainsOfOthersOrInAnotherOrder_AreRefused()
    {
        using var stranger = new NitroSample();
        Assert.AreEqual("untrusted_root", Try(stranger.Document()).Verdict, "another root, which came along");
        Assert.AreEqual("untrusted_root", Try(_sample.Document(), new AuthenticationContext(RootSet.Empty, NitroSample.At)).Verdict);
        Assert.AreEqual("invalid_chain", Try(_sample.Document(fields => fields["cabundle"] = Bundle(_sample.Middle, _sample.Root))).Verdict, "leaf's issuer first");
        Assert.AreEqual("incomplete_chain", Try(_sample.Document(fields => fields["cabundle"] = Bundle(_sample.Root))).Verdict, "no intermediate");
        Assert.AreEqual("valid", Try(_sample.Document(fields => fields["cabundle"] = Bundle(_sample.Middle))).Verdict, "the caller's root need not come along");
        Assert.AreNotEqual("valid", Try(_sample.Document(fields => fields["cabundle"] = Bundle(stranger.Root, _sample.Middle))).Verdict, "another root in the root's place");
        using var authority = _sample.IssueLeaf(_sample.LeafSigner.Platform, isAuthority: true);
        Assert.AreEqual("invalid_chain", Try(_sample.Document(fields => fields["certificate"] = authority.RawData)).Verdict, "a leaf that may issue");
    }

    [TestMethod]
    public void Authenticate_AnotherFamilysRoot_IsNoNitroRoot()
    {
        var roots = new RootSet(TokenTrial.Anchors(RootKind.Intel, _sample.Root.RawData));
        Assert.AreEqual("untrusted_root", Try(_sample.Document(), new AuthenticationContext(roots, NitroSample.At)).Verdict);
    }

    [TestMethod]
    public void Authenticate_TimesOfTheLeaf_JustInsideAndJustOutside()
    {
        var document = _sample.Document();
        Assert.AreEqual("valid", Try(document, _sample.Context with { At = NitroSample.At.AddHours(2) }).Verdict);
        Assert.AreEqual("expired", Try(document, _sample.Context with { At = NitroSample.At.AddHours(2).AddSeconds(1) }).Verdict);
        Assert.AreEqual("valid", Try(document, _sample.Context with { At = NitroSample.At.AddHours(-1) }).Verdict);
        Assert.AreEqual("not_yet_valid", Try(document, _sample.Context with { At = NitroSample.At.AddHours(-1).AddSeconds(-1) }).Verdict);
    }

    [TestMethod]
    public void Authenticate_RevocationListsThatAreGiven_AreUsed()
    {
        string Verdict(params byte[][] lists) =>
            Try(_sample.Document(), _sample.Context with { Collateral = TokenTrial.Collateral((CollateralName.Crls, Pem(lists))) }).Verdict;
        Assert.AreEqual("valid", Verdict(_sample.RevocationList(true), _sample.RevocationList(false)));
        Assert.AreEqual("revoked", Verdict(_sample.RevocationList(true), _sample.RevocationList(false, _sample.Leaf)));
        Assert.AreEqual("revoked", Verdict(_sample.RevocationList(true, _sample.Middle), _sample.RevocationList(false)));
        Assert.AreEqual("missing_collateral", Verdict(_sample.RevocationList(true)));
        var malformed = _sample.Context with { Collateral = TokenTrial.Collateral((CollateralName.Crls, [1, 2, 3])) };
        Assert.AreEqual("malformed_collateral", Try(_sample.Document(), malformed).Verdict);
        var given = _sample.Context with { Collateral = TokenTrial.Collateral((CollateralName.Crls, Pem([_sample.RevocationList(true), _sample.RevocationList(false)]))) };
        Assert.IsTrue(Try(_sample.Document(), given).Authentic!.Claims.RevocationChecked);
    }

    [TestMethod]
    public void Authenticate_FlippedBitsAndOtherLengths_AreRefused()
    {
        Assert.IsEmpty(TokenTrial.Flip(EvidenceKind.Nitro, _sample.Document(), _sample.Context, step: 23));
        TokenTrial.RefusesOtherLengths(EvidenceKind.Nitro, _sample.Document(), _sample.Context);
    }

    [TestMethod]
    public void TryParse_CertificateWithDocument_IsBoundOnlyByTheDocumentsSignedPart()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var bound = _sample.Document(fields => fields["user_data"] = key.ExportSubjectPublicKeyInfo());
        Assert.IsTrue(NitroCertificate.TryParse(Carrier(key, bound), out var carrier));
        CollectionAssert.AreEqual(new[] { "user_data" }, carrier.KeyBoundIn.ToArray());
        Assert.IsTrue(carrier.Document.Span.SequenceEqual(bound));
        Assert.IsTrue(NitroCertificate.TryParse(Carrier(key, _sample.Document()), out var unbound));
        Assert.IsEmpty(unbound.KeyBoundIn, "a genuine document in a certificate of somebody else's key");
        Assert.IsFalse(NitroCertificate.TryParse(Carrier(key, bound, bound), out _), "two documents");
        Assert.IsFalse(NitroCertificate.TryParse(Carrier(key, new byte[1000]), out _), "no document");
        Assert.IsFalse(NitroCertificate.TryParse(_sample.Leaf.RawData, out _), "no name");
    }

    private static byte[] Carrier(ECDsa key, params byte[][] documents)
    {
        var request = new CertificateRequest("CN=carrier", key, HashAlgorithmName.SHA256);
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            foreach (var name in documents.Select(document => Convert.ToHexStringLower(document) + ".enclave.example").Prepend("enclave.example"))
            {
                writer.WriteCharacterString(UniversalTagNumber.IA5String, name, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }

        request.CertificateExtensions.Add(new X509Extension("2.5.29.17", writer.Encode(), critical: false));
        using var certificate = request.CreateSelfSigned(NitroSample.At.AddDays(-1), NitroSample.At.AddDays(1));
        return certificate.RawData;
    }

    private static ReadOnlyMemory<byte> Bundle(params X509Certificate2[] certificates) => TestSigner.Raw(TestSigner.Array([.. certificates.Select(certificate => (object?)certificate.RawData)]));

    private static byte[] Pem(byte[][] lists) => System.Text.Encoding.ASCII.GetBytes(string.Join('\n', lists.Select(list => PemEncoding.WriteString("X509 CRL", list))));
}
