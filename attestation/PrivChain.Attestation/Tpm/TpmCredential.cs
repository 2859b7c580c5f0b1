using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// A challenge that only a TPM can open which holds both keys: the endorsement key, whose certificate says that a TPM is genuine, and an attestation key of this name (TPM2_MakeCredential in pure code; TPM 2.0 part 1,
/// section 24, and part 3, section 12.6). Whoever returns the secret has shown that the two live in one TPM; then the attestation key may be put among the caller's roots.
/// </summary>
/// <param name="CredentialBlob">TPM2B_ID_OBJECT.</param>
/// <param name="EncryptedSecret">TPM2B_ENCRYPTED_SECRET.</param>
public sealed record TpmCredential(ReadOnlyMemory<byte> CredentialBlob, ReadOnlyMemory<byte> EncryptedSecret)
{
    /// <summary>Length of a secret that every TPM takes: names made with SHA-256 have no room for more.</summary>
    public const int SecretSize = 32;

    private static ReadOnlySpan<byte> IdentityLabel => "IDENTITY\0"u8;

    private static ReadOnlySpan<byte> StorageLabel => "STORAGE\0"u8;

    private static ReadOnlySpan<byte> IntegrityLabel => "INTEGRITY\0"u8;

    /// <summary>Makes a challenge. The caller has verified the endorsement key's certificate, and compares the answer with <see cref="CryptographicOperations.FixedTimeEquals"/>.</summary>
    /// <param name="endorsementKey">TPMT_PUBLIC or TPM2B_PUBLIC.</param>
    /// <param name="attestationKey">The same of the attestation key; it must be one that signs only what the TPM makes.</param>
    /// <param name="secret">1 to <see cref="SecretSize"/> random bytes.</param>
    /// <param name="credential">What to send.</param>
    /// <returns>False when a key is not of that form or not for that use.</returns>
    /// <exception cref="ArgumentException">A secret of another length.</exception>
    public static bool TryMake(ReadOnlyMemory<byte> endorsementKey, ReadOnlyMemory<byte> attestationKey, ReadOnlySpan<byte> secret, [NotNullWhen(true)] out TpmCredential? credential)
    {
        if (secret.Length is 0 or > SecretSize)
        {
            throw new ArgumentException($"a secret has 1 to {SecretSize} bytes", nameof(secret));
        }

        credential = TpmPublic.TryParse(endorsementKey, out var endorsement) && endorsement is { Attributes.IsStorageKey: true, SymmetricBits: 128 or 256, Key: EcKey or RsaKey { IsWeak: false } } && endorsement.NameHash != EventLogHash.Sha1
            && TpmPublic.TryParse(attestationKey, out var attestation) && attestation.Attributes.IsAttestationKey
            ? Make(endorsement, attestation.Name.Span, secret)
            : null;
        return credential is not null;
    }

    private static TpmCredential Make(TpmPublic endorsement, ReadOnlySpan<byte> name, ReadOnlySpan<byte> secret)
    {
        var hash = EventLogHash.NameOf(endorsement.NameHash)!.Value;
        var size = EventLogHash.SizeOf(endorsement.NameHash)!.Value;
        var (seed, encryptedSeed) = endorsement.Key is EcKey key ? Agree(endorsement, key, hash) : Encrypt((RsaKey)endorsement.Key, hash, size);
        try
        {
            // Credential protection: encrypted under a key of seed and name, then authenticated with the name, so that another attestation key opens nothing (part 1, sections 24.4 and 24.5).
            var storage = TpmKdf.FromKey(hash, seed, StorageLabel, name, endorsement.SymmetricBits!.Value / 8);
            var identity = Cfb(storage, Sized(secret));
            var integrity = TpmKdf.FromKey(hash, seed, IntegrityLabel, [], size);
            var mac = CryptographicOperations.HmacData(hash, integrity, (byte[])[.. identity, .. name]);
            return new TpmCredential(Sized([.. Sized(mac), .. identity]), Sized(encryptedSeed));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    // Annex B.10.3: OAEP with the name's hash and the label as parameter.
    private static (byte[] Seed, byte[] Encrypted) Encrypt(RsaKey key, HashAlgorithmName hash, int size)
    {
        var seed = RandomNumberGenerator.GetBytes(size);
        return (seed, key.EncryptOaep(hash, IdentityLabel, seed));
    }

    // Annex C.6.4: one-pass ECDH; the ephemeral key's point travels.
    private static (byte[] Seed, byte[] Encrypted) Agree(TpmPublic endorsement, EcKey key, HashAlgorithmName hash)
    {
        var (x, y, shared) = key.AgreeWithFreshKey();
        return (TpmKdf.FromSecret(hash, shared, IdentityLabel, x, endorsement.Point!.Value.X.Span), [.. Sized(x), .. Sized(y)]);
    }

    // A zero vector is safe: each key encrypts once.
    private static byte[] Cfb(byte[] key, byte[] data)
    {
        var cipher = new BufferedBlockCipher(new CfbBlockCipher(new AesEngine(), 128));
        cipher.Init(forEncryption: true, new ParametersWithIV(new KeyParameter(key), new byte[16]));
        return cipher.DoFinal(data);
    }

    private static byte[] Sized(ReadOnlySpan<byte> bytes)
    {
        var sized = new byte[2 + bytes.Length];
        BinaryPrimitives.WriteUInt16BigEndian(sized, (ushort)bytes.Length);
        bytes.CopyTo(sized.AsSpan(2));
        return sized;
    }
}
