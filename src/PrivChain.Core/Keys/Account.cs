using System.Security.Cryptography;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Keys;

/// <summary>A secp256k1 account with its private key, which signs digests of our documents and of Ethereum transactions. Wiped on dispose.</summary>
public sealed class Account : IDisposable
{
    /// <summary>Length of a private key in bytes.</summary>
    public const int PrivateKeySize = EcdsaCurve.ScalarSize;

    private readonly byte[] _privateKey;
    private readonly byte[] _publicKey;
    private bool _disposed;

    private Account(byte[] privateKey)
    {
        _privateKey = privateKey;
        _publicKey = EcdsaCurve.Secp256k1.PublicKey(privateKey);
        Address = Secp256k1.Address(_publicKey.AsSpan(1));
    }

    /// <summary>The account's address; stays readable after dispose.</summary>
    public AccountAddress Address { get; }

    /// <summary>The uncompressed public key, 65 bytes; stays readable after dispose.</summary>
    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Copies a private key; the caller wipes its own.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes, or outside 1..n-1.</exception>
    public static Account FromPrivateKey(ReadOnlySpan<byte> privateKey) =>
        EcdsaCurve.Secp256k1.IsScalar(privateKey)
            ? new Account(privateKey.ToArray())
            : throw new ArgumentException("not a private key: wanted 32 bytes with a value in 1..n-1", nameof(privateKey));

    /// <summary>An account with a fresh random key.</summary>
    public static Account Generate() => new(EcdsaCurve.Secp256k1.GenerateKey());

    /// <summary>Signs with the nonce of RFC 6979 and a low s: the same digest always gives the same signature.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public Secp256k1Signature Sign(Digest digest)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> parts = stackalloc byte[96];
        digest.CopyTo(parts);
        EcdsaCurve.Secp256k1.Sign(_privateKey, parts[..32], lowS: true, parts[32..64], parts[64..], out var recovery);
        return Secp256k1Signature.Create(parts[32..64], parts[64..], recovery);
    }

    /// <summary>Hands the private key out, for keystore files and other wallets. Whoever has it is this account; the caller wipes it.</summary>
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

    /// <summary>The address; never the key.</summary>
    public override string ToString() => Address.ToString();
}
