using System.Globalization;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>An account's encryption key, signed by the account, so that a node cannot hand out another key.</summary>
public sealed class KeyStatement
{
    private const byte LayoutVersion = 1;
    private const int MaxKey = 4096;

    private static readonly EncodedType _type = new("KeyStatement(address account,bytes key,uint64 statedAt)");

    private KeyStatement(AccountAddress account, HpkePublicKey key, ulong statedAt, AccountSignature signature)
    {
        Account = account;
        Key = key;
        StatedAt = statedAt;
        Signature = signature;
    }

    /// <summary>The account.</summary>
    public AccountAddress Account { get; }

    /// <summary>Its HPKE key.</summary>
    public HpkePublicKey Key { get; }

    /// <summary>Unix seconds; a later statement replaces an earlier one.</summary>
    public ulong StatedAt { get; }

    /// <summary>EIP-712 signature by the account.</summary>
    public AccountSignature Signature { get; }

    /// <summary>Makes and signs a statement.</summary>
    public static KeyStatement Sign(LedgerDomain domain, Account account, HpkePublicKey key, ulong statedAt) =>
        new(account.Address, key, statedAt, domain.Sign(account, StructHash(domain.Suite, account.Address, key, statedAt)));

    /// <summary>Makes a statement and has it signed: by a key, or by a wallet that shows it.</summary>
    public static async Task<KeyStatement> SignAsync(LedgerDomain domain, IAccountSigner account, HpkePublicKey key, ulong statedAt, CancellationToken cancellationToken = default)
    {
        domain.Require(account);
        var signature = await account.SignTypedAsync(
            domain.SigningDigest(StructHash(domain.Suite, account.Address, key, statedAt)),
            () => TypedDataText.Of(domain, _type.Text, account.Address.ToString(), Hex.Encode(key.ToArray()), statedAt.ToString(CultureInfo.InvariantCulture)),
            cancellationToken).ConfigureAwait(false);
        return new KeyStatement(account.Address, key, statedAt, signature);
    }

    /// <summary>Layout: version 1, account, key block, stated at, signature.</summary>
    public byte[] ToArray() => new RecordWriter()
        .Byte(LayoutVersion).Address(Account).Block(Key.ToArray()).UInt64(StatedAt).Raw(Signature.ToArray()).ToArray();

    /// <summary>Parses a statement and checks that the account signed it for this ledger: <see cref="RefusalReason.Malformed"/>, <see cref="RefusalReason.WrongSuite"/> or <see cref="RefusalReason.BadSignature"/>.</summary>
    public static Verdict<KeyStatement> Verify(LedgerDomain domain, ReadOnlySpan<byte> bytes)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var account = reader.Address();
        var keyBytes = reader.Block(MaxKey);
        var statedAt = reader.UInt64();
        if (reader.Failed || version != LayoutVersion || !HpkePublicKey.TryParse(keyBytes, out var key))
        {
            return Verdict<KeyStatement>.Refuse(RefusalReason.Malformed, "not a key statement");
        }

        // Before the signature is read, whose length is another one too.
        if (!domain.Suite.Uses(key.Kem))
        {
            return domain.Suite.Refusal("the key that is stated");
        }

        if (domain.Suite.RefusalOfLength(reader.Remaining, "the statement's signature") is { } foreign)
        {
            return foreign;
        }

        var signatureBytes = reader.Take(domain.Suite.SignatureSize);
        if (!reader.Complete || !AccountSignature.TryParse(domain.Suite, signatureBytes, out var signature))
        {
            return Verdict<KeyStatement>.Refuse(RefusalReason.Malformed, "not a key statement");
        }

        return domain.Verify(account, StructHash(domain.Suite, account, key, statedAt), signature)
            ? new KeyStatement(account, key, statedAt, signature)
            : Verdict<KeyStatement>.Refuse(RefusalReason.BadSignature, "the account did not sign this key for this ledger");
    }

    private static Digest StructHash(Suite suite, AccountAddress account, HpkePublicKey key, ulong statedAt) =>
        _type.Hash(suite, TypedDataHash.Word(account), suite.Hash(key.ToArray()), TypedDataHash.Word(statedAt));
}
