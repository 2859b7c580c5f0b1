using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.SignIn;

namespace PrivChain.Node.Access;

/// <summary>
/// Sign-in with an account: the node writes an EIP-4361 message, the account signs it by EIP-191, and gets a token for fifteen minutes. A message counts once, only as it was written, and
/// not for long. Nothing is stored: a restart asks everybody to sign in again.
/// </summary>
internal sealed class SignInBook(Genesis genesis, TimeProvider time, NodeLimits limits)
{
    private static readonly TimeSpan _challengeLife = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _tokenLife = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (AccountAddress Account, string Authority, Digest ToSign, DateTimeOffset Until)> _challenges = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (AccountAddress Account, DateTimeOffset Until)> _tokens = new(StringComparer.Ordinal);

    /// <summary>A message for the account to sign.</summary>
    /// <param name="account">Who wants to sign in.</param>
    /// <param name="authority">Host and port by which the caller reached this node: a client that compares them cannot be sent on to another node.</param>
    public Verdict<string> Challenge(AccountAddress account, string authority)
    {
        var now = time.GetUtcNow();
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var written = new SignInMessage(authority, account, genesis.LedgerId, genesis.ChainId, nonce, now, now + _challengeLife);
        var message = written.ToString();
        lock (_gate)
        {
            if (!HasRoom(_challenges, held => held.Until < now))
            {
                return Verdict<string>.Refuse(RefusalReason.Overloaded);
            }

            _challenges[message] = (account, authority, written.SigningDigest(genesis.Algorithms), now + _challengeLife);
        }

        return message;
    }

    /// <summary>A token against a signed message.</summary>
    public Verdict<SignInToken> Exchange(string message, ReadOnlySpan<byte> signatureBytes, string authority)
    {
        var now = time.GetUtcNow();
        (AccountAddress Account, string Authority, Digest ToSign, DateTimeOffset Until) challenge;
        lock (_gate)
        {
            // Taken out first: a message counts once, also when its signature is wrong.
            if (!_challenges.Remove(message, out challenge))
            {
                return Verdict<SignInToken>.Refuse(RefusalReason.NotSignedIn, "no such sign-in is open");
            }

            if (challenge.Authority != authority)
            {
                return Verdict<SignInToken>.Refuse(RefusalReason.NotSignedIn, "the sign-in was begun at another address");
            }

            if (challenge.Until < now)
            {
                return Verdict<SignInToken>.Refuse(RefusalReason.Expired, "the sign-in took too long");
            }
        }

        if (genesis.Algorithms.RefusalOfLength(signatureBytes.Length, "the signature of the sign-in") is { } foreign)
        {
            return foreign;
        }

        if (!AccountSignature.TryParse(genesis.Algorithms, signatureBytes, out var signature)
            || !signature.TryRecover(challenge.ToSign, out var signer) || signer != challenge.Account)
        {
            return Verdict<SignInToken>.Refuse(RefusalReason.BadSignature, "the message is not signed by its account");
        }

        var token = Base64Url.Encode(RandomNumberGenerator.GetBytes(32));
        var until = now + _tokenLife;
        lock (_gate)
        {
            if (!HasRoom(_tokens, held => held.Until < now))
            {
                return Verdict<SignInToken>.Refuse(RefusalReason.Overloaded);
            }

            _tokens[token] = (challenge.Account, until);
        }

        return new SignInToken(token, (ulong)until.ToUnixTimeMilliseconds());
    }

    /// <summary>The account that a token stands for, or null.</summary>
    public AccountAddress? Caller(string token)
    {
        lock (_gate)
        {
            return _tokens.TryGetValue(token, out var held) && held.Until >= time.GetUtcNow() ? held.Account : null;
        }
    }

    private bool HasRoom<T>(Dictionary<string, T> held, Func<T, bool> ended)
    {
        if (held.Count >= limits.SignIns)
        {
            foreach (var key in held.Where(item => ended(item.Value)).Select(item => item.Key).ToList())
            {
                held.Remove(key);
            }
        }

        return held.Count < limits.SignIns;
    }
}
