using System.Security.Cryptography;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Organisations;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Consent;

/// <summary>A person's records: those that issuers gave, and those that the person states. What each method promises stands at <see cref="CitizenClient"/>.</summary>
internal sealed class PersonalRecords(PrivChainConnection connection, Func<AccountAddress, PairwiseIdentity> identityOf)
{
    public async Task<ProvenEntry> StateAsync(string schema, ReadOnlyMemory<byte> claimsJson, CancellationToken cancellationToken)
    {
        var claims = StrictJson.ParseObject(claimsJson.Span).OrThrow();
        if (!connection.Schemas.TryFind(schema, out var known))
        {
            throw Refused(RefusalReason.SchemaViolation, $"no schema {schema}");
        }

        // The key signs this once: that the record is the person's is what the anchor says, which the account signs.
        using var key = IssuerKey.Generate(connection.Domain.Suite.IssuerAlgorithm);
        var identity = identityOf(CitizenClient.Nobody);
        var holder = identity.Account.Address;
        var record = SealedRecord.Create(known, claims, key, holder.ToString(), holder, identity.Key.PublicKey, checked((long)connection.UnixSeconds)).OrThrow();
        var details = new AnchorDetails(known.Id, new Digest(RandomNumberGenerator.GetBytes(Digest.Size)));
        var entry = await new PersonalEntrySigner(connection.Domain, identity.Account).AnchorOwnAsync(record.Digest, details, cancellationToken).ConfigureAwait(false);
        var request = new Wire.PutRecordsRequest
        {
            Records = { new Wire.AnchoredRecord { SealedRecord = ByteString.CopyFrom(record.Bytes.Span), AnchorEntry = ByteString.CopyFrom(entry.ToArray()) } },
        };
        var reply = await connection.VaultService.PutRecordsAsync(
            request, await connection.HeadersAsync(identity.Account, cancellationToken).ConfigureAwait(false), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (reply.Verdicts.Count != 1)
        {
            throw Refused(RefusalReason.Malformed, "the node answered for another number of records");
        }

        var verdict = reply.Verdicts[0];
        return verdict.Reason == 0
            ? await connection.Ledger.ProveAppendedAsync(entry, verdict.Index, verdict.Time, cancellationToken).ConfigureAwait(false)
            : throw new RefusalException(IssuerClient.RefusalOf(verdict));
    }

    public async Task<IReadOnlyList<HeldRecord>> OpenAllAsync(CancellationToken cancellationToken)
    {
        var records = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        if (records.Unreadable.Count == 0)
        {
            return records.Held;
        }

        Dispose(records.Held);
        throw new RefusalException(records.Unreadable[0].Refusal);
    }

    public async Task<OwnRecords> ReadAllAsync(CancellationToken cancellationToken)
    {
        var (held, unreadable) = (new List<HeldRecord>(), new List<UnreadableRecord>());
        try
        {
            foreach (var issuer in (await connection.Organisations.EverEnrolledAsync(LedgerRole.Issuer, cancellationToken).ConfigureAwait(false)).Append(CitizenClient.Nobody))
            {
                var identity = identityOf(issuer);
                var vouching = issuer == CitizenClient.Nobody ? identity.Account.Address : issuer;
                var anchored = await connection.Ledger.ReadStateAsync(
                    state => connection.Ledger.History.RecordsOf(identity.Account.Address)
                        .Select(digest => (Digest: digest, Record: state.Record(digest)!.Value))
                        .Where(item => !item.Record.Erased && item.Record.Issuer == vouching)
                        .ToList(),
                    cancellationToken: cancellationToken).ConfigureAwait(false);
                if (anchored.Count == 0)
                {
                    continue;
                }

                IReadOnlyList<FormerOrganisation>? enrolments = null;
                try
                {
                    enrolments = issuer == CitizenClient.Nobody ? null : await connection.Organisations.HistoryAsync(LedgerRole.Issuer, issuer, cancellationToken).ConfigureAwait(false);
                }
                catch (RefusalException exception) when (IsAboutTheRecord(exception.Reason))
                {
                    unreadable.AddRange(anchored.Select(item => new UnreadableRecord(item.Digest, vouching, item.Record.Index, null, exception.Refusal)));
                    continue;
                }

                foreach (var (digest, record) in anchored)
                {
                    SealedRecord? sealedRecord = null;
                    try
                    {
                        sealedRecord = await FetchAsync(identity, digest, cancellationToken).ConfigureAwait(false);
                        held.Add(Open(identity, enrolments, sealedRecord, record.Index));
                    }
                    catch (RefusalException exception) when (IsAboutTheRecord(exception.Reason))
                    {
                        unreadable.Add(new UnreadableRecord(digest, vouching, record.Index, sealedRecord?.SchemaId, exception.Refusal));
                    }
                }
            }

            return new OwnRecords(held, unreadable);
        }
        catch
        {
            Dispose(held);
            throw;
        }
    }

    /// <summary>
    /// Of several records of one kind the newest counts: issuers correct by issuing anew. What somebody vouches for goes before what the person states. Where one that cannot be read may be the one
    /// that counts, none does: whoever keeps a record back must not bring an older one to count. The caller disposes those that count.
    /// </summary>
    public async Task<RecordChoice> ChooseAsync(PrivacyContract contract, CancellationToken cancellationToken)
    {
        var own = identityOf(CitizenClient.Nobody).Account.Address;
        var records = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        var admitted = records.Unreadable.Count == 0 ? [] : await AdmittedAsync(records, cancellationToken).ConfigureAwait(false);
        var counting = new Dictionary<string, HeldRecord>(StringComparer.Ordinal);
        var uncounted = new Dictionary<string, HeldRecord>(StringComparer.Ordinal);
        foreach (var record in records.Held.OrderBy(record => record.Standing == IssuerStanding.SelfAsserted).ThenByDescending(record => record.Index))
        {
            var isAsked = contract.Records.Any(schema => schema.Id == record.Schema.Id);
            var counts = isAsked && record.CountsFor(contract);
            if (isAsked && !counts)
            {
                uncounted.TryAdd(record.Schema.Id, record);
            }

            if (!counts || !counting.TryAdd(record.Schema.Id, record))
            {
                record.Dispose();
            }
        }

        var unreadable = new Dictionary<string, UnreadableRecord>(StringComparer.Ordinal);
        foreach (var schema in contract.Records)
        {
            if (records.Unreadable.FirstOrDefault(record => MayCount(record, schema)) is { } doubtful)
            {
                unreadable.Add(schema.Id, doubtful);
                if (counting.Remove(schema.Id, out var older))
                {
                    older.Dispose();
                }
            }
        }

        foreach (var kind in counting.Keys.Concat(unreadable.Keys))
        {
            uncounted.Remove(kind);
        }

        return new RecordChoice(counting, uncounted, unreadable);

        // Could it be read, would it count? One of an unknown kind may be of any; what goes before it would go on doing so: an issuer's before a statement, and of two alike the newer.
        bool MayCount(UnreadableRecord record, RecordSchema schema)
        {
            var isStated = record.Issuer == own;
            return (record.SchemaId ?? schema.Id) == schema.Id
                && (isStated ? contract.AcceptsSelfAsserted(schema) : admitted.Contains(record.Issuer))
                && !(counting.TryGetValue(schema.Id, out var first) && ((first.Standing == IssuerStanding.SelfAsserted) == isStated ? first.Index > record.Index : isStated));
        }
    }

    public async Task<IReadOnlyList<ErasedRecord>> ErasedAsync(CancellationToken cancellationToken)
    {
        var issuers = await connection.Organisations.EverEnrolledAsync(LedgerRole.Issuer, cancellationToken).ConfigureAwait(false);
        var holders = issuers.Append(CitizenClient.Nobody).Select(issuer => identityOf(issuer).Account.Address).Distinct().ToList();
        return await connection.Ledger.ReadStateAsync<IReadOnlyList<ErasedRecord>>(
            _ => [.. holders.SelectMany(connection.Ledger.History.RecordsOf)
                .Select(record => (Record: record, Erasure: connection.Ledger.History.ErasureOf(record)))
                .Where(item => item.Erasure is not null)
                .Select(item => new ErasedRecord(item.Record, item.Erasure!.Value.Index, UnixTime.DateOfMilliseconds(item.Erasure.Value.Time)))
                .OrderByDescending(erased => erased.Tombstone)],
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    public async Task<ProvenEntry> EraseAsync(Digest record, string reason, CancellationToken cancellationToken)
    {
        var issuer = await connection.Ledger.ReadStateAsync(state => state.Record(record)?.Issuer, cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw Refused(RefusalReason.UnknownReference, $"record {record} is not on the ledger");
        var account = identityOf(issuer == identityOf(CitizenClient.Nobody).Account.Address ? CitizenClient.Nobody : issuer).Account;
        var entry = await new PersonalEntrySigner(connection.Domain, account).EraseAsync(record, new StatedReason(reason, new Digest(RandomNumberGenerator.GetBytes(Digest.Size))), cancellationToken).ConfigureAwait(false);
        var reply = await connection.VaultService.EraseRecordAsync(
            new Wire.EraseRecordRequest { EraseEntry = ByteString.CopyFrom(entry.ToArray()) },
            await connection.HeadersAsync(account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        if (connection.Options.Kept is { } store)
        {
            await store.RemoveAsync(NameOf(record), cancellationToken).ConfigureAwait(false);
        }

        return await connection.Ledger.ProveAppendedAsync(entry, reply.Index, reply.Time, cancellationToken).ConfigureAwait(false);
    }

    private async Task<SealedRecord> FetchAsync(PairwiseIdentity identity, Digest digest, CancellationToken cancellationToken)
    {
        if (await connection.LoadKeptAsync(NameOf(digest), cancellationToken).ConfigureAwait(false) is { } kept && SealedRecord.TryParse(kept, out var before) && before.Digest == digest)
        {
            return before;
        }

        Wire.GetRecordReply reply;
        try
        {
            reply = await connection.VaultService.GetRecordAsync(
                new Wire.GetRecordRequest { Digest = PrivChainConnection.Bytes(digest) },
                await connection.HeadersAsync(identity.Account, cancellationToken).ConfigureAwait(false),
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (RefusalException exception) when (exception.Reason == RefusalReason.NotFound)
        {
            throw Refused(RefusalReason.RecordMissing, $"the node does not hand out record {digest}");
        }

        if (!SealedRecord.TryParse(reply.SealedRecord.Span, out var sealedRecord) || sealedRecord.Digest != digest)
        {
            throw Refused(RefusalReason.DigestMismatch, $"the node sent another record for {digest}");
        }

        await connection.KeepAsync(NameOf(digest), reply.SealedRecord.Memory, cancellationToken).ConfigureAwait(false);
        return sealedRecord;
    }

    private static string NameOf(Digest record) => "record:" + record;

    private HeldRecord Open(PairwiseIdentity identity, IReadOnlyList<FormerOrganisation>? issuers, SealedRecord sealedRecord, ulong index)
    {
        if (!connection.Schemas.TryFind(sealedRecord.SchemaId, out var schema))
        {
            throw Refused(RefusalReason.SchemaViolation, $"no schema {sealedRecord.SchemaId}");
        }

        var keys = sealedRecord.OpenBundle(schema, identity.Key).OrThrow();
        if (issuers is null)
        {
            var stated = sealedRecord.OpenSelfAsserted(schema, keys);
            if (stated.Accepted)
            {
                return new HeldRecord(sealedRecord, keys, schema, stated.Value, null, index);
            }

            keys.Dispose();
            throw new RefusalException(stated.Refusal);
        }

        var refusal = new Refusal(RefusalReason.IssuerNotTrusted, "no profile of the issuer has a record key");
        foreach (var issuer in issuers)
        {
            // An issuer that changed its key has an enrolment for each: the record is by one of them.
            if (!JwsKey.TryParse(issuer.Profile.IssuerAlgorithm, issuer.Profile.IssuerKey.Span, out var issuerKey))
            {
                continue;
            }

            var content = sealedRecord.Open(schema, keys, issuerKey);
            if (content.Accepted)
            {
                return new HeldRecord(sealedRecord, keys, schema, content.Value, issuer, index);
            }

            refusal = content.Refusal;
        }

        keys.Dispose();
        throw new RefusalException(refusal);
    }

    // A node that does not answer, or a wallet that signs nobody in, says nothing about any record.
    private static bool IsAboutTheRecord(RefusalReason reason) => !Reachability.IsAway(reason) && !Reachability.IsTheWallet(reason);

    // Of the issuers of what cannot be read, those that may issue now.
    private async Task<HashSet<AccountAddress>> AdmittedAsync(OwnRecords records, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.Ledger.ReadStateAsync(
                state => records.Unreadable.Select(record => record.Issuer).Where(issuer => state.Holds(LedgerRole.Issuer, issuer, state.Time)).ToHashSet(), cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Dispose(records.Held);
            throw;
        }
    }

    private static void Dispose(IEnumerable<HeldRecord> records)
    {
        foreach (var record in records)
        {
            record.Dispose();
        }
    }

    private static RefusalException Refused(RefusalReason reason, string detail) => new(new Refusal(reason, detail));
}
