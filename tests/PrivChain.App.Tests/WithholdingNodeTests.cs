using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Schemas.V1;
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
        var world = await SharedWorld.OpenAsync();
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
        await ScreenTests.ShowInBothAsync(visit, "data-unreadable");
        await visit.GoAsync("/requests");
        await visit.Page.WaitForSelectorAsync("main [data-reason=NotFound]");
        await visit.GoAsync("/");
        await visit.Page.WaitForSelectorAsync("main [data-reason=NotFound]");
        Assert.AreEqual(0, await visit.At(".verified").CountAsync());
        await visit.GoAsync("/share");
        await visit.Page.WaitForSelectorAsync($"#with option[value='{world.Bank.Account.Address}']", new PageWaitForSelectorOptions { State = WaitForSelectorState.Attached });

        // What is kept back is not silently left out of what is saved either.
        await visit.GoAsync("/proof");
        using (var zip = new ZipArchive(new MemoryStream(await visit.DownloadAsync("#download-all"))))
        using (var mine = await JsonDocument.ParseAsync(zip.GetEntry("my-data.json")!.Open(), cancellationToken: limit.Token))
        {
            Assert.AreEqual("RecordMissing", mine.RootElement.GetProperty("unreadable")[0].GetProperty("reason").GetString());
            foreach (var own in mine.RootElement.GetProperty("consents").EnumerateArray())
            {
                Assert.AreEqual(("NotFound", "NotFound"), (own.GetProperty("ownCopies").GetString(), own.GetProperty("iso27560Missing").GetString()));
            }
        }

        await visit.Page.WaitForSelectorAsync("main [data-reason=RecordMissing]");

        // Nor does a document of anybody's that is kept back keep one's own things: what lacks is the trail, and no half of it is there.
        const string Documents = "**/privchain.v1.Documents/GetDocument";
        await visit.Page.RouteAsync(Documents, route => route.FulfillAsync(new RouteFulfillOptions
        {
            Status = 200, Headers = new Dictionary<string, string> { ["content-type"] = "application/grpc-web", ["grpc-status"] = "5" },
        }));
        using var late = RoleKeys.Generate();
        await world.EnrolAsync(LedgerRole.Issuer, late.Profile("Office of a moment ago", "新近入驻局", "-", "-", "CN", signsRecords: true));
        using (var zip = new ZipArchive(new MemoryStream(await visit.DownloadAsync("#download-all"))))
        {
            Assert.IsNotNull(zip.GetEntry("my-data.json"));
            Assert.IsEmpty(zip.Entries.Where(entry => entry.FullName.StartsWith("trail/", StringComparison.Ordinal)));
        }

        await visit.Page.WaitForSelectorAsync("#no-trail");
        await visit.Page.UnrouteAsync(Documents);
        await visit.GoAsync("/consents/" + consent);
        await visit.Page.WaitForSelectorAsync("#fields-unknown");
        await ScreenTests.ShowInBothAsync(visit, "consent-trouble");

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

    // The node goes on handing out what was answered: consented to once more, the uses would be doubled.
    [TestMethod]
    public async Task RequestNotRemoved_IsTheYesThatStands()
    {
        var world = await SharedWorld.OpenAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        await visit.Page.RouteAsync("**/privchain.v1.Inbox/Remove", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "application/grpc-web", BodyBytes = LyingNodeTests.Reply(new RemoveReply()),
        }));
        await visit.AskAsync(world, await world.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        await visit.SayYesAsync();
        var request = new Uri(visit.Page.Url).AbsolutePath;
        await visit.Page.GotoAsync(new Uri(visit.Home, "/requests").ToString());
        await visit.UnlockAsync();
        await visit.SeeAsync("Nobody is waiting for an answer from you.");
        await visit.GoAsync(request);
        await visit.Page.WaitForSelectorAsync("#done-yes");

        // Taken back, it does not stand.
        await visit.ClickAsync("#see-consent");
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("#revoked");
        await visit.GoAsync(request);
        await visit.Page.WaitForSelectorAsync("#done-revoked");
        visit.AssertClean();
    }

    // The ledger says what was delivered, so a copy that is kept back is missed.
    [TestMethod]
    public async Task CopyOfTheAnswerKeptBack_IsSaid_AndReadWhenItComes()
    {
        var world = await SharedWorld.OpenAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        var (newest, isKeptBack) = (0UL, false);
        await visit.Page.RouteAsync("**/privchain.v1.Inbox/Receive", async route =>
        {
            var answer = await route.FetchAsync();
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, BodyBytes = Without(await answer.BodyAsync(), IsKeptBack) });
        });
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var pending = await visit.AskAsync(world, await world.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        await visit.SayYesAsync();
        var consent = await pending.WaitForConsentAsync(limit.Token);

        // What comes from now on is kept back.
        Volatile.Write(ref isKeptBack, true);
        await visit.GoAsync("/consents/" + consent.Digest);
        await visit.Page.WaitForSelectorAsync("#revoke");
        await world.Institution.QueryAsync(consent, cancellationToken: limit.Token);
        await visit.Page.WaitForSelectorAsync(".copy-due");
        var delivered = await world.Connection.Ledger.ReadStateAsync(_ => world.Connection.Ledger.History.UsesOf(consent.Digest).Single().DeliveredAt, cancellationToken: limit.Token);
        StringAssert.Contains(await visit.TextAsync(".copy-due"), $"entry {delivered} ");
        await ScreenTests.ShowInBothAsync(visit, "consent-copy-due");
        await visit.GoAsync("/proof");
        await visit.DownloadAsync("#download-all");
        await visit.Page.WaitForSelectorAsync("main [data-reason=NotFound]");

        // Handed out after all, it is read.
        Volatile.Write(ref isKeptBack, false);
        await visit.GoAsync("/consents/" + consent.Digest);
        await visit.Page.WaitForSelectorAsync(".use .saw", new PageWaitForSelectorOptions { Timeout = 90_000 });
        visit.AssertClean();

        bool IsKeptBack(ReceiveReply reply)
        {
            if (Volatile.Read(ref isKeptBack))
            {
                return reply.Id > newest;
            }

            newest = Math.Max(newest, reply.Id);
            return false;
        }
    }

    // What is in force the ledger says: a device whose clock is behind takes nobody's right to take back.
    [TestMethod]
    public async Task ClockIsBehind_ConsentIsInForce_AndTakenBack()
    {
        var world = await SharedWorld.OpenAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        await visit.AskAsync(world, await world.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        await visit.SayYesAsync();
        await visit.Page.AddInitScriptAsync("const now = Date.now; Date.now = () => now() - 600_000;");
        await visit.Page.GotoAsync(new Uri(visit.Home, "/consents").ToString());
        await visit.UnlockAsync();
        await visit.Page.WaitForSelectorAsync("#revoke-all-fold");
        await visit.ClickAsync(".rows a[href^=consents]");
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("#revoked");
        visit.AssertClean();
    }

    // The frames of a stream of messages, but for some; the trailers stay.
    private static byte[] Without(byte[] body, Func<ReceiveReply, bool> isKeptBack)
    {
        const int Prefix = 5;
        var left = new List<byte>();
        for (var at = 0; at < body.Length;)
        {
            var end = at + Prefix + BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(at + 1));
            if (body[at] != 0 || !isKeptBack(ReceiveReply.Parser.ParseFrom(body, at + Prefix, end - at - Prefix)))
            {
                left.AddRange(body[at..end]);
            }

            at = end;
        }

        return [.. left];
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
        await ScreenTests.ShowInBothAsync(visit, "contracts-unread");

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
