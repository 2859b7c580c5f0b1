using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Node.Access;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Services;

internal sealed class LedgerService(ILedgerEngine ledger, EntryAuthenticator authenticator, Admission admission, RefusalCounts refusals) : Schemas.V1.Ledger.LedgerBase
{
    private const int PageSize = 1000;
    private const int TrailPageSize = 100;

    public override Task<GetGenesisReply> GetGenesis(GetGenesisRequest request, ServerCallContext context) =>
        Task.FromResult(new GetGenesisReply { Genesis = Wire.Bytes(ledger.Genesis.ToArray()) });

    public override async Task<AppendReply> Append(AppendRequest request, ServerCallContext context)
    {
        var entry = (await authenticator.NewEntryAsync(request.Entry, context.CancellationToken)).OrThrow();
        CallGate.NameSigner(context, entry.Entry.Signer);
        return Reply((await AdmitAsync(entry)).OrThrow());
    }

    public override async Task<AppendBatchReply> AppendBatch(AppendBatchRequest request, ServerCallContext context)
    {
        Wire.RequireSome(request.Entries.Count, PageSize);

        // Signatures on all cores; the queue then keeps their order.
        var authentic = AuthenticEntry.ReadAll([.. request.Entries.Select(static entry => entry.Memory)], ledger.Domain, static entry => entry.Time == 0);
        var pending = new Task<Verdict<Appended>>[authentic.Length];
        for (var i = 0; i < pending.Length; i++)
        {
            pending[i] = authentic[i].Accepted ? AdmitAsync(authentic[i].Value!) : Task.FromResult(Verdict<Appended>.Refuse(authentic[i].Reason));
        }

        var reply = new AppendBatchReply();
        foreach (var (verdict, read) in (await Task.WhenAll(pending)).Zip(authentic))
        {
            refusals.Add(context.Method, verdict.Reason, read.Accepted ? read.Value.Entry.Signer : CallGate.CallerOf(context));
            reply.Verdicts.Add(verdict.Accepted ? new AppendVerdict { Appended = Reply(verdict.Value) } : new AppendVerdict { Reason = (uint)verdict.Reason });
        }

        return reply;
    }

    public override Task<GetEntriesReply> GetEntries(GetEntriesRequest request, ServerCallContext context)
    {
        var reply = new GetEntriesReply();
        reply.Entries.AddRange(ledger.Read(request.Start, Page(request.Count)).Select(entry => UnsafeByteOperations.UnsafeWrap(entry)));
        return Task.FromResult(reply);
    }

    public override async Task<GetCheckpointReply> GetCheckpoint(GetCheckpointRequest request, ServerCallContext context)
    {
        var heads = request.Witnessed ? ledger.Witnessed : ledger.Signed;
        var head = await heads.WaitAsync(head => head.Size >= request.AtLeastSize, context.CancellationToken);
        return new GetCheckpointReply { Note = Wire.Bytes(head.Note.Span) };
    }

    public override Task<ProofReply> GetInclusionProof(GetInclusionProofRequest request, ServerCallContext context) =>
        Task.FromResult(Proof(ledger.InclusionProof(request.Index, request.Size)));

    public override Task<ProofReply> GetConsistencyProof(GetConsistencyProofRequest request, ServerCallContext context) =>
        Task.FromResult(Proof(ledger.ConsistencyProof(request.OldSize, request.NewSize)));

    public override async Task Follow(FollowRequest request, IServerStreamWriter<FollowReply> responseStream, ServerCallContext context)
    {
        var next = request.Start;
        LedgerHead? shown = null;
        while (true)
        {
            var head = await ledger.Witnessed.WaitAsync(head => !ReferenceEquals(head, shown) && head.Size >= next, context.CancellationToken);
            shown = head;
            do
            {
                var entries = ledger.Read(next, (int)Math.Min(PageSize, head.Size - next));
                var reply = new FollowReply { FirstIndex = next };
                reply.Entries.AddRange(entries.Select(entry => UnsafeByteOperations.UnsafeWrap(entry)));
                next += (ulong)entries.Count;

                // The note stands with the chunk that reaches it: a follower checks the root there.
                reply.Note = next == head.Size ? Wire.Bytes(head.Note.Span) : ByteString.Empty;
                await responseStream.WriteAsync(reply, context.CancellationToken);
            }
            while (next < head.Size);
        }
    }

    public override Task<FindEntryReply> FindEntry(FindEntryRequest request, ServerCallContext context)
    {
        var found = ledger.Find(Wire.Digest(request.Digest), request.Signer.IsEmpty ? null : Wire.Account(request.Signer)) ?? throw Wire.Refuse(RefusalReason.NotFound);
        return Task.FromResult(new FindEntryReply { Index = found.Index, Entry = Wire.Bytes(found.Bytes) });
    }

    public override Task<ListEntriesReply> ListEntries(ListEntriesRequest request, ServerCallContext context)
    {
        if (request.Kind != 0 && request.Kind is < (uint)EntryKind.Enrol or > (uint)EntryKind.Erase)
        {
            throw Wire.Refuse(RefusalReason.Malformed);
        }

        var filter = new EntryFilter(
            request.Account.IsEmpty ? null : Wire.Account(request.Account),
            request.Reference.IsEmpty ? null : Wire.Digest(request.Reference),
            request.Kind == 0 ? null : (EntryKind)request.Kind);
        var count = Page(request.Count);
        var found = ledger.List(filter, request.Start, count);
        var reply = new ListEntriesReply { Next = found.Count == count && count > 0 ? found[^1].Index + 1 : 0 };
        reply.Entries.AddRange(found.Select(entry => new IndexedEntry { Index = entry.Index, Entry = Wire.Bytes(entry.Bytes) }));
        return Task.FromResult(reply);
    }

    public override Task<SearchTrailReply> SearchTrail(SearchTrailRequest request, ServerCallContext context)
    {
        var query = QueryOf(request);
        if (request.Count > TrailPageSize || request.Contracts.Count > PageSize)
        {
            throw Wire.Refuse(RefusalReason.TooLarge);
        }

        var contracts = ledger.Query(ContractStanding.Of);
        var found = ledger.Trail.Find(query, Proved(request.Size), request.Skip, (int)request.Count, request.Now, contracts);
        var reply = new SearchTrailReply { Found = found.Count };
        reply.Rows.AddRange(found.Places.Select(place => new TrailPlace { Index = place, Outcome = (uint)ledger.Trail.OutcomeOf(place, request.Size, request.Now, contracts) }));
        reply.Entries.AddRange(Prove(found.Places.SelectMany(place => ledger.Trail.RelatedTo(place, request.Size).Append(place)), request.Size));
        return Task.FromResult(reply);
    }

    public override Task<GetTrailCaseReply> GetTrailCase(GetTrailCaseRequest request, ServerCallContext context)
    {
        var size = Proved(request.Size);
        if (request.Index >= size)
        {
            throw Wire.Refuse(RefusalReason.NotFound);
        }

        var reply = new GetTrailCaseReply();
        reply.Entries.AddRange(Prove(ledger.Trail.CaseOf(request.Index, size), size));
        return Task.FromResult(reply);
    }

    private static TrailQuery QueryOf(SearchTrailRequest request) =>
        request.Kind > (uint)EntryKind.Erase || request.Outcome > (uint)TrailOutcome.Stopped
            ? throw Wire.Refuse(RefusalReason.Malformed)
            : new TrailQuery
            {
                Institution = request.Institution.IsEmpty ? null : Wire.Account(request.Institution),
                Contracts = request.ByContract ? request.Contracts.Select(Wire.Digest).ToHashSet() : null,
                About = request.HasAbout ? request.About : null,
                Kind = request.Kind == 0 ? null : (EntryKind)request.Kind,
                Outcome = request.Outcome == 0 ? null : (TrailOutcome)request.Outcome,
                From = request.From == 0 ? null : request.From,
                Before = request.Before == 0 ? null : request.Before,
            };

    // Only what witnesses have seen can be proved to anybody.
    private ulong Proved(ulong size) => size <= (ledger.Witnessed.Current?.Size ?? 0) ? size : throw Wire.Refuse(RefusalReason.NotFound);

    private IEnumerable<ProvedEntry> Prove(IEnumerable<ulong> indices, ulong size)
    {
        foreach (var entry in ledger.Read(indices.ToHashSet()))
        {
            var proved = new ProvedEntry { Index = entry.Index, Entry = Wire.Bytes(entry.Bytes) };
            proved.Hashes.AddRange(Proof(ledger.InclusionProof(entry.Index, size)).Hashes);
            yield return proved;
        }
    }

    // What a person states comes with its record, to the vault, which bounds how many stand at once: by itself nothing would.
    private Task<Verdict<Appended>> AdmitAsync(AuthenticEntry entry) =>
        entry.Entry is { Kind: EntryKind.Anchor } anchor && anchor.Signer == anchor.Party
            ? Task.FromResult(Verdict<Appended>.Refuse(RefusalReason.RecordMissing))
            : admission.AppendAsync(entry);

    private static int Page(uint count) => count <= PageSize ? (int)count : throw Wire.Refuse(RefusalReason.TooLarge);

    private static AppendReply Reply(Appended appended) => new() { Index = appended.Index, Time = appended.Time, AlreadyRecorded = appended.AlreadyRecorded };

    private static ProofReply Proof(IReadOnlyList<Core.Bytes.Digest> hashes)
    {
        var reply = new ProofReply();
        reply.Hashes.AddRange(hashes.Select(hash => Wire.Bytes(hash.ToArray())));
        return reply;
    }
}
