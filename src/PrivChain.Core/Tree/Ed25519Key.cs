using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace PrivChain.Core.Tree;

/// <summary>An Ed25519 private key (RFC 8032). Its seed is wiped on disposal and never leaves it.</summary>
public sealed class Ed25519Key : INotePrivateKey
{
    /// <summary>Length of the seed in bytes.</summary>
    public const int SeedSize = 32;

    private readonly byte[] _seed;
    private bool _disposed;

    /// <param name="seed">Exactly 32 bytes, copied; the caller wipes its own.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Ed25519Key(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSize)
        {
            throw new ArgumentException($"a seed has {SeedSize} bytes, given {seed.Length}", nameof(seed));
        }

        _seed = seed.ToArray();
        var publicKey = new byte[Ed25519PublicKey.Size];
        Ed25519.GeneratePublicKey(_seed, 0, publicKey, 0);
        PublicKey = Ed25519PublicKey.TryCreate(publicKey, out var key)
            ? key
            : throw new InvalidOperationException("a generated public key is not valid");
    }

    /// <summary>The public half.</summary>
    public Ed25519PublicKey PublicKey { get; }

    /// <inheritdoc/>
    INotePublicKey INotePrivateKey.PublicKey => PublicKey;

    /// <summary>A fresh random key.</summary>
    public static Ed25519Key Generate()
    {
        Span<byte> seed = stackalloc byte[SeedSize];
        try
        {
            RandomNumberGenerator.Fill(seed);
            return new Ed25519Key(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>The 64-byte signature over the message; deterministic.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var signature = new byte[Ed25519PublicKey.SignatureSize];
        Ed25519.Sign(_seed, 0, message.ToArray(), 0, message.Length, signature, 0);
        return signature;
    }

    /// <summary>Wipes the seed.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        _disposed = true;
    }
}
