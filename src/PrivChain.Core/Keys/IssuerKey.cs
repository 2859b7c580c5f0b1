using System.Security.Cryptography;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Keys;

/// <summary>An issuer's private key for records: one algorithm, fixed when it is made. Wiped on dispose.</summary>
public sealed class IssuerKey : IDisposable
{
    /// <summary>Length of a private key in bytes.</summary>
    public const int PrivateKeySize = EcdsaCurve.ScalarSize;

    private readonly EcdsaCurve _curve;
    private readonly byte[] _privateKey;
    private readonly byte[] _publicKey;
    private bool _disposed;

    private IssuerKey(string algorithm, EcdsaCurve curve, byte[] privateKey)
    {
        Algorithm = algorithm;
        _curve = curve;
        _privateKey = privateKey;
        _publicKey = curve.PublicKey(privateKey);
    }

    /// <summary><see cref="EcdsaJws.Es256"/>, <see cref="EcdsaJws.Es256K"/> or <see cref="EcdsaJws.Sm2Sm3"/>.</summary>
    public string Algorithm { get; }

    /// <summary>The uncompressed public key, 65 bytes; stays readable after dispose.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>A fresh random key.</summary>
    /// <exception cref="ArgumentException">An algorithm other than the three.</exception>
    public static IssuerKey Generate(string algorithm)
    {
        var curve = Curve(algorithm);
        return new IssuerKey(algorithm, curve, algorithm == EcdsaJws.Sm2Sm3 ? Sm2.GenerateKey() : curve.GenerateKey());
    }

    /// <summary>Copies a private key; the caller wipes its own.</summary>
    /// <exception cref="ArgumentException">An algorithm other than the three, not 32 bytes, or outside 1..n-1 (SM2: 1..n-2).</exception>
    public static IssuerKey FromPrivateKey(string algorithm, ReadOnlySpan<byte> privateKey)
    {
        var curve = Curve(algorithm);
        return curve.IsScalar(privateKey) && (algorithm != EcdsaJws.Sm2Sm3 || Sm2.IsPrivateKey(privateKey))
            ? new IssuerKey(algorithm, curve, privateKey.ToArray())
            : throw new ArgumentException("not a private key: wanted 32 bytes with a value in 1..n-1", nameof(privateKey));
    }

    /// <summary>Signs SHA-256 of the input (SM2: SM3 of identity and input) with the nonce of RFC 6979: r and s, 64 bytes.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public byte[] Sign(ReadOnlySpan<byte> signingInput)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Algorithm == EcdsaJws.Sm2Sm3)
        {
            return Sm2.Sign(_privateKey, signingInput);
        }

        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(signingInput, hash);
        var signature = new byte[EcdsaJws.SignatureSize];
        _curve.Sign(_privateKey, hash, lowS: false, signature.AsSpan(0, 32), signature.AsSpan(32), out _);
        return signature;
    }

    /// <summary>Hands the private key out, for the issuer's own keystore; the caller wipes it.</summary>
    /// <exception cref="ArgumentException">The destination does not have 32 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public void ExportPrivateKey(Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (destination.Length != PrivateKeySize)
        {
            throw new ArgumentException($"wanted {PrivateKeySize} bytes, given {destination.Length}", nameof(destination));
        }

        _privateKey.CopyTo(destination);
    }

    /// <summary>Wipes the private key.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_privateKey);
    }

    /// <summary>The algorithm; never the key.</summary>
    public override string ToString() => Algorithm;

    private static EcdsaCurve Curve(string algorithm) =>
        EcdsaJws.Curve(algorithm) ?? throw new ArgumentException($"wanted {EcdsaJws.Es256}, {EcdsaJws.Es256K} or {EcdsaJws.Sm2Sm3}, given {algorithm}", nameof(algorithm));
}
