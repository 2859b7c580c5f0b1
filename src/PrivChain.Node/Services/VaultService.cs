using Grpc.Core;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;
using PrivChain.Node.Vault;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class VaultService(ILedgerEngine ledger, EntryAuthenticator authenticator, Admission admission, RecordStore store, RecordsInFlight flights, Authorisation authorisation, NodeLimits limits, RefusalCounts refusals) : Schemas.V1.Vault.VaultBase
{
    private const int MaxBatch = 200;
    private const int MaxCopies = 300;

    // Ciphertext is durable before the entry that names it: a reader who finds the anchor finds the record. If the process dies between, an unanchored ciphertext is left, which nobody may read.
    public override async Task<PutRecordsReply> PutRecords(PutRecordsRequest request, ServerCallContext context)
    {
        var caller = CallGate.CallerOf(context);
        var stranger = authorisation.IsTrusted(caller!.Value) ? null : caller;
        Wire.RequireSome(request.Records.Count, stranger is null ? MaxBatch : Math.Min(MaxBatch, limits.RecordsPerStranger));
        var checkedRecords = new Verdict<(AuthenticEntry Entry, byte[] Sealed)>[request.Records.Count];
        var anchors = AuthenticEntry.ReadAll([.. request.Records.Select(static record => record.AnchorEntry.Memory)], ledger.Domain, static entry => entry is { Time: 0, Kind: EntryKind.Anchor });
        Parallel.For(0, checkedRecords.Length, i => checkedRecords[i] = Check(request.Records[i], anchors[i], context.Method, caller));
        var stored = checkedRecords.Where(record => record.Accepted).Select(record => (record.Value.Entry.Entry.Reference, record.Value.Sealed)).ToList();
        var refused = new HashSet<Core.Bytes.Digest>();
        var reply = new PutRecordsReply();
        try
        {
            // The caller signed every anchor that is left here.
            var room = flights.TryStore(stored, stranger, limits);
            var pending = checkedRecords.Select(record => record.Accepted && room
                ? admission.AppendAsync(record.Value.Entry)
                : Task.FromResult(Verdict<Appended>.Refuse(record.Accepted ? RefusalReason.Overloaded : record.Reason))).ToList();
            for (var i = 0; i < pending.Count; i++)
            {
                var verdict = await pending[i];
                refusals.Add(context.Method, verdict.Reason, caller);
                reply.Verdicts.Add(verdict.Accepted
                    ? new RecordVerdict { Index = verdict.Value.Index, AlreadyRecorded = verdict.Value.AlreadyRecorded, Time = verdict.Value.Time }
                    : new RecordVerdict { Reason = (uint)verdict.Reason });

                // A refusal that came from no rule says nothing about the record: the same one, sent a moment earlier, may stand in the queue still and be acknowledged after this.
                var byRule = verdict.Reason is not (RefusalReason.Overloaded or RefusalReason.Unavailable or RefusalReason.Cancelled or RefusalReason.Deadline or RefusalReason.StorageFailed);
                if (!verdict.Accepted && byRule && checkedRecords[i].Accepted)
                {
                    refused.Add(checkedRecords[i].Value.Entry.Entry.Reference);
                }
            }
        }
        finally
        {
            flights.Land(stored.Select(record => record.Reference), refused);
        }

        return reply;
    }

    public override Task<GetRecordReply> GetRecord(GetRecordRequest request, ServerCallContext context)
    {
        var digest = Wire.Digest(request.Digest);
        authorisation.Require(context, new AccessTarget.Record(digest));
        if (ledger.Query(state => state.Record(digest)) is { Erased: true })
        {
            throw Wire.Refuse(RefusalReason.Erased);
        }

        return Task.FromResult(new GetRecordReply { SealedRecord = Wire.Bytes(store.Record(digest) ?? throw Wire.Refuse(RefusalReason.RecordMissing)) });
    }

    public override Task<ListRecordsReply> ListRecords(ListRecordsRequest request, ServerCallContext context)
    {
        if (request.Count > 1000)
        {
            throw Wire.Refuse(RefusalReason.TooLarge);
        }

        var caller = CallGate.CallerOf(context)!.Value;
        var found = ledger.List(new EntryFilter(caller, null, EntryKind.Anchor), request.Start, (int)request.Count);
        var reply = new ListRecordsReply { Next = found.Count == request.Count && found.Count > 0 ? found[^1].Index + 1 : 0 };
        foreach (var stored in found)
        {
            if (Entry.TryParse(stored.Bytes, out var anchor) && anchor.Party == caller)
            {
                reply.Records.Add(new ListedRecord
                {
                    Digest = Wire.Bytes(anchor.Reference.ToArray()),
                    Index = stored.Index,
                    Issuer = Wire.Bytes(anchor.Signer.ToArray()),
                    Erased = ledger.Query(state => state.Record(anchor.Reference) is { Erased: true }),
                });
            }
        }

        return Task.FromResult(reply);
    }

    public override async Task<AppendReplyRef> EraseRecord(EraseRecordRequest request, ServerCallContext context)
    {
        var entry = (await authenticator.NewEntryAsync(request.EraseEntry, context.CancellationToken, EntryKind.Erase)).OrThrow();
        authorisation.Require(context, new AccessTarget.OwnEntry(entry.Entry.Signer));
        return Reply((await admission.AppendAsync(entry)).OrThrow());
    }

    public override async Task<AppendReplyRef> PutConsent(PutConsentRequest request, ServerCallContext context)
    {
        var entry = (await authenticator.NewEntryAsync(request.ConsentEntry, context.CancellationToken, EntryKind.Grant)).OrThrow();
        authorisation.Require(context, new AccessTarget.OwnEntry(entry.Entry.Signer));
        if (!ConsentPackage.TryParse(request.Package.Span, out var package))
        {
            throw Wire.Refuse(RefusalReason.Malformed);
        }

        if (package.Boxes.SelectMany(static boxes => (byte[][])[boxes.KeyBox, boxes.DetailsBox]).Any(box => SealedBox.KemOf(box) is { } kem && !ledger.Domain.Suite.Uses(kem)))
        {
            throw new RefusalException(ledger.Domain.Suite.Refusal("a box of the package"));
        }

        // The rules first, without effect: a package of a consent that will be refused is not worth a write. They are asked again when it is sequenced.
        var reason = ledger.Query(state => state.Check(entry.At(state.Time)));
        if (reason is not (RefusalReason.None or RefusalReason.AlreadyRecorded))
        {
            throw Wire.Refuse(reason);
        }

        if (!store.PutConsent(entry.Digest, request.Package.ToByteArray(), ledger.Query(state => state.Consent(entry.Digest) is not null)))
        {
            throw Wire.Refuse(RefusalReason.Conflict);
        }

        return Reply((await admission.AppendAsync(entry)).OrThrow());
    }

    public override Task<GetConsentReply> GetConsent(GetConsentRequest request, ServerCallContext context)
    {
        var digest = Wire.Digest(request.Digest);
        authorisation.Require(context, new AccessTarget.Consent(digest));
        var grant = ledger.Query(state => state.Consent(digest)) ?? throw Wire.Refuse(RefusalReason.NotFound);
        var package = store.Consent(digest) ?? throw Wire.Refuse(RefusalReason.RecordMissing);

        // The rules know an entry a moment before it is durable, and nothing is told that a crash could take back.
        var entries = ledger.Read(grant.Index, 1);
        if (entries.Count == 0)
        {
            throw Wire.Refuse(RefusalReason.NotFound);
        }

        return Task.FromResult(new GetConsentReply
        {
            Package = Wire.Bytes(package),
            ConsentEntry = Wire.Bytes(entries[0]),
            Index = grant.Index,
        });
    }

    public override Task<PutAuditCopiesReply> PutAuditCopies(PutAuditCopiesRequest request, ServerCallContext context)
    {
        Wire.RequireSome(request.Copies.Count, MaxCopies);
        var copies = new List<(Core.Bytes.AccountAddress Regulator, Core.Bytes.Digest Use, byte[] Box)>();
        foreach (var copy in request.Copies)
        {
            Wire.RequireSome(copy.Box.Length, InboxService.MaxBox);
            var (use, regulator) = (Wire.Digest(copy.Use), Wire.Account(copy.Regulator));
            authorisation.Require(context, new AccessTarget.UseFor(use, regulator));
            if (SealedBox.KemOf(copy.Box.Span) is { } kem && !ledger.Domain.Suite.Uses(kem))
            {
                throw new RefusalException(ledger.Domain.Suite.Refusal("a regulator's copy"));
            }

            copies.Add((regulator, use, copy.Box.ToByteArray()));
        }

        return store.TryPutAuditCopies(copies, limits.AuditCopiesPerRegulator) ? Task.FromResult(new PutAuditCopiesReply()) : throw Wire.Refuse(RefusalReason.Overloaded);
    }

    public override Task<GetAuditCopyReply> GetAuditCopy(GetAuditCopyRequest request, ServerCallContext context) => Task.FromResult(new GetAuditCopyReply
    {
        Box = Wire.Bytes(store.AuditCopy(CallGate.CallerOf(context)!.Value, Wire.Digest(request.Use)) ?? throw Wire.Refuse(RefusalReason.NotFound)),
    });

    private Verdict<(AuthenticEntry Entry, byte[] Sealed)> Check(Schemas.V1.AnchoredRecord sent, Verdict<AuthenticEntry> entry, string method, Core.Bytes.AccountAddress? caller)
    {
        if (!entry.Accepted)
        {
            return entry.Refusal;
        }

        if (authorisation.Authorise(method, caller, new AccessTarget.NewRecord(entry.Value.Entry.Signer, entry.Value.Entry.Party)) is { } refusal)
        {
            return refusal;
        }

        if (!SealedRecord.TryParse(sent.SealedRecord.Span, out var record))
        {
            return new Refusal(RefusalReason.Malformed, string.Empty);
        }

        if (!ledger.Domain.Suite.Uses(record.Suite))
        {
            return ledger.Domain.Suite.Refusal("the record");
        }

        return record.Digest != entry.Value.Entry.Reference || record.Holder != entry.Value.Entry.Party
            ? new Refusal(RefusalReason.DigestMismatch, string.Empty)
            : (entry.Value, sent.SealedRecord.ToByteArray());
    }

    private static AppendReplyRef Reply(Appended appended) => new() { Index = appended.Index, Time = appended.Time, AlreadyRecorded = appended.AlreadyRecorded };
}
