using System.IO.Compression;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Tests.Trail;

[TestClass]
public sealed class TrailArchiveTests
{
    [TestMethod]
    public void Write_ThenRead_IsTheSameTrailWithoutTheRest()
    {
        var trail = new MemoryTrail();
        trail.Write("genesis.json", "{}"u8);
        trail.Write("tile/0/000", new byte[8192]);
        var archive = TrailArchive.Write(trail, [("my-data.json", "mine"u8.ToArray())]);
        var read = TrailArchive.Read(new MemoryStream(archive)).OrThrow();
        CollectionAssert.AreEquivalent(trail.Paths.ToList(), read.Paths.ToList());
        Assert.IsTrue(read.Read("genesis.json")!.Value.Span.SequenceEqual("{}"u8));
        Assert.AreEqual(8192, read.Read("tile/0/000")!.Value.Length);
    }

    [TestMethod]
    public void Read_EveryTruncation_IsRefused()
    {
        var trail = new MemoryTrail();
        trail.Write("genesis.json", "{}"u8);
        var archive = TrailArchive.Write(trail, []);
        for (var length = 0; length < archive.Length; length++)
        {
            Assert.IsFalse(TrailArchive.Read(new MemoryStream(archive, 0, length)).Accepted, $"accepted {length} bytes");
        }
    }

    [TestMethod]
    public void Read_NoTrail_OneFileTwice_OrATooLargeOne_IsRefused()
    {
        Assert.AreEqual(RefusalReason.NotFound, TrailArchive.Read(Zip(("else", 1))).Reason);
        Assert.AreEqual(RefusalReason.Malformed, TrailArchive.Read(Zip(("trail/a", 1), ("trail/a", 1))).Reason);
        Assert.IsTrue(TrailArchive.Read(Zip(("trail/a", 1024 * 1024))).Accepted);

        // A few kilobytes that unpack to a million times as much.
        Assert.AreEqual(RefusalReason.TooLarge, TrailArchive.Read(Zip(("trail/a", (1024 * 1024) + 1))).Reason);
        Assert.AreEqual(RefusalReason.TooLarge, TrailArchive.Read(Zip([.. Enumerable.Range(0, 513).Select(i => ($"trail/{i}", 1024 * 1024))])).Reason);
    }

    private static MemoryStream Zip(params (string Name, int Length)[] files)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, length) in files)
            {
                using var file = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                file.Write(new byte[length]);
            }
        }

        stream.Position = 0;
        return stream;
    }
}
