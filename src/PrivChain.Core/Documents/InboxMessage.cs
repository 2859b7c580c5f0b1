using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.Core.Documents;

/// <summary>A message in an inbox: signed by its sender for one recipient, padded, and sealed to the recipient's key.</summary>
public sealed class InboxMessage
{
    private const byte LayoutVersion = 1;
    private const int MaxBody = AnswerEnvelope.LargestClass;
    private const int SmallestClass = 1024;

    private static readonly EncodedType _type = new(
        "InboxMessage(uint8 kind,address sender,address recipient,uint64 sentAt,bytes body)");

    private InboxMessage(InboxMessageKind kind, AccountAddress sender, ulong sentAt, byte[] body)
    {
        Kind = kind;
        Sender = sender;
        SentAt = sentAt;
        Body = body;
    }

    /// <summary>What the body is.</summary>
    public InboxMessageKind Kind { get; }

    /// <summary>The account whose signature was checked.</summary>
    public AccountAddress Sender { get; }

    /// <summary>Unix seconds, as the sender says.</summary>
    public ulong SentAt { get; }

    /// <summary>The body, by kind.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>Signs, pads and seals a message; the padded message has at least <paramref name="atLeast"/> bytes.</summary>
    public static byte[] Seal(
        LedgerDomain domain, Account sender, AccountAddress recipient, HpkePublicKey recipientKey, InboxMessageKind kind, ulong sentAt, ReadOnlySpan<byte> body,
        int atLeast = SmallestClass)
    {
        var signature = domain.Sign(sender, StructHash(domain.Suite, kind, sender.Address, recipient, sentAt, body));
        return Seal(domain, sender.Address, recipient, recipientKey, kind, sentAt, body, signature, atLeast);
    }

    /// <summary>As <see cref="Seal(LedgerDomain, Account, AccountAddress, HpkePublicKey, InboxMessageKind, ulong, ReadOnlySpan{byte}, int)"/>, signed by a key, or by a wallet that shows the message.</summary>
    public static async Task<byte[]> SealAsync(
        LedgerDomain domain, IAccountSigner sender, AccountAddress recipient, HpkePublicKey recipientKey, InboxMessageKind kind, ulong sentAt, ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        domain.Require(sender);
        var signature = await sender.SignTypedAsync(
            domain.SigningDigest(StructHash(domain.Suite, kind, sender.Address, recipient, sentAt, body.Span)),
            () => TypedDataText.Of(
                domain, _type.Text, ((byte)kind).ToString(CultureInfo.InvariantCulture), sender.Address.ToString(), recipient.ToString(), sentAt.ToString(CultureInfo.InvariantCulture),
                Hex.Encode(body.Span)),
            cancellationToken).ConfigureAwait(false);
        return Seal(domain, sender.Address, recipient, recipientKey, kind, sentAt, body.Span, signature, SmallestClass);
    }

    /// <summary>Opens a box addressed to <paramref name="recipient"/> and checks the sender's signature.</summary>
    public static bool TryOpen(
        LedgerDomain domain, AccountAddress recipient, HpkePrivateKey key, ReadOnlySpan<byte> box, [NotNullWhen(true)] out InboxMessage? message)
    {
        message = null;
        if (!SealedBox.TryOpen(key, Labels.InboxMessage, Context(domain, recipient), box, out var padded)
            || !SizeClass.TryUnpad(padded, out var bytes))
        {
            return false;
        }

        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var kind = (InboxMessageKind)reader.Byte();
        var sender = reader.Address();
        var sentAt = reader.UInt64();
        var body = reader.Block(MaxBody);
        var signatureBytes = reader.Take(domain.Suite.SignatureSize);
        if (!reader.Complete || version != LayoutVersion || !Enum.IsDefined(kind)
            || !AccountSignature.TryParse(domain.Suite, signatureBytes, out var signature)
            || !domain.Verify(sender, StructHash(domain.Suite, kind, sender, recipient, sentAt, body), signature))
        {
            return false;
        }

        message = new InboxMessage(kind, sender, sentAt, body.ToArray());
        return true;
    }

    private static byte[] Seal(
        LedgerDomain domain, AccountAddress sender, AccountAddress recipient, HpkePublicKey recipientKey, InboxMessageKind kind, ulong sentAt, ReadOnlySpan<byte> body,
        AccountSignature signature, int atLeast)
    {
        var bytes = new RecordWriter()
            .Byte(LayoutVersion).Byte((byte)kind).Address(sender).UInt64(sentAt).Block(body).Raw(signature.ToArray()).ToArray();
        return SealedBox.Seal(recipientKey, Labels.InboxMessage, Context(domain, recipient), SizeClass.Pad(bytes, Math.Max(atLeast, SmallestClass)));
    }

    private static byte[] Context(LedgerDomain domain, AccountAddress recipient) => [.. domain.LedgerId.ToArray(), .. recipient.ToArray()];

    private static Digest StructHash(Suite suite, InboxMessageKind kind, AccountAddress sender, AccountAddress recipient, ulong sentAt, ReadOnlySpan<byte> body) =>
        _type.Hash(
            suite,
            TypedDataHash.Word((ulong)kind),
            TypedDataHash.Word(sender),
            TypedDataHash.Word(recipient),
            TypedDataHash.Word(sentAt),
            suite.Hash(body));
}
