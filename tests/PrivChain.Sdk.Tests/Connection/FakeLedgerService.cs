using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Tests.Connection;

/// <summary>A ledger service in this process that answers from a fixture, and lies as the test says.</summary>
internal sealed class FakeLedgerService(LedgerFixture fixture) : CallInvoker
{
    public LedgerFixture Fixture { get; set; } = fixture;

    /// <summary>Answers instead of the honest note.</summary>
    public byte[]? Note { get; set; }

    /// <summary>Changes entries on their way.</summary>
    public Func<ulong, byte[], byte[]> Entries { get; set; } = (_, entry) => entry;

    /// <summary>Changes proofs on their way.</summary>
    public Func<IReadOnlyList<Digest>, IReadOnlyList<Digest>> Proofs { get; set; } = proof => proof;

    /// <summary>Changes what a search of the trail finds, on its way.</summary>
    public Action<SearchTrailReply> Found { get; set; } = _ => { };

    /// <summary>Changes what belongs to one use, on its way.</summary>
    public Action<GetTrailCaseReply> Case { get; set; } = _ => { };

    /// <summary>How often the newest checkpoint was asked for.</summary>
    public int Asked { get; private set; }

    public VerifiedLedger Ledger(IHeadStore? heads = null, Genesis? genesis = null, bool keeps = false, bool offline = false, TimeProvider? time = null, TimeSpan lasts = default)
    {
        var options = new ConnectionOptions { Node = new Uri("http://127.0.0.1"), KeepsEntries = keeps, Offline = offline, Time = time ?? TimeProvider.System, CheckpointLasts = lasts };
        return new VerifiedLedger(genesis ?? Fixture.Genesis, new Schemas.V1.Ledger.LedgerClient(this), heads ?? new InMemoryHeadStore(), options);
    }

    /// <summary>Pages of the trail over this service, at a time in Unix seconds.</summary>
    public TrailPages Trail(VerifiedLedger ledger, TimeProvider time) =>
        new(ledger, new Schemas.V1.Ledger.LedgerClient(this), Fixture.Domain, new ConnectionOptions { Node = new Uri("http://127.0.0.1"), Time = time });

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request)
    {
        Asked += request is GetCheckpointRequest ? 1 : 0;
        IMessage reply = request switch
        {
            GetCheckpointRequest => new GetCheckpointReply { Note = ByteString.CopyFrom(Note ?? Fixture.WitnessedNote()) },
            GetEntriesRequest entries => Read(entries),
            GetInclusionProofRequest inclusion => Proof(Fixture.Tree().InclusionProof(inclusion.Index, inclusion.Size)),
            GetConsistencyProofRequest consistency => Proof(
                consistency.NewSize <= Fixture.Tree().Size ? Fixture.Tree().ConsistencyProof(consistency.OldSize, consistency.NewSize) : []),
            AppendRequest append => Append(append),
            SearchTrailRequest search => Search(search),
            GetTrailCaseRequest one => CaseOf(one),
            _ => throw new InvalidOperationException(method.Name),
        };
        return new AsyncUnaryCall<TResponse>(
            Task.FromResult((TResponse)reply), Task.FromResult(Metadata.Empty), () => Status.DefaultSuccess, () => Metadata.Empty, () => { });
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new InvalidOperationException();

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options, TRequest request) =>
        throw new InvalidOperationException();

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new InvalidOperationException();

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options) =>
        throw new InvalidOperationException();

    private GetEntriesReply Read(GetEntriesRequest request)
    {
        var reply = new GetEntriesReply();
        for (var index = request.Start; index < request.Start + request.Count && index < (ulong)Fixture.Leaves.Count; index++)
        {
            reply.Entries.Add(ByteString.CopyFrom(Entries(index, Fixture.Leaves[(int)index])));
        }

        return reply;
    }

    private SearchTrailReply Search(SearchTrailRequest request)
    {
        var (index, contracts) = (Index(), ContractStanding.Of(Fixture.State));
        var query = new TrailQuery
        {
            Institution = request.Institution.IsEmpty ? null : new AccountAddress(request.Institution.Span),
            Contracts = request.ByContract ? request.Contracts.Select(digest => new Digest(digest.Span)).ToHashSet() : null,
            About = request.HasAbout ? request.About : null,
            Kind = request.Kind == 0 ? null : (EntryKind)request.Kind,
            Outcome = request.Outcome == 0 ? null : (TrailOutcome)request.Outcome,
        };
        var found = index.Find(query, request.Size, request.Skip, (int)request.Count, request.Now, contracts);
        var reply = new SearchTrailReply { Found = found.Count };
        reply.Rows.AddRange(found.Places.Select(place => new TrailPlace { Index = place, Outcome = (uint)index.OutcomeOf(place, request.Size, request.Now, contracts) }));
        reply.Entries.AddRange(found.Places.SelectMany(place => index.RelatedTo(place, request.Size).Append(place)).Distinct().Select(place => Proved(place, request.Size)));
        Found(reply);
        return reply;
    }

    private GetTrailCaseReply CaseOf(GetTrailCaseRequest request)
    {
        var reply = new GetTrailCaseReply();
        reply.Entries.AddRange(Index().CaseOf(request.Index, request.Size).Select(place => Proved(place, request.Size)));
        Case(reply);
        return reply;
    }

    private TrailIndex Index()
    {
        var index = new TrailIndex();
        foreach (var leaf in Fixture.Leaves)
        {
            Assert.IsTrue(Entry.TryParse(leaf, out var entry));
            index.Add(entry, TrailIndex.ParentOf(entry, Fixture.State));
        }

        return index;
    }

    /// <summary>An entry with the proof of its place.</summary>
    public ProvedEntry Proved(ulong index, ulong size)
    {
        var proved = new ProvedEntry { Index = index, Entry = ByteString.CopyFrom(Entries(index, Fixture.Leaves[(int)index])) };
        proved.Hashes.AddRange(Proof(Fixture.Tree().InclusionProof(index, size)).Hashes);
        return proved;
    }

    private AppendReply Append(AppendRequest request)
    {
        Assert.IsTrue(Entry.TryParse(request.Entry.Span, out var entry));
        Assert.AreEqual(0UL, entry.Time);
        Fixture.Must(entry);
        return new AppendReply { Index = (ulong)Fixture.Leaves.Count - 1, Time = Fixture.Now };
    }

    private ProofReply Proof(IReadOnlyList<Digest> proof)
    {
        var reply = new ProofReply();
        reply.Hashes.AddRange(Proofs(proof).Select(hash => ByteString.CopyFrom(hash.ToArray())));
        return reply;
    }
}
