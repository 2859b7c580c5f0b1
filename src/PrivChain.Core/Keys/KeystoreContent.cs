using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace PrivChain.Core.Keys;

/// <summary>The secret inside a keystore file, with its kind: a key of one kind cannot be opened as another. Wiped on dispose.</summary>
public sealed class KeystoreContent : IDisposable
{
    private readonly byte[] _secret;
    private bool _disposed;

    private KeystoreContent(KeystoreContentKind kind, byte[] secret)
    {
        Kind = kind;
        _secret = secret;
    }

    /// <summary>What it is.</summary>
    public KeystoreContentKind Kind { get; }

    /// <summary>A copy of a phrase's entropy.</summary>
    public static KeystoreContent Of(Mnemonic mnemonic)
    {
        ArgumentNullException.ThrowIfNull(mnemonic);
        var secret = new byte[mnemonic.EntropySize];
        mnemonic.ExportEntropy(secret);
        return new KeystoreContent(
            mnemonic.Language == MnemonicLanguage.English ? KeystoreContentKind.EnglishPhrase : KeystoreContentKind.SimplifiedChinesePhrase,
            secret);
    }

    /// <summary>A copy of an account's private key.</summary>
    public static KeystoreContent Of(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        var secret = new byte[Account.PrivateKeySize];
        account.ExportPrivateKey(secret);
        return new KeystoreContent(KeystoreContentKind.AccountKey, secret);
    }

    /// <summary>A copy of an issuer's private key.</summary>
    public static KeystoreContent Of(IssuerKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var secret = new byte[IssuerKey.PrivateKeySize];
        key.ExportPrivateKey(secret);
        return new KeystoreContent(key.Algorithm == EcdsaJws.Es256 ? KeystoreContentKind.Es256IssuerKey : KeystoreContentKind.Es256KIssuerKey, secret);
    }

    /// <summary>The phrase; false where the content is something else.</summary>
    /// <exception cref="ObjectDisposedException">The content was wiped.</exception>
    public bool TryGetMnemonic([NotNullWhen(true)] out Mnemonic? mnemonic)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        mnemonic = Kind switch
        {
            KeystoreContentKind.EnglishPhrase => Mnemonic.FromEntropy(_secret, MnemonicLanguage.English),
            KeystoreContentKind.SimplifiedChinesePhrase => Mnemonic.FromEntropy(_secret, MnemonicLanguage.SimplifiedChinese),
            _ => null,
        };
        return mnemonic is not null;
    }

    /// <summary>The account; false where the content is something else.</summary>
    /// <exception cref="ObjectDisposedException">The content was wiped.</exception>
    public bool TryGetAccount([NotNullWhen(true)] out Account? account)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        account = Kind == KeystoreContentKind.AccountKey ? Account.FromPrivateKey(_secret) : null;
        return account is not null;
    }

    /// <summary>The issuer's key; false where the content is something else.</summary>
    /// <exception cref="ObjectDisposedException">The content was wiped.</exception>
    public bool TryGetIssuerKey([NotNullWhen(true)] out IssuerKey? key)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        key = IssuerCurve(Kind) is { } algorithm ? IssuerKey.FromPrivateKey(algorithm, _secret) : null;
        return key is not null;
    }

    /// <summary>Wipes the secret.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_secret);
    }

    /// <summary>Takes the secret over when it is one of this kind; wipes it otherwise.</summary>
    internal static KeystoreContent? TryCreate(KeystoreContentKind kind, byte[] secret)
    {
        var valid = kind switch
        {
            KeystoreContentKind.EnglishPhrase or KeystoreContentKind.SimplifiedChinesePhrase => Mnemonic.IsEntropySize(secret.Length),
            KeystoreContentKind.AccountKey => EcdsaCurve.Secp256k1.IsScalar(secret),
            _ => IssuerCurve(kind) is { } algorithm && EcdsaJws.Curve(algorithm)!.IsScalar(secret),
        };
        if (valid)
        {
            return new KeystoreContent(kind, secret);
        }

        CryptographicOperations.ZeroMemory(secret);
        return null;
    }

    internal byte[] Seal(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Aead.Aes256Gcm.Seal(key, nonce, associatedData, _secret);
    }

    private static string? IssuerCurve(KeystoreContentKind kind) => kind switch
    {
        KeystoreContentKind.Es256IssuerKey => EcdsaJws.Es256,
        KeystoreContentKind.Es256KIssuerKey => EcdsaJws.Es256K,
        _ => null,
    };
}
