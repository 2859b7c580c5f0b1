using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.Worker;

namespace PrivChain.Enclave.Tests.World;

/// <summary>An honest ledger in memory, with log and witness keys of its own, and everything else a node keeps. Lies are told by <see cref="MemoryNode"/>.</summary>
internal sealed class MemoryLedger
{
    private readonly Lock _lock = new();
    private readonly NoteSigner _log;
    private readonly NoteSigner _witness;
    private readonly LedgerState _state;
    private readonly MerkleTree _tree = new(MerkleHash.Sha256);
    private readonly Dictionary<(Digest Document, AccountAddress Signer), ulong> _known = [];
    private TaskCompletionSource _grown = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MemoryLedger(SettableTime time, IEnumerable<AccountAddress> governors, IEnumerable<string> evidenceRoots, MemoryLedger? sameKeysAs = null)
    {
        Time = time;
        _log = sameKeysAs?._log ?? new NoteSigner("ledger.example/test", NoteKeyType.Ed25519, Ed25519Key.Generate());
        _witness = sameKeysAs?._witness ?? new NoteSigner("witness.example/one", NoteKeyType.Cosignature, Ed25519Key.Generate());
        Genesis = sameKeysAs?.Genesis ?? new Genesis
        {
            CertificateAuthorities = [],
            ChainId = 31337,
            CreatedAt = (ulong)time.Now,
            EvidenceRoots = [.. evidenceRoots],
            GovernorThreshold = 1,
            Governors = [.. governors],
            LogKey = _log.VerifierKey.ToString(),
            MaxSessionSeconds = 3600,
            MinimumSvn = 1,
            Name = "test",
            Nonce = new Digest(System.Security.Cryptography.RandomNumberGenerator.GetBytes(32)),
            Origin = "ledger.example/test",
            RegulatorApprovals = 1,
            Suite = "international",
            WitnessQuorum = 1,
            Witnesses = [_witness.VerifierKey.ToString()],
        };
        _state = new LedgerState(Genesis);
        Domain = Genesis.Domain;
    }

    public SettableTime Time { get; }

    public Genesis Genesis { get; }

    public LedgerDomain Domain { get; }

    public List<byte[]> Entries { get; } = [];

    /// <summary>Seconds by which the witness's clock is ahead.</summary>
    public long WitnessSkew { get; set; }

    /// <summary>Called under the lock before an entry is applied: a test appends something first.</summary>
    public Action<Entry>? BeforeAppend { get; set; }

    public System.Collections.Concurrent.ConcurrentDictionary<Digest, byte[]> Documents { get; } = new();

    public System.Collections.Concurrent.ConcurrentDictionary<Digest, byte[]> Packages { get; } = new();

    public System.Collections.Concurrent.ConcurrentDictionary<Digest, byte[]> Records { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<(AccountAddress To, byte[] Box)> Inbox { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<SealedAuditCopy> Copies { get; } = new();

    public System.Collections.Concurrent.ConcurrentQueue<(AccountAddress Regulator, byte[] Box)> Tallies { get; } = new();

    public AppendClaim Append(Entry entry)
    {
        lock (_lock)
        {
            BeforeAppend?.Invoke(entry);
            var authentic = AuthenticEntry.Authenticate(entry, Domain);
            if (!authentic.Accepted)
            {
                return new AppendClaim(authentic.Reason, 0);
            }

            if (_known.TryGetValue((authentic.Value.Digest, entry.Signer), out var index))
            {
                return new AppendClaim(RefusalReason.None, index);
            }

            var timed = authentic.Value.At((ulong)Time.Now);
            var reason = _state.Apply(timed);
            if (reason != RefusalReason.None)
            {
                return new AppendClaim(reason, 0);
            }

            var bytes = timed.Entry.ToArray();
            index = (ulong)Entries.Count;
            Entries.Add(bytes);
            _tree.Append(MerkleHash.Sha256.Leaf(bytes));
            _known[(authentic.Value.Digest, entry.Signer)] = index;
            var grown = _grown;
            _grown = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            grown.SetResult();
            return new AppendClaim(RefusalReason.None, index);
        }
    }

    public ulong AppendOrThrow(Entry entry)
    {
        var claim = Append(entry);
        return claim.Reason == RefusalReason.None ? claim.Index : throw new RefusalException(new Refusal(claim.Reason, entry.Kind.ToString()));
    }

    public T Read<T>(Func<LedgerState, T> read)
    {
        lock (_lock)
        {
            return read(_state);
        }
    }

    public byte[] Note(ulong size, bool witnessed = true)
    {
        lock (_lock)
        {
            return NoteOver(size, _tree.Root(size), witnessed);
        }
    }

    public byte[] NoteOver(ulong size, Digest root, bool witnessed = true)
    {
        var checkpoint = new Checkpoint(Genesis.Origin, size, root);
        var signed = SignedCheckpoint.Sign(checkpoint, _log).Note;
        return (witnessed ? signed.WithSignatures(Cosignature.Create(checkpoint, _witness, (ulong)((Time.Now / 1000) + WitnessSkew))) : signed).Bytes.ToArray();
    }

    public ReceivedChunk Chunk(ulong start, ulong? size = null)
    {
        lock (_lock)
        {
            var end = size ?? (ulong)Entries.Count;
            return new ReceivedChunk(start, [.. Entries.Skip((int)start).Take((int)(end - start)).Select(entry => (ReadOnlyMemory<byte>)entry)], Note(end));
        }
    }

    public async Task<ReceivedChunk> NextAsync(ulong start, CancellationToken cancellation)
    {
        while (true)
        {
            Task grown;
            lock (_lock)
            {
                if ((ulong)Entries.Count > start)
                {
                    return Chunk(start);
                }

                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellation);
        }
    }
}
