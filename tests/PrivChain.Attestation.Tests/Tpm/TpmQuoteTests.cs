using System.Text;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Attestation.Tests.Tpm;

/// <summary>Quotes of our own TPM: each rule just inside and just outside.</summary>
[TestClass]
public sealed class TpmQuoteTests
{
    [TestMethod]
    public void Authenticate_EachScheme_IsAccepted()
    {
        foreach (var (scheme, hash) in new[] { (TpmForge.RsaSsa, TpmForge.Sha256), (TpmForge.RsaSsa, TpmForge.Sha384), (TpmForge.RsaPss, TpmForge.Sha256), (TpmForge.EcDsa, TpmForge.Sha256) })
        {
            var forge = new TpmForge { Scheme = scheme, Hash = hash };
            var authentic = forge.Authenticate();
            Assert.IsTrue(authentic.Accepted, $"{scheme:x} {hash:x}: {authentic.Fault}");
            Assert.AreEqual(AuthenticationResult.Valid, authentic.Value.Result);
            Assert.IsTrue(authentic.Value.Claims.Nonce!.Value.Span.SequenceEqual(forge.Nonce));
            Assert.IsEmpty(authentic.Value.Claims.Conditions);
        }
    }

    [TestMethod]
    public void Authenticate_PssWithTheLongestSalt_IsAccepted()
    {
        var forge = new TpmForge { Scheme = TpmForge.RsaPss };
        using var key = System.Security.Cryptography.RSA.Create(2048);
        var attest = forge.Attest();
        var signer = new Org.BouncyCastle.Crypto.Signers.PssSigner(new Org.BouncyCastle.Crypto.Engines.RsaEngine(), new Org.BouncyCastle.Crypto.Digests.Sha256Digest(), 256 - 32 - 2);
        signer.Init(forSigning: true, Org.BouncyCastle.Security.DotNetUtilities.GetRsaKeyPair(key).Private);
        signer.BlockUpdate(attest, 0, attest.Length);
        var signature = signer.GenerateSignature();
        Assert.IsTrue(Signatures.PublicKey.TryParse(key.ExportSubjectPublicKeyInfo(), out var known));
        var bare = new TpmSignature(null, signature);
        Assert.IsTrue(bare.Verifies(known, new TpmScheme(TpmForge.RsaPss, TpmForge.Sha256), attest));
        attest[^1] ^= 1;
        Assert.IsFalse(bare.Verifies(known, new TpmScheme(TpmForge.RsaPss, TpmForge.Sha256), attest));
    }

    // Each case is one change under a signature that is right.
    [TestMethod]
    public void Authenticate_OneThingWrong_IsRefusedByName()
    {
        var forge = new TpmForge();
        var parts = forge.Parts();
        Dictionary<string, ReadOnlyMemory<byte>> With(string part, ReadOnlyMemory<byte> bytes) => new(parts, StringComparer.Ordinal) { [part] = bytes };
        Dictionary<string, ReadOnlyMemory<byte>> Without(string part) => parts.Where(item => item.Key != part).ToDictionary(StringComparer.Ordinal);
        ReadOnlyMemory<byte> Values((string Register, string Value)[] registers, string more = "") =>
            Encoding.ASCII.GetBytes("{\"alg\":\"sha256\",\"pcrs\":{" + string.Join(',', registers.Select(item => $"\"{item.Register}\":\"{item.Value}\"")) + "}" + more + "}");
        var zero = Convert.ToHexStringLower(forge.ValueOf(0));
        var seven = Convert.ToHexStringLower(forge.ValueOf(7));
        (string Case, AttestationRefusal Wanted, AttestationFault? Fault)[] cases =
        [
            ("nothing", AttestationRefusal.None, forge.Authenticate(parts).Fault),
            ("a length in front of the structure", AttestationRefusal.None, forge.Authenticate(With(EvidenceParts.Main, TpmForge.Sized(forge.Attest()))).Fault),
            ("a wrong length in front", AttestationRefusal.Malformed, forge.Authenticate(With(EvidenceParts.Main, (byte[])[.. TpmForge.Sized(forge.Attest()), 0])).Fault),
            ("bytes behind the structure", AttestationRefusal.Malformed, forge.Authenticate(With(EvidenceParts.Main, (byte[])[.. forge.Attest(), 0])).Fault),
            ("a bare signature", AttestationRefusal.None, forge.Authenticate(With(TpmPart.Signature, parts[TpmPart.Signature][6..])).Fault),
            ("bytes behind the signature", AttestationRefusal.Malformed, forge.Authenticate(With(TpmPart.Signature, (byte[])[.. parts[TpmPart.Signature].Span, 0])).Fault),
            ("no signature", AttestationRefusal.MissingEvidence, forge.Authenticate(Without(TpmPart.Signature)).Fault),
            ("no key", AttestationRefusal.MissingEvidence, forge.Authenticate(Without(TpmPart.AkPublic)).Fault),
            ("no values", AttestationRefusal.None, forge.Authenticate(Without(TpmPart.Pcrs)).Fault),
            ("another hash in the signature's header", AttestationRefusal.AlgorithmNotAllowed, forge.Authenticate(With(TpmPart.Signature, Changed(parts[TpmPart.Signature], 3, TpmForge.Sha384))).Fault),
            ("another scheme in the header", AttestationRefusal.AlgorithmNotAllowed, forge.Authenticate(With(TpmPart.Signature, Changed(parts[TpmPart.Signature], 1, TpmForge.RsaPss))).Fault),
            ("a register too few", AttestationRefusal.BindingMismatch, forge.Authenticate(With(TpmPart.Pcrs, Values([("0", zero)]))).Fault),
            ("a register too many", AttestationRefusal.BindingMismatch, forge.Authenticate(With(TpmPart.Pcrs, Values([("0", zero), ("7", seven), ("8", seven)]))).Fault),
            ("values exchanged", AttestationRefusal.BindingMismatch, forge.Authenticate(With(TpmPart.Pcrs, Values([("7", zero), ("0", seven)]))).Fault),
            ("a register twice", AttestationRefusal.Malformed, forge.Authenticate(With(TpmPart.Pcrs, Values([("0", zero), ("0", zero), ("7", seven)]))).Fault),
            ("a number in another form", AttestationRefusal.Malformed, forge.Authenticate(With(TpmPart.Pcrs, Values([("00", zero), ("7", seven)]))).Fault),
            ("an unknown member", AttestationRefusal.Malformed, forge.Authenticate(With(TpmPart.Pcrs, Values([("0", zero), ("7", seven)], ",\"x\":1"))).Fault),
            ("a value too short", AttestationRefusal.Malformed, forge.Authenticate(With(TpmPart.Pcrs, Values([("0", zero[2..]), ("7", seven)]))).Fault),
            ("an unknown part", AttestationRefusal.Malformed, forge.Authenticate(With("x", (byte[])[1])).Fault),
            ("a log without values", AttestationRefusal.MissingEvidence, forge.Authenticate(Without(TpmPart.Pcrs).Append(new(TpmPart.EventLog, new byte[32])).ToDictionary(StringComparer.Ordinal)).Fault),
            ("no register at all (CVE-2022-0317)", AttestationRefusal.BindingMismatch, new TpmForge { Selected = [] }.Authenticate().Fault),
            ("a creation offered as a quote", AttestationRefusal.WrongAttestType, forge.Authenticate(With(EvidenceParts.Main, TpmForge.Creation(new byte[34], new byte[34], new byte[32]))).Fault),
            ("a session audit", AttestationRefusal.WrongAttestType, new TpmForge { Type = 0x8016 }.Authenticate().Fault),
            ("a certification offered as a quote", AttestationRefusal.Malformed, new TpmForge { Type = 0x8017 }.Authenticate().Fault),
            ("ECDSA over SHA-1", AttestationRefusal.AlgorithmNotAllowed, new TpmForge { Scheme = TpmForge.EcDsa, Hash = TpmForge.Sha1 }.Authenticate().Fault),
            ("safe neither yes nor no", AttestationRefusal.Malformed, new TpmForge { Safe = 2 }.Authenticate().Fault),
        ];
        foreach (var (name, wanted, fault) in cases)
        {
            Assert.AreEqual(wanted, fault?.Reason ?? AttestationRefusal.None, $"{name}: {fault}");
        }
    }

    // A key that signs anything, or that can leave the TPM, can sign a quote that no TPM made.
    [TestMethod]
    public void Authenticate_KeyIsNoAttestationKey_IsRefused()
    {
        foreach (var bit in new[] { 1, 4, 5, 16, 17, 18 })
        {
            var forge = new TpmForge { Attributes = TpmForge.AttestationKey ^ (1u << bit) };
            Assert.AreEqual(AttestationRefusal.InvalidChain, forge.Authenticate().Fault?.Reason, $"bit {bit}");
        }
    }

    // The digest is over values alone; the measurement is over selection and digest.
    [TestMethod]
    public void Measurement_SameValuesInOtherRegisters_IsAnother()
    {
        var value = new byte[32];
        ReadOnlyMemory<byte> Measure(int[] registers, out string digest)
        {
            var authentic = new TpmForge { Selected = registers, Values = _ => value }.Authenticate().Value!;
            digest = authentic.Fields.Single(field => field.Name == "pcr_digest").Value!.GetValue<string>();
            return authentic.Claims.Measurement;
        }

        var boot = Measure([0, 7], out var bootDigest);
        var debug = Measure([16, 23], out var debugDigest);
        Assert.AreEqual(bootDigest, debugDigest);
        Assert.IsFalse(boot.Span.SequenceEqual(debug.Span));
    }

    [TestMethod]
    public void Claims_WeakHashOrUnsafeClock_AreConditions()
    {
        Assert.Contains(EvidenceCondition.ClockNotSafe, new TpmForge { Safe = 0 }.Authenticate().Value!.Claims.Conditions);
        var bank = new TpmForge { Bank = TpmForge.Sha1 }.Authenticate().Value!;
        Assert.Contains(EvidenceCondition.WeakHash, bank.Claims.Conditions);
        Assert.AreEqual(AuthenticationResult.Valid, bank.Result, "the signature itself is over SHA-256");
        var signature = new TpmForge { Hash = TpmForge.Sha1 }.Authenticate().Value!;
        Assert.Contains(EvidenceCondition.WeakHash, signature.Claims.Conditions);
        Assert.AreEqual(AuthenticationResult.ValidWeakHash, signature.Result);
    }

    [TestMethod]
    public void Binding_NonceOfTheAsker_IsComparedInFull()
    {
        var claims = new TpmForge { Nonce = [1, 2, 3, 0] }.Authenticate().Value!.Claims;
        Assert.IsNull(ExpectedBinding.Nonce(new byte[] { 1, 2, 3, 0 }).Check(claims));
        foreach (var other in new byte[][] { [1, 2, 3], [1, 2, 3, 0, 0], [1, 2, 3, 1], [1] })
        {
            Assert.AreEqual(AttestationRefusal.NonceMismatch, ExpectedBinding.Nonce(other).Check(claims)?.Reason, Convert.ToHexString(other));
        }
    }

    [TestMethod]
    public void Binding_SessionKeys_FitTheNoncesPlace()
    {
        var session = new SessionBinding(new byte[32], SessionBinding.Worker, [1, 2], new byte[20], [9]);
        var claims = new TpmForge { Nonce = session.Value(32)! }.Authenticate().Value!.Claims;
        Assert.IsNull(ExpectedBinding.Session(session).Check(claims));
        var other = new SessionBinding(new byte[32], SessionBinding.Worker, [1, 3], new byte[20], [9]);
        Assert.AreEqual(AttestationRefusal.EvidenceNotBound, ExpectedBinding.Session(other).Check(claims)?.Reason);
    }

    [TestMethod]
    public void Authenticate_KeyNotAmongTheRoots_IsUntrusted()
    {
        var forge = new TpmForge();
        var received = ReceivedEvidence.Parse(EvidenceKind.Tpm, new EvidenceParts(forge.Parts())).Value!;
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, AuthenticEvidence.Authenticate(received, new AuthenticationContext(RootSet.Empty, TpmForge.Now)).Fault?.Reason);
    }

    private static byte[] Changed(ReadOnlyMemory<byte> bytes, int offset, ushort value)
    {
        var changed = bytes.ToArray();
        changed[offset] = (byte)value;
        return changed;
    }
}
