using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.State;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.Follow;

[TestClass]
public sealed class LedgerViewTests
{
    private static readonly CancellationToken _now = new(canceled: true);

    private readonly SettableTime _time = new();
    private readonly Core.Keys.Account _governor = Core.Keys.Account.Generate();
    private readonly MemoryLedger _ledger;

    public LedgerViewTests()
    {
        _ledger = new MemoryLedger(_time, [_governor.Address], []);
        Grow(_ledger, 8);
    }

    [TestMethod]
    public async Task Accept_HonestChunks_ReachesEachEntry()
    {
        var view = View();
        Assert.IsNull(view.Accept(_ledger.Chunk(0, 3)));
        Assert.IsNull(view.Accept(_ledger.Chunk(3)));
        Assert.AreEqual(8UL, (await view.ReadAsync(static state => state.Size, _now)).OrThrow());
        Assert.AreEqual(2UL, (await view.WaitForAsync(2, _now)).OrThrow().Index);
        Assert.AreEqual(3UL, (await view.WaitForAsync(2, _now)).OrThrow().Checkpoint.Checkpoint.Size);
        Assert.AreEqual(RefusalReason.Unavailable, (await view.WaitForAsync(8, _now)).Reason);
    }

    [TestMethod]
    public async Task Read_EntriesNotWitnessedYet_Waits()
    {
        var view = View();
        view.Accept(_ledger.Chunk(0, 3));
        view.Accept(_ledger.Chunk(3) with { Note = default });
        Assert.AreEqual(RefusalReason.Unavailable, (await view.ReadAsync(static state => state.Size, _now)).Reason);
        Assert.AreEqual(RefusalReason.Unavailable, (await view.WaitForAsync(5, _now)).Reason);
        Assert.IsNull(view.Accept(new ReceivedChunk(8, [], _ledger.Note(8))));
        Assert.AreEqual(8UL, (await view.ReadAsync(static state => state.Size, _now)).OrThrow());
    }

    [TestMethod]
    public void Accept_LieAfterLie_StopsForGood()
    {
        var fork = new MemoryLedger(_time, [], [], sameKeysAs: _ledger);
        Grow(fork, 8);
        var lies = new (string Name, RefusalReason Expected, Func<ReceivedChunk> Chunk)[]
        {
            ("entry left out", RefusalReason.SplitView, () => _ledger.Chunk(3) with { Entries = _ledger.Chunk(3).Entries.Skip(1).ToList(), Note = _ledger.Note(7) }),
            ("entries reordered", RefusalReason.SplitView, () => _ledger.Chunk(3) with { Entries = [.. _ledger.Chunk(3).Entries.Reverse()] }),
            ("entry of a fork", RefusalReason.SplitView, () => fork.Chunk(3)),
            ("entry twice", RefusalReason.AlreadyRecorded, () => _ledger.Chunk(3) with { Entries = [_ledger.Entries[2], .. _ledger.Chunk(3).Entries] }),
            ("signature of another", RefusalReason.BadSignature, () => Changed(_ledger.Chunk(3), 11)),
            ("version unknown", RefusalReason.Malformed, () => Changed(_ledger.Chunk(3), 0)),
            ("time changed", RefusalReason.SplitView, () => Later(_ledger.Chunk(3))),
            ("not witnessed", RefusalReason.NotWitnessed, () => _ledger.Chunk(3) with { Note = _ledger.Note(8, witnessed: false) }),
            ("note is none", RefusalReason.Malformed, () => _ledger.Chunk(3) with { Note = new byte[] { 1 } }),
            ("witnessed root of another tree", RefusalReason.SplitView, () => _ledger.Chunk(3) with { Note = _ledger.NoteOver(8, EnclaveWorld.RandomDigest()) }),
        };
        foreach (var (name, expected, chunk) in lies)
        {
            var view = View();
            Assert.IsNull(view.Accept(_ledger.Chunk(0, 3)), name);
            Assert.AreEqual(expected, view.Accept(chunk())?.Reason, name);
            Assert.AreEqual(expected, view.Stopped?.Reason, name);

            // The truth afterwards changes nothing.
            Assert.AreEqual(expected, view.Accept(_ledger.Chunk(3))?.Reason, name);
            Assert.AreEqual(expected, view.ReadAsync(static state => state.Size, _now).Result.Reason, name);
        }
    }

    [TestMethod]
    public void Accept_OldCheckpointAgain_IsRefusedWithoutStopping()
    {
        var view = View();
        view.Accept(_ledger.Chunk(0, 3));
        Assert.AreEqual(RefusalReason.StaleHead, view.Accept(_ledger.Chunk(3) with { Note = _ledger.Note(3) })?.Reason);
        Assert.IsNull(view.Stopped);
        Assert.AreEqual(3UL, view.Checkpoint!.Checkpoint.Size);
        Assert.AreEqual(RefusalReason.Incomplete, view.Accept(_ledger.Chunk(0, 3))?.Reason);
        Assert.IsNull(view.Stopped);
    }

    // Every snapshot of the past is too small for an enclave that has seen more.
    [TestMethod]
    public async Task Read_LedgerSmallerThanSeenBefore_IsNeverGiven()
    {
        for (ulong size = 1; size < 8; size++)
        {
            var view = View(new LedgerMinimum(8, Root(_ledger, 8)));
            Assert.IsNull(view.Accept(_ledger.Chunk(0, size)));
            Assert.IsNull(view.Checkpoint);
            Assert.AreEqual(RefusalReason.Unavailable, (await view.ReadAsync(static state => state.Size, _now)).Reason);
            Assert.AreEqual(RefusalReason.Unavailable, (await view.WaitForAsync(0, _now)).Reason);
        }

        var full = View(new LedgerMinimum(8, Root(_ledger, 8)));
        Assert.IsNull(full.Accept(_ledger.Chunk(0)));
        Assert.AreEqual(8UL, (await full.ReadAsync(static state => state.Size, _now)).OrThrow());
    }

    [TestMethod]
    public void Accept_OtherLedgerThanSeenBefore_StopsThoughWitnessed()
    {
        var fork = new MemoryLedger(_time, [], [], sameKeysAs: _ledger);
        Grow(fork, 12);
        var view = View(new LedgerMinimum(8, Root(_ledger, 8)));
        Assert.AreEqual(RefusalReason.SplitView, view.Accept(fork.Chunk(0))?.Reason);
    }

    private static Digest Root(MemoryLedger ledger, ulong size)
    {
        Assert.IsTrue(Core.Tree.SignedNote.TryParse(ledger.Note(size), out var note));
        Assert.IsTrue(Core.Tree.Checkpoint.TryParse(note.Text.Span, out var checkpoint));
        return checkpoint.Root;
    }

    private static ReceivedChunk Changed(ReceivedChunk chunk, int at)
    {
        var entry = chunk.Entries[0].ToArray();
        entry[at] ^= 0x40;
        return chunk with { Entries = [entry, .. chunk.Entries.Skip(1)] };
    }

    // The one field that nobody signed: the sequencer's time, of the last entry.
    private static ReceivedChunk Later(ReceivedChunk chunk)
    {
        var entry = chunk.Entries[^1].ToArray();
        entry[5]++;
        return chunk with { Entries = [.. chunk.Entries.SkipLast(1), entry] };
    }

    private LedgerView View(LedgerMinimum minimum = default) => new(_ledger.Genesis, minimum);

    private void Grow(MemoryLedger ledger, int count)
    {
        var governor = new EntrySigner(ledger.Domain, _governor);
        for (var i = 0; i < count; i++)
        {
            ledger.AppendOrThrow(governor.Enrol(LedgerRole.Regulator, new AccountAddress(EnclaveWorld.RandomDigest().ToArray().AsSpan(0, 20)), Digest.Zero, Digest.Zero, 0, 1));
        }
    }
}
