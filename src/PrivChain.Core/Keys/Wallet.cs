using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Keys;

/// <summary>Every key of one person or organisation, derived from a BIP-39 phrase: accounts by BIP-44, other secrets by label. Wiped on dispose.</summary>
public sealed class Wallet : IDisposable
{
    private const string AccountsPath = "m/44'/60'/0'/0";

    private readonly byte[] _seed;
    private readonly HdKey _accounts;
    private bool _disposed;

    private Wallet(Suite suite, byte[] seed)
    {
        Suite = suite;
        _seed = seed;
        using var master = HdKey.FromSeed(seed);
        _accounts = master.Derive(AccountsPath);
    }

    /// <summary>What its accounts sign with.</summary>
    public Suite Suite { get; }

    /// <summary>
    /// Opens the wallet of a phrase. Every passphrase opens some wallet: a mistyped one shows as an unknown, empty account, not as a refusal.
    /// Refused is only a passphrase that cannot be brought to NFKD here, or is over 1 KiB.
    /// </summary>
    /// <param name="mnemonic">The phrase.</param>
    /// <param name="passphrase">Of BIP-39, or empty.</param>
    /// <param name="suite">What its accounts sign with; null for the international suite. Keys of one suite say nothing about those of the other.</param>
    public static Verdict<Wallet> Open(Mnemonic mnemonic, string passphrase = "", Suite? suite = null)
    {
        ArgumentNullException.ThrowIfNull(mnemonic);
        ArgumentNullException.ThrowIfNull(passphrase);
        if (!PassphraseText.TryEncode(passphrase, PassphraseForm.CompatibilityDecomposed, out var bytes, out var refusal))
        {
            return refusal;
        }

        try
        {
            var seed = new byte[Mnemonic.SeedSize];
            mnemonic.DeriveSeed(bytes, seed);
            return new Wallet(suite ?? Suite.International, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Opens the wallet of a phrase without a passphrase of BIP-39; the caller derives the seed, where that is slow here.</summary>
    /// <param name="mnemonic">The phrase.</param>
    /// <param name="derive">Derives the seed from the phrase.</param>
    public static async Task<Wallet> OpenAsync(Mnemonic mnemonic, PhraseDerivation derive)
    {
        ArgumentNullException.ThrowIfNull(mnemonic);
        ArgumentNullException.ThrowIfNull(derive);
        return new Wallet(Suite.International, await mnemonic.DeriveSeedAsync(derive).ConfigureAwait(false));
    }

    /// <summary>The account m/44'/60'/0'/0/index, as other Ethereum wallets derive it; on SM2 derived from the seed under a label and the index. The caller disposes it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is 2^31 or more.</exception>
    /// <exception cref="ObjectDisposedException">The wallet was wiped.</exception>
    public Account Account(uint index)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, HdKey.Hardened);
        if (Suite == Suite.National)
        {
            // Not by BIP-32: a path gives one scalar, and it would be the same on both curves.
            return DeriveSm2(string.Create(CultureInfo.InvariantCulture, $"{Labels.Sm2Account}/{index}"));
        }

        using var key = _accounts.Derive(index);
        return key.ToAccount();
    }

    /// <summary>
    /// The account shown to one counterparty only: the index is the first 31 bits of a labelled hash of its address, so it is found again from the
    /// phrase alone, and two counterparties cannot tell that their accounts belong to one person. The caller disposes it.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The wallet was wiped.</exception>
    public Account PairwiseAccount(AccountAddress counterparty)
    {
        var hash = Digest.Sha256(Labels.PairwiseAccount, counterparty.ToArray()).ToArray();
        return Account(BinaryPrimitives.ReadUInt32BigEndian(hash) >> 1);
    }

    /// <summary>A secret of its own for each label: HKDF-SHA256 of the seed with the label as info.</summary>
    /// <param name="label">One of <see cref="Labels"/>, ASCII.</param>
    /// <param name="destination">1 to 8,160 bytes.</param>
    /// <exception cref="ArgumentException">An empty label, or not ASCII, or another length.</exception>
    /// <exception cref="ObjectDisposedException">The wallet was wiped.</exception>
    public void DeriveSecret(string label, Span<byte> destination)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(label);
        if (!Ascii.IsValid(label))
        {
            throw new ArgumentException("a label is ASCII", nameof(label));
        }

        // BIP-32 hashes the same seed under HMAC-SHA512; the other hash and the labels keep these secrets apart from account keys.
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _seed, destination, salt: [], info: Encoding.ASCII.GetBytes(label));
    }

    private Account DeriveSm2(string label)
    {
        var privateKey = Sm2.DeriveKey(_seed, Encoding.ASCII.GetBytes(label));
        try
        {
            return Keys.Account.FromPrivateKey(Suite, privateKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <summary>Wipes the seed and the account branch.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_seed);
        _accounts.Dispose();
    }
}
