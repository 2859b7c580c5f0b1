using System.Runtime;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Node.Ledger;

/// <summary>
/// Start-up: puts every stored entry through the same rules as when it was appended, and compares the root with the last checkpoint that this log signed.
/// Anything that does not fit stops the start, naming the first entry at fault.
/// </summary>
internal static class LedgerReplay
{
    private const ulong LargeLedger = 100_000;

    /// <exception cref="RefusalException">The file is not what this log wrote.</exception>
    public static void Run(LedgerStore store, Genesis genesis, LedgerState state, MerkleTree tree, TrailIndex trail)
    {
        foreach (var stored in store.All().Chunk(TilePath.FullWidth))
        {
            var hashes = genesis.Algorithms.Tree.Leaves([.. stored.Select(static row => (ReadOnlyMemory<byte>)row.Bytes)]);
            for (var i = 0; i < stored.Length; i++)
            {
                var (position, bytes, leaf, digest) = stored[i];
                var index = state.Size;
                Require((ulong)position == index, index, "is missing");
                Require(hashes[i] == new Digest(leaf), index, "has other bytes than were hashed");
                Require(Entry.TryParse(bytes, out var entry), index, "is malformed");

                // Its signature was checked before it was written; the root below says that these are the same bytes.
                var authentic = AuthenticEntry.DangerouslyAssumeAuthentic(entry!);
                Require(authentic.Digest == new Digest(digest), index, "has another digest than is stored");
                var reason = state.Apply(authentic);
                Require(reason == RefusalReason.None, index, $"breaks a rule: {reason}");
                trail.Add(authentic.Entry, TrailIndex.ParentOf(authentic.Entry, state));
            }

            tree.AppendAll(hashes);
        }

        // Tables that grew leave their smaller selves behind, and a replay much garbage; a node that then idles would keep all of it for hours.
        if (tree.Size >= LargeLedger)
        {
            GCSettings.LargeObjectHeapCompactionMode = GCLargeObjectHeapCompactionMode.CompactOnce;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }

        if (store.Head("signed") is { } signed)
        {
            CheckHead(signed.Note, genesis, tree, store);
        }
        else if (tree.Size != 0)
        {
            throw Refuse("entries without a signed checkpoint");
        }
    }

    private static void CheckHead(byte[] note, Genesis genesis, MerkleTree tree, LedgerStore store)
    {
        var verdict = SignedCheckpoint.Verify(note, genesis.Log);
        if (!verdict.Accepted)
        {
            throw Refuse($"the stored checkpoint is not this log's: {verdict.Refusal}");
        }

        var checkpoint = verdict.Value.Checkpoint;
        if (checkpoint.Size > tree.Size)
        {
            throw Refuse($"entry {tree.Size} is missing: {checkpoint.Size} were signed");
        }

        if (tree.Root(checkpoint.Size) == checkpoint.Root)
        {
            return;
        }

        // Whoever changed an entry changed its hashes too. The signatures say which one, unless only a time was changed.
        foreach (var (position, bytes, _, _) in store.All())
        {
            if (!Entry.TryParse(bytes, out var entry) || !AuthenticEntry.Authenticate(entry, genesis.Domain).Accepted)
            {
                throw Refuse($"entry {position} is not signed by its signer, and the root is not the one that was signed");
            }
        }

        throw Refuse($"the root over the first {checkpoint.Size} entries is not the one that was signed; every signature holds, so a time was changed");
    }

    private static void Require(bool holds, ulong index, string fault)
    {
        if (!holds)
        {
            throw Refuse($"entry {index} {fault}");
        }
    }

    private static RefusalException Refuse(string fault) => new(new Refusal(RefusalReason.StorageFailed, "ledger: " + fault));
}
