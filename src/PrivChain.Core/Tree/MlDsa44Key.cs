using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace PrivChain.Core.Tree;

/// <summary>An ML-DSA-44 private key (FIPS 204), held as its 32-byte seed, which is wiped on disposal and never leaves it.</summary>
public sealed class MlDsa44Key : INotePrivateKey
{
    /// <summary>Length of the seed in bytes.</summary>
    public const int SeedSize = 32;

    private readonly byte[] _seed;
    private bool _disposed;

    /// <param name="seed">Exactly 32 bytes, copied; the caller wipes its own.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public MlDsa44Key(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedSize)
        {
            throw new ArgumentException($"a seed has {SeedSize} bytes, given {seed.Length}", nameof(seed));
        }

        _seed = seed.ToArray();
        PublicKey = MlDsa44PublicKey.TryCreate(Expand().GetPublicKeyEncoded(), out var key)
            ? key
            : throw new InvalidOperationException("a generated public key is not valid");
    }

    /// <summary>The public half.</summary>
    public MlDsa44PublicKey PublicKey { get; }

    /// <inheritdoc/>
    INotePublicKey INotePrivateKey.PublicKey => PublicKey;

    /// <summary>The 2420-byte signature over the message, by the deterministic variant: a witness needs no randomness it could get wrong.</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var signer = new MLDsaSigner(MLDsaParameters.ml_dsa_44, deterministic: true);
        signer.Init(forSigning: true, Expand());
        signer.BlockUpdate(message);
        return signer.GenerateSignature();
    }

    /// <summary>Wipes the seed.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        _disposed = true;
    }

    // Expanded anew for each signature: the library's own copies cannot be wiped, so none is kept.
    private MLDsaPrivateKeyParameters Expand() => MLDsaPrivateKeyParameters.FromSeed(MLDsaParameters.ml_dsa_44, _seed);
}
