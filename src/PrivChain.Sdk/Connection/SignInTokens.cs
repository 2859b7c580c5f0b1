using System.Text;
using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Connection;

/// <summary>Signs in and keeps each account's token until shortly before it ends.</summary>
internal sealed class SignInTokens(Wire.SignIn.SignInClient client, TimeProvider time) : IDisposable
{
    private const int MaxMessage = 4096;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(60);

    private readonly Dictionary<AccountAddress, (string Token, DateTimeOffset Until)> _tokens = [];
    private readonly SemaphoreSlim _gate = new(1);

    /// <summary>Call metadata that says who calls.</summary>
    public async Task<Metadata> HeadersAsync(Account account, CancellationToken cancellationToken)
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

    public void Dispose() => _gate.Dispose();

    private async Task<(string Token, DateTimeOffset Until)> SignInAsync(Account account, CancellationToken cancellationToken)
    {
        var challenge = await client.ChallengeAsync(
            new Wire.ChallengeRequest { Account = ByteString.CopyFrom(account.Address.ToArray()) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        var signature = account.Sign(MessageDigest(challenge.Message, account.Address));
        var reply = await client.ExchangeAsync(
            new Wire.ExchangeRequest { Message = challenge.Message, Signature = ByteString.CopyFrom(signature.ToArray()) },
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return (reply.Token, DateTimeOffset.FromUnixTimeMilliseconds(checked((long)reply.ExpiresAt)) - Margin);
    }

    // EIP-191, version 0x45: its prefix keeps this signature apart from every EIP-712 document and transaction, whatever the node asks to sign.
    private static Digest MessageDigest(string message, AccountAddress account)
    {
        var lines = message.Split('\n');
        var bytes = Encoding.UTF8.GetBytes(message);
        if (bytes.Length > MaxMessage || lines.Length < 2 || !lines[0].EndsWith(" wants you to sign in with your Ethereum account:", StringComparison.Ordinal)
            || lines[1] != account.ToString())
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, "the node asks to sign something that is no sign-in of this account"));
        }

        return new Digest(Keccak256.Hash(
            Encoding.ASCII.GetBytes($"\u0019Ethereum Signed Message:\n{bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)}"), bytes));
    }
}
