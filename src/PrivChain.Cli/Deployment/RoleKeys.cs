using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Suites;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Cli.Deployment;

/// <summary>Every key of one organisation, from the one phrase in its keystore: ledger account, encryption key, record signing key.</summary>
internal sealed class RoleKeys : IDisposable
{
    private readonly Lazy<HpkePrivateKey> _encryptionKey;
    private readonly Lazy<IssuerKey> _issuerKey;

    /// <param name="wallet">The keys; taken over.</param>
    public RoleKeys(Wallet wallet)
    {
        Wallet = wallet;
        Account = wallet.Account(0);
        _encryptionKey = new(() => OrganisationKeys.EncryptionKey(wallet, Account.Address));
        _issuerKey = new(MakeIssuerKey);
    }

    public Wallet Wallet { get; }

    public Account Account { get; }

    public HpkePrivateKey EncryptionKey => _encryptionKey.Value;

    public IssuerKey IssuerKey => _issuerKey.Value;

    /// <summary>Fresh keys of somebody new.</summary>
    public static RoleKeys Generate(Suite? suite = null)
    {
        using var phrase = Mnemonic.Generate(24);
        return new RoleKeys(Wallet.Open(phrase, suite: suite).OrThrow());
    }

    /// <summary>The public profile that governors sign for.</summary>
    public OrganisationProfile Profile(string nameEn, string nameZh, string contact, string postalAddress, string jurisdiction, bool signsRecords) => new()
    {
        Account = Account.Address,
        NameEn = nameEn,
        NameZh = nameZh,
        Contact = contact,
        PostalAddress = postalAddress,
        Jurisdiction = jurisdiction,
        EncryptionKey = EncryptionKey.PublicKey,
        IssuerAlgorithm = signsRecords ? IssuerKey.Algorithm : string.Empty,
        IssuerKey = signsRecords ? Compress(IssuerKey.PublicKey.Span) : ReadOnlyMemory<byte>.Empty,
    };

    public void Dispose()
    {
        Account.Dispose();
        if (_encryptionKey.IsValueCreated)
        {
            _encryptionKey.Value.Dispose();
        }

        if (_issuerKey.IsValueCreated)
        {
            _issuerKey.Value.Dispose();
        }

        Wallet.Dispose();
    }

    private IssuerKey MakeIssuerKey()
    {
        var secret = new byte[IssuerKey.PrivateKeySize];
        try
        {
            Wallet.DeriveSecret(Labels.IssuerKey, secret);
            if (Wallet.Suite == Suite.National)
            {
                var derived = Sm2.DeriveKey(secret, Encoding.ASCII.GetBytes(Labels.Sm2Issuer));
                CryptographicOperations.ZeroMemory(secret);
                secret = derived;
            }

            return IssuerKey.FromPrivateKey(Wallet.Suite.IssuerAlgorithm, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    // SEC 1 section 2.3.3: 02 or 03 by the parity of y, then x.
    private static byte[] Compress(ReadOnlySpan<byte> point) => [(byte)(2 + (point[^1] & 1)), .. point[1..33]];
}
