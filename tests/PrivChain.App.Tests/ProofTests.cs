using System.IO.Compression;
using System.Text.Json;

namespace PrivChain.App.Tests;

/// <summary>What a person saves is believed by programs that know nothing of this site.</summary>
[TestClass]
public sealed class ProofTests
{
    [TestMethod]
    public async Task Archive_OfEverything_OpensInTrailVerify()
    {
        await using var world = await World.StartAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");
        await visit.GoAsync("/proof");
        var saving = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync("#download-all"));
        Assert.AreEqual("my-data.zip", saving.SuggestedFilename);
        var archive = Path.Combine(world.Folder, "my-data.zip");
        await saving.SaveAsAsync(archive);
        using (var zip = ZipFile.OpenRead(archive))
        {
            using var mine = await JsonDocument.ParseAsync(zip.GetEntry("my-data.json")!.Open());
            StringAssert.Contains(mine.RootElement.GetRawText(), "Linqiuyan-family");
        }

        var (code, report, errors) = await CommandProcess.RunAsync(["trail", "verify", archive, "--genesis", world.Deployment.Folder.GenesisFile]);
        Assert.AreEqual(0, code, report.ToJsonString() + errors);
        Assert.IsTrue((bool?)report["valid"]);
        Assert.AreEqual(1, (int?)report["kinds"]!["Anchor"]);

        // One bit of one entry.
        var bytes = await File.ReadAllBytesAsync(archive);
        using (var zip = new ZipArchive(new FileStream(archive, FileMode.Open), ZipArchiveMode.Update))
        {
            var bundle = zip.Entries.First(entry => entry.FullName.StartsWith("trail/tile/entries/", StringComparison.Ordinal));
            using var stream = bundle.Open();
            stream.Position = 100;
            var value = stream.ReadByte();
            stream.Position = 100;
            stream.WriteByte((byte)(value ^ 1));
        }

        (code, report, errors) = await CommandProcess.RunAsync(["trail", "verify", archive, "--genesis", world.Deployment.Folder.GenesisFile]);
        Assert.AreNotEqual(0, code, report.ToJsonString() + errors);
        Assert.AreEqual(0, (int?)report["firstWrongEntry"]);
        await File.WriteAllBytesAsync(archive, bytes[..^1]);
        (code, report, _) = await CommandProcess.RunAsync(["trail", "verify", archive, "--genesis", world.Deployment.Folder.GenesisFile]);
        Assert.AreEqual(10, code, report.ToJsonString());
        visit.AssertClean();
    }
}
