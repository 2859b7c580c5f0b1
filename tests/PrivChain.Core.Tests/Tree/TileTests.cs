using System.Globalization;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Tree;

[TestClass]
public sealed class TileTests
{
    private static byte[] Entry(ulong i) => [.. BitConverter.GetBytes(i), .. new byte[(int)(i % 5)]];

    private static MerkleTree Build(ulong count)
    {
        var tree = new MerkleTree(MerkleHash.Sha256);
        for (var i = 0UL; i < count; i++)
        {
            tree.Append(MerkleHash.Sha256.Leaf(Entry(i)));
        }

        return tree;
    }

    private static Func<string, ReadOnlyMemory<byte>?> Reader(Dictionary<string, byte[]> files) =>
        path => files.TryGetValue(path, out var content) ? content : (ReadOnlyMemory<byte>?)null;

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void TilePath_TesseraCases_MatchTheirOutcome()
    {
        foreach (var file in VectorFolder.Files("tlog", "tile_paths_tessera*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var c in document.RootElement.GetProperty("entry_bundle_paths").EnumerateArray())
            {
                var (index, size) = (c.GetProperty("seq").GetUInt64() / 256, c.GetProperty("log_size").GetUInt64());
                var path = TilePath.Entries(index, (int)Math.Min(256, size - (index * 256)));
                Assert.AreEqual(c.GetProperty("path").GetString(), path.ToString());
                Assert.IsTrue(TilePath.TryParse(path.ToString(), out var read));
                Assert.AreEqual(path, read);
            }

            foreach (var c in document.RootElement.GetProperty("tile_paths").EnumerateArray())
            {
                var partial = c.GetProperty("partial").GetInt32();
                var path = TilePath.Hashes(c.GetProperty("level").GetInt32(), c.GetProperty("index").GetUInt64(), partial == 0 ? 256 : partial);
                Assert.AreEqual(c.GetProperty("path").GetString(), path.ToString());
            }

            foreach (var c in document.RootElement.GetProperty("parse").EnumerateArray())
            {
                var text = $"tile/{c.GetProperty("level_path").GetString()}/{c.GetProperty("index_path").GetString()}";
                Assert.AreEqual(c.GetProperty("valid").GetBoolean(), TilePath.TryParse(text, out var path), text);
                if (c.GetProperty("valid").GetBoolean())
                {
                    var partial = c.GetProperty("partial").GetInt32();
                    Assert.AreEqual(
                        TilePath.Hashes(c.GetProperty("level").GetInt32(), c.GetProperty("index").GetUInt64(), partial == 0 ? 256 : partial), path, text);
                }
            }
        }
    }

    // Go's form names the tile height first; without it the index forms are the same.
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void TilePath_GoCases_MatchTheirOutcome()
    {
        foreach (var file in VectorFolder.Files("tlog", "tile_paths_go*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllText(file));
            foreach (var c in document.RootElement.GetProperty("paths").EnumerateArray())
            {
                var parts = c.GetProperty("path").GetString()!.Split('/');
                var text = "tile/" + string.Join('/', parts[2..]).Replace("data/", "entries/", StringComparison.Ordinal);
                Assert.AreEqual(c.GetProperty("valid").GetBoolean(), TilePath.TryParse(text, out var path), text);
                if (c.GetProperty("valid").GetBoolean())
                {
                    Assert.AreEqual(c.GetProperty("n").GetUInt64(), path.Index);
                    Assert.AreEqual(c.GetProperty("level").GetInt32(), path.IsEntries ? -1 : path.Level);
                    Assert.AreEqual(text, path.ToString());
                }
            }
        }
    }

    [TestMethod]
    [DataRow("tile/0/x000/001")]
    [DataRow("tile/00/001")]
    [DataRow("tile/0/001.p/0")]
    [DataRow("tile/0/001.p/05")]
    [DataRow("tile/0/001/")]
    [DataRow("/tile/0/001")]
    [DataRow("tile/0/../001")]
    [DataRow("tile/Entries/001")]
    [DataRow("tile/0/.p/5")]
    [DataRow("tile/0.p/5")]
    [DataRow("tile/0")]
    [DataRow("tile")]
    [DataRow("")]
    [DataRow("tile/0/x018/x446/x744/x073/x709/x551/616")]
    [DataRow(null)]
    public void TilePath_OtherSpelling_IsRefused(string? text) => Assert.IsFalse(TilePath.TryParse(text, out _));

    [TestMethod]
    public void TilePath_LargestIndex_RoundTrips()
    {
        var path = TilePath.Hashes(0, ulong.MaxValue);
        Assert.AreEqual("tile/0/x018/x446/x744/x073/x709/x551/615", path.ToString());
        Assert.IsTrue(TilePath.TryParse(path.ToString(), out var read));
        Assert.AreEqual(path, read);
    }

    // The example of the specification.
    [TestMethod]
    public void Paths_SeventyThousand_AreThoseOfTheSpecification()
    {
        var paths = TileTree.Paths(70_000).ToList();
        Assert.HasCount(274, paths.Where(static p => p.IsEntries).ToList());
        Assert.HasCount(273, paths.Where(static p => p is { IsEntries: false, Level: 0, Width: 256 }).ToList());
        CollectionAssert.AreEqual(
            new[] { "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1" }, paths.TakeLast(4).Select(static p => p.ToString()).ToList());
        CollectionAssert.AreEqual(
            new[] { "tile/entries/000", "tile/0/000", "tile/1/000.p/1" }, TileTree.Paths(256).Select(static p => p.ToString()).ToList());
        Assert.IsEmpty(TileTree.Paths(0).ToList());
    }

    [TestMethod]
    public void EntryBundle_RoundTripTruncatedAndLonger()
    {
        ReadOnlyMemory<byte>[] entries = [Array.Empty<byte>(), new byte[] { 1, 2 }, new byte[EntryBundle.MaxEntrySize]];
        var bytes = EntryBundle.Encode(entries);
        Assert.IsTrue(EntryBundle.TryParse(bytes, 3, out var read));
        Assert.IsTrue(entries.Zip(read).All(static p => p.First.Span.SequenceEqual(p.Second.Span)));
        Assert.IsFalse(EntryBundle.TryParse(bytes, 2, out _));
        Assert.IsFalse(EntryBundle.TryParse(bytes, 4, out _));
        Assert.IsFalse(EntryBundle.TryParse([.. bytes, 0], 3, out _));
        Assert.IsFalse(EntryBundle.TryParse([], 0, out _));
        for (var length = 0; length < 20; length++)
        {
            Assert.IsFalse(EntryBundle.TryParse(bytes.AsSpan(0, length), 3, out _));
        }

        Assert.IsFalse(EntryBundle.TryParse(bytes.AsSpan(0, bytes.Length - 1), 3, out _));
        Assert.ThrowsExactly<ArgumentException>(() => EntryBundle.Encode([]));
        Assert.ThrowsExactly<ArgumentException>(() => EntryBundle.Encode([new byte[EntryBundle.MaxEntrySize + 1]]));
    }

    [TestMethod]
    public void Verify_ExportedFolder_IsAcceptedAtEverySizeClass()
    {
        var tree = Build(700);
        foreach (var size in new ulong[] { 0, 1, 255, 256, 257, 512, 700 })
        {
            var files = TileTree.Export(tree, size, static i => Entry(i)).ToDictionary(static f => f.Path, static f => f.Content);
            var seen = 0UL;
            var verdict = TileTree.Verify(MerkleHash.Sha256, new Checkpoint("o", size, tree.Root(size)), Reader(files), (index, entry) =>
            {
                Assert.AreEqual(seen++, index);
                Assert.IsTrue(entry.Span.SequenceEqual(Entry(index)));
            });
            Assert.IsTrue(verdict.Accepted, $"{size}: {verdict.Refusal}");
            Assert.AreEqual((size, size), (seen, verdict.Value.Size));
        }
    }

    // A full tile may have replaced the partial one of an earlier checkpoint.
    [TestMethod]
    public void Verify_PartialReplacedByFull_IsAccepted()
    {
        var tree = Build(600);
        var files = TileTree.Export(tree, 600, static i => Entry(i)).ToDictionary(static f => f.Path, static f => f.Content);
        files["tile/1/000.p/1"] = TileTree.ReadTile(tree, TilePath.Hashes(1, 0, 1));
        Assert.IsTrue(TileTree.Verify(MerkleHash.Sha256, new Checkpoint("o", 300, tree.Root(300)), Reader(files)).Accepted);
    }

    // Nothing in the folder can be taken away or changed without notice.
    [TestMethod]
    public void Verify_AnyFileMissingOrChanged_IsRefused()
    {
        var tree = Build(300);
        var checkpoint = new Checkpoint("o", 300, tree.Root());
        var files = TileTree.Export(tree, 300, static i => Entry(i)).ToDictionary(static f => f.Path, static f => f.Content);
        foreach (var (path, content) in files)
        {
            var without = new Dictionary<string, byte[]>(files);
            without.Remove(path);
            Assert.AreEqual(RefusalReason.Incomplete, TileTree.Verify(MerkleHash.Sha256, checkpoint, Reader(without)).Reason, path);
            foreach (var position in new[] { 0, content.Length / 2, content.Length - 1 })
            {
                var changed = new Dictionary<string, byte[]>(files) { [path] = [.. content] };
                changed[path][position] ^= 1;
                Assert.IsFalse(TileTree.Verify(MerkleHash.Sha256, checkpoint, Reader(changed)).Accepted, path);
            }

            foreach (var other in new[] { content[..^1], [.. content, 0], [] })
            {
                Assert.IsFalse(TileTree.Verify(MerkleHash.Sha256, checkpoint, Reader(new Dictionary<string, byte[]>(files) { [path] = other })).Accepted, path);
            }
        }

        Assert.AreEqual(RefusalReason.BadProof, TileTree.Verify(MerkleHash.Sha256, new Checkpoint("o", 300, tree.Root(299)), Reader(files)).Reason);
    }

    [TestMethod]
    public void ReadTile_NotThere_Throws()
    {
        var tree = Build(300);
        Assert.HasCount(44 * 32, TileTree.ReadTile(tree, TilePath.Hashes(0, 1, 44)));
        Assert.ThrowsExactly<ArgumentException>(() => TileTree.ReadTile(tree, TilePath.Hashes(0, 1, 45)));
        Assert.ThrowsExactly<ArgumentException>(() => TileTree.ReadTile(tree, TilePath.Hashes(1, 0)));
        Assert.ThrowsExactly<ArgumentException>(() => TileTree.ReadTile(tree, TilePath.Hashes(0, ulong.MaxValue)));
        Assert.ThrowsExactly<ArgumentException>(() => TileTree.ReadTile(tree, TilePath.Hashes(63, 0, 1)));
        Assert.ThrowsExactly<ArgumentException>(() => TileTree.ReadTile(tree, TilePath.Entries(0)));
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void TesseraLog_EveryCheckpoint_VerifiesFromTilesAndByProofs()
    {
        foreach (var vkeyFile in VectorFolder.Files("tlog", "vkey.txt"))
        {
            var folder = Path.GetDirectoryName(vkeyFile)!;
            var key = NoteVerifierKey.Parse(File.ReadAllText(vkeyFile).Trim());
            var leaves = File.ReadAllLines(Path.Combine(folder, "leaves.txt")).Select(static l => System.Text.Encoding.UTF8.GetBytes(l)).ToList();
            var tree = new MerkleTree(MerkleHash.Sha256);
            leaves.ForEach(leaf => tree.Append(MerkleHash.Sha256.Leaf(leaf)));
            ReadOnlyMemory<byte>? Read(string path)
            {
                var file = Path.Combine(folder, path);
                return File.Exists(file) ? File.ReadAllBytes(file) : null;
            }

            var checkpoints = new List<Checkpoint>();
            foreach (var file in Directory.EnumerateFiles(folder, "checkpoint*"))
            {
                var note = File.ReadAllBytes(file);
                var checkpoint = SignedCheckpoint.Verify(note, new TrustedLog(key.Name, key)).OrThrow().Checkpoint;
                Assert.AreEqual(tree.Root(checkpoint.Size), checkpoint.Root, file);
                Assert.IsTrue(TileTree.Verify(MerkleHash.Sha256, checkpoint, Read).Accepted, file);
                foreach (var (path, content) in TileTree.Export(tree, checkpoint.Size, i => leaves[(int)i]))
                {
                    Assert.IsTrue(Read(path) is { } published && published.Span.SequenceEqual(content), path);
                }

                checkpoints.Add(checkpoint);
            }

            foreach (var newer in checkpoints)
            {
                foreach (var older in checkpoints.Where(c => c.Size > 0 && c.Size <= newer.Size))
                {
                    Assert.IsTrue(MerkleProof.VerifyConsistency(
                        MerkleHash.Sha256, older.Size, newer.Size, older.Root, newer.Root, tree.ConsistencyProof(older.Size, newer.Size)), string.Create(CultureInfo.InvariantCulture, $"{older.Size} in {newer.Size}"));
                }

                for (var index = 0UL; index < newer.Size; index++)
                {
                    Assert.IsTrue(MerkleProof.VerifyInclusion(MerkleHash.Sha256, index, newer.Size, MerkleHash.Sha256.Leaf(leaves[(int)index]), tree.InclusionProof(index, newer.Size), newer.Root));
                }
            }
        }
    }
}
