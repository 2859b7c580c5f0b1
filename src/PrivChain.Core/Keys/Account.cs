using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Keys;

/// <summary>An account with its private key, of one suite: on secp256k1 it signs digests of our documents and of Ethereum transactions, on SM2 of our documents. Wiped on dispose.</summary>
public sealed class Account : IAccountSigner, IDisposable
{
    /// <summary>Length of a private key in bytes.</summary>
    public const int PrivateKeySize = EcdsaCurve.ScalarSize;

    private readonly SigningKey _key;

    private Account(Suite suite, ReadOnlySpan<byte> privateKey)
    {
        Suite = suite;
        _key = suite.KeyOf(privateKey);
        Address = suite.Address(_key.PublicKey.Span[1..]);
    }

    /// <summary>The algorithms it signs with.</summary>
    public Suite Suite { get; }

    /// <summary>The account's address; stays readable after dispose.</summary>
    public AccountAddress Address { get; }

    /// <summary>The uncompressed public key, 65 bytes; stays readable after dispose.</summary>
    public ReadOnlyMemory<byte> PublicKey => _key.PublicKey;

    /// <summary>Copies a private key; the caller wipes its own.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes, or outside 1..n-1.</exception>
    public static Account FromPrivateKey(ReadOnlySpan<byte> privateKey) => FromPrivateKey(Suite.International, privateKey);

    /// <summary>Copies a private key of a suite; the caller wipes its own. The same bytes must never be a key of both suites: derive one for each.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes, or outside the range of private keys.</exception>
    public static Account FromPrivateKey(Suite suite, ReadOnlySpan<byte> privateKey)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return suite.IsPrivateKey(privateKey)
            ? new Account(suite, privateKey)
            : throw new ArgumentException("not a private key: wanted 32 bytes with a value in 1..n-1 (SM2: 1..n-2)", nameof(privateKey));
    }

    /// <summary>An account with a fresh random key.</summary>
    /// <param name="suite">Null for the international suite.</param>
    public static Account Generate(Suite? suite = null)
    {
        suite ??= Suite.International;
        var privateKey = suite.GenerateKey();
        try
        {
            return new Account(suite, privateKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>Signs with the nonce of RFC 6979, on secp256k1 with a low s: the same digest always gives the same signature.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public AccountSignature Sign(Digest digest) => SignAll([digest])[0];

    /// <summary>As <see cref="Sign"/> for many: several times faster where the processor has vectors.</summary>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public AccountSignature[] SignAll(ReadOnlySpan<Digest> digests) => Suite.SignAll(_key, digests);

    ValueTask<AccountSignature> IAccountSigner.SignTypedAsync(Digest digest, Func<string> json, CancellationToken cancellationToken) => new(Sign(digest));

    ValueTask<AccountSignature> IAccountSigner.SignMessageAsync(Digest digest, string message, CancellationToken cancellationToken) => new(Sign(digest));

    /// <summary>Hands the private key out, for keystore files and other wallets. Whoever has it is this account; the caller wipes it.</summary>
    /// <exception cref="ArgumentException">The destination does not have 32 bytes.</exception>
    /// <exception cref="ObjectDisposedException">The key was wiped.</exception>
    public void ExportPrivateKey(Span<byte> destination) => _key.Export(destination);

    /// <summary>Wipes the private key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>The address; never the key.</summary>
    public override string ToString() => Address.ToString();
}
