using System.Text;
using Google.Protobuf;
using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Governance;

namespace PrivChain.App.Tests;

/// <summary>A regulator opens the sealed copy of a use in the page: fields and what became of them, never a value; and is told when the node withholds or swaps it.</summary>
[TestClass]
public sealed class UseCopyTests
{
    [TestMethod]
    public async Task Regulator_OpensTheCopyOfAUse()
    {
        await using var world = await World.StartAsync();
        using var phrase = Mnemonic.Generate(24);
        using var office = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, office.Profile("Data Office of Jinling", "金陵数据局", "-", "-", "CN", signsRecords: false));
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        var auditor = new RegulatorClient(world.Connection, office.Account, office.EncryptionKey);
        var consent = await world.ConsentAsync(contract, uses: 4);

        // One use before this regulator approves, two after.
        await world.Institution.QueryAsync(consent);
        await auditor.ApproveAsync(contract.Digest);
        await world.Institution.QueryAsync(consent);
        await world.Institution.QueryAsync(consent);
        var uses = new List<(ulong Index, Digest Use)>();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        while (uses.Count < 2)
        {
            uses.Clear();
            await foreach (var audit in auditor.AuditUsesAsync(limit.Token))
            {
                if (audit.State == UseAuditState.Opened)
                {
                    uses.Add((audit.Index, audit.Use));
                }
            }
        }

        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        await visit.GoAsync($"/regulator/trail/{uses[0].Index}");
        await visit.ClickAsync("#copy-keys summary");
        Assert.AreEqual(0, await visit.At("#copy").CountAsync(), "read without keys");
        await visit.OpenKeysAsync(phrase);
        await visit.Page.WaitForSelectorAsync("#copy[data-state=Opened]");
        Assert.AreEqual(1, await visit.At("#copy [data-outcome]").CountAsync());
        StringAssert.Contains(await visit.TextAsync("#copy [data-outcome=Derived]"), "whether you are 18 or older");
        StringAssert.Contains(await visit.TextAsync("#copy"), "Bank of Jinling");
        StringAssert.Contains(Encoding.UTF8.GetString(await visit.DownloadAsync("#copy-csv")), "In the form agreed on: ");
        StringAssert.Contains(Encoding.UTF8.GetString(await visit.DownloadAsync("#copy-json")), "\"outcome\": \"Derived\"");
        foreach (var (_, value) in World.IdentityClaims())
        {
            if (((string)value!).Length > 2)
            {
                Assert.IsFalse((await visit.Page.ContentAsync()).Contains((string)value!, StringComparison.Ordinal), $"{value} is in the page");
            }
        }

        await visit.Page.WaitForSelectorAsync("#case li[data-kind=Deliver] .save-proof");
        await ScreenTests.ShowInBothAsync(visit, "case-copy");

        // The other use's copy under this one's name.
        await LieAsync(visit, uses[0].Use);
        await visit.GoAsync($"/regulator/trail/{uses[1].Index}");
        await visit.Page.WaitForSelectorAsync("#copy[data-state=Refused]");
        await visit.Page.WaitForSelectorAsync("[data-reason=DigestMismatch]");
        await ScreenTests.ShowInBothAsync(visit, "case-copy-wrong");

        // Of a use of a moment ago nobody can say that its copy is lost: the page looks again by itself.
        await LieAsync(visit, Digest.OfSha256("no such use"u8));
        await world.Institution.QueryAsync(consent);
        var fresh = (await world.Connection.Ledger.ReadStateAsync(_ => world.Connection.Ledger.History.UsesOf(consent.Digest)))[^1].Index;
        await visit.GoAsync("/regulator/trail");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");
        await visit.GoAsync($"/regulator/trail/{fresh}");
        await visit.Page.WaitForSelectorAsync("#copy[data-state=Missing]:not(.bad)");
        StringAssert.Contains(await visit.TextAsync("#copy"), "within a minute");
        await visit.Page.UnrouteAllAsync();
        await visit.Page.WaitForSelectorAsync("#copy[data-state=Opened]");

        // Before the approval nothing was due; and with the truth again the copy is read.
        var early = (await world.Connection.Ledger.ReadStateAsync(_ => world.Connection.Ledger.History.UsesOf(consent.Digest).Select(use => use.Index).ToList()))[0];
        await visit.GoAsync($"/regulator/trail/{early}");
        await visit.Page.WaitForSelectorAsync("#copy[data-state=NotDue]");
        await visit.GoAsync($"/regulator/trail/{uses[1].Index}");
        await visit.Page.WaitForSelectorAsync("#copy[data-state=Opened]");

        // Of one of a minute ago it can.
        await LieAsync(visit, Digest.OfSha256("no such use"u8));
        await visit.GoAsync($"/regulator/trail/{uses[0].Index}");
        await visit.Page.WaitForSelectorAsync("#copy.bad[data-state=Missing]", new PageWaitForSelectorOptions { Timeout = 90_000 });
        await ScreenTests.ShowInBothAsync(visit, "case-copy-missing");
        visit.AssertClean();
    }

    // The page asks for one use, and the node hands out what it has for another.
    private static async Task LieAsync(AppVisit visit, Digest instead)
    {
        await visit.Page.UnrouteAllAsync();
        await visit.Page.RouteAsync("**/privchain.v1.Vault/GetAuditCopy", route =>
        {
            var message = new GetAuditCopyRequest { Use = ByteString.CopyFrom(instead.ToArray()) }.ToByteArray();
            return route.ContinueAsync(new RouteContinueOptions { PostData = [0, 0, 0, 0, (byte)message.Length, .. message] });
        });
    }
}
