using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Connection;

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

    /// <summary>How often the newest checkpoint was asked for.</summary>
    public int Asked { get; private set; }

    public VerifiedLedger Ledger(IHeadStore? heads = null, Genesis? genesis = null, bool keeps = false, bool offline = false, TimeProvider? time = null, TimeSpan lasts = default)
    {
        var options = new ConnectionOptions { Node = new Uri("http://127.0.0.1"), KeepsEntries = keeps, Offline = offline, Time = time ?? TimeProvider.System, CheckpointLasts = lasts };
        return new VerifiedLedger(genesis ?? Fixture.Genesis, new Schemas.V1.Ledger.LedgerClient(this), heads ?? new InMemoryHeadStore(), options);
    }

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
