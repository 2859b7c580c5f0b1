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

/// <summary>The inbox of one account: seals what it sends, opens and verifies what it receives; what does not open is skipped, since anyone may put a box there. Without a key it only sends.</summary>
internal sealed class InboxBox(PrivChainConnection connection, IAccountSigner account, HpkePrivateKey? key)
{
    // What is remembered of messages: anybody may fill an inbox, and this must not fill the memory.
    private const int MaxRemembered = 4 * 1024 * 1024;

    // Opening takes a browser some hundredths of a second: a box that lay there before, byte for byte, is not opened again.
    private IReadOnlyDictionary<ulong, (Digest Box, InboxMessage? Message)> _opened = new Dictionary<ulong, (Digest Box, InboxMessage? Message)>();

    /// <summary>A message and the number by which it can be removed.</summary>
    public sealed record Received(ulong Id, InboxMessage Message);

    public async Task SendAsync(AccountAddress to, HpkePublicKey toKey, InboxMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        await SendAsync([await SealAsync(account, to, toKey, kind, body, cancellationToken).ConfigureAwait(false)], cancellationToken).ConfigureAwait(false);

    public async Task<Wire.OutgoingMessage> SealAsync(
        IAccountSigner sender, AccountAddress to, HpkePublicKey toKey, InboxMessageKind kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) => new()
    {
        To = PrivChainConnection.Bytes(to),
        Box = ByteString.CopyFrom(await InboxMessage.SealAsync(connection.Domain, sender, to, toKey, kind, connection.UnixSeconds, body, cancellationToken).ConfigureAwait(false)),
    };

    public async Task SendAsync(IEnumerable<Wire.OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        var request = new Wire.SendRequest();
        request.Messages.AddRange(messages);
        await connection.InboxService.SendAsync(
            request, await connection.HeadersAsync(account, cancellationToken).ConfigureAwait(false), cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What lies there; without a node, what lay there when it was read last.</summary>
    public async Task<List<Received>> ReadAsync(CancellationToken cancellationToken)
    {
        var name = "inbox:" + account.Address;
        var boxes = new List<Wire.ReceiveReply>();
        if (connection.Options.Offline)
        {
            var kept = await connection.LoadKeptAsync(name, cancellationToken).ConfigureAwait(false);
            boxes = kept is null ? boxes : ReadKept(kept);
        }
        else
        {
            await foreach (var box in ReceiveAsync(0, wait: false, cancellationToken).ConfigureAwait(false))
            {
                boxes.Add(box);
            }

            await connection.KeepAsync(name, WriteKept(boxes), cancellationToken).ConfigureAwait(false);
        }

        var (before, opened, remembered) = (_opened, new Dictionary<ulong, (Digest Box, InboxMessage? Message)>(), 0);
        var received = new List<Received>();
        foreach (var box in boxes)
        {
            var digest = Digest.OfSha256(box.Box.Span);
            var message = before.TryGetValue(box.Id, out var known) && known.Box == digest ? known.Message : Open(box)?.Message;
            remembered += message?.Body.Length ?? 0;
            if (remembered <= MaxRemembered)
            {
                opened[box.Id] = (digest, message);
            }

            if (message is not null)
            {
                received.Add(new Received(box.Id, message));
            }
        }

        _opened = opened;
        return received;
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
        await foreach (var box in ReceiveAsync(after, wait, cancellationToken).ConfigureAwait(false))
        {
            if (Open(box) is { } received)
            {
                yield return received;
            }
        }
    }

    private async IAsyncEnumerable<Wire.ReceiveReply> ReceiveAsync(ulong after, bool wait, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var call = connection.InboxService.Receive(
            new Wire.ReceiveRequest { After = after, Wait = wait },
            await connection.HeadersAsync(account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken);
        while (await call.ResponseStream.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            yield return call.ResponseStream.Current;
        }
    }

    private Received? Open(Wire.ReceiveReply reply) =>
        InboxMessage.TryOpen(connection.Domain, account.Address, key!, reply.Box.Span, out var message) ? new Received(reply.Id, message) : null;

    private static byte[] WriteKept(List<Wire.ReceiveReply> boxes)
    {
        using var stream = new MemoryStream();
        boxes.ForEach(box => box.WriteDelimitedTo(stream));
        return stream.ToArray();
    }

    private static List<Wire.ReceiveReply> ReadKept(byte[] kept)
    {
        var boxes = new List<Wire.ReceiveReply>();
        using var stream = new MemoryStream(kept);
        try
        {
            while (stream.Position < stream.Length)
            {
                boxes.Add(Wire.ReceiveReply.Parser.ParseDelimitedFrom(stream));
            }
        }
        catch (InvalidProtocolBufferException)
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, "the kept messages are not in their form"));
        }

        return boxes;
    }
}
