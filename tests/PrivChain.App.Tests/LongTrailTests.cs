using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Tests;

/// <summary>A ledger too long to be read before its trail shows: pages of it, each row verified, what is the site's word called so; a site that lies is named; and all of it is read when asked for.</summary>
[TestClass]
public sealed class LongTrailTests : InOneWorld<LongTrailTests>
{
    private const int Others = 2_100;

    // Of a message of gRPC: a flag and the length.
    private const int Prefix = 5;

    [ClassInitialize]
    public static Task LengthenAsync(TestContext context)
    {
        _ = context;
        return Shared.LengthenAsync(Others);
    }

    // What a regulator is handed out of a long ledger is what the whole says, whoever is gone and whatever was taken back.
    [TestMethod]
    public async Task Governance_HandedOut_IsThatOfTheWholeLedger()
    {
        var world = Shared;
        using var gone = RoleKeys.Generate();
        using var bank = RoleKeys.Generate();
        await world.EnrolAsync(LedgerRole.Regulator, gone.Profile("Office that goes", "将撤局", "-", "-", "CN", signsRecords: false));
        await world.EnrolAsync(LedgerRole.Institution, bank.Profile("Bank of the view", "视野银行", "-", "-", "CN", signsRecords: false));
        var institution = new InstitutionClient(world.Connection, bank.Account, bank.EncryptionKey);
        var (stays, leaves) = (new RegulatorClient(world.Connection, world.Regulator.Account), new RegulatorClient(world.Connection, gone.Account));
        List<Digest> published = [];
        foreach (var template in new[] { "credit-decision", "census-survey", "appointment-contact" })
        {
            published.Add((await institution.PublishAsync(ContractTemplates.For(template, bank.Account.Address).OrThrow())).Digest);
        }

        // One approved, one whose approval was taken back, and one whose regulator is gone.
        await stays.ApproveAsync(published[0]);
        await stays.ApproveAsync(published[1]);
        await stays.WithdrawAsync(published[1]);
        await leaves.ApproveAsync(published[2]);

        // Admitted once more, under another name.
        await world.EnrolAsync(LedgerRole.Institution, bank.Profile("Bank of another view", "视野新银行", "-", "-", "CN", signsRecords: false));
        await world.ExpelAsync(LedgerRole.Regulator, gone.Account.Address);

        var view = await GovernanceView.ReadAsync(world.Connection);
        var handed = (await new RegulatorClient(world.Connection, world.Regulator.Account, governance: view).ContractsAsync(all: true)).Read;
        var whole = (await stays.ContractsAsync(all: true)).Read;
        CollectionAssert.AreEqual(new[] { true, false, false }, published.ConvertAll(contract => handed.Single(review => review.Contract.Digest == contract).IsApproved));
        CollectionAssert.AreEqual(whole.Select(Facts).ToList(), handed.Select(Facts).ToList());
        var listed = await world.Connection.Organisations.ListAsync([LedgerRole.Institution, LedgerRole.Issuer, LedgerRole.Regulator]);
        CollectionAssert.AreEquivalent(listed.Select(known => (known.Profile.Account, known.Profile.NameEn)).ToList(), view.Organisations.Select(known => (known.Profile.Account, known.Profile.NameEn)).ToList());
        Assert.DoesNotContain(gone.Account.Address, view.HoldersOf(LedgerRole.Regulator));

        static (Digest, bool, int, string?) Facts(ContractUnderReview review) => (review.Contract.Digest, review.IsApproved, review.Findings.Count, review.ControllerName);
    }

    [TestMethod]
    public async Task Regulator_LooksIntoALongLedger_AndReadsAllOfItWhenAsked()
    {
        var world = Shared;
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        using var phrase = Mnemonic.Generate(24);
        using var office = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, office.Profile("Data Office of Jinling", "金陵数据局", "-", "-", "CN", signsRecords: false));
        await new RegulatorClient(world.Connection, office.Account).ApproveAsync(contract.Digest);
        var waiting = await world.Institution.PublishAsync(ContractTemplates.For("census-survey", world.Bank.Account.Address).OrThrow());
        var consent = await world.ConsentAsync(contract, uses: 2);
        await world.Institution.QueryAsync(consent);
        var revoked = await world.ConsentAsync(contract, uses: 3);
        await world.Citizen.RevokeAsync(revoked.Digest);

        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        var asked = new List<string>();
        visit.Page.Request += (_, request) => asked.Add(request.Url);
        await visit.Page.WaitForSelectorAsync("#create");
        await visit.GoAsync("/regulator/trail");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");

        // As many as there are, now that the page has looked.
        var last = ulong.Parse(await visit.TextAsync("#trail tbody a >> nth=0"), CultureInfo.InvariantCulture);
        Assert.IsGreaterThan((ulong)Others, last);
        await FindsAsync("everything", last + 1, 50);
        await ScreenTests.ShowInBothAsync(visit, "trail-long");
        await visit.ClickAsync("#older");
        await BeginsAsync(last - 50);

        // The place is in the address: an entry leads back to it, after a reload too, and so does the browser's own way back.
        await visit.ClickAsync("#trail tbody a");
        await visit.Page.WaitForSelectorAsync("#case");
        await visit.Page.ReloadAsync();
        await visit.Page.WaitForSelectorAsync("#case");
        await visit.ClickAsync("main a[href='regulator/trail?skip=50']");
        await BeginsAsync(last - 50);
        await visit.ClickAsync("#older");
        await BeginsAsync(last - 100);
        await visit.ClickAsync("#trail tbody a");
        await visit.Page.WaitForSelectorAsync("#case");
        await visit.Page.GoBackAsync();
        await BeginsAsync(last - 100);
        await visit.ClickAsync("#oldest");
        await visit.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('#trail tbody a')].at(-1).textContent === '0'");
        await visit.ClickAsync("#newest");

        // What came of it is proved where an entry shows it, and the site's word elsewhere.
        await visit.Page.SelectOptionAsync("#f-kind", nameof(EntryKind.Grant));
        await FindsAsync("consents", 2, 2);
        var word = "the site's word";
        var outcomes = await visit.At("#trail tbody td:nth-child(6)").AllInnerTextsAsync();
        Assert.DoesNotContain(word, outcomes[0], "a revocation is proved");
        Assert.Contains(word, outcomes[1], "that nothing followed is not");
        await visit.Page.SelectOptionAsync("#f-outcome", nameof(TrailOutcome.Revoked));
        await FindsAsync("revoked", 1, 1);
        await visit.ClickAsync("#clear");
        await FindsAsync("everything again", last + 1, 50);
        var progress = visit.Page.WaitForSelectorAsync("#progress");
        var saved = System.Text.Encoding.UTF8.GetString(await visit.DownloadAsync("#csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        await progress;
        Assert.AreEqual(last + 1, (ulong)saved.Length - 1, "all of them, page after page, below one line of names");
        await visit.Page.SelectOptionAsync("#f-field", "identity-card.birthDate");
        await FindsAsync("of the contract that shows it", 8, 8);
        StringAssert.Contains(await visit.TextAsync("#trail tbody"), "Bank of Jinling");
        using var json = JsonDocument.Parse(await visit.DownloadAsync("#json"));
        Assert.AreEqual(8, json.RootElement.GetArrayLength());
        Assert.AreEqual(1, json.RootElement.EnumerateArray().Count(row => row.GetProperty("kind").GetString() == nameof(EntryKind.Grant) && row.GetProperty("outcomeProved").GetBoolean()));

        // One use, every step proved. Of a consent for a day, the hour is said.
        await visit.Page.SelectOptionAsync("#f-kind", nameof(EntryKind.Use));
        await FindsAsync("uses", 1, 1);
        await visit.ClickAsync("#trail tbody a");
        await visit.Page.WaitForSelectorAsync("#case li >> nth=6 >> .save-proof");
        var proof = EntryProof.Verify(await visit.DownloadAsync("#case li[data-kind=Use] .save-proof"), world.Deployment.Genesis).OrThrow();
        Assert.AreEqual(consent.Digest, proof.Entry.Reference);
        StringAssert.Matches(await visit.TextAsync("#case li[data-kind=Grant]"), new System.Text.RegularExpressions.Regex(@"until \d+ \w+ \d{4}, \d\d:\d\d"));
        await ScreenTests.ShowInBothAsync(visit, "case-long");

        // The sealed copy opens by what belongs to its use; a contract that waits is read, sent back and approved by what stands about contracts and roles.
        await visit.ClickAsync("#copy-keys summary");
        await visit.OpenKeysAsync(phrase);
        await visit.Page.WaitForSelectorAsync("#copy[data-state=Opened]");
        var ofUse = new Uri(visit.Page.Url).AbsolutePath;

        // The site cannot leave an approval out of what belongs to a use alone; that nothing was delivered is its word.
        await LeaveOutAsync(EntryKind.Approve);
        await visit.Page.WaitForSelectorAsync("#copy[data-state=Opened]");
        await LeaveOutAsync(EntryKind.Deliver);
        await visit.Page.WaitForSelectorAsync("#copy[data-state=NothingDelivered] .word");

        // How long checking all of it takes is said before it is begun.
        await visit.GoAsync("/regulator/check");
        await visit.Page.WaitForSelectorAsync("#takes");
        await visit.GoAsync("/regulator/contracts");
        var card = $".contract:has-text('{waiting.Digest}') ";
        await visit.Page.WaitForSelectorAsync(card + ".approve");
        await visit.Page.WaitForSelectorAsync("#long");
        Assert.AreEqual(0, await visit.At($".contract:has-text('{contract.Digest}')").CountAsync(), "one that is approved waits");
        await ScreenTests.ShowInBothAsync(visit, "contracts-long");
        await visit.ClickAsync(card + ".send-back-fold summary");
        await visit.FillAsync(card + ".back-why", "Say how long it is kept.");
        await visit.ClickAsync(card + ".send-back");
        await visit.Page.WaitForSelectorAsync(card + ".sent-back");

        // The approval stands; the site leaves it out of what it hands out right after, and that is named.
        await ChangeAsync(visit, "SearchTrail", SearchTrailReply.Parser, body => SearchTrailRequest.Parser.ParseFrom(body, Prefix, body.Length - Prefix).Kind == (uint)EntryKind.Approve, reply =>
        {
            reply.Rows.RemoveAt(0);
            reply.Found--;
        });
        await visit.ClickAsync(card + ".approve");
        await visit.Page.WaitForSelectorAsync("#approved");
        await visit.Page.WaitForSelectorAsync("[data-reason=Incomplete]");
        Assert.IsTrue(await world.Connection.Ledger.ReadStateAsync(state => state.IsApproved(waiting.Digest)));
        Assert.IsEmpty(asked.Where(url => url.EndsWith("Ledger/GetEntries", StringComparison.Ordinal)), "the ledger was read");

        // All of it, and then nothing is anybody's word.
        await visit.GoAsync("/regulator/overview");
        await visit.Page.WaitForSelectorAsync("#long");
        Assert.AreEqual(0, await visit.At("#numbers").CountAsync());

        // The site drops once on the way, when nobody looks at it: pages go on, and it is told to whoever comes back.
        var left = new TaskCompletionSource();
        await visit.Page.RouteAsync(
            "**/privchain.v1.Ledger/GetEntries",
            async route =>
            {
                await left.Task;
                await route.AbortAsync();
            },
            new PageRouteOptions { Times = 1 });
        await visit.ClickAsync("#read-whole");
        await visit.GoAsync("/regulator/trail?kind=Use");
        await FindsAsync("uses, while all is read", 1, 1);
        Assert.AreEqual(0, await visit.At("#long [data-reason]").CountAsync());
        left.SetResult();
        await visit.GoAsync("/regulator/overview");
        await visit.Page.WaitForSelectorAsync("#long [data-reason=Unavailable]");
        await LeaveOutAsync(EntryKind.Deliver);
        await visit.Page.WaitForSelectorAsync("#copy[data-state=NothingDelivered] .word");
        await visit.ClickAsync("#read-whole");
        await visit.Page.WaitForSelectorAsync("#copy[data-state=Opened]", new PageWaitForSelectorOptions { Timeout = 180_000 });
        await visit.GoAsync("/regulator/overview");
        await visit.Page.WaitForSelectorAsync("#numbers");
        CollectionAssert.AreEqual(new[] { "1", "0", "1", "1" }, (await visit.At("#numbers strong").AllInnerTextsAsync()).ToArray());
        await visit.GoAsync("/regulator/trail?kind=Grant");
        await FindsAsync("consents, all read", 2, 2);
        await visit.GoAsync("/regulator/trail?kind=Use");
        await FindsAsync("uses, all read", 1, 1);
        await visit.Page.EvaluateAsync("history.back()");
        await FindsAsync("consents, where the history leads", 2, 2);
        Assert.AreEqual(0, await visit.At("#long").CountAsync());
        Assert.IsFalse((await visit.TextAsync("#trail tbody")).Contains(word, StringComparison.Ordinal));
        visit.AssertClean();

        async Task LeaveOutAsync(EntryKind kind)
        {
            await visit.Page.UnrouteAllAsync();
            await ChangeAsync(visit, "GetTrailCase", GetTrailCaseReply.Parser, _ => true, reply =>
            {
                foreach (var entry in reply.Entries.Where(entry => Entry.TryParse(entry.Entry.Span, out var parsed) && parsed.Kind == kind).ToList())
                {
                    reply.Entries.Remove(entry);
                }
            });
            await visit.GoAsync("/regulator");
            await visit.GoAsync(ofUse);
        }

        Task BeginsAsync(ulong wanted) => visit.Page.WaitForFunctionAsync("wanted => document.querySelector('#trail tbody a')?.textContent === wanted", wanted.ToString(CultureInfo.InvariantCulture));

        async Task FindsAsync(string what, ulong count, int rows)
        {
            await visit.Page.WaitForFunctionAsync(
                "wanted => (document.querySelector('#found')?.textContent ?? '').replaceAll(',', '').match(/\\d+/)?.[0] === wanted", count.ToString(CultureInfo.InvariantCulture));
            Assert.AreEqual(rows, await visit.At("#trail tbody tr").CountAsync(), what);
        }
    }

    [TestMethod]
    public async Task ASiteThatLeavesOutARow_OrMakesOneUp_IsNamed()
    {
        await Shared.PublishAsync("age-check");
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");

        // Of what is asked first, roles and contracts, a hundred rows at once are wanted; the page of the trail is the one of fifty.
        Func<SearchTrailRequest, bool> isTrail = request => request.Count == 50;
        await LieAsync("Incomplete", isTrail, reply =>
        {
            reply.Rows.RemoveAt(3);
            reply.Found--;
        });
        await LieAsync("BadSignature", isTrail, reply =>
        {
            var entry = reply.Entries[0].Entry.ToByteArray();
            entry[60] ^= 1;
            reply.Entries[0].Entry = ByteString.CopyFrom(entry);
        });

        // A contract without the admission of its institution: the ledger would not have it. Roles and contracts are asked for again when the ledger has gone on.
        await Shared.IssueIdentityAsync();
        await LieAsync("Incomplete", request => request.Kind == (uint)EntryKind.Enrol, reply =>
        {
            reply.Rows.Clear();
            reply.Found = 0;
        });
        await visit.Page.WaitForSelectorAsync("#read-whole");
        await visit.GoAsync("/regulator/contracts");
        await visit.Page.WaitForSelectorAsync("[data-reason=Incomplete]");
        await visit.Page.WaitForSelectorAsync("#read-whole");
        Assert.AreEqual(0, await visit.At(".contract").CountAsync());
        await visit.Page.UnrouteAllAsync();
        await visit.GoAsync("/regulator");
        await visit.GoAsync("/regulator/trail");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");

        async Task LieAsync(string reason, Func<SearchTrailRequest, bool> when, Action<SearchTrailReply> lie)
        {
            await visit.Page.UnrouteAllAsync();
            await ChangeAsync(visit, "SearchTrail", SearchTrailReply.Parser, body => when(SearchTrailRequest.Parser.ParseFrom(body, Prefix, body.Length - Prefix)), lie);
            await visit.GoAsync("/regulator");
            await visit.GoAsync("/regulator/trail");
            await visit.Page.WaitForSelectorAsync($"[data-reason={reason}]");
            Assert.AreEqual(0, await visit.At("#trail").CountAsync());
        }
    }

    // The site's own answers to a call of the ledger, each changed where the request is such a one.
    private static Task ChangeAsync<TReply>(AppVisit visit, string method, MessageParser<TReply> parser, Func<byte[], bool> when, Action<TReply> change)
        where TReply : IMessage<TReply> =>
        visit.Page.RouteAsync("**/privchain.v1.Ledger/" + method, async route =>
        {
            var answer = await route.FetchAsync();
            var body = await answer.BodyAsync();
            var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
            var reply = parser.ParseFrom(body, Prefix, length);
            if (when(route.Request.PostDataBuffer!))
            {
                change(reply);
            }

            var changed = reply.ToByteArray();
            BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), changed.Length);
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, BodyBytes = [.. body[..Prefix], .. changed, .. body[(Prefix + length)..]] });
        });
}
