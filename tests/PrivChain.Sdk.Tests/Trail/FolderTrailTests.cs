using System.Diagnostics;
using PrivChain.Sdk.Tests.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Tests.Trail;

/// <summary>A trail folder is made by whoever is being checked: what lies in it instead of a file is as good as nothing, and is not waited for.</summary>
[TestClass]
public sealed class FolderTrailTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-trail-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Read_FileOfTheTrail_IsRead()
    {
        var trail = new FolderTrail(_folder);
        trail.Write("tile/0/000", [1, 2, 3]);
        CollectionAssert.AreEqual(new byte[] { 1, 2, 3 }, trail.Read("tile/0/000")!.Value.ToArray());
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public void Verify_SomethingElseInTheFilesPlace_IsRefusedSoon()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Inconclusive("pipes and devices as files of a folder");
        }

        var fixture = new ReceiptFixture();
        var genuine = fixture.Trail();
        var folder = new FolderTrail(_folder);
        foreach (var path in genuine.Paths)
        {
            folder.Write(path, genuine.Read(path)!.Value.Span);
        }

        Assert.IsTrue(TrailVerifier.Verify(folder, fixture.Ledger.Domain.LedgerId).Valid);
        foreach (var path in genuine.Paths)
        {
            foreach (var (kind, put) in new (string, Action<string>)[]
            {
                ("a folder", target => Directory.CreateDirectory(target)),
                ("nothing in it", target => File.WriteAllBytes(target, [])),
                ("a link to a device without end", target => File.CreateSymbolicLink(target, "/dev/zero")),
                ("a link to a file outside", target => File.CreateSymbolicLink(target, "/etc/hostname")),
                ("a link to itself", target => File.CreateSymbolicLink(target, target)),
                ("a pipe that nobody writes", MakePipe),
            })
            {
                var target = Path.Combine(_folder, path);
                File.Delete(target);
                put(target);
                Assert.IsNull(folder.Read(path), $"{path}: {kind}");
                Assert.IsFalse(TrailVerifier.Verify(folder, fixture.Ledger.Domain.LedgerId).Valid, $"{path}: {kind}");
                Remove(target);
                folder.Write(path, genuine.Read(path)!.Value.Span);
            }
        }
    }

    private static void MakePipe(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.AreEqual(0, made.ExitCode);
    }

    private static void Remove(string path)
    {
        if (Directory.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: false) is null)
        {
            Directory.Delete(path);
        }
        else
        {
            File.Delete(path);
        }
    }
}
