using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Consent;

/// <summary>
/// How one counterparty reaches one person: the account made for it alone, and that account's encryption key, signed by the account. It travels as text (a QR code, a form) and needs
/// nothing from a node, so a node cannot put another key in its place.
/// </summary>
public sealed class CitizenContact
{
    /// <summary>What every contact's text begins with.</summary>
    public const string Prefix = "privchain:contact:";

    private const int MaxBytes = 8192;
    private const int MarkBytes = 6;
    private const char MarkSeparator = '.';

    private readonly KeyStatement _statement;

    // For whom it was made; empty where the account is the same for everybody.
    private readonly byte[] _mark;

    internal CitizenContact(KeyStatement statement, AccountAddress? counterparty = null)
        : this(statement, counterparty is { } madeFor ? MarkOf(statement, madeFor) : [])
    {
    }

    private CitizenContact(KeyStatement statement, byte[] mark)
    {
        _statement = statement;
        _mark = mark;
    }

    /// <summary>The person's account for this counterparty.</summary>
    public AccountAddress Account => _statement.Account;

    /// <summary>The key to which messages and records are sealed.</summary>
    public HpkePublicKey EncryptionKey => _statement.Key;

    /// <summary>Reads the text form and checks the account's signature for this ledger.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, LedgerDomain domain, [NotNullWhen(true)] out CitizenContact? contact)
    {
        var parsed = Parse(text, domain);
        contact = parsed.Accepted ? parsed.Value : null;
        return parsed.Accepted;
    }

    /// <summary>As <see cref="TryParse"/>, with the reason: <see cref="RefusalReason.Malformed"/>, <see cref="RefusalReason.WrongSuite"/> or <see cref="RefusalReason.BadSignature"/>.</summary>
    public static Verdict<CitizenContact> Parse(string? text, LedgerDomain domain)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var parts = text is not null && text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..].Split(MarkSeparator) : [];
        byte[]? mark = [];
        if (parts.Length is 0 or > 2 || !Base64Url.TryDecode(parts[0], MaxBytes, out var bytes)
            || (parts.Length == 2 && (!Base64Url.TryDecode(parts[1], MarkBytes, out mark) || mark.Length != MarkBytes)))
        {
            return Verdict<CitizenContact>.Refuse(RefusalReason.Malformed, $"wanted a contact ({Prefix}…)");
        }

        var statement = KeyStatement.Verify(domain, bytes);
        return statement.Accepted ? new CitizenContact(statement.Value, mark) : statement.Refusal;
    }

    /// <summary>
    /// Why this counterparty should not use the contact: <see cref="RefusalReason.WrongRecipient"/> when the person made it for somebody else, whose account it is, so that what is sent to it is read as theirs, or never found.
    /// Null when it is this one's, or does not say. The mark is a help against mistakes and not signed: whoever takes it off deceives themselves.
    /// </summary>
    public Refusal? RefusalFor(AccountAddress counterparty) =>
        _mark.Length == 0 || _mark.AsSpan().SequenceEqual(MarkOf(_statement, counterparty))
            ? null
            : new Refusal(RefusalReason.WrongRecipient, $"the person made this contact for somebody else, not for {counterparty}");

    /// <summary>The text form.</summary>
    public override string ToString() => Prefix + Base64Url.Encode(_statement.ToArray()) + (_mark.Length == 0 ? string.Empty : MarkSeparator + Base64Url.Encode(_mark));

    // Whoever has the contact can try out for whom it is, and nobody else learns anything from it.
    private static byte[] MarkOf(KeyStatement statement, AccountAddress counterparty) =>
        SHA256.HashData([.. "privchain contact for"u8, 0, .. statement.ToArray(), .. counterparty.ToArray()])[..MarkBytes];
}
