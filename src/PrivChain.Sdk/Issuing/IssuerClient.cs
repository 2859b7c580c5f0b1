using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Issuing;

/// <summary>What an issuer does: sign, seal and anchor records, one or a million.</summary>
public sealed class IssuerClient
{
    /// <summary>Records in one message to the node.</summary>
    public const int BatchSize = 100;

    private readonly PrivChainConnection _connection;
    private readonly Account _account;
    private readonly IssuerKey _recordKey;
    private readonly EntrySigner _signer;

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="account">The issuer's enrolled account; stays the caller's.</param>
    /// <param name="recordKey">The record signing key whose fingerprint was enrolled; stays the caller's.</param>
    public IssuerClient(PrivChainConnection connection, Account account, IssuerKey recordKey)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(recordKey);
        _connection = connection;
        _account = account;
        _recordKey = recordKey;
        _signer = new EntrySigner(connection.Domain, account);
    }

    /// <summary>Issues one record and waits until its anchor is witnessed.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.SchemaViolation"/>, or the node's reason.</exception>
    public async Task<IssuedRecord> IssueAsync(string schemaId, JsonElement claims, CitizenContact holder, CancellationToken cancellationToken = default)
    {
        var item = Seal(0, new RecordToIssue(schemaId, claims, holder));
        var issued = (await SendAsync([item], cancellationToken).ConfigureAwait(false))[0];
        if (issued.Refusal is { } refusal)
        {
            throw new RefusalException(refusal);
        }

        await _connection.Ledger.GetEntryAsync(issued.Index, cancellationToken: cancellationToken).ConfigureAwait(false);
        return issued;
    }

    /// <summary>
    /// Issues many records: sealed on all cores, sent in batches, several in flight. Results come in the order of the input, refused ones included; what is acknowledged is durable. Memory does not grow with the input.
    /// </summary>
    public async IAsyncEnumerable<IssuedRecord> IssueManyAsync(IAsyncEnumerable<RecordToIssue> records, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var batches = Channel.CreateBounded<Task<IReadOnlyList<IssuedRecord>>>(4);
        var reading = ReadAsync(records, batches.Writer, stop.Token);
        try
        {
            await foreach (var batch in batches.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                foreach (var issued in await batch.ConfigureAwait(false))
                {
                    yield return issued;
                }
            }

            await reading.ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(IAsyncEnumerable<RecordToIssue> records, ChannelWriter<Task<IReadOnlyList<IssuedRecord>>> batches, CancellationToken cancellationToken)
    {
        var fault = default(Exception);
        try
        {
            var waiting = new List<(long Position, RecordToIssue Record)>(BatchSize);
            var position = 0L;
            await foreach (var record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                waiting.Add((position++, record));
                if (waiting.Count == BatchSize)
                {
                    await batches.WriteAsync(IssueBatchAsync([.. waiting], cancellationToken), cancellationToken).ConfigureAwait(false);
                    waiting.Clear();
                }
            }

            if (waiting.Count > 0)
            {
                await batches.WriteAsync(IssueBatchAsync([.. waiting], cancellationToken), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            fault = exception;
        }

        batches.Complete(fault);
    }

    private async Task<IReadOnlyList<IssuedRecord>> IssueBatchAsync((long Position, RecordToIssue Record)[] batch, CancellationToken cancellationToken)
    {
        var items = new SealedItem[batch.Length];
        await Task.Run(() => Parallel.For(0, batch.Length, i => items[i] = Seal(batch[i].Position, batch[i].Record)), cancellationToken).ConfigureAwait(false);
        return await SendAsync(items, cancellationToken).ConfigureAwait(false);
    }

    private SealedItem Seal(long position, RecordToIssue record)
    {
        if (!_connection.Schemas.TryFind(record.SchemaId, out var schema))
        {
            return new SealedItem(position, null, null, new Refusal(RefusalReason.SchemaViolation, $"no schema {record.SchemaId}"));
        }

        var made = SealedRecord.Create(
            schema, record.Claims, _recordKey, $"privchain:{_account.Address}", record.Holder.Account, record.Holder.EncryptionKey, (long)_connection.UnixSeconds);
        if (!made.Accepted)
        {
            return new SealedItem(position, null, null, made.Refusal);
        }

        var details = new AnchorDetails(record.SchemaId, new Digest(RandomNumberGenerator.GetBytes(Digest.Size)));
        var sent = new Wire.AnchoredRecord
        {
            SealedRecord = ByteString.CopyFrom(made.Value.Bytes.Span),
            AnchorEntry = ByteString.CopyFrom(_signer.Anchor(made.Value.Digest, record.Holder.Account, details).ToArray()),
        };
        var notice = new Wire.OutgoingMessage
        {
            To = PrivChainConnection.Bytes(record.Holder.Account),
            Box = ByteString.CopyFrom(InboxMessage.Seal(
                _connection.Domain, _account, record.Holder.Account, record.Holder.EncryptionKey, InboxMessageKind.RecordIssued, _connection.UnixSeconds,
                new RecordNotice(made.Value.Digest, details).ToArray())),
        };
        return new SealedItem(position, sent, notice, null) { Record = made.Value.Digest };
    }

    private async Task<IReadOnlyList<IssuedRecord>> SendAsync(IReadOnlyList<SealedItem> items, CancellationToken cancellationToken)
    {
        var results = items.Select(item => new IssuedRecord(item.Position, item.Record, 0, item.Refusal)).ToArray();
        var sent = Enumerable.Range(0, items.Count).Where(i => items[i].Sent is not null).ToList();
        if (sent.Count == 0)
        {
            return results;
        }

        var headers = await _connection.HeadersAsync(_account, cancellationToken).ConfigureAwait(false);
        var request = new Wire.PutRecordsRequest();
        request.Records.AddRange(sent.Select(i => items[i].Sent));
        var reply = await _connection.VaultService.PutRecordsAsync(request, headers, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (reply.Verdicts.Count != sent.Count)
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, "the node answered for another number of records than it was sent"));
        }

        var notices = new Wire.SendRequest();
        for (var k = 0; k < sent.Count; k++)
        {
            var verdict = reply.Verdicts[k];
            results[sent[k]] = results[sent[k]] with
            {
                Index = verdict.Index,
                Refusal = verdict.Reason == 0 ? null : new Refusal((RefusalReason)verdict.Reason, "the node refused the record"),
            };
            if (verdict.Reason == 0)
            {
                notices.Messages.Add(items[sent[k]].Notice);
            }
        }

        // Told after it stands. Lost notices lose nothing: holders find their records by the ledger.
        if (notices.Messages.Count > 0)
        {
            await _connection.InboxService.SendAsync(notices, headers, cancellationToken: cancellationToken).ConfigureAwait(false);
        }

        return results;
    }

    private sealed record SealedItem(long Position, Wire.AnchoredRecord? Sent, Wire.OutgoingMessage? Notice, Refusal? Refusal)
    {
        public Digest Record { get; init; }
    }
}
