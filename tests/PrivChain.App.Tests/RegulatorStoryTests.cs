using System.Text;
using Google.Protobuf;
using Microsoft.Playwright;
using PrivChain.App.Trails;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Schemas.V1;

namespace PrivChain.App.Tests;

/// <summary>A regulator: checks everything, reads the trail, saves it, approves what waits.</summary>
[TestClass]
public sealed class RegulatorStoryTests : InOneWorld<RegulatorStoryTests>
{
    [TestMethod]
    public async Task Regulator_ChecksReadsAndApproves()
    {
        var world = Shared;
        using var phrase = Mnemonic.Generate(24);
        using var keys = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, keys.Profile("=cmd|' /C calc'!A0", "=1+1", "-", "-", "CN", signsRecords: false));
        await world.PublishAsync("mortgage-precheck");
        var contract = await world.Institution.PublishAsync(ContractTemplates.For("age-check", world.Bank.Account.Address).OrThrow());
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink, "zh-CN");
        await visit.Page.WaitForSelectorAsync("#create");
        await visit.GoAsync("/regulator");
        await visit.Page.WaitForSelectorAsync(".rows a");
        await ScreenTests.ShowInBothAsync(visit, "regulator");

        await visit.GoAsync("/regulator/check");
        await visit.ClickAsync("#check-all");
        await visit.Page.WaitForSelectorAsync("#checked");
        var size = await world.Connection.Ledger.ReadStateAsync(state => state.Size);
        StringAssert.Contains(await visit.TextAsync("#checked"), size.ToString(System.Globalization.CultureInfo.InvariantCulture));
        StringAssert.Contains(await visit.TextAsync("#witnesses"), "已签署此状态");
        await ScreenTests.ShowInBothAsync(visit, "check");

        // The same in words for a spreadsheet, and by name for programs.
        var sheet = Encoding.UTF8.GetString(await visit.DownloadAsync("#csv"));
        StringAssert.StartsWith(sheet, "\ufeff账本,条目数,");
        StringAssert.Contains(sheet, ",是,");
        StringAssert.Contains(Encoding.UTF8.GetString(await visit.DownloadAsync("#json")), "\"signed\": \"yes\"");

        // What was found is still there for whoever comes back.
        await visit.GoAsync("/regulator");
        await visit.Page.WaitForSelectorAsync(".rows a");
        await visit.GoAsync("/regulator/check");
        await visit.Page.WaitForSelectorAsync("#checked");

        await visit.GoAsync("/regulator/contracts");
        await visit.Page.WaitForSelectorAsync(".contract");
        Assert.AreEqual(0, await visit.At(".approve").CountAsync(), "one can approve without keys");
        Assert.AreNotEqual(0, await visit.At(".contract .vouching li").CountAsync(), "whose word counts is for the citizen alone to read");
        Assert.AreNotEqual(0, await visit.At(".contract .enclaves li").CountAsync());
        await visit.OpenKeysAsync(phrase);
        await visit.Page.WaitForSelectorAsync(".approve");
        await ScreenTests.ShowInBothAsync(visit, "contracts");
        await visit.ClickAsync(".approve");
        await visit.Page.WaitForSelectorAsync("#approved");
        Assert.IsTrue(await world.Connection.Ledger.ReadStateAsync(state => state.IsApproved(contract.Digest)));

        await visit.GoAsync("/regulator/trail");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");
        await ScreenTests.ShowInBothAsync(visit, "trail");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync("#csv"));
        using var reader = new StreamReader(await download.CreateReadStreamAsync());
        var csv = await reader.ReadToEndAsync();
        Assert.IsFalse(csv.Split('\n', ',').Any(cell => cell.StartsWith('=')), csv);
        StringAssert.Contains(csv, "'=");

        // The second check says since when nothing was changed.
        await visit.GoAsync("/regulator/check");
        await visit.ClickAsync("#check-all");
        await visit.Page.WaitForSelectorAsync("#checked");
        StringAssert.Contains(await visit.TextAsync("main"), $"的 {size} 条一致");

        // One lock for all keys, on every page.
        await visit.GoAsync("/regulator/contracts");
        await visit.Page.WaitForSelectorAsync("#close-keys");
        await visit.ClickAsync("#lock");
        await visit.Page.WaitForSelectorAsync("#open-keys");
        Assert.AreEqual(0, await visit.At("#lock").CountAsync());
        visit.AssertClean();
    }

    // A wrong signature is of one entry, which is named. The time is the sequencer's and nobody signs it: another one leaves every entry in order, and only the root says that one of them was changed.
    [TestMethod]
    public async Task Check_EntryChangedByTheSite_IsNamedWhereItCanBe()
    {
        const int Which = 3;
        var world = Shared;
        await world.IssueIdentityAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        Func<Entry, byte[]> change = entry => [.. entry.ToArray()[..^1], (byte)(entry.ToArray()[^1] ^ 1)];
        await visit.Page.RouteAsync("**/privchain.v1.Ledger/GetEntries", async route =>
        {
            var request = GetEntriesRequest.Parser.ParseFrom(route.Request.PostDataBuffer, 5, route.Request.PostDataBuffer!.Length - 5);
            var reply = new GetEntriesReply();
            for (var index = request.Start; index < request.Start + request.Count; index++)
            {
                var proven = await world.Connection.Ledger.GetEntryAsync(index);
                reply.Entries.Add(ByteString.CopyFrom(index == Which ? change(proven.Entry) : proven.Entry.ToArray()));
            }

            await route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/grpc-web", BodyBytes = LyingNodeTests.Reply(reply) });
        });
        await visit.GoAsync("/regulator/check");
        await visit.ClickAsync("#check-all");
        await visit.Page.WaitForSelectorAsync("#broken");
        StringAssert.Contains(await visit.TextAsync("#broken"), $"Entry {Which} ");
        Assert.AreEqual(0, await visit.At("#checked, #other-entries").CountAsync());

        change = entry => (entry with { Time = entry.Time + 1 }).ToArray();
        await visit.ClickAsync("#check-all");
        await visit.Page.WaitForSelectorAsync("#other-entries");
        Assert.AreEqual(0, await visit.At("#checked, #broken").CountAsync());
        await visit.Page.WaitForSelectorAsync("[data-reason=SplitView]");
        await ScreenTests.ShowInBothAsync(visit, "check-other-entries");

        // While the site does not answer: the check goes on without its page, and ends when it is told to.
        await visit.Page.UnrouteAllAsync();
        await visit.Page.RouteAsync("**/privchain.v1.Ledger/GetEntries", _ => Task.CompletedTask);
        await visit.ClickAsync("#check-all");
        await visit.Page.WaitForSelectorAsync("#check-stop");
        await visit.GoAsync("/regulator");
        await visit.Page.WaitForSelectorAsync(".rows a");
        await visit.GoAsync("/regulator/check");
        await visit.Page.WaitForSelectorAsync("#check-all:disabled");
        await ScreenTests.ShowInBothAsync(visit, "check-running");
        await visit.ClickAsync("#check-stop");
        await visit.Page.WaitForSelectorAsync("#stopped");
        Assert.AreEqual(0, await visit.At("#check-stop, #checked, .bad").CountAsync());
        await ScreenTests.ShowInBothAsync(visit, "check-stopped");

        await visit.Page.UnrouteAllAsync();
        await visit.ClickAsync("#check-all");
        await visit.Page.WaitForSelectorAsync("#checked");
        Assert.AreEqual(0, await visit.At("#broken, #other-entries, #stopped").CountAsync());
        visit.AssertClean();
    }

    // The same in both orders of day and month. Browsers tell of every digit of a year: none of them but the last is a day that is looked for, and none is written over while it is typed.
    [TestMethod]
    public async Task Trail_DayTypedDigitByDigit_IsTheOneTyped()
    {
        var world = Shared;
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink, "en-GB");
        await visit.Page.WaitForSelectorAsync("#create");
        await visit.GoAsync("/regulator/trail");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");
        await visit.Page.FocusAsync("#f-until");
        await visit.Page.Keyboard.TypeAsync("11112025", new KeyboardTypeOptions { Delay = 150 });
        await visit.Page.WaitForSelectorAsync("#trail", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        Assert.AreEqual("2025-11-11", await visit.Page.InputValueAsync("#f-until"));
        StringAssert.EndsWith(visit.Page.Url, "until=2025-11-11");
        visit.AssertClean();
    }

    // Keys of somebody else approve nothing, and the page says so before anything is sent.
    [TestMethod]
    public async Task KeysOfNoRegulator_AreRefused()
    {
        var world = Shared;
        using var phrase = Mnemonic.Generate(24);
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        await visit.GoAsync("/regulator/contracts");
        await visit.OpenKeysAsync(phrase);
        await visit.Page.WaitForSelectorAsync("[data-reason=NotEnrolled]");
        visit.AssertClean();
    }

    [TestMethod]
    [DataRow("=1+1", "'=1+1")]
    [DataRow("+1", "'+1")]
    [DataRow("-1", "'-1")]
    [DataRow("@SUM(A1)", "'@SUM(A1)")]
    [DataRow("  =1", "'  =1")]
    [DataRow("=\"a\",b", "\"'=\"\"a\"\",b\"")]
    [DataRow("＝1+1", "'＝1+1")]
    [DataRow("\n=1", "\"'\n=1\"")]
    [DataRow("Loan;=1+1", "\"Loan;=1+1\"")]
    [DataRow("Loan\t=1+1", "\"Loan\t=1+1\"")]
    [DataRow("\t=1", "\"'\t=1\"")]
    [DataRow("two\r\nlines", "\"two\r\nlines\"")]
    [DataRow("plain", "plain")]
    [DataRow("", "")]
    public void Csv_IsTextAndNoFormula(string text, string cell) => Assert.AreEqual(cell, CsvText.Cell(text));
}
