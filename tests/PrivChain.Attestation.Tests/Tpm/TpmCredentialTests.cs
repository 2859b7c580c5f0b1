using System.Buffers.Binary;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Digests;
using Org.BouncyCastle.Crypto.Encodings;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Security;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Attestation.Tests.Tpm;

/// <summary>Challenges opened as TPM2_ActivateCredential does (part 3, section 12.5), by the platform's own primitives.</summary>
[TestClass]
public sealed class TpmCredentialTests
{
    private static readonly byte[] _secret = [.. Enumerable.Range(0, TpmCredential.SecretSize).Select(number => (byte)number)];

    [TestMethod]
    public void TryMake_RsaEndorsementKey_OpensBesideThatAttestationKeyOnly()
    {
        using var key = RSA.Create(2048);
        Assert.IsTrue(TpmCredential.TryMake(TpmForge.EndorsementArea(key), new TpmForge().Public(), _secret, out var credential));
        var encoding = new OaepEncoding(new RsaEngine(), new Sha256Digest(), new Sha256Digest(), "IDENTITY\0"u8.ToArray());
        encoding.Init(forEncryption: false, DotNetUtilities.GetRsaKeyPair(key).Private);
        var encrypted = Unwrap(credential.EncryptedSecret.Span);
        AssertOpens(credential, encoding.ProcessBlock(encrypted, 0, encrypted.Length));
    }

    [TestMethod]
    public void TryMake_EcEndorsementKey_OpensBesideThatAttestationKeyOnly()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var area = key.ExportParameters(includePrivateParameters: false);
        Assert.IsTrue(TpmCredential.TryMake(TpmForge.EndorsementArea(area), new TpmForge().Public(), _secret, out var credential));
        var point = Unwrap(credential.EncryptedSecret.Span);
        byte[] x = Unwrap(point), y = Unwrap(point.AsSpan(2 + x.Length));
        using var ephemeral = ECDiffieHellman.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } });
        var shared = key.DeriveRawSecretAgreement(ephemeral.PublicKey);
        AssertOpens(credential, SHA256.HashData([0, 0, 0, 1, .. shared, .. "IDENTITY\0"u8, .. x, .. area.Q.X!]));
    }

    [TestMethod]
    public void TryMake_SameTwice_IsAnotherChallenge()
    {
        using var key = RSA.Create(2048);
        var (endorsement, attestation) = (TpmForge.EndorsementArea(key), new TpmForge().Public());
        Assert.IsTrue(TpmCredential.TryMake(endorsement, attestation, _secret, out var first));
        Assert.IsTrue(TpmCredential.TryMake(endorsement, attestation, _secret, out var second));
        Assert.IsFalse(first.CredentialBlob.Span.SequenceEqual(second.CredentialBlob.Span));
    }

    [TestMethod]
    public void TryMake_KeysForAnotherUseOrNone_AreRefused()
    {
        using var key = RSA.Create(2048);
        var (endorsement, attestation) = (TpmForge.EndorsementArea(key), new TpmForge().Public());
        Assert.IsFalse(TpmCredential.TryMake(attestation, attestation, _secret, out _), "an attestation key decrypts nothing");
        Assert.IsFalse(TpmCredential.TryMake(endorsement, endorsement, _secret, out _), "an endorsement key attests nothing");
        Assert.IsFalse(TpmCredential.TryMake(endorsement, new TpmForge { Attributes = TpmForge.AttestationKey & ~(1u << 16) }.Public(), _secret, out _), "a key that signs anything");
        Assert.IsFalse(TpmCredential.TryMake(endorsement[..^1], attestation, _secret, out _));
        Assert.IsFalse(TpmCredential.TryMake(endorsement, [], _secret, out _));
        Assert.ThrowsExactly<ArgumentException>(() => TpmCredential.TryMake(endorsement, attestation, [], out _));
        Assert.ThrowsExactly<ArgumentException>(() => TpmCredential.TryMake(endorsement, attestation, new byte[TpmCredential.SecretSize + 1], out _));
    }

    private static void AssertOpens(TpmCredential credential, byte[] seed)
    {
        var name = NameOf(new TpmForge().Public());
        CollectionAssert.AreEqual(_secret, Open(credential, seed, name));
        name[^1] ^= 1;
        Assert.IsNull(Open(credential, seed, name), "opened beside another attestation key");
        seed[0] ^= 1;
        Assert.IsNull(Open(credential, seed, NameOf(new TpmForge().Public())), "opened by another endorsement key");
    }

    private static byte[]? Open(TpmCredential credential, byte[] seed, byte[] name)
    {
        var blob = Unwrap(credential.CredentialBlob.Span);
        var mac = Unwrap(blob);
        var identity = blob.AsSpan(2 + mac.Length).ToArray();
        if (!HMACSHA256.HashData(Derive(seed, "INTEGRITY\0"u8, [], 256), [.. identity, .. name]).AsSpan().SequenceEqual(mac))
        {
            return null;
        }

        using var aes = Aes.Create();
        aes.Key = Derive(seed, "STORAGE\0"u8, name, 128);

        // A whole block of feedback works on whole blocks: fill up, and cut again.
        var filled = new byte[(identity.Length + 15) / 16 * 16];
        identity.CopyTo(filled, 0);
        return Unwrap(aes.DecryptCfb(filled, new byte[16], PaddingMode.None, feedbackSizeInBits: 128));
    }

    private static byte[] Derive(byte[] key, ReadOnlySpan<byte> label, byte[] context, int bits)
    {
        var size = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(size, bits);
        return HMACSHA256.HashData(key, [0, 0, 0, 1, .. label, .. context, .. size])[..(bits / 8)];
    }

    private static byte[] NameOf(byte[] area) => [0, 0xb, .. SHA256.HashData(area.AsSpan(2))];

    private static byte[] Unwrap(ReadOnlySpan<byte> bytes) => bytes.Slice(2, BinaryPrimitives.ReadUInt16BigEndian(bytes)).ToArray();
}
