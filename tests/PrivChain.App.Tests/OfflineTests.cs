using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Query;

namespace PrivChain.App.Tests;

/// <summary>The node is away, and the app goes on: opens, shows what it verified last, keeps what is signed, sends it after. No version is mixed with another, and what is kept cannot be exchanged.</summary>
[TestClass]
public sealed class OfflineTests
{
    private const string Waits = "[data-waiting]:not([data-refused])";

    [TestMethod]
    public async Task NodeStopsAndComesBack_AppOpensAndSendsWhatWaited()
    {
        await using var world = await World.StartAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink, keepsApp: true);
        await visit.EnterAsync(world);
        var contract = await world.PublishAsync("age-check");
        var first = await visit.AskAsync(world, contract);
        await visit.ReadRequestAsync();
        await visit.SayYesAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var consent = await first.WaitForConsentAsync(limit.Token);
        await world.Institution.QueryAsync(consent, cancellationToken: limit.Token);

        // From the second visit on, the browser's own copy is what runs.
        await ReloadAsync(visit);
        await visit.GoAsync("/more");
        var served = await new HttpClient().GetByteArrayAsync(new Uri(visit.Home, "/app-manifest.json"), limit.Token);
        Assert.AreEqual(Digest.OfSha256(served).ToString(), await visit.TextAsync("#app-digest"));
        var loaded = await visit.Page.EvaluateAsync<string[]>("performance.getEntriesByType('resource').map(entry => new URL(entry.name).pathname)");
        CollectionAssert.AreEquivalent(
            new[] { "/app-parts.bin", "/_framework/dotnet.native.wasm" }, loaded.Where(path => path == "/app-parts.bin" || path.EndsWith(".wasm", StringComparison.Ordinal)).Distinct().ToArray(), "the assemblies come in one piece");
        await visit.GoAsync("/consents/" + consent.Digest);
        await visit.Page.WaitForSelectorAsync(".use .saw");
        var second = await visit.AskAsync(world, contract, message: "Once more");
        await visit.ReadRequestAsync(isFirst: false);

        await world.StopNodeAsync();
        await visit.ClickAsync("#go-on");
        await visit.Page.CheckAsync("#sure");
        await visit.ClickAsync("#sign");
        await visit.Page.WaitForSelectorAsync("#done-waits");
        await visit.GoAsync("/consents/" + consent.Digest);
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("[data-waiting=revocation]");

        // The page is closed and opened again, and the node is still away.
        await visit.Page.ReloadAsync();
        await visit.UnlockAsync();
        await visit.Page.WaitForSelectorAsync(".use .saw");
        Assert.AreEqual("Unavailable", await visit.At(".band [data-reason]").GetAttributeAsync("data-reason"));
        StringAssert.Contains(await visit.TextAsync(".band"), "last checked");
        CollectionAssert.AreEqual(
            new[] { 200, 404 }, await visit.Page.EvaluateAsync<int[]>("Promise.all(['/_framework/PrivChain.Core.wasm', '/_framework/None.wasm'].map(async path => (await fetch(path)).status))"), "the worker has the files of the piece");
        await visit.GoAsync("/data");
        await visit.ClickAsync(".record .reveal >> nth=0");
        await visit.SeeAsync("Linqiuyan-family");
        await visit.GoAsync("/consents");
        Assert.AreEqual(2, await visit.At(Waits).CountAsync());

        // Whoever takes the key off this device is told what is lost with it.
        await visit.ClickAsync("#lock");
        StringAssert.Contains(await visit.TextAsync("#lock-loses"), "only while this app is open and unlocked");
        await ScreenTests.ShowInBothAsync(visit, "lock-waits");
        await visit.ClickAsync("#lock-anyway");
        StringAssert.StartsWith(await visit.TextAsync("#unlock-waiting"), "2 things");
        await visit.GoAsync("/start/lost");
        await visit.ClickAsync("summary");
        StringAssert.StartsWith(await visit.TextAsync("#lost-acts"), "2 things");
        Assert.AreEqual(0, await visit.At("#lost-requests").CountAsync());
        await ScreenTests.ShowInBothAsync(visit, "lost-key");
        await visit.GoAsync("/consents");
        await visit.UnlockAsync();
        await visit.Page.WaitForSelectorAsync(Waits);

        // In the background, too, what waits is sent.
        await visit.Page.EvaluateAsync("() => { Object.defineProperty(document, 'visibilityState', { get: () => 'hidden', configurable: true }); }");
        await world.StartNodeAsync();
        await visit.Page.WaitForSelectorAsync(Waits, new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached, Timeout = 90_000 });
        await visit.Page.EvaluateAsync("() => { delete document.visibilityState; }");
        Assert.AreEqual(0, await visit.At("[data-waiting]").CountAsync());

        // The node has forgotten who was signed in: that is said once, and the next call signs in again.
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => second.WaitForConsentAsync(limit.Token));
        Assert.AreEqual(RefusalReason.NotSignedIn, refused.Reason);
        var given = await second.WaitForConsentAsync(limit.Token);
        Assert.IsNotNull(await world.Connection.Ledger.ReadStateAsync(state => state.Consent(consent.Digest)!.RevokedAt, cancellationToken: limit.Token));
        Assert.IsTrue((await world.Institution.QueryAsync(given, cancellationToken: limit.Token))["identity-card.birthDate"].YesNo);
        await visit.Page.WaitForSelectorAsync(".band", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        visit.AssertClean();
    }

    [TestMethod]
    public async Task SignedOffline_ApprovalWithdrawnMeanwhile_IsRefusedByName()
    {
        var world = await SharedWorld.OpenAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        using var keys = RoleKeys.Generate();
        await world.EnrolAsync(LedgerRole.Institution, keys.Profile("Zhongshan Theatre", "中山剧院", "-", "-", "CN", signsRecords: false));
        var theatre = new InstitutionClient(world.Connection, keys.Account, keys.EncryptionKey);
        var contract = await world.PublishAsync("age-check", theatre, keys);
        await theatre.RequestAsync(await visit.ContactAsync(world, keys.Account.Address.ToString()), contract.Digest, 2, TimeSpan.FromDays(3), "Your ticket");
        await visit.ReadRequestAsync();
        await visit.ClickAsync("#go-on");
        await visit.Page.CheckAsync("#sure");
        await visit.Page.Context.SetOfflineAsync(true);
        await visit.ClickAsync("#sign");
        await visit.Page.WaitForSelectorAsync("#done-waits");

        // Whoever comes back to the request is told that the yes waits, and cannot give a second one.
        var request = new Uri(visit.Page.Url).AbsolutePath;
        await visit.GoAsync("/requests");
        await visit.GoAsync(request);
        await visit.Page.WaitForSelectorAsync("#done-waits");
        await new RegulatorClient(world.Connection, world.Regulator.Account).WithdrawAsync(contract.Digest, "not fine any more");
        await visit.Page.Context.SetOfflineAsync(false);
        await visit.GoAsync("/consents");
        await visit.Page.WaitForSelectorAsync("[data-refused=NotApproved]");

        // It is still said after the page was opened anew, and gone when it was read.
        await visit.Page.ReloadAsync();
        await visit.UnlockAsync();
        await visit.ClickAsync("[data-refused=NotApproved] .drop");
        await visit.Page.WaitForSelectorAsync("[data-waiting]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        Assert.IsFalse(await world.Connection.Ledger.ReadStateAsync(state => state.IsApproved(contract.Digest)));
        visit.AssertClean();
    }

    [TestMethod]
    public async Task KeptLedger_IsContinuedFrom_AndReadAnewWhenItWasExchanged()
    {
        await using var world = await World.StartAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        var read = 0;
        visit.Page.Request += (_, request) => read += request.Url.EndsWith("Ledger/GetEntries", StringComparison.Ordinal) ? 1 : 0;
        await visit.EnterAsync(world);
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");
        await visit.Page.WaitForTimeoutAsync(1000);
        Assert.IsGreaterThan(0, read);

        read = 0;
        await OpenAsync("names");
        Assert.AreEqual(0, read, "the ledger was read again");

        // Each under another's name, and each changed by a bit.
        await OpenAsync("const all = store.getAll(IDBKeyRange.bound('kept:', 'kept:~')); all.onsuccess = () => names.forEach((name, i) => store.put(all.result[(i + 1) % names.length], name))");
        Assert.IsGreaterThan(0, read, "what was exchanged was believed");
        read = 0;
        await OpenAsync("names.forEach(name => { const got = store.get(name); got.onsuccess = () => { const kept = got.result; new Uint8Array(kept.box)[kept.box.byteLength >> 1] ^= 1; store.put(kept, name); }; })");
        Assert.IsGreaterThan(0, read, "what was changed was believed");
        visit.AssertClean();

        async Task OpenAsync(string act)
        {
            await visit.Page.GotoAsync(new Uri(visit.Home, "/data").ToString());
            await visit.WithKeptAsync(act);
            await visit.UnlockAsync();
            await visit.Page.WaitForSelectorAsync(".record");
            await visit.Page.WaitForTimeoutAsync(1000);
        }
    }

    [TestMethod]
    public async Task NewVersion_IsTakenWhole_AndOnlyWhenAsked()
    {
        var world = await SharedWorld.OpenAsync();
        using var client = new HttpClient();
        Assert.IsTrue(AppManifest.TryParse(await client.GetByteArrayAsync(new Uri(world.Deployment.Address.Web, "/app-manifest.json")), out var old));
        var css = await client.GetByteArrayAsync(new Uri(world.Deployment.Address.Web, "/app.css"));
        byte[] newer = [.. css, .. "/* newer */"u8];
        var next = AppManifest.Of(old.Files.Select(file => file.Path == "/app.css" ? (file.Path, Digest.OfSha256(newer)) : file), old.Policy);
        var (manifest, style) = (old.Bytes.ToArray(), css);
        var styles = 0;
        await using var site = await StandIn.StartAsync(world.Deployment.Address.Web, (path, _) => path switch { "/app-manifest.json" => manifest, "/app.css" => Style(), _ => null });
        await using var visit = await AppBrowser.VisitAsync(site.Address, keepsApp: true);
        await ReadyAsync(visit);
        await visit.Page.ReloadAsync();
        await ShownAsync(old.Digest);
        var before = Volatile.Read(ref styles);

        // The site gives out a manifest of the next version and files of this one: nothing changes.
        manifest = next.Bytes.ToArray();
        await visit.Page.ReloadAsync();
        await ShownAsync(old.Digest);
        while (Volatile.Read(ref styles) == before)
        {
            await visit.Page.WaitForTimeoutAsync(50);
        }

        await WorkersAsync("!registration.installing && !registration.waiting");
        Assert.AreEqual($"app-{old.Digest}", await CachesAsync());

        // Now the whole of it: fetched, and not shown before it is asked for.
        style = newer;
        await visit.Page.ReloadAsync();
        await WorkersAsync("!!registration.waiting");
        await visit.Page.ReloadAsync();
        await ShownAsync(old.Digest);
        Assert.IsFalse(await HasNewStyleAsync());

        // Another window would go on with files of two versions.
        var second = await visit.Page.Context.NewPageAsync();
        await second.GotoAsync(site.Address.ToString());
        await second.WaitForSelectorAsync("h1");
        await visit.ClickAsync("#use-newer");
        await visit.Page.WaitForSelectorAsync("#newer-others");
        await ScreenTests.ShowInBothAsync(visit, "newer");
        Assert.IsFalse(await HasNewStyleAsync());
        await second.CloseAsync();
        await visit.ClickAsync("#use-newer");
        await visit.Page.WaitForFunctionAsync("digest => navigator.serviceWorker.controller?.scriptURL.endsWith(digest)", next.Digest.ToString());
        await visit.Page.WaitForSelectorAsync("h1");
        Assert.IsTrue(await HasNewStyleAsync());
        Assert.AreEqual($"app-{next.Digest}", await CachesAsync());
        visit.AssertClean();

        byte[] Style()
        {
            Interlocked.Increment(ref styles);
            return style;
        }

        // A promise is true before it is kept: WaitForFunctionAsync would not wait.
        async Task WorkersAsync(string are)
        {
            while (!await visit.Page.EvaluateAsync<bool>($"navigator.serviceWorker.getRegistration().then(registration => {are})"))
            {
                await visit.Page.WaitForTimeoutAsync(50);
            }
        }

        async Task ShownAsync(Digest digest)
        {
            await visit.Page.WaitForSelectorAsync("h1");
            StringAssert.EndsWith(await visit.Page.EvaluateAsync<string>("navigator.serviceWorker.controller?.scriptURL ?? ''"), digest.ToString());
        }

        Task<string> CachesAsync() => visit.Page.EvaluateAsync<string>("caches.keys().then(names => names.filter(name => name.startsWith('app-')).join(' '))");

        Task<bool> HasNewStyleAsync() => visit.Page.EvaluateAsync<bool>("fetch('/app.css').then(answer => answer.text()).then(text => text.includes('/* newer */'))");
    }

    [TestMethod]
    public async Task App_CanBeInstalled()
    {
        var world = await SharedWorld.OpenAsync();
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink, keepsApp: true);
        await ReadyAsync(visit);
        var session = await visit.Page.Context.NewCDPSessionAsync(visit.Page);
        var answer = await session.SendAsync("Page.getInstallabilityErrors");
        var errors = answer!.Value.GetProperty("installabilityErrors").EnumerateArray().Select(error => error.GetProperty("errorId").GetString()).Where(id => id != "in-incognito").ToList();
        Assert.IsEmpty(errors, string.Join(' ', errors));
    }

    private static Task ReadyAsync(AppVisit visit) => visit.Page.EvaluateAsync("navigator.serviceWorker.ready.then(() => true)");

    private static async Task ReloadAsync(AppVisit visit)
    {
        await ReadyAsync(visit);
        await visit.Page.ReloadAsync();
        await visit.UnlockAsync();
    }
}
