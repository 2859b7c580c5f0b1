using System.Text;
using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Query;

namespace PrivChain.App.Tests;

/// <summary>What the node keeps back, and what the browser cannot keep, is said where it is missing, and is in nobody's way: above all not in the way of taking a consent back.</summary>
[TestClass]
public sealed class WithholdingNodeTests
{
    [TestMethod]
    public async Task RecordsAndMessagesKeptBack_NoRoomInTheBrowser_ConsentsAreShownAndTakenBack()
    {
        await using var world = await World.StartAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var first = await visit.AskAsync(world, await world.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        await visit.SayYesAsync();
        var consent = (await first.WaitForConsentAsync(limit.Token)).Digest;

        // From one consent to another: the page says what the other one is about.
        using var keys = RoleKeys.Generate();
        await world.EnrolAsync(LedgerRole.Institution, keys.Profile("Jinling Casino", "金陵娱乐", "-", "-", "CN", signsRecords: false));
        var casino = new InstitutionClient(world.Connection, keys.Account, keys.EncryptionKey);
        var text = Encoding.UTF8.GetString(ContractTemplates.For("age-check", keys.Account.Address).OrThrow());
        StringAssert.Contains(text, "\"years\": 18");
        var older = await casino.PublishAsync(Encoding.UTF8.GetBytes(text.Replace("\"years\": 18", "\"years\": 21", StringComparison.Ordinal)), limit.Token);
        await new RegulatorClient(world.Connection, world.Regulator.Account).ApproveAsync(older.Digest, "fine", limit.Token);
        var second = await casino.RequestAsync(await visit.ContactAsync(world, keys.Account.Address.ToString()), older.Digest, 1, TimeSpan.FromDays(1), cancellationToken: limit.Token);
        await visit.ReadRequestAsync(isFirst: false);
        await visit.SayYesAsync();
        var other = (await second.WaitForConsentAsync(limit.Token)).Digest;
        await visit.GoAsync("/consents/" + consent);
        await visit.Page.WaitForSelectorAsync("dd li:has-text('18')");
        await visit.GoAsync("/consents/" + other);
        await visit.Page.WaitForSelectorAsync("dd li:has-text('21')");

        // Nothing is kept here, and the node hands out neither records nor messages.
        foreach (var method in new[] { "Vault/GetRecord", "Inbox/Receive" })
        {
            await visit.Page.RouteAsync("**/privchain.v1." + method, route => route.FulfillAsync(new RouteFulfillOptions
            {
                Status = 200, Headers = new Dictionary<string, string> { ["content-type"] = "application/grpc-web", ["grpc-status"] = "5" },
            }));
        }

        await visit.Page.GotoAsync(new Uri(visit.Home, "/data").ToString());
        await visit.WithKeptAsync("names.forEach(name => store.delete(name))");
        await visit.UnlockAsync();
        await visit.Page.WaitForSelectorAsync(".unreadable [data-reason=RecordMissing]");
        await ScreenTests.ShowAsync(visit, "data-unreadable", "en");
        await visit.GoAsync("/requests");
        await visit.Page.WaitForSelectorAsync("main [data-reason=NotFound]");
        await visit.GoAsync("/consents/" + consent);
        await visit.Page.WaitForSelectorAsync("#fields-unknown");
        await ScreenTests.ShowAsync(visit, "consent-trouble", "en");

        await visit.Page.EvaluateAsync("() => { IDBObjectStore.prototype.put = () => { throw new DOMException('no room', 'QuotaExceededError'); }; }");
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("#revoked");
        Assert.IsNotNull(await world.Connection.Ledger.ReadStateAsync(state => state.Consent(consent)!.RevokedAt, cancellationToken: limit.Token));

        // Said once.
        await visit.ClickAsync("#not-kept-seen");
        await visit.GoAsync("/consents/" + other);
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("#revoked");
        Assert.AreEqual(0, await visit.At("#not-kept, [data-waiting]").CountAsync());
        visit.AssertClean();
    }

    // One text and one profile that the node keeps back: a regulator reads, names and checks all others.
    [TestMethod]
    public async Task ContractAndProfileKeptBack_RegulatorReadsTheOthers()
    {
        await using var world = await World.StartAsync();
        using var keys = RoleKeys.Generate();
        var profile = keys.Profile("Jinling Casino", "金陵娱乐", "-", "-", "CN", signsRecords: false);
        await world.EnrolAsync(LedgerRole.Institution, profile);
        var casino = new InstitutionClient(world.Connection, keys.Account, keys.EncryptionKey);
        var kept = await world.PublishAsync("mortgage-precheck");
        var waiting = await casino.PublishAsync(ContractTemplates.For("age-check", keys.Account.Address).OrThrow());
        var also = await world.Institution.PublishAsync(ContractTemplates.For("age-check", world.Bank.Account.Address).OrThrow());
        var keptBack = new[] { kept.Digest, Digest.OfSha256(profile.ToArray()) };
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        var asked = new HashSet<Digest>();
        await visit.Page.RouteAsync("**/privchain.v1.Documents/GetDocument", route =>
        {
            var body = route.Request.PostDataBuffer!;
            if (keptBack.FirstOrDefault(digest => body.AsSpan().IndexOf(digest.ToArray()) >= 0) is var held && held == Digest.Zero)
            {
                return route.ContinueAsync();
            }

            asked.Add(held);
            return route.FulfillAsync(new RouteFulfillOptions
            {
                Status = 200, Headers = new Dictionary<string, string> { ["content-type"] = "application/grpc-web", ["grpc-status"] = "5" },
            });
        });

        await visit.GoAsync("/regulator/contracts");
        await visit.Page.WaitForSelectorAsync(".contract");
        Assert.AreEqual(2, await visit.At(".contract").CountAsync());
        StringAssert.Contains(await visit.TextAsync("main"), also.Controller.ToString());
        StringAssert.Contains(await visit.TextAsync("main"), waiting.Controller.ToString());
        StringAssert.Contains(await visit.TextAsync("#unread-contracts"), kept.Digest.ToString());
        Assert.AreEqual(1, await visit.At("#unread-contracts li [data-reason=NotFound]").CountAsync());
        await ScreenTests.ShowAsync(visit, "contracts-unread", "en");

        await visit.GoAsync("/regulator/overview");
        await visit.Page.WaitForSelectorAsync("#unread-contracts");
        await visit.Page.WaitForSelectorAsync("#over-asking");
        await visit.GoAsync("/regulator/trail");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");
        var names = await visit.TextAsync("#f-institution");
        Assert.IsFalse(names.Contains("Jinling Casino", StringComparison.Ordinal));
        StringAssert.Contains(names, "Bank");
        CollectionAssert.AreEquivalent(keptBack, asked.ToList());
        visit.AssertClean();
    }
}
