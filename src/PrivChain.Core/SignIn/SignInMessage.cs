using System.Globalization;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.SignIn;

/// <summary>
/// The EIP-4361 message by which an account signs in to a node: one fixed shape of that format, written by the node and signed by EIP-191. The client reads it before it signs, so that a node
/// cannot have it sign in somewhere else.
/// </summary>
/// <param name="Authority">Host and port of the node, as the client dialled them.</param>
/// <param name="Account">Who signs in.</param>
/// <param name="LedgerId">The ledger; also in the URI.</param>
/// <param name="ChainId">Chain id of the ledger's domain.</param>
/// <param name="Nonce">32 lower-case hex digits of the node.</param>
/// <param name="IssuedAt">The node's time, to the millisecond.</param>
/// <param name="ExpiresAt">Until when it can be exchanged, to the millisecond.</param>
public sealed record SignInMessage(
    string Authority, AccountAddress Account, Digest LedgerId, ulong ChainId, string Nonce, DateTimeOffset IssuedAt, DateTimeOffset ExpiresAt)
{
    /// <summary>Longest message that is read, in characters.</summary>
    public const int MaxLength = 4096;

    private const string AfterAuthority = " wants you to sign in with your Ethereum account:";
    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const int NonceLength = 32;

    /// <summary>The authority of an address in the form in which an HTTP client sends it: no default port, a host of ASCII.</summary>
    public static string AuthorityOf(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        var host = address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost;
        return address.IsDefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{address.Port}");
    }

    /// <summary>
    /// What a client signs of a message that a node sent, or why it signs nothing: <see cref="RefusalReason.Malformed"/> for anything but a sign-in in our shape,
    /// <see cref="RefusalReason.NotYours"/> for another account, <see cref="RefusalReason.WrongLedger"/> for another ledger, and <see cref="RefusalReason.WrongRecipient"/> for another address
    /// than the one dialled: a node that passes on another's message wants to sign in there as us.
    /// </summary>
    /// <param name="text">The message as received.</param>
    /// <param name="account">Who signs in.</param>
    /// <param name="domain">The ledger.</param>
    /// <param name="authority">What was dialled, by <see cref="AuthorityOf"/>.</param>
    public static Verdict<Digest> DigestToSign(string text, AccountAddress account, LedgerDomain domain, string authority)
    {
        ArgumentNullException.ThrowIfNull(domain);
        var parsed = Parse(text);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var message = parsed.Value;
        return message.Account != account ? Verdict<Digest>.Refuse(RefusalReason.NotYours, "the node asks another account to sign in")
            : message.LedgerId != domain.LedgerId || message.ChainId != domain.ChainId ? Verdict<Digest>.Refuse(RefusalReason.WrongLedger, "the node asks to sign in to another ledger")
            : message.Authority != authority ? Verdict<Digest>.Refuse(RefusalReason.WrongRecipient, $"dialled {authority}, and the node asks to sign in at another address")
            : message.SigningDigest(domain.Suite);
    }

    /// <summary>Reads a message; everything that it does not write again in the same letters is refused.</summary>
    public static Verdict<SignInMessage> Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            return Verdict<SignInMessage>.Refuse(RefusalReason.TooLarge, $"wanted a sign-in of at most {MaxLength} characters");
        }

        var lines = text.Split('\n');
        return lines.Length == 11
            && lines[0].EndsWith(AfterAuthority, StringComparison.Ordinal)
            && AccountAddress.TryParse(lines[1], out var account)
            && After(lines[5], "URI: privchain:") is { } uri && Digest.TryParse(uri, out var ledgerId)
            && After(lines[7], "Chain ID: ") is { } chain && ulong.TryParse(chain, NumberStyles.None, CultureInfo.InvariantCulture, out var chainId)
            && After(lines[8], "Nonce: ") is { Length: NonceLength } nonce && nonce.All(char.IsAsciiHexDigitLower)
            && Time(After(lines[9], "Issued At: ")) is { } issuedAt
            && Time(After(lines[10], "Expiration Time: ")) is { } expiresAt
            && new SignInMessage(lines[0][..^AfterAuthority.Length], account, ledgerId, chainId, nonce, issuedAt, expiresAt) is var message
            && message.Authority.Length > 0 && message.Authority.All(c => c is > ' ' and < (char)0x7f)
            && message.ToString() == text
                ? message
                : Verdict<SignInMessage>.Refuse(RefusalReason.Malformed, "not a sign-in message");
    }

    /// <summary>EIP-191, version 0x45: its prefix keeps the signature apart from every EIP-712 document and transaction, whatever a node asks to sign.</summary>
    /// <param name="suite">The ledger's, whose hash is taken.</param>
    public Digest SigningDigest(Suite suite)
    {
        ArgumentNullException.ThrowIfNull(suite);
        var bytes = Encoding.UTF8.GetBytes(ToString());
        return suite.Hash([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"\u0019Ethereum Signed Message:\n{bytes.Length}")), .. bytes]);
    }

    /// <summary>The message, lines ended by <c>\n</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"""
        {Authority}{AfterAuthority}
        {Account}

        Sign in to the ledger {LedgerId}.

        URI: privchain:{LedgerId}
        Version: 1
        Chain ID: {ChainId}
        Nonce: {Nonce}
        Issued At: {Text(IssuedAt)}
        Expiration Time: {Text(ExpiresAt)}
        """).ReplaceLineEndings("\n");

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static string? After(string line, string label) => line.StartsWith(label, StringComparison.Ordinal) ? line[label.Length..] : null;

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
