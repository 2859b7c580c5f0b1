using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Trail;

namespace PrivChain.EndToEnd.Tests;

/// <summary>The whole ledger as a regulator takes it home: exported, verified offline, entry by entry.</summary>
internal sealed record LedgerCopy(IReadOnlyList<Entry> Entries, LedgerState State, WitnessedCheckpoint Checkpoint, IReadOnlyList<(string Path, byte[] Content)> Documents)
{
    public static async Task<LedgerCopy> TakeAsync(PrivChainConnection connection)
    {
        var trail = new MemoryTrail();
        await TrailExporter.ExportAsync(connection, trail);
        var report = TrailVerifier.Verify(trail, connection.LedgerId);
        Assert.IsTrue(report.Valid, report.Refusal?.ToString());
        var checkpoint = WitnessedCheckpoint.Verify(
            trail.Read(TrailLayout.Checkpoint)!.Value.Span, connection.Genesis.Log, LedgerFollower.WitnessesOf(connection.Genesis)).OrThrow();
        var entries = new List<Entry>();
        Assert.IsTrue(TileTree.Verify(MerkleHash.Sha256, checkpoint.Checkpoint, trail.Read, (_, bytes) =>
        {
            Assert.IsTrue(Entry.TryParse(bytes.Span, out var entry));
            entries.Add(entry);
        }).Accepted);
        // Genesis and public documents, as they lie in the trail.
        List<(string Path, byte[] Content)> documents =
        [
            .. trail.Paths.Where(path => path == TrailLayout.Genesis || path.StartsWith("documents/", StringComparison.Ordinal)).Select(path => (path, trail.Read(path)!.Value.ToArray())),
        ];
        return new LedgerCopy(entries, report.State!, checkpoint, documents);
    }
}
