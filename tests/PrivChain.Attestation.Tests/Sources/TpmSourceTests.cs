using System.Security.Cryptography;
using System.Text.Json;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Sources;
using PrivChain.Attestation.Sources.Tpm;

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

    // TPMT_PUBLIC of an ECC key ends with both coordinates; TPMT_SIGNATURE is scheme, hash, r and s.
    private static bool Verify(EvidenceParts parts)
    {
        var ak = Part(parts, "ak-public");
        var key = EcKey.FromCoordinates(EcKey.P256, ak.AsSpan(ak.Length - 66, 32), ak.AsSpan(ak.Length - 32));
        var signature = Part(parts, "signature");
        var r = signature.AsSpan(6, signature[5]);
        var s = signature.AsSpan(6 + signature[5] + 2);
        byte[] raw = [.. new byte[32 - r.Length], .. r, .. new byte[32 - s.Length], .. s];
        return key!.VerifyRaw(SignatureAlgorithm.EcdsaSha256, parts.MainPart.Span, raw);
    }

    private static byte[] NonceOf(ReadOnlySpan<byte> attested)
    {
        var extra = 8 + (attested[6] << 8 | attested[7]);
        return attested[(extra + 2)..(extra + 2 + (attested[extra] << 8 | attested[extra + 1]))].ToArray();
    }

    [TestMethod]
    public async Task Quote_WithNonce_VerifiesAndBindsIt()
    {
        var nonce = RandomNumberGenerator.GetBytes(64);
        var parts = await _source.GetPartsAsync(nonce, CancellationToken.None);
        Assert.IsTrue(Verify(parts));
        CollectionAssert.AreEqual(nonce, NonceOf(parts.MainPart.Span));
        using var pcrs = JsonDocument.Parse(Part(parts, "pcrs"));
        Assert.AreEqual("sha256", pcrs.RootElement.GetProperty("alg").GetString());
        var values = pcrs.RootElement.GetProperty("pcrs").EnumerateObject().Select(pcr => Convert.FromHexString(pcr.Value.GetString()!)).ToList();
        Assert.HasCount(5, values);
        CollectionAssert.AreEqual(SHA256.HashData(values.SelectMany(value => value).ToArray()), _source.Measurement[..32].ToArray());
        CollectionAssert.AreEqual(SHA256.HashData(values.SelectMany(value => value).ToArray()), parts.MainPart[^32..].ToArray());
    }

    /// <summary>The same quote for another asker: the nonce in it is not theirs.</summary>
    [TestMethod]
    public async Task Quote_ForAnotherNonce_DoesNotBindOurs()
    {
        var parts = await _source.GetPartsAsync(RandomNumberGenerator.GetBytes(64), CancellationToken.None);
        CollectionAssert.AreNotEqual(RandomNumberGenerator.GetBytes(64), NonceOf(parts.MainPart.Span));
        var changed = parts.MainPart.ToArray();
        changed[^1] ^= 1;
        Assert.IsFalse(Verify(new EvidenceParts([new(EvidenceParts.Main, changed), new("ak-public", Part(parts, "ak-public")), new("signature", Part(parts, "signature"))])), "nor can it be put in");
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
        var settings = new EvidenceSourceSettings { StateFolder = folder, TpmTcti = _tpm.Tcti, TpmPcrs = "sha256:16", Roots = Roots.RootSet.Empty, Time = TimeProvider.System };
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
