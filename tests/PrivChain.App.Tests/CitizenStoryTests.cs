using System.IO.Compression;
using System.Text;
using PrivChain.Core.Documents;
using PrivChain.Sdk.Receipts;

namespace PrivChain.App.Tests;

/// <summary>A person who has never heard of a ledger: makes a key, gets a record, is asked, says yes, sees the use, takes it back.</summary>
[TestClass]
public sealed class CitizenStoryTests
{
    [TestMethod]
    public async Task Person_SaysYesAndTakesItBack()
    {
        await using var world = await World.StartAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");
        await visit.ClickAsync(".record .reveal >> nth=0");
        await visit.SeeAsync("Linqiuyan-family");

        var pending = await visit.AskAsync(world, await world.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        await visit.ClickAsync("#go-on");
        Assert.IsTrue(await visit.Page.IsDisabledAsync("#sign"), "one can say yes without having said that one read it");
        await visit.Page.CheckAsync("#sure");
        await visit.ClickAsync("#sign");
        await visit.Page.WaitForSelectorAsync("#see-consent");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var consent = await pending.WaitForConsentAsync(limit.Token);
        Assert.AreEqual(2U, consent.Uses);

        var answer = await world.Institution.QueryAsync(consent);
        Assert.IsTrue(answer["identity-card.birthDate"].YesNo);
        await visit.ClickAsync("#see-consent");
        await visit.Page.WaitForSelectorAsync(".use .saw");
        StringAssert.Contains(await visit.TextAsync(".use .saw"), "yes");
        var saving = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync(".use .save-receipt"));
        var receipt = Path.Combine(world.Folder, saving.SuggestedFilename);
        await saving.SaveAsAsync(receipt);
        var (code, report, errors) = await CommandProcess.RunAsync(["receipt", "verify", receipt, "--genesis", world.Deployment.Folder.GenesisFile, "--accept-simulated"]);
        Assert.AreEqual(0, code, report.ToJsonString() + errors);
        Assert.AreEqual(consent.Digest.ToString(), (string?)report["core"]!["consent"]);
        Assert.IsTrue(report["notChecked"]!.AsArray().Any(line => ((string?)line)!.Contains("which query", StringComparison.Ordinal)), report.ToJsonString());

        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("#revoked");
        Assert.IsNotNull(await world.Connection.Ledger.ReadStateAsync(state => state.Consent(consent.Digest)!.RevokedAt));

        // The archive of everything has the same receipt.
        await visit.GoAsync("/proof");
        saving = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync("#download-all"));
        await saving.SaveAsAsync(Path.Combine(world.Folder, "all.zip"));
        using (var zip = await ZipFile.OpenReadAsync(Path.Combine(world.Folder, "all.zip")))
        {
            using var packed = new StreamReader(zip.GetEntry("receipts/" + Path.GetFileName(receipt))!.Open());
            var again = Receipt.Parse(Encoding.UTF8.GetBytes(await packed.ReadToEndAsync())).OrThrow();
            Assert.AreEqual((string?)report["core"]!["use"], ReceiptCore.Parse(Encoding.UTF8.GetBytes(again.Core)).OrThrow().Use.ToString());
        }

        visit.AssertClean();
    }

    [AssemblyCleanup]
    public static Task StopBrowserAsync() => AppBrowser.StopAsync();
}
