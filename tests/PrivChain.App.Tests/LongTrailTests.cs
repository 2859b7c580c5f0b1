using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Playwright;
using PrivChain.Core.Ledger;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Tests;

/// <summary>A ledger too long to be read before its trail shows: pages of it, each row verified, what is the site's word called so; a site that lies is named; and all of it is read when asked for.</summary>
[TestClass]
public sealed class LongTrailTests : InOneWorld<LongTrailTests>
{
    private const int Others = 2_100;

    [ClassInitialize]
    public static Task LengthenAsync(TestContext context)
    {
        _ = context;
        return Shared.LengthenAsync(Others);
    }

    [TestMethod]
    public async Task Regulator_LooksIntoALongLedger_AndReadsAllOfItWhenAsked()
    {
        var world = Shared;
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
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
        await visit.Page.WaitForFunctionAsync("wanted => document.querySelector('#trail tbody a').textContent === wanted", (last - 50).ToString(CultureInfo.InvariantCulture));
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
        await visit.Page.SelectOptionAsync("#f-field", "identity-card.birthDate");
        await FindsAsync("of the contract that shows it", 7, 7);
        StringAssert.Contains(await visit.TextAsync("#trail tbody"), "Bank of Jinling");
        using var json = JsonDocument.Parse(await visit.DownloadAsync("#json"));
        Assert.AreEqual(7, json.RootElement.GetArrayLength());
        Assert.AreEqual(1, json.RootElement.EnumerateArray().Count(row => row.GetProperty("kind").GetString() == nameof(EntryKind.Grant) && row.GetProperty("outcomeProved").GetBoolean()));

        // One use, every step proved.
        await visit.Page.SelectOptionAsync("#f-kind", nameof(EntryKind.Use));
        await FindsAsync("uses", 1, 1);
        await visit.ClickAsync("#trail tbody a");
        await visit.Page.WaitForSelectorAsync("#case li >> nth=5 >> .save-proof");
        var proof = EntryProof.Verify(await visit.DownloadAsync("#case li[data-kind=Use] .save-proof"), world.Deployment.Genesis).OrThrow();
        Assert.AreEqual(consent.Digest, proof.Entry.Reference);
        await ScreenTests.ShowInBothAsync(visit, "case-long");
        Assert.IsEmpty(asked.Where(url => url.EndsWith("Ledger/GetEntries", StringComparison.Ordinal)), "the ledger was read");

        // All of it, and then nothing is anybody's word.
        await visit.GoAsync("/regulator/overview");
        await visit.Page.WaitForSelectorAsync("#long");
        Assert.AreEqual(0, await visit.At("#numbers").CountAsync());

        // The site drops once on the way: that is told, and pages go on.
        await visit.Page.RouteAsync("**/privchain.v1.Ledger/GetEntries", route => route.AbortAsync(), new PageRouteOptions { Times = 1 });
        await visit.ClickAsync("#read-whole");
        await visit.Page.WaitForSelectorAsync("#long [data-reason=Unavailable]");
        await visit.GoAsync("/regulator/trail?kind=Use");
        await FindsAsync("uses, after what failed", 1, 1);
        await visit.GoAsync("/regulator/overview");
        await visit.ClickAsync("#read-whole");
        await visit.Page.WaitForSelectorAsync("#numbers", new PageWaitForSelectorOptions { Timeout = 180_000 });
        CollectionAssert.AreEqual(new[] { "1", "0", "1", "1" }, (await visit.At("#numbers strong").AllInnerTextsAsync()).ToArray());
        await visit.GoAsync("/regulator/trail?kind=Grant");
        await FindsAsync("consents, all read", 2, 2);
        Assert.AreEqual(0, await visit.At("#long").CountAsync());
        Assert.IsFalse((await visit.TextAsync("#trail tbody")).Contains(word, StringComparison.Ordinal));
        visit.AssertClean();

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
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        await LieAsync("Incomplete", reply =>
        {
            reply.Rows.RemoveAt(3);
            reply.Found--;
        });
        await LieAsync("BadSignature", reply =>
        {
            var entry = reply.Entries[0].Entry.ToByteArray();
            entry[60] ^= 1;
            reply.Entries[0].Entry = ByteString.CopyFrom(entry);
        });
        await visit.Page.UnrouteAllAsync();
        await visit.GoAsync("/regulator");
        await visit.GoAsync("/regulator/trail");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");

        async Task LieAsync(string reason, Action<SearchTrailReply> lie)
        {
            await visit.Page.UnrouteAllAsync();
            await visit.Page.RouteAsync("**/privchain.v1.Ledger/SearchTrail", async route =>
            {
                const int Prefix = 5;
                var answer = await route.FetchAsync();
                var body = await answer.BodyAsync();
                var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
                var reply = SearchTrailReply.Parser.ParseFrom(body, Prefix, length);

                // Of what is asked first, the names, there are few; the page of the trail is the one of fifty.
                if (reply.Rows.Count == 50)
                {
                    lie(reply);
                }

                var changed = reply.ToByteArray();
                BinaryPrimitives.WriteInt32BigEndian(body.AsSpan(1), changed.Length);
                await route.FulfillAsync(new RouteFulfillOptions { Response = answer, BodyBytes = [.. body[..Prefix], .. changed, .. body[(Prefix + length)..]] });
            });
            await visit.GoAsync("/regulator");
            await visit.GoAsync("/regulator/trail");
            await visit.Page.WaitForSelectorAsync($"[data-reason={reason}]");
            Assert.AreEqual(0, await visit.At("#trail").CountAsync());
        }
    }
}
