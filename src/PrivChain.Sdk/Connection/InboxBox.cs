using System.Runtime.CompilerServices;
using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Connection;

/// <summary>The inbox of one account: seals what it sends, opens and verifies what it receives; what does not open is skipped, since anyone may put a box there.</summary>
internal sealed class InboxBox(PrivChainConnection connection, Account account, HpkePrivateKey key)
{
    /// <summary>A message and the number by which it can be removed.</summary>
    public sealed record Received(ulong Id, InboxMessage Message);

    public async Task SendAsync(AccountAddress to, HpkePublicKey toKey, InboxMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        await SendAsync([Seal(to, toKey, kind, body.Span)], cancellationToken).ConfigureAwait(false);

    public Wire.OutgoingMessage Seal(AccountAddress to, HpkePublicKey toKey, InboxMessageKind kind, ReadOnlySpan<byte> body) => new()
    {
        To = PrivChainConnection.Bytes(to),
        Box = ByteString.CopyFrom(InboxMessage.Seal(connection.Domain, account, to, toKey, kind, connection.UnixSeconds, body)),
    };

    public async Task SendAsync(IEnumerable<Wire.OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        var request = new Wire.SendRequest();
        request.Messages.AddRange(messages);
        await connection.InboxService.SendAsync(
            request, await connection.HeadersAsync(account, cancellationToken).ConfigureAwait(false), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What lies there after the cursor.</summary>
    public async Task<List<Received>> ReadAsync(ulong after, CancellationToken cancellationToken)
    {
        var messages = new List<Received>();
        await foreach (var message in ReadAsync(after, wait: false, cancellationToken).ConfigureAwait(false))
        {
            messages.Add(message);
        }

        return messages;
    }

    /// <summary>What lies there and what comes, until cancelled: a stream that ends by its deadline is opened again where it stopped.</summary>
    public async IAsyncEnumerable<Received> FollowAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (ulong after = 0; ;)
        {
            var stream = ReadAsync(after, wait: true, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using (stream.ConfigureAwait(false))
            {
                while (await NextAsync(stream).ConfigureAwait(false))
                {
                    after = stream.Current.Id;
                    yield return stream.Current;
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task RemoveAsync(ulong id, CancellationToken cancellationToken) =>
        await connection.InboxService.RemoveAsync(
            new Wire.RemoveRequest { Id = id }, await connection.HeadersAsync(account, cancellationToken).ConfigureAwait(false), cancellationToken: cancellationToken).ConfigureAwait(false);

    private static async Task<bool> NextAsync(IAsyncEnumerator<Received> stream)
    {
        try
        {
            return await stream.MoveNextAsync().ConfigureAwait(false);
        }
        catch (RefusalException exception) when (exception.Reason == RefusalReason.Deadline)
        {
            return false;
        }
    }

    private async IAsyncEnumerable<Received> ReadAsync(ulong after, bool wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = connection.InboxService.Receive(
            new Wire.ReceiveRequest { After = after, Wait = wait },
            await connection.HeadersAsync(account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            var reply = call.ResponseStream.Current;
            if (InboxMessage.TryOpen(connection.Domain, account.Address, key, reply.Box.Span, out var message))
            {
                yield return new Received(reply.Id, message);
            }
        }
    }
}
