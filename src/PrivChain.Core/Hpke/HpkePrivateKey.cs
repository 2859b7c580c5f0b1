using System.Security.Cryptography;

namespace PrivChain.Core.Hpke;

/// <summary>A decryption key. It never leaves: whoever must store it stores the seed it came from. Dispose it to wipe it.</summary>
public sealed class HpkePrivateKey : IDisposable
{
    /// <summary>Bytes of a seed, for every KEM.</summary>
    public const int SeedSize = 32;

    private readonly byte[] _scalar;
    private readonly XWing.DecapsulationKey? _xWing;
    private bool _disposed;

    private HpkePrivateKey(HpkePublicKey publicKey, byte[] scalar, XWing.DecapsulationKey? xWing)
    {
        PublicKey = publicKey;
        _scalar = scalar;
        _xWing = xWing;
    }

    /// <summary>The encapsulation this key is for.</summary>
    public HpkeKem Kem => PublicKey.Kem;

    /// <summary>The key to seal to. Still readable after disposal.</summary>
    public HpkePublicKey PublicKey { get; }

    /// <summary>The key of a seed, always the same one. X25519: DeriveKeyPair of RFC 9180 with the seed as input; X-Wing: the seed is the secret key; SM2: derived under a label.</summary>
    /// <param name="kem">Which KEM.</param>
    /// <param name="seed">32 secret bytes with full entropy; the caller wipes them.</param>
    /// <exception cref="ArgumentException">Another length, or an unknown KEM.</exception>
    public static HpkePrivateKey FromSeed(HpkeKem kem, ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSize)
        {
            throw new ArgumentException($"a seed has {SeedSize} bytes, given {seed.Length}", nameof(seed));
        }

        if (kem == HpkeKem.XWing)
        {
            return OfXWingSeed(seed);
        }

        if (kem == HpkeKem.Sm2)
        {
            var privateKey = Sm2Kem.DerivePrivateKey(seed);
            return new HpkePrivateKey(HpkePublicKey.Of(HpkeKem.Sm2, Keys.Sm2.PublicKey(privateKey)), privateKey, null);
        }

        if (kem != HpkeKem.X25519)
        {
            throw new ArgumentOutOfRangeException(nameof(kem), kem, "unknown KEM");
        }

        Span<byte> scalar = stackalloc byte[X25519Kem.KeySize];
        X25519Kem.DeriveSecretKey(seed, scalar);
        var key = OfX25519Scalar(scalar);
        CryptographicOperations.ZeroMemory(scalar);
        return key;
    }

    /// <summary>A fresh key.</summary>
    public static HpkePrivateKey Generate(HpkeKem kem)
    {
        Span<byte> seed = stackalloc byte[SeedSize];
        RandomNumberGenerator.Fill(seed);
        var key = FromSeed(kem, seed);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    /// <summary>For the RFC's vectors: the scalar itself.</summary>
    internal static HpkePrivateKey OfX25519Scalar(ReadOnlySpan<byte> scalar)
    {
        Span<byte> publicKey = stackalloc byte[X25519Kem.KeySize];
        X25519Kem.PublicKey(scalar, publicKey);
        return new HpkePrivateKey(HpkePublicKey.Of(HpkeKem.X25519, publicKey), scalar.ToArray(), null);
    }

    private static HpkePrivateKey OfXWingSeed(ReadOnlySpan<byte> seed)
    {
        var key = new XWing.DecapsulationKey(seed);
        return new HpkePrivateKey(HpkePublicKey.Of(HpkeKem.XWing, key.PublicKey), [], key);
    }

    /// <summary>False for another length, for an X25519 point that agrees on zero, and for an SM2 ciphertext that does not decrypt.</summary>
    internal bool TryDecapsulate(ReadOnlySpan<byte> encapsulation, Span<byte> sharedSecret)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (encapsulation.Length != Hpke.EncapsulationSize(Kem))
        {
            return false;
        }

        if (Kem == HpkeKem.Sm2)
        {
            return Sm2Kem.TryDecapsulate(_scalar, PublicKey.Key, encapsulation, sharedSecret);
        }

        if (_xWing is null)
        {
            return X25519Kem.TryDecapsulate(_scalar, PublicKey.Key, encapsulation, sharedSecret);
        }

        _xWing.Decapsulate(encapsulation, sharedSecret);
        return true;
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_scalar);
        _xWing?.Dispose();
    }
}
