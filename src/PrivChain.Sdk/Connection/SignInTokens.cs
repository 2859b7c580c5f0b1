using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.SignIn;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Connection;

/// <summary>Signs in to the node that was dialled, and to no other, and keeps each account's token until shortly before it ends.</summary>
internal sealed class SignInTokens(Wire.SignIn.SignInClient client, LedgerDomain domain, Uri node, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<AccountAddress, (string Token, DateTimeOffset Until)> _tokens = [];
    private readonly SemaphoreSlim _gate = new(1);
    private readonly string _authority = SignInMessage.AuthorityOf(node);

    /// <summary>Call metadata that says who calls.</summary>
    public async Task<Metadata> HeadersAsync(IAccountSigner account, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_tokens.TryGetValue(account.Address, out var held) || held.Until <= time.GetUtcNow())
            {
                held = await SignInAsync(account, cancellationToken).ConfigureAwait(false);
                _tokens[account.Address] = held;
            }

            return new Metadata { { "authorization", "Bearer " + held.Token } };
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Forgets all of them: a node that started anew knows none, and the next call signs in again.</summary>
    public void Forget() => _tokens.Clear();

    public void Dispose() => _gate.Dispose();

    private async Task<(string Token, DateTimeOffset Until)> SignInAsync(IAccountSigner account, CancellationToken cancellationToken)
    {
        var challenge = await client.ChallengeAsync(
            new Wire.ChallengeRequest { Account = ByteString.CopyFrom(account.Address.ToArray()) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        domain.Require(account);
        var digest = SignInMessage.DigestToSign(challenge.Message, account.Address, domain, _authority).OrThrow();
        var signature = await account.SignMessageAsync(digest, challenge.Message, cancellationToken).ConfigureAwait(false);
        var reply = await client.ExchangeAsync(
            new Wire.ExchangeRequest { Message = challenge.Message, Signature = ByteString.CopyFrom(signature.ToArray()) },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return (reply.Token, UnixTime.DateOfMilliseconds(reply.ExpiresAt) - Margin);
    }
}
