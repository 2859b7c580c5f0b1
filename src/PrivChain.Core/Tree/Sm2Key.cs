using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Tree;

/// <summary>An SM2 private key that signs notes as a log. It is wiped on disposal and never leaves it.</summary>
public sealed class Sm2Key : INotePrivateKey
{
    private readonly byte[] _key;
    private bool _disposed;

    private Sm2Key(byte[] key)
    {
        _key = key;
        PublicKey = Sm2PublicKey.TryCreate(Sm2PublicKey.Compress(Sm2.PublicKey(key)), out var publicKey)
            ? publicKey
            : throw new InvalidOperationException("a derived public key is not valid");
    }

    /// <summary>The public half.</summary>
    public Sm2PublicKey PublicKey { get; }

    /// <inheritdoc/>
    INotePublicKey INotePrivateKey.PublicKey => PublicKey;

    /// <summary>The SM2 key of a log with this seed.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Sm2Key Derive(ReadOnlySpan<byte> seed) => seed.Length == Ed25519Key.SeedSize
        ? new Sm2Key(Sm2.DeriveKey(seed, Encoding.ASCII.GetBytes(Labels.Sm2Log)))
        : throw new ArgumentException($"a seed has {Ed25519Key.SeedSize} bytes, given {seed.Length}", nameof(seed));

    /// <summary>The signature over the message, r and s; deterministic.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Sm2.Sign(_key, message);
    }

    /// <summary>Wipes the key.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_key);
        _disposed = true;
    }
}
