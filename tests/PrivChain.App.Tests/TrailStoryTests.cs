using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Tests;

/// <summary>A regulator goes from a number of the overview to its entries, and from one of them along the whole way of a use, every step proved.</summary>
[TestClass]
public sealed class TrailStoryTests
{
    private const string Hostile = "=1+1 <img src=x onerror=\"document.title='owned'\">";

    [TestMethod]
    public Task Regulator_GoesFromANumberToTheProofOfAUse() => GoFromANumberToTheProofOfAUseAsync("en-GB");

    [TestMethod]
    [TestCategory("Slow")]
    public Task Regulator_GoesFromANumberToTheProofOfAUse_InChinese() => GoFromANumberToTheProofOfAUseAsync("zh-CN");

    private static async Task GoFromANumberToTheProofOfAUseAsync(string locale)
    {
        await using var world = await World.StartAsync();
        using var odd = RoleKeys.Generate();
        await world.EnrolAsync(LedgerRole.Institution, odd.Profile(Hostile, Hostile, "-", "-", "CN", signsRecords: false));
        using var brief = RoleKeys.Generate();
        using (var governor = world.Deployment.Folder.OpenGovernor())
        {
            await new GovernorClient(world.Connection, governor).EnrolOrganisationAsync(
                LedgerRole.Institution, brief.Profile("Brief Bank", "短期银行", "-", "-", "CN", signsRecords: false), DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(5), 1000);
        }

        await world.PublishAsync("census-survey", new InstitutionClient(world.Connection, brief.Account, brief.EncryptionKey), brief);
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        var consent = await world.ConsentAsync(contract, uses: 2);
        await world.Institution.QueryAsync(consent);
        await world.Citizen.RevokeAsync(consent.Digest);
        using var phrase = Mnemonic.Generate(24);
        using var office = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, office.Profile("Data Office", "数据局", "-", "-", "CN", signsRecords: false));

        // An enclave refuses what was taken back: it tells both regulators.
        Assert.AreEqual(RefusalReason.Revoked, (await world.Institution.QueryAsync(consent)).Refusal?.Reason);
        var told = new RegulatorClient(world.Connection, office.Account, office.EncryptionKey);
        await World.UntilAsync(async () => (await told.EnclaveRefusalsAsync(DateOnly.FromDateTime(DateTime.UnixEpoch))).Counts.Count == 1, CancellationToken.None);

        // A contract that asks for the birth date itself, past the client that would not send it.
        var asking = JsonNode.Parse(contract.CanonicalText.Span)!;
        asking["shows"]!["identity-card.birthDate"] = new JsonObject { ["form"] = "value" };
        var text = Jcs.Canonicalize(asking.AsObject()).OrThrow();
        await world.Connection.PutDocumentAsync(world.Bank.Account, text);
        var publication = new EntrySigner(world.Connection.Domain, world.Bank.Account).Publish(Digest.OfSha256(text), 365 * 86_400UL, 100, 0);
        var refusal = await Assert.ThrowsExactlyAsync<RefusalException>(() => world.Connection.Ledger.AppendAsync(publication));
        Assert.AreEqual(RefusalReason.OverAsking, refusal.Reason);
        var size = await world.Connection.Ledger.ReadStateAsync(state => state.Size);

        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink, locale);
        await visit.Page.WaitForSelectorAsync("#create");
        await visit.GoAsync("/regulator/overview");
        await visit.Page.WaitForSelectorAsync("#numbers");
        CollectionAssert.AreEqual(new[] { "1", "0", "0", "1" }, (await visit.At("#numbers strong").AllInnerTextsAsync()).ToArray());
        var none = visit.Says("none", "无");
        CollectionAssert.AreEqual(new[] { "0", none, "0", none }, (await visit.At("#revocations td:nth-child(n+5)").AllInnerTextsAsync()).ToArray(), "a use after the revocation");
        StringAssert.Contains(await visit.TextAsync("#effect"), none);
        Assert.AreEqual(1, await visit.At("#fields tbody tr").CountAsync());
        Assert.AreEqual("1", await visit.TextAsync("#fields tbody a"));
        Assert.AreEqual(1, await visit.At("#lapsing a").CountAsync());
        StringAssert.Contains(await visit.TextAsync("#lapsing"), DateTimeOffset.UtcNow.AddDays(5).ToString("yyyy", System.Globalization.CultureInfo.InvariantCulture));
        Assert.AreEqual(2, await visit.At("#over-asking a").CountAsync(), "the checker has something to say of each");
        await ScreenTests.ShowInBothAsync(visit, "overview");

        // What the node refused, for a regulator's keys alone, marked as its own word.
        Assert.AreEqual(0, await visit.At("#refused").CountAsync());
        await visit.ClickAsync("#refused-keys summary");
        await visit.OpenKeysAsync(phrase);
        await visit.Page.WaitForSelectorAsync("#refused tr[data-reason=OverAsking]");
        var over = await visit.TextAsync("#refused tr[data-reason=OverAsking]");
        StringAssert.Contains(over, visit.Says("an institution", "机构"));
        StringAssert.Contains(over, "Ledger/Append");
        StringAssert.StartsWith(await visit.TextAsync("#over-asking-attempts"), visit.Says("1 attempt ", "发布要求过多的合约的尝试：1 次"));
        StringAssert.Contains(await visit.TextAsync("main"), visit.Says("nobody can check it", "任何人都无法核实"));
        var byEnclaves = await visit.TextAsync("#refused-enclaves tr[data-reason=Revoked]");
        StringAssert.Contains(byEnclaves, visit.Says("taken back", "同意已被撤回"));
        Assert.AreEqual(0, await visit.At("#tallies-unread").CountAsync());
        await ScreenTests.ShowInBothAsync(visit, "overview-refusals");
        var ofEnclaves = Encoding.UTF8.GetString(await visit.DownloadAsync("#refused-enclaves-csv"));
        StringAssert.Contains(ofEnclaves, $"{world.Bank.Account.Address},");
        StringAssert.Contains(ofEnclaves, visit.Says(",a consent that was taken back,1", ",同意已被撤回,1"));
        StringAssert.Contains(Encoding.UTF8.GetString(await visit.DownloadAsync("#refused-enclaves-json")), "\"reason\": \"Revoked\"");

        // More rows than are shown are said to be, and are in the file.
        await visit.Page.RouteAsync("**/privchain.v1.Refusals/Count", route =>
        {
            var reply = new CountRefusalsReply();
            reply.Counts.AddRange(Enumerable.Range(0, 120).Select(i => new RefusalCount { Day = 20_000, Method = $"=m{i}", Reason = (uint)RefusalReason.NotFound, Count = 1 }));
            return route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/grpc-web", BodyBytes = LyingNodeTests.Reply(reply) });
        });
        await visit.Page.RouteAsync("**/privchain.v1.Refusals/ListTallies", route => route.FulfillAsync(new RouteFulfillOptions
        {
            ContentType = "application/grpc-web", BodyBytes = LyingNodeTests.Reply(new ListTalliesReply { Boxes = { ByteString.CopyFromUtf8("not a tally") } }),
        }));
        await visit.GoAsync("/regulator");
        await visit.GoAsync("/regulator/overview");
        await visit.Page.WaitForSelectorAsync("#tallies-unread");
        StringAssert.Contains(await visit.TextAsync("#refused-enclaves"), "30");
        await visit.Page.WaitForSelectorAsync(".cut");
        Assert.AreEqual(100, await visit.At("#refused tbody tr").CountAsync());
        StringAssert.Contains(await visit.TextAsync(".cut"), "120");
        var refusals = Encoding.UTF8.GetString(await visit.DownloadAsync("#refused-csv"));
        Assert.HasCount(121, refusals.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        StringAssert.Contains(refusals, "'=m119");
        await visit.Page.UnrouteAllAsync();

        // A number, its entry, and the way of that use.
        await visit.ClickAsync("#by-day td a");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");
        Assert.AreEqual(1, await visit.At("#trail tbody tr").CountAsync());
        Assert.AreEqual(nameof(EntryKind.Use), await visit.Page.InputValueAsync("#f-kind"));
        Assert.AreEqual(world.Bank.Account.Address.ToString(), await visit.Page.InputValueAsync("#f-institution"));
        await visit.ClickAsync("#trail tbody a");
        await visit.Page.WaitForSelectorAsync("#case li >> nth=6 >> .save-proof");
        var kinds = new List<string?>();
        foreach (var step in await visit.At("#case li").AllAsync())
        {
            kinds.Add(await step.GetAttributeAsync("data-kind"));
        }

        CollectionAssert.AreEqual(
            new[] { EntryKind.Session, EntryKind.Publish, EntryKind.Approve, EntryKind.Grant, EntryKind.Use, EntryKind.Deliver, EntryKind.Revoke }.Select(kind => kind.ToString()).ToList(), kinds);
        var proof = EntryProof.Verify(await visit.DownloadAsync("#case li[data-kind=Use] .save-proof"), world.Deployment.Genesis).OrThrow();
        Assert.AreEqual(EntryKind.Use, proof.Entry.Kind);
        Assert.AreEqual(consent.Digest, proof.Entry.Reference);
        Assert.IsFalse((await visit.TextAsync("main")).Contains("1988", StringComparison.Ordinal), "a value is shown");
        Assert.HasCount(1 + kinds.Count, Encoding.UTF8.GetString(await visit.DownloadAsync("#csv")).Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        using (var saved = JsonDocument.Parse(await visit.DownloadAsync("#json")))
        {
            CollectionAssert.AreEqual(kinds, saved.RootElement.EnumerateArray().Select(row => row.GetProperty("kind").GetString()).ToList());
        }

        await ScreenTests.ShowInBothAsync(visit, "case");

        // Every filter by itself.
        await visit.GoAsync("/regulator/trail");
        await visit.Page.WaitForSelectorAsync("#trail tbody tr");
        await FindsAsync("", size);
        await ScreenTests.ShowInBothAsync(visit, "trail");
        await visit.Page.SelectOptionAsync("#f-outcome", "Revoked");
        await FindsAsync("Revoked", 1);
        await visit.Page.SelectOptionAsync("#f-kind", "Use");
        await FindsAsync("a use that is revoked", 0);
        await visit.ClickAsync("#clear");
        await visit.Page.SelectOptionAsync("#f-field", "identity-card.birthDate");
        await FindsAsync("of the contract that shows it", 6);
        await visit.Page.SelectOptionAsync("#f-purpose", contract.Purpose);
        await visit.Page.SelectOptionAsync("#f-contract", contract.Digest.ToString());
        await FindsAsync("of the contract that shows it, by all its names", 6);
        await visit.ClickAsync("#clear");
        await visit.FillAsync("#f-until", DateTime.UtcNow.AddDays(-2).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
        await visit.Page.Keyboard.PressAsync("Tab");
        await FindsAsync("before anything was", 0);
        await visit.ClickAsync("#clear");
        await visit.Page.SelectOptionAsync("#f-institution", odd.Account.Address.ToString());
        await FindsAsync("the admission", 1);
        StringAssert.Contains(await visit.TextAsync("#trail tbody"), Hostile);
        Assert.AreEqual(0, await visit.At("main img").CountAsync());

        // Days beyond every entry find what is within them.
        foreach (var (from, until, count) in new[] { ("", "9999-12-31", 1UL), ("9999-12-31", "", 0UL), ("0001-01-01", "", 1UL), ("", "0001-01-01", 0UL) })
        {
            await visit.FillAsync("#f-from", from);
            await visit.FillAsync("#f-until", until);
            await visit.At("#f-until").BlurAsync();
            await FindsAsync($"{from} to {until}", count);
        }

        await visit.FillAsync("#f-from", string.Empty);
        await visit.FillAsync("#f-until", string.Empty);
        await visit.Page.Keyboard.PressAsync("Tab");
        await FindsAsync("the admission", 1);

        // What is found is what is saved, and no cell is a formula.
        var csv = Encoding.UTF8.GetString(await visit.DownloadAsync("#csv"));
        Assert.HasCount(2, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries));
        StringAssert.Contains(csv, "'=1+1");
        StringAssert.Contains(csv, odd.Account.Address.ToString());
        StringAssert.Matches(csv, new System.Text.RegularExpressions.Regex(@",\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z,0x[0-9a-f]{64},"));
        StringAssert.Contains(await visit.TextAsync("#trail tbody tr td:nth-child(3)"), visit.Says("Admission: institution", "准入：机构"));
        using var json = JsonDocument.Parse(await visit.DownloadAsync("#json"));
        Assert.AreEqual(odd.Account.Address.ToString(), json.RootElement.EnumerateArray().Single().GetProperty("institution").GetString());

        // An address that names nothing finds nothing, and says so.
        await visit.GoAsync("/regulator");
        foreach (var nonsense in new[] { "kind=1", "skip=-1" })
        {
            await visit.GoAsync("/regulator/trail?" + nonsense);
            await visit.Page.WaitForSelectorAsync("[data-reason=Malformed]");
            await visit.GoAsync("/regulator");
            await visit.Page.WaitForSelectorAsync(".rows a");
        }

        // A place behind the last entry is that of the last ones.
        await visit.GoAsync("/regulator/trail?skip=1000000");
        await visit.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('#trail tbody a')].at(-1)?.textContent === '0'");
        await visit.GoAsync("/regulator/trail/" + size);
        await visit.Page.WaitForSelectorAsync("main .notice");
        Assert.AreEqual(0, await visit.At("#case").CountAsync());
        visit.AssertClean();

        async Task FindsAsync(string what, ulong count)
        {
            await visit.Page.WaitForFunctionAsync("wanted => (document.querySelector('#found')?.textContent ?? '').match(/\\d+/)?.[0] === wanted", count.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.AreEqual(count > 0 ? (int)count : 0, await visit.At("#trail tbody tr").CountAsync(), what);
        }
    }
}
