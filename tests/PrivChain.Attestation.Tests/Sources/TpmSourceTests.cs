using System.Security.Cryptography;
using System.Text.Json;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Sources;
using PrivChain.Attestation.Sources.Tpm;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>A TPM in software, live.</summary>
[TestClass]
public sealed class TpmSourceTests
{
    private const string Pcrs = "sha256:0,1,2,7,11";

    private static SoftwareTpm _tpm = null!;
    private static TpmSource _source = null!;

    [ClassInitialize]
    public static void Open(TestContext context)
    {
        _tpm = new SoftwareTpm();
        _source = new TpmSource(_tpm.Tcti, Pcrs, _tpm.StateFolder, TimeProvider.System);
    }

    [ClassCleanup]
    public static void Close()
    {
        _source?.Dispose();
        _tpm?.Dispose();
    }

    private static byte[] Part(EvidenceParts parts, string name) => parts.TryGet(name, out var bytes) ? bytes.ToArray() : throw new AssertFailedException(name);

    // The verifier's own path, with the attestation key as the root that activation of a credential makes it.
    private static AttestationVerdict<AuthenticEvidence> Authenticate(ReadOnlySpan<byte> envelope)
    {
        Assert.IsTrue(TrustAnchor.TryFromTpmPublic(_source.AkPublic, "attestation key", out var root));
        var received = ReceivedEvidence.ParseAny(envelope);
        Assert.IsTrue(received.Accepted, received.Fault?.ToString());
        Assert.AreEqual(EvidenceKind.Tpm, received.Value.Kind);
        return AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(new RootSet([root]), TimeProvider.System.GetUtcNow()));
    }

    [TestMethod]
    public async Task Evidence_WithNonce_IsGenuineBindsItAndHasTheMeasurement()
    {
        var nonce = RandomNumberGenerator.GetBytes(64);
        var authentic = Authenticate(await _source.GetEvidenceAsync(nonce, CancellationToken.None));
        Assert.IsTrue(authentic.Accepted, authentic.Fault?.ToString());
        var claims = authentic.Value.Claims;
        Assert.IsNull(ExpectedBinding.Nonce(nonce).Check(claims));
        Assert.AreEqual(AttestationRefusal.NonceMismatch, ExpectedBinding.Nonce(RandomNumberGenerator.GetBytes(64)).Check(claims)?.Reason);
        CollectionAssert.AreEqual(claims.Measurement.ToArray(), _source.Measurement.ToArray(), "what a source says of itself is what policies name");
        using var pcrs = JsonDocument.Parse(Part(await _source.GetPartsAsync(nonce, CancellationToken.None), "pcrs"));
        Assert.AreEqual("sha256", pcrs.RootElement.GetProperty("alg").GetString());
        Assert.HasCount(5, pcrs.RootElement.GetProperty("pcrs").EnumerateObject().ToList());
    }

    [TestMethod]
    public async Task Evidence_OnePartChanged_IsRefused()
    {
        var parts = await _source.GetPartsAsync(RandomNumberGenerator.GetBytes(64), CancellationToken.None);
        foreach (var (name, reason) in new[]
        {
            (EvidenceParts.Main, AttestationRefusal.BadSignature), ("signature", AttestationRefusal.BadSignature), ("pcrs", AttestationRefusal.BindingMismatch), ("ak-public", AttestationRefusal.UntrustedRoot),
        })
        {
            var changed = new Dictionary<string, ReadOnlyMemory<byte>>();
            foreach (var part in new[] { EvidenceParts.Main, "signature", "pcrs", "ak-public" })
            {
                changed[part] = Part(parts, part);
            }

            // The last bytes: of the digest, of s, of a register's value, and another TPM's key instead of ours.
            var bytes = changed[name].ToArray();
            bytes[^(name == "pcrs" ? 4 : 1)] ^= 1;
            changed[name] = name == "ak-public" ? new Tpm.TpmForge { Scheme = Tpm.TpmForge.EcDsa }.Public() : bytes;
            Assert.AreEqual(reason, Authenticate(ReceivedEvidence.Wrap(EvidenceKind.Tpm, new EvidenceParts(changed))).Fault?.Reason, name);
        }
    }

    [TestMethod]
    public void EkCertificate_FromNv_IsOfTheEndorsementKey()
    {
        Assert.IsTrue(Certificate.TryParse(_source.EkCertificate, out var certificate), "swtpm puts a certificate at the index of the profile");

        // TPMT_PUBLIC of an RSA key ends with the modulus.
        Assert.IsGreaterThanOrEqualTo(0, certificate.Key.SubjectPublicKeyInfo.Span.IndexOf(_source.EkPublic.Span[^256..]), "the key that is certified is the one that is used");
    }

    [TestMethod]
    public void Credential_ForTheseKeys_IsActivatedAndNoOther()
    {
        var secret = RandomNumberGenerator.GetBytes(32);

        // Made by the verifier's own code, opened by a TPM that knows nothing of it; then the tools' own, as a second opinion.
        Assert.IsTrue(TpmCredential.TryMake(_source.EkPublic, _source.AkPublic, secret, out var made));
        CollectionAssert.AreEqual(secret, _source.ActivateCredential(made.CredentialBlob.Span, made.EncryptedSecret.Span));
        var (idObject, encrypted) = MakeCredential(_source.AkName.Span, secret);
        CollectionAssert.AreEqual(secret, _source.ActivateCredential(idObject, encrypted));

        // A credential for another attestation key does not open, though the endorsement key is right.
        var other = _source.AkName.ToArray();
        other[^1] ^= 1;
        var (otherId, otherSecret) = MakeCredential(other, secret);
        Assert.AreEqual(EvidenceSourceFault.Failed, Assert.ThrowsExactly<EvidenceSourceException>(() => _source.ActivateCredential(otherId, otherSecret)).Fault);
        var changed = idObject.ToArray();
        changed[^1] ^= 1;
        Assert.ThrowsExactly<EvidenceSourceException>(() => _source.ActivateCredential(changed, encrypted));
    }

    /// <summary>The same TPM after the same boot opens what it sealed; after other code was measured it does not.</summary>
    [TestMethod]
    public void Seal_SamePcrs_OpensAndOtherPcrsDoNot()
    {
        var folder = Path.Combine(_tpm.StateFolder, "seal");
        var settings = new EvidenceSourceSettings { StateFolder = folder, TpmTcti = _tpm.Tcti, TpmPcrs = "sha256:16", Roots = RootSet.Empty, Time = TimeProvider.System };
        var first = EvidenceSourceSelector.DeriveTpmSealingKey(settings);
        Assert.HasCount(32, first);
        CollectionAssert.AreEqual(first, EvidenceSourceSelector.DeriveTpmSealingKey(settings));
        using var tools = new TpmTools(_tpm.Tcti, TimeProvider.System);
        tools.Run("tpm2_pcrextend", ["16:sha256=" + new string('1', 64)]);
        Assert.AreEqual(EvidenceSourceFault.Failed, Assert.ThrowsExactly<EvidenceSourceException>(() => EvidenceSourceSelector.DeriveTpmSealingKey(settings)).Fault);
        tools.Run("tpm2_pcrreset", ["16"]);
        CollectionAssert.AreEqual(first, EvidenceSourceSelector.DeriveTpmSealingKey(settings));
    }

    [TestMethod]
    public void Open_NoTpmThere_FailsByName()
    {
        var exception = Assert.ThrowsExactly<EvidenceSourceException>(() => new TpmSource("swtpm:path=/nowhere", Pcrs, _tpm.StateFolder, TimeProvider.System));
        Assert.AreEqual(EvidenceSourceFault.Failed, exception.Fault);
        using var tools = new TpmTools(_tpm.Tcti, TimeProvider.System);
        Assert.AreEqual(EvidenceSourceFault.Absent, Assert.ThrowsExactly<EvidenceSourceException>(() => tools.Run("tpm2_nosuchtool", [])).Fault);
    }

    // Offline, with the endorsement key's public area alone: what a verifier does.
    private static (byte[] IdObject, byte[] Secret) MakeCredential(ReadOnlySpan<byte> name, byte[] secret)
    {
        using var tools = new TpmTools(_tpm.Tcti, TimeProvider.System);
        File.WriteAllBytes(tools.PathOf("ek.pub"), _source.EkPublic.ToArray());
        File.WriteAllBytes(tools.PathOf("secret"), secret);
        tools.Run("tpm2_makecredential", ["-Q", "-T", "none", "-u", "ek.pub", "-s", "secret", "-n", Convert.ToHexStringLower(name), "-o", "credential"]);
        var credential = tools.Read("credential")[8..];
        var idSize = 2 + (credential[0] << 8 | credential[1]);
        return (credential[..idSize], credential[idSize..]);
    }
}
