using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Tree;

/// <summary>An SM2 private key that signs notes as a log. It is wiped on disposal and never leaves it.</summary>
public sealed class Sm2Key : INotePrivateKey
{
    private readonly SigningKey _key;

    private Sm2Key(ReadOnlySpan<byte> privateKey)
    {
        _key = new SigningKey(EcdsaCurve.Sm2P256, privateKey);
        PublicKey = Sm2PublicKey.TryCreate(Sm2PublicKey.Compress(_key.PublicKey.Span), out var publicKey)
            ? publicKey
            : throw new InvalidOperationException("a derived public key is not valid");
    }

    /// <summary>The public half.</summary>
    public Sm2PublicKey PublicKey { get; }

    /// <inheritdoc/>
    INotePublicKey INotePrivateKey.PublicKey => PublicKey;

    /// <summary>The SM2 key of a log with this seed.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public static Sm2Key Derive(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519Key.SeedSize)
        {
            throw new ArgumentException($"a seed has {Ed25519Key.SeedSize} bytes, given {seed.Length}", nameof(seed));
        }

        var privateKey = Sm2.DeriveKey(seed, Encoding.ASCII.GetBytes(Labels.Sm2Log));
        try
        {
            return new Sm2Key(privateKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>The signature over the message, r and s; deterministic.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message) => _key.Sign(Sm2.MessageDigest(_key.PublicKey.Span, message));

    /// <summary>Wipes the key.</summary>
    public void Dispose() => _key.Dispose();
}
