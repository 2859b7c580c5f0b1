using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Issuing;

/// <summary>What an issuer does: seal records to their holders, anchor them, tell the holders. Every method can throw <see cref="RefusalException"/>. Safe for concurrent use.</summary>
public sealed class IssuerClient
{
    private const int BatchesInFlight = 4;
    private const int Attempts = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);

    private readonly PrivChainConnection _connection;
    private readonly Account _account;
    private readonly IssuerKey _issuerKey;
    private readonly EntrySigner _signer;

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="account">The issuer's enrolled account; stays the caller's.</param>
    /// <param name="issuerKey">The record signing key whose fingerprint was enrolled; stays the caller's.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.WrongSuite"/>: account or key is not of the ledger's suite.</exception>
    public IssuerClient(PrivChainConnection connection, Account account, IssuerKey issuerKey)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(issuerKey);
        if (!connection.Domain.Suite.UsesIssuerAlgorithm(issuerKey.Algorithm))
        {
            throw new RefusalException(connection.Domain.Suite.Refusal("the key for signing records"));
        }

        _connection = connection;
        _account = account;
        _issuerKey = issuerKey;
        _signer = new EntrySigner(connection.Domain, account);
    }

    /// <summary>Issues one record.</summary>
    /// <param name="schema">Schema id, such as <c>identity-card/1</c>.</param>
    /// <param name="claimsJson">The record in the clear: a JSON object by the schema, UTF-8.</param>
    /// <param name="holder">Whom it is about; the contact must be the one made for this issuer.</param>
    /// <param name="cancellationToken">Cancels; when the record was sent before, it may stand all the same.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.SchemaViolation"/> naming fields and rules; <see cref="RefusalReason.WrongRecipient"/>, the contact was made for somebody else; or the node's reason.</exception>
    public async Task<IssuedRecord> IssueAsync(string schema, ReadOnlyMemory<byte> claimsJson, CitizenContact holder, CancellationToken cancellationToken = default)
    {
        var claims = StrictJson.ParseObject(claimsJson.Span).OrThrow();
        var batch = new PendingBatch([Seal(new RecordToIssue("1", schema, claims, holder)).OrThrow()]);
        var (verdicts, _) = await SendAsync(batch, cancellationToken).ConfigureAwait(false);
        return verdicts[0].Issued ? verdicts[0] : throw new RefusalException(verdicts[0].Refusal!);
    }

    /// <summary>
    /// Issues many records: sealed on all processors, sent in batches of 100, several under way at once. A record that is refused is reported and the others go on; when the node cannot be
    /// reached, the same sealed bytes are sent again. With a durable journal an import that was stopped anywhere goes on where it was.
    /// </summary>
    /// <param name="records">The records; read as fast as they can be sealed and sent, and never all in memory.</param>
    /// <param name="journal">What is remembered; null: nothing beyond this call.</param>
    /// <param name="progress">Told after each batch.</param>
    /// <param name="cancellationToken">Stops; batches under way are in the journal.</param>
    /// <returns>One result for each record not issued before, in no particular order, while the import runs.</returns>
    public async IAsyncEnumerable<IssuedRecord> IssueManyAsync(
        IAsyncEnumerable<RecordToIssue> records,
        IIssueJournal? journal = null,
        IProgress<IssueProgress>? progress = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(records);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var results = Channel.CreateBounded<IssuedRecord>(PendingBatch.MaxRecords * BatchesInFlight);
        var run = new ImportRun(this, journal ?? new InMemoryIssueJournal(), progress, results.Writer);
        var running = run.RunAsync(records, stop.Token);
        try
        {
            await foreach (var result in results.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return result;
            }
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // The channel ended with the run's failure, if any: this throws it where nobody listened any more.
        await running.ConfigureAwait(false);
    }

    /// <summary>Seals without sending; what breaks the schema is refused here.</summary>
    internal Verdict<PendingBatch.SealedItem> Seal(RecordToIssue record)
    {
        if (!_connection.Schemas.TryFind(record.Schema, out var schema))
        {
            return Verdict<PendingBatch.SealedItem>.Refuse(RefusalReason.SchemaViolation, $"no schema {record.Schema}");
        }

        if (record.Holder.RefusalFor(_account.Address) is { } notOurs)
        {
            return notOurs;
        }

        var sealedRecord = SealedRecord.Create(
            schema, record.Claims, _issuerKey, _account.Address.ToString(), record.Holder.Account, record.Holder.EncryptionKey, checked((long)_connection.UnixSeconds));
        if (!sealedRecord.Accepted)
        {
            return sealedRecord.Refusal;
        }

        var digest = sealedRecord.Value.Digest;
        var details = new AnchorDetails(schema.Id, new Digest(RandomNumberGenerator.GetBytes(Digest.Size)));
        var notice = InboxMessage.Seal(
            _connection.Domain, _account, record.Holder.Account, record.Holder.EncryptionKey, InboxMessageKind.RecordIssued, _connection.UnixSeconds,
            new RecordNotice(digest, details).ToArray());
        return new PendingBatch.SealedItem(
            record.Key,
            sealedRecord.Value.Bytes.ToArray(),
            _signer.Anchor(digest, record.Holder.Account, details).ToArray(),
            new RecordWriter().Text(details.Schema).Digest(details.Salt).ToArray(),
            record.Holder.Account,
            notice);
    }

    /// <summary>Sends a batch until the node has answered for all of it, then the notices of what was issued now.</summary>
    internal async Task<(IReadOnlyList<IssuedRecord> Verdicts, IReadOnlyList<string> IssuedKeys)> SendAsync(PendingBatch batch, CancellationToken cancellationToken)
    {
        var request = new Wire.PutRecordsRequest();
        foreach (var item in batch.Items)
        {
            request.Records.Add(new Wire.AnchoredRecord
            {
                SealedRecord = UnsafeByteOperations.UnsafeWrap(item.Record),
                AnchorEntry = UnsafeByteOperations.UnsafeWrap(item.Anchor),
                AnchorDetails = UnsafeByteOperations.UnsafeWrap(item.Details),
            });
        }

        var reply = await PersistAsync(
            async token => await _connection.VaultService.PutRecordsAsync(
                request, await _connection.HeadersAsync(_account, token).ConfigureAwait(false), cancellationToken: token).ConfigureAwait(false),
            cancellationToken).ConfigureAwait(false);
        if (reply.Verdicts.Count != batch.Items.Count)
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, "the node answered for another number of records"));
        }

        var verdicts = batch.Items.Zip(reply.Verdicts, VerdictOf).ToList();
        var notices = batch.Items.Where((_, position) => verdicts[position].Issued).ToList();
        if (notices.Count > 0)
        {
            // Sent again after a failure, a holder may find two notices of one record: harmless, while none would leave the schema hidden from them.
            var send = new Wire.SendRequest();
            send.Messages.AddRange(notices.Select(item => new Wire.OutgoingMessage
            {
                To = PrivChainConnection.Bytes(item.Holder),
                Box = UnsafeByteOperations.UnsafeWrap(item.Notice),
            }));
            await PersistAsync(
                async token => await _connection.InboxService.SendAsync(
                    send, await _connection.HeadersAsync(_account, token).ConfigureAwait(false), cancellationToken: token).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        }

        return (verdicts, [.. verdicts.Where(verdict => verdict.Issued).Select(verdict => verdict.Key)]);
    }

    private IssuedRecord VerdictOf(PendingBatch.SealedItem item, Wire.RecordVerdict verdict)
    {
        var digest = _connection.Domain.Suite.DigestOf(Labels.Record, item.Record);
        if (verdict.Reason == 0)
        {
            return new IssuedRecord(item.Key, digest, verdict.Index, null);
        }

        return new IssuedRecord(item.Key, Digest.Zero, 0, RefusalOf(verdict));
    }

    internal static Refusal RefusalOf(Wire.RecordVerdict verdict)
    {
        var reason = verdict.Reason <= int.MaxValue && Enum.IsDefined((RefusalReason)verdict.Reason) ? (RefusalReason)verdict.Reason : RefusalReason.Malformed;
        return new Refusal(reason, "refused by the node");
    }

    private async Task<T> PersistAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call(cancellationToken).ConfigureAwait(false);
            }
            catch (RefusalException exception) when (attempt < Attempts && !cancellationToken.IsCancellationRequested
                && exception.Reason is RefusalReason.Unavailable or RefusalReason.Overloaded or RefusalReason.Deadline)
            {
                await Task.Delay(pause, _connection.Time, cancellationToken).ConfigureAwait(false);
                pause *= 2;
            }
        }
    }

    /// <summary>One import: read, seal in parallel, batch, send several at once.</summary>
    private sealed class ImportRun(IssuerClient issuer, IIssueJournal journal, IProgress<IssueProgress>? progress, ChannelWriter<IssuedRecord> results)
    {
        private readonly HashSet<string> _underWay = new(StringComparer.Ordinal);
        private ulong _issued;
        private ulong _skipped;
        private ulong _refused;

        public async Task RunAsync(IAsyncEnumerable<RecordToIssue> records, CancellationToken cancellationToken)
        {
            try
            {
                var left = journal.LoadPending();
                foreach (var batch in left)
                {
                    _underWay.UnionWith(batch.Keys);
                }

                var batches = Channel.CreateBounded<PendingBatch>(BatchesInFlight);
                var sealing = SealAllAsync(left, records, batches.Writer, cancellationToken);
                await Parallel.ForEachAsync(
                    batches.Reader.ReadAllAsync(cancellationToken),
                    new ParallelOptions { MaxDegreeOfParallelism = BatchesInFlight, CancellationToken = cancellationToken },
                    async (batch, token) => await SendAsync(batch, token).ConfigureAwait(false)).ConfigureAwait(false);
                await sealing.ConfigureAwait(false);
                results.Complete();
            }
            catch (Exception exception)
            {
                results.Complete(exception);
                throw;
            }
        }

        private async Task SealAllAsync(
            IReadOnlyList<PendingBatch> left, IAsyncEnumerable<RecordToIssue> records, ChannelWriter<PendingBatch> batches, CancellationToken cancellationToken)
        {
            try
            {
                foreach (var batch in left)
                {
                    await batches.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
                }

                var rows = new List<RecordToIssue>(PendingBatch.MaxRecords);
                await foreach (var record in records.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    if (journal.IsDone(record.Key) || !_underWay.Add(record.Key))
                    {
                        Interlocked.Increment(ref _skipped);
                        continue;
                    }

                    rows.Add(record);
                    if (rows.Count == PendingBatch.MaxRecords)
                    {
                        await SealAsync(rows, batches, cancellationToken).ConfigureAwait(false);
                        rows.Clear();
                    }
                }

                await SealAsync(rows, batches, cancellationToken).ConfigureAwait(false);
                batches.Complete();
            }
            catch (Exception exception)
            {
                batches.Complete(exception);
                throw;
            }
        }

        private async Task SealAsync(List<RecordToIssue> rows, ChannelWriter<PendingBatch> batches, CancellationToken cancellationToken)
        {
            var items = new Verdict<PendingBatch.SealedItem>[rows.Count];
            await Task.Run(() => Parallel.For(0, rows.Count, i => items[i] = issuer.Seal(rows[i])), cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < items.Length; i++)
            {
                if (!items[i].Accepted)
                {
                    Interlocked.Increment(ref _refused);
                    await results.WriteAsync(new IssuedRecord(rows[i].Key, Digest.Zero, 0, items[i].Refusal), cancellationToken).ConfigureAwait(false);
                }
            }

            var accepted = items.Where(item => item.Accepted).Select(item => item.Value!).ToList();
            if (accepted.Count > 0)
            {
                await batches.WriteAsync(new PendingBatch(accepted), cancellationToken).ConfigureAwait(false);
            }
        }

        private async Task SendAsync(PendingBatch batch, CancellationToken cancellationToken)
        {
            var name = await journal.SavePendingAsync(batch, cancellationToken).ConfigureAwait(false);
            var (verdicts, issued) = await issuer.SendAsync(batch, cancellationToken).ConfigureAwait(false);
            await journal.CompleteAsync(name, batch, issued, cancellationToken).ConfigureAwait(false);
            Interlocked.Add(ref _issued, (ulong)issued.Count);
            Interlocked.Add(ref _refused, (ulong)(verdicts.Count - issued.Count));
            progress?.Report(new IssueProgress(Interlocked.Read(ref _issued), Interlocked.Read(ref _skipped), Interlocked.Read(ref _refused)));
            foreach (var verdict in verdicts)
            {
                await results.WriteAsync(verdict, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
