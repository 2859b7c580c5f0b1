using System.Diagnostics.CodeAnalysis;
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

    private readonly KeyStatement _statement;

    internal CitizenContact(KeyStatement statement) => _statement = statement;

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
        if (text is null || !text.StartsWith(Prefix, StringComparison.Ordinal) || !Base64Url.TryDecode(text[Prefix.Length..], MaxBytes, out var bytes))
        {
            return Verdict<CitizenContact>.Refuse(RefusalReason.Malformed, $"wanted a contact ({Prefix}…)");
        }

        var statement = KeyStatement.Verify(domain, bytes);
        return statement.Accepted ? new CitizenContact(statement.Value) : statement.Refusal;
    }

    /// <summary>The text form.</summary>
    public override string ToString() => Prefix + Base64Url.Encode(_statement.ToArray());
}
