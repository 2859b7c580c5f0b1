using System.Security.Cryptography;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Keys;

/// <summary>An issuer's private key for records: one algorithm, fixed when it is made. Wiped on dispose.</summary>
public sealed class IssuerKey : IDisposable
{
    /// <summary>Length of a private key in bytes.</summary>
    public const int PrivateKeySize = EcdsaCurve.ScalarSize;

    private readonly SigningKey _key;

    private IssuerKey(string algorithm, EcdsaCurve curve, ReadOnlySpan<byte> privateKey)
    {
        Algorithm = algorithm;
        _key = new SigningKey(curve, privateKey);
    }

    /// <summary><see cref="EcdsaJws.Es256"/>, <see cref="EcdsaJws.Es256K"/> or <see cref="EcdsaJws.Sm2Sm3"/>.</summary>
    public string Algorithm { get; }

    /// <summary>The uncompressed public key, 65 bytes; stays readable after dispose.</summary>
    public ReadOnlyMemory<byte> PublicKey => _key.PublicKey;

    /// <summary>A fresh random key.</summary>
    /// <exception cref="ArgumentException">An algorithm other than the three.</exception>
    public static IssuerKey Generate(string algorithm)
    {
        var curve = Curve(algorithm);
        var privateKey = algorithm == EcdsaJws.Sm2Sm3 ? Sm2.GenerateKey() : curve.GenerateKey();
        try
        {
            return new IssuerKey(algorithm, curve, privateKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>Copies a private key; the caller wipes its own.</summary>
    /// <exception cref="ArgumentException">An algorithm other than the three, not 32 bytes, or outside 1..n-1 (SM2: 1..n-2).</exception>
    public static IssuerKey FromPrivateKey(string algorithm, ReadOnlySpan<byte> privateKey)
    {
        var curve = Curve(algorithm);
        return curve.IsScalar(privateKey) && (algorithm != EcdsaJws.Sm2Sm3 || Sm2.IsPrivateKey(privateKey))
            ? new IssuerKey(algorithm, curve, privateKey)
            : throw new ArgumentException("not a private key: wanted 32 bytes with a value in 1..n-1", nameof(privateKey));
    }

    /// <summary>Signs SHA-256 of the input (SM2: SM3 of identity and input) with the nonce of RFC 6979: r and s, 64 bytes.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public byte[] Sign(ReadOnlySpan<byte> signingInput) =>
        _key.Sign(Algorithm == EcdsaJws.Sm2Sm3 ? Sm2.MessageDigest(PublicKey.Span, signingInput) : Digest.OfSha256(signingInput));

    /// <summary>Hands the private key out, for the issuer's own keystore; the caller wipes it.</summary>
    /// <exception cref="ArgumentException">The destination does not have 32 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public void ExportPrivateKey(Span<byte> destination) => _key.Export(destination);

    /// <summary>Wipes the private key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>The algorithm; never the key.</summary>
    public override string ToString() => Algorithm;

    private static EcdsaCurve Curve(string algorithm) =>
        EcdsaJws.Curve(algorithm) ?? throw new ArgumentException($"wanted {EcdsaJws.Es256}, {EcdsaJws.Es256K} or {EcdsaJws.Sm2Sm3}, given {algorithm}", nameof(algorithm));
}
