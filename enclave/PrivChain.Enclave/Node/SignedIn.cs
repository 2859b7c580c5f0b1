using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.SignIn;
using PrivChain.Schemas.V1;

namespace PrivChain.Enclave.Node;

/// <summary>Keeps one account signed in: an EIP-4361 message of the node, signed by EIP-191, against a token that is asked for again before it ends.</summary>
internal sealed class SignedIn(SignIn.SignInClient client, LedgerDomain domain, string authority, Account account, TimeProvider time)
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    private readonly SemaphoreSlim _one = new(1, 1);
    private string? _token;
    private DateTimeOffset _renewAt;

    /// <summary>A token that is valid now, as far as the node told the truth.</summary>
    /// <param name="options">For the calls it takes, if any.</param>
    public async Task<string> TokenAsync(CallOptions options)
    {
        await _one.WaitAsync(options.CancellationToken).ConfigureAwait(false);
        try
        {
            if (_token is not null && time.GetUtcNow() < _renewAt)
            {
                return _token;
            }

            var challenge = await client.ChallengeAsync(new ChallengeRequest { Account = ByteString.CopyFrom(account.Address.ToArray()) }, options).ConfigureAwait(false);
            domain.Require(account);
            var signature = account.Sign(SignInMessage.DigestToSign(challenge.Message, account.Address, domain, authority).OrThrow()).ToArray();
            var reply = await client.ExchangeAsync(
                new ExchangeRequest { Message = challenge.Message, Signature = ByteString.CopyFrom(signature) }, options).ConfigureAwait(false);
            _token = reply.Token;
            _renewAt = DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(reply.ExpiresAt, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())) - Margin;
            return _token;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Drops a token that the node refused.</summary>
    public void Forget(string token) => Interlocked.CompareExchange(ref _token, null, token);
}
