using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Receipts;

namespace PrivChain.App.Tests;

/// <summary>A person who has never heard of a ledger: makes a key, gets a record, is asked, says yes, sees the use, takes it back.</summary>
[TestClass]
public sealed class CitizenStoryTests
{
    [TestMethod]
    public Task Person_SaysYesAndTakesItBack() => SayYesAndTakeItBackAsync("en-GB");

    [TestMethod]
    [TestCategory("Slow")]
    public Task Person_SaysYesAndTakesItBack_InChinese() => SayYesAndTakeItBackAsync("zh-CN");

    private static async Task SayYesAndTakeItBackAsync(string locale)
    {
        await using var world = await World.StartAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink, locale);
        await visit.EnterAsync(world, visit.Language);
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");
        await visit.ClickAsync(".record .reveal >> nth=0");
        await visit.SeeAsync("Linqiuyan-family");

        // Each use earns five points.
        var text = JsonNode.Parse(ContractTemplates.For("age-check", world.Bank.Account.Address).OrThrow())!;
        text["limits"]!["price"] = 5;
        var contract = await world.Institution.PublishAsync(Encoding.UTF8.GetBytes(text.ToJsonString()));
        await new RegulatorClient(world.Connection, world.Regulator.Account).ApproveAsync(contract.Digest, "fine");

        // No takes nothing but knowing who asks: not that practice machines will do, which is what this site has.
        var pending = await visit.AskAsync(world, contract);
        await visit.GoAsync("/requests");
        await visit.ClickAsync(".rows a");
        await visit.Page.WaitForSelectorAsync("#practice");
        StringAssert.Contains(await visit.TextAsync("#asked-by"), visit.Says("Bank of Jinling", "金陵银行"));
        await visit.ClickAsync("#refuse-fold summary");
        await visit.FillAsync("#why-not", "not by practice");
        await visit.ClickAsync("#refuse");
        await visit.Page.WaitForSelectorAsync("#done-no");
        Assert.AreEqual("not by practice", (await world.Institution.FindAnswersAsync([pending])).Single().Refused?.Detail);

        pending = await visit.AskAsync(world, contract);
        await visit.ReadRequestAsync();
        var read = await visit.TextAsync("main");
        foreach (var fact in new[]
        {
            visit.Says("Bank of Jinling", "金陵银行"),
            visit.Says("with 1 approved contract.", "现有 1 份已批准的合约。"),
            "Your ticket",
            visit.Says("whether you are 18 or older", "是否年满 18 周岁"),
            visit.Says("Identity card: Family name", "身份证：姓；"),
            visit.Says("The governors of this ledger say that City Registry runs this. No certificate", "本账本的管理方称由市民政局运营；该名称没有证书证明。"),
        })
        {
            StringAssert.Contains(read, fact, StringComparison.OrdinalIgnoreCase);
        }

        await visit.ClickAsync("#go-on");
        Assert.IsTrue(await visit.Page.IsDisabledAsync("#sign"), "one can say yes without having said that one read it");
        await visit.Page.CheckAsync("#sure");
        await visit.ClickAsync("#sign");
        await visit.Page.WaitForSelectorAsync("#see-consent");
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var consent = await pending.WaitForConsentAsync(limit.Token);
        Assert.AreEqual(2U, consent.Uses);

        // The request's link, opened once more, leads to what was given and does not say that nothing was sent.
        var request = new Uri(visit.Page.Url).AbsolutePath;
        await visit.GoAsync("/requests");
        await visit.GoAsync(request);
        await visit.Page.WaitForSelectorAsync("#done-yes");

        var answer = await world.Institution.QueryAsync(consent);
        Assert.IsTrue(answer["identity-card.birthDate"].YesNo);
        await visit.ClickAsync("#see-consent");
        await visit.Page.WaitForSelectorAsync(".use .saw");
        StringAssert.Contains(await visit.TextAsync(".use .saw"), visit.Says("yes", "是"));
        var saving = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync(".use .save-receipt"));
        var receipt = Path.Combine(world.Folder, saving.SuggestedFilename);
        await saving.SaveAsAsync(receipt);
        var (code, report, errors) = await CommandProcess.RunAsync(["receipt", "verify", receipt, "--genesis", world.Deployment.Folder.GenesisFile, "--accept-simulated"]);
        Assert.AreEqual(0, code, report.ToJsonString() + errors);
        Assert.AreEqual(consent.Digest.ToString(), (string?)report["core"]!["consent"]);
        Assert.IsTrue(report["notChecked"]!.AsArray().Any(line => ((string?)line)!.Contains("which query", StringComparison.Ordinal)), report.ToJsonString());

        StringAssert.Contains(await visit.TextAsync("main"), visit.Says("2 times agreed, 1 time left", "共 2 次，剩余 1 次"));
        var before = await SaveConsentAsync("before.json");
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("#revoked");
        Assert.IsNotNull(await world.Connection.Ledger.ReadStateAsync(state => state.Consent(consent.Digest)!.RevokedAt));
        var after = await SaveConsentAsync("after.json");

        // Two more, and both taken back at once.
        List<Digest> more = [];
        for (var i = 0; i < 2; i++)
        {
            pending = await visit.AskAsync(world, contract, message: $"Once more, {i}");
            await visit.GoAsync("/requests");
            await visit.Page.WaitForSelectorAsync(".rows a");
            await visit.ReadRequestAsync(isFirst: false);
            await visit.SayYesAsync();
            more.Add((await pending.WaitForConsentAsync(limit.Token)).Digest);
        }

        await visit.GoAsync("/consents");
        await visit.SeeAsync(visit.Says("You have earned 5 points.", "您已获得 5 积分。"));

        // A page says that a consent stands before the lists are read anew.
        await visit.Page.WaitForFunctionAsync("() => document.querySelector('main .rows')?.children.length === 2");
        CollectionAssert.AreEqual(new[] { visit.Says("In force", "有效"), visit.Says("Ended", "已结束") }, (await visit.At("main h2").AllInnerTextsAsync()).ToArray());
        Assert.AreEqual(1, await visit.At($"main .rows >> nth=1 >> a[href='consents/{consent.Digest}']").CountAsync());
        await visit.ClickAsync("#revoke-all-fold summary");
        await ScreenTests.ShowInBothAsync(visit, "consents-revoke-all");
        await visit.ClickAsync("#revoke-all");
        await visit.SeeAsync(visit.Says("2 taken back.", "已撤回 2 项。"));
        Assert.IsTrue(await world.Connection.Ledger.ReadStateAsync(state => more.TrueForAll(one => state.Consent(one)!.RevokedAt is not null)));

        // One whose uses are spent is over, and taking everything back takes it back all the same.
        pending = await visit.AskAsync(world, contract, uses: 1, message: "A last time");
        await visit.ReadRequestAsync(isFirst: false);
        await visit.SayYesAsync();
        var spent = await pending.WaitForConsentAsync(limit.Token);
        Assert.IsNull((await world.Institution.QueryAsync(spent, cancellationToken: limit.Token)).Refusal);
        await visit.ClickAsync("#see-consent");
        await visit.Page.WaitForSelectorAsync(".use .saw");
        await visit.GoAsync("/consents");
        await visit.SeeAsync(visit.Says("None.", "无。"));
        await visit.ClickAsync("#revoke-all-fold summary");
        await visit.ClickAsync("#revoke-all");
        await visit.SeeAsync(visit.Says("1 taken back.", "已撤回 1 项。"));
        Assert.IsNotNull(await world.Connection.Ledger.ReadStateAsync(state => state.Consent(spent.Digest)!.RevokedAt));

        // The archive of everything has the same receipt.
        await visit.GoAsync("/proof");
        saving = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync("#download-all"));
        Assert.AreEqual("my-data.zip", saving.SuggestedFilename);
        var archive = Path.Combine(world.Folder, "all.zip");
        await saving.SaveAsAsync(archive);
        Assert.AreEqual(0, await visit.At("main [data-reason]").CountAsync(), "something is missing in the archive");
        using (var zip = await ZipFile.OpenReadAsync(archive))
        {
            using var mine = await JsonDocument.ParseAsync(zip.GetEntry("my-data.json")!.Open());
            StringAssert.Contains(mine.RootElement.GetRawText(), "Linqiuyan-family");
            using var packed = new StreamReader(zip.GetEntry("receipts/" + Path.GetFileName(receipt))!.Open());
            var again = Receipt.Parse(Encoding.UTF8.GetBytes(await packed.ReadToEndAsync())).OrThrow();
            Assert.AreEqual((string?)report["core"]!["use"], ReceiptCore.Parse(Encoding.UTF8.GetBytes(again.Core)).OrThrow().Use.ToString());
        }

        // The record of the consent is borne out by the trail in it; the one of before does not say that the consent was taken back.
        (code, report, errors) = await VerifyConsentAsync(after, "--trail", archive);
        Assert.AreEqual(0, code, report.ToJsonString() + errors);
        StringAssert.StartsWith((string?)report["state"], "taken back");
        (code, report, _) = await VerifyConsentAsync(before, "--trail", archive);
        Assert.AreEqual(((int)RefusalReason.Revoked, "dpv:hasConsentStatus"), (code, (string?)report["failed"]));
        Assert.AreEqual((int)RefusalReason.Incomplete, (await VerifyConsentAsync(after)).Code);

        // Whole, with one bit of one entry changed, and cut short.
        (code, report, errors) = await VerifyTrailAsync();
        Assert.AreEqual(0, code, report.ToJsonString() + errors);
        Assert.IsTrue((bool?)report["valid"]);
        Assert.AreEqual(1, (int?)report["kinds"]!["Anchor"]);
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

        (code, report, errors) = await VerifyTrailAsync();
        Assert.AreNotEqual(0, code, report.ToJsonString() + errors);
        Assert.AreEqual(0, (int?)report["firstWrongEntry"]);
        await File.WriteAllBytesAsync(archive, bytes[..^1]);
        (code, report, _) = await VerifyTrailAsync();
        Assert.AreEqual((int)RefusalReason.Malformed, code, report.ToJsonString());
        visit.AssertClean();

        async Task<string> SaveConsentAsync(string name)
        {
            var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync("#download-consent"));
            var path = Path.Combine(world.Folder, name);
            await download.SaveAsAsync(path);
            return path;
        }

        Task<(int Code, JsonObject Document, string Errors)> VerifyTrailAsync() => CommandProcess.RunAsync(["trail", "verify", archive, "--genesis", world.Deployment.Folder.GenesisFile]);

        Task<(int Code, JsonObject Document, string Errors)> VerifyConsentAsync(string file, params string[] trail) =>
            CommandProcess.RunAsync(["receipt", "verify", file, "--genesis", world.Deployment.Folder.GenesisFile, .. trail]);
    }
}
