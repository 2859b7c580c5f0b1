using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using PrivChain.Core.Hpke;
using PrivChain.Core.Suites;

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

    /// <summary>The suite of the key, or of the accounts that are derived from the phrase.</summary>
    public Suite Suite => SuiteOf(Kind);

    /// <summary>A copy of a phrase's entropy.</summary>
    /// <param name="mnemonic">The phrase.</param>
    /// <param name="suite">Of the accounts that are derived from it; null for the international suite.</param>
    public static KeystoreContent Of(Mnemonic mnemonic, Suite? suite = null)
    {
        ArgumentNullException.ThrowIfNull(mnemonic);
        var secret = new byte[mnemonic.EntropySize];
        mnemonic.ExportEntropy(secret);
        return new KeystoreContent(
            (mnemonic.Language == MnemonicLanguage.English, suite == Suite.National) switch
            {
                (true, false) => KeystoreContentKind.EnglishPhrase,
                (false, false) => KeystoreContentKind.SimplifiedChinesePhrase,
                (true, true) => KeystoreContentKind.NationalEnglishPhrase,
                (false, true) => KeystoreContentKind.NationalSimplifiedChinesePhrase,
            },
            secret);
    }

    /// <summary>A copy of an account's private key.</summary>
    public static KeystoreContent Of(Account account)
    {
        ArgumentNullException.ThrowIfNull(account);
        var secret = new byte[Account.PrivateKeySize];
        account.ExportPrivateKey(secret);
        return new KeystoreContent(account.Suite == Suite.International ? KeystoreContentKind.AccountKey : KeystoreContentKind.Sm2AccountKey, secret);
    }

    /// <summary>A copy of an issuer's private key.</summary>
    public static KeystoreContent Of(IssuerKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        var secret = new byte[IssuerKey.PrivateKeySize];
        key.ExportPrivateKey(secret);
        return new KeystoreContent(
            key.Algorithm switch
            {
                EcdsaJws.Es256 => KeystoreContentKind.Es256IssuerKey,
                EcdsaJws.Es256K => KeystoreContentKind.Es256KIssuerKey,
                _ => KeystoreContentKind.Sm2IssuerKey,
            },
            secret);
    }

    /// <summary>The phrase; false where the content is something else.</summary>
    /// <exception cref="ObjectDisposedException">The content was wiped.</exception>
    public bool TryGetMnemonic([NotNullWhen(true)] out Mnemonic? mnemonic)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        mnemonic = Kind switch
        {
            KeystoreContentKind.EnglishPhrase or KeystoreContentKind.NationalEnglishPhrase => Mnemonic.FromEntropy(_secret, MnemonicLanguage.English),
            KeystoreContentKind.SimplifiedChinesePhrase or KeystoreContentKind.NationalSimplifiedChinesePhrase => Mnemonic.FromEntropy(_secret, MnemonicLanguage.SimplifiedChinese),
            _ => null,
        };
        return mnemonic is not null;
    }

    /// <summary>The account; false where the content is something else.</summary>
    /// <exception cref="ObjectDisposedException">The content was wiped.</exception>
    public bool TryGetAccount([NotNullWhen(true)] out Account? account)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        account = Kind switch
        {
            KeystoreContentKind.AccountKey => Account.FromPrivateKey(_secret),
            KeystoreContentKind.Sm2AccountKey => Account.FromPrivateKey(Suite.National, _secret),
            _ => null,
        };
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
            KeystoreContentKind.EnglishPhrase or KeystoreContentKind.SimplifiedChinesePhrase
                or KeystoreContentKind.NationalEnglishPhrase or KeystoreContentKind.NationalSimplifiedChinesePhrase => Mnemonic.IsEntropySize(secret.Length),
            KeystoreContentKind.AccountKey => EcdsaCurve.Secp256k1.IsScalar(secret),
            KeystoreContentKind.Sm2AccountKey or KeystoreContentKind.Sm2IssuerKey => Sm2.IsPrivateKey(secret),
            _ => IssuerCurve(kind) is { } algorithm && EcdsaJws.Curve(algorithm)!.IsScalar(secret),
        };
        if (valid)
        {
            return new KeystoreContent(kind, secret);
        }

        CryptographicOperations.ZeroMemory(secret);
        return null;
    }

    internal static Suite SuiteOf(KeystoreContentKind kind) => kind is KeystoreContentKind.Sm2AccountKey or KeystoreContentKind.Sm2IssuerKey
        or KeystoreContentKind.NationalEnglishPhrase or KeystoreContentKind.NationalSimplifiedChinesePhrase ? Suite.National : Suite.International;

    internal byte[] Seal(HpkeAead cipher, ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associatedData)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return HpkeAeads.Seal(cipher, key, nonce, associatedData, _secret);
    }

    private static string? IssuerCurve(KeystoreContentKind kind) => kind switch
    {
        KeystoreContentKind.Es256IssuerKey => EcdsaJws.Es256,
        KeystoreContentKind.Es256KIssuerKey => EcdsaJws.Es256K,
        KeystoreContentKind.Sm2IssuerKey => EcdsaJws.Sm2Sm3,
        _ => null,
    };
}
