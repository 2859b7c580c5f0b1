using Microsoft.Playwright;
using PrivChain.Core.Keys;

namespace PrivChain.App.Tests;

/// <summary>Keys in the browser: what the page seals opens elsewhere and the other way round, several devices hold the same, and nothing is open that was locked.</summary>
[TestClass]
public sealed class WalletTests
{
    private static World Shared { get; set; } = null!;

    [ClassInitialize]
    public static async Task BeginAsync(TestContext context)
    {
        _ = context;
        Shared = await SharedWorld.OpenAsync();
    }

    // What finds the accounts of entries is the page's script: what it says counts, and where it cannot be had, .NET does the same.
    [TestMethod]
    public async Task ScriptThatFindsAccounts_IsAsked_AndCanBeDoneWithout()
    {
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink, go: false);
        await visit.Page.RouteAsync("**/secp256k1.js", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "text/javascript", Body = "export const recover = (digests, signatures, odd, keys, found) => found.set(new Uint8Array(found.length));" }));
        await visit.Page.GotoAsync(Shared.Deployment.AppLink.ToString());
        await visit.CreateWalletAsync(AppWorld.Passphrase);
        await visit.Page.WaitForSelectorAsync(".band [data-reason=BadSignature]");

        await visit.Page.UnrouteAllAsync();
        await visit.Page.RouteAsync("**/secp256k1.js", route => route.AbortAsync());
        await visit.Page.ReloadAsync();
        await visit.FillAsync("#passphrase", AppWorld.Passphrase);
        await visit.ClickAsync("#unlock");
        await visit.Page.WaitForSelectorAsync(".tile");
        Assert.AreEqual(0, await visit.At("[data-reason]").CountAsync());
    }

    // What is under way when the wallet is locked finds its keys gone: that is no fault of the page.
    [TestMethod]
    public async Task Lock_WhileAPageIsReading_IsNoFault()
    {
        var world = Shared;
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        var contact = await visit.ContactAsync(world, world.Bank.Account.Address.ToString());
        var contract = await world.PublishAsync("age-check");
        await AskAsync("First");
        await visit.GoAsync("/requests");
        await visit.Page.WaitForSelectorAsync(".rows a");
        var held = new TaskCompletionSource();
        using var asked = new SemaphoreSlim(0);
        await visit.Page.RouteAsync("**/privchain.v1.Inbox/Receive", async route =>
        {
            asked.Release();
            await held.Task;
            await route.ContinueAsync();
        });

        // A message that nobody has opened yet, wanted by the look and by the page that is opened meanwhile.
        await AskAsync("Second");
        await visit.ClickAsync(".rows a");
        for (var i = 0; i < 2; i++)
        {
            Assert.IsTrue(await asked.WaitAsync(TimeSpan.FromSeconds(60)));
        }

        await visit.ClickAsync("#lock");
        await visit.Page.WaitForSelectorAsync("#unlock");

        // What came late is seen by the page, and then it goes on as ever.
        await visit.Page.RunAndWaitForResponseAsync(() => { held.SetResult(); return Task.CompletedTask; }, response => response.Url.EndsWith("Inbox/Receive", StringComparison.Ordinal));
        await visit.UnlockAsync();
        await visit.Page.WaitForSelectorAsync(".seen, #accept-practice");
        Assert.IsFalse(await visit.At("#blazor-error-ui").IsVisibleAsync());

        // The history jumps from one request to the other, and the page with it.
        await visit.ClickAsync("#accept-practice");
        var message = await visit.TextAsync("blockquote p");
        var path = new Uri(visit.Page.Url).AbsolutePath;
        await visit.GoAsync("/requests");
        await visit.ClickAsync($".rows a:not([href='{path[1..]}'])");
        await visit.Page.WaitForFunctionAsync("before => (document.querySelector('blockquote p')?.textContent ?? before) !== before", message);
        await visit.Page.EvaluateAsync("history.go(-2)");
        await visit.Page.WaitForFunctionAsync("before => document.querySelector('blockquote p')?.textContent === before", message);
        Assert.AreEqual(path, new Uri(visit.Page.Url).AbsolutePath);
        visit.AssertClean();

        Task AskAsync(string message) => world.Institution.RequestAsync(contact, contract.Digest, 1, TimeSpan.FromDays(3), message);
    }

    // Argon2id of the page against BouncyCastle's, and Chinese passphrases against the normal form of the platform.
    [TestMethod]
    public async Task Keystore_OfThePage_OpensOutside()
    {
        const string Passphrase = "图书馆里的一匹马 é";
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        var words = await visit.CreateWalletAsync(Passphrase, "zh");
        await visit.GoAsync("/proof");
        var download = await visit.Page.RunAndWaitForDownloadAsync(() => visit.ClickAsync("#download-keystore"));
        using var stream = await download.CreateReadStreamAsync();
        using var file = new MemoryStream();
        await stream.CopyToAsync(file);
        using var content = Keystore.Open(file.ToArray(), Passphrase).OrThrow();
        Assert.IsTrue(content.TryGetMnemonic(out var phrase));
        using (phrase)
        {
            Assert.AreEqual(string.Join(' ', words), phrase.RevealPhrase());
        }

        visit.AssertClean();
    }

    [TestMethod]
    public async Task Keystore_FromOutside_OpensInThePage()
    {
        using var phrase = Mnemonic.Generate();
        using var content = KeystoreContent.Of(phrase);
        var file = Keystore.Seal(content, AppWorld.Passphrase, Argon2idParameters.Floor).OrThrow();
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        await visit.ClickAsync("#restore");
        await visit.Page.SetInputFilesAsync("#file", new FilePayload { Name = "my-wallet.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(file) });
        await visit.FillAsync("#passphrase", "another");
        await visit.ClickAsync("#open-file");
        await visit.Page.WaitForSelectorAsync("[data-reason=WrongPassphrase]");
        await visit.FillAsync("#passphrase", AppWorld.Passphrase);
        await visit.ClickAsync("#open-file");
        await visit.Page.WaitForSelectorAsync(".tabs");
        await AssertHoldsAsync(visit, phrase.RevealPhrase());
        visit.AssertClean();
    }

    [TestMethod]
    public async Task Phrase_OnASecondDevice_GivesTheSamePerson()
    {
        await using var first = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        var words = await first.CreateWalletAsync(AppWorld.Passphrase);
        await AssertHoldsAsync(first, string.Join(' ', words));
        await using var second = await AppBrowser.VisitAsync(Shared.Deployment.AppLink, "zh-CN", 390, 844);
        await second.ClickAsync("#restore");
        foreach (var (wrong, said) in new[] { ("zoo、zoo zoo", "有 3 个"), ("的一是在不了有和人这中", "有 11 个"), ("Zoo wrong zoo zoo zoo zoo zoo zoo zoo zoo zoo privchain", "第 12 个词"), ("zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo", "合起来不对") })
        {
            await second.FillAsync("#words", wrong);
            await second.ClickAsync("#read");
            await second.Page.WaitForSelectorAsync($"#wrong-word:has-text('{said}')");
        }

        await second.FillAsync("#words", "  " + string.Join("\n ", words));
        await second.ClickAsync("#read");
        await second.FillAsync("#new-passphrase", "short");
        await second.FillAsync("#repeat-passphrase", "short");
        await second.ClickAsync("#keep");
        await second.SeeAsync("少于 8 个字符");
        await second.FillAsync("#new-passphrase", AppWorld.Passphrase);
        await second.FillAsync("#repeat-passphrase", AppWorld.Passphrase);
        await second.ClickAsync("#keep");
        await second.Page.WaitForSelectorAsync(".tabs");
        await AssertHoldsAsync(second, string.Join(' ', words));
        second.AssertClean();
    }

    [TestMethod]
    public async Task Lock_ClosesEveryPage_AndOnlyThePassphraseOpensThem()
    {
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        await visit.CreateWalletAsync(AppWorld.Passphrase);
        await visit.ClickAsync("#lock");
        foreach (var page in new[] { "/", "/data", "/requests", "/consents", "/proof", "/share" })
        {
            await visit.GoAsync(page);
            await visit.Page.WaitForSelectorAsync("#unlock");
        }

        // Making or bringing another key would put this one out of reach.
        foreach (var page in new[] { "/start/create", "/start/restore" })
        {
            await visit.GoAsync(page);
            await visit.Page.WaitForSelectorAsync("#unlock");
        }

        await visit.FillAsync("#passphrase", AppWorld.Passphrase + " ");
        await visit.ClickAsync("#unlock");
        await visit.Page.WaitForSelectorAsync("[data-reason=WrongPassphrase]");
        await visit.Page.ReloadAsync();
        await visit.FillAsync("#passphrase", AppWorld.Passphrase);
        await visit.ClickAsync("#unlock");
        await visit.Page.WaitForSelectorAsync(".tabs");
        visit.AssertClean();
    }

    // Two windows that both began without a wallet: the second one made is refused, and the first is what the browser keeps.
    [TestMethod]
    public async Task SecondWallet_OfAWindowThatBeganBefore_IsRefused_AndTheFirstStays()
    {
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        var second = new AppVisit(visit.Page.Context, await visit.Page.Context.NewPageAsync(), Shared.Deployment.AppLink);
        await second.Page.GotoAsync(Shared.Deployment.AppLink.ToString());
        await second.Page.WaitForSelectorAsync("#create");
        var third = new AppVisit(visit.Page.Context, await visit.Page.Context.NewPageAsync(), Shared.Deployment.AppLink);
        await third.Page.GotoAsync(Shared.Deployment.AppLink.ToString());
        await third.Page.WaitForSelectorAsync("#restore");
        var words = await visit.CreateWalletAsync(AppWorld.Passphrase);

        await second.AskForWalletAsync("another passphrase");
        await second.Page.WaitForSelectorAsync("[data-reason=Conflict]");
        Assert.AreEqual(0, await second.At(".tabs").CountAsync());

        // A file is opened only where it can be kept.
        using var phrase = Mnemonic.Generate();
        using var content = KeystoreContent.Of(phrase);
        var file = Keystore.Seal(content, "another passphrase", Argon2idParameters.Floor).OrThrow();
        await third.ClickAsync("#restore");
        await third.Page.SetInputFilesAsync("#file", new FilePayload { Name = "my-wallet.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(file) });
        await third.FillAsync("#passphrase", "another passphrase");
        await third.ClickAsync("#open-file");
        await third.Page.WaitForSelectorAsync("[data-reason=Conflict]");
        Assert.AreEqual(0, await third.At(".tabs").CountAsync());

        await second.Page.ReloadAsync();
        await second.UnlockAsync();
        await AssertHoldsAsync(second, string.Join(' ', words));
        visit.AssertClean();
        second.AssertClean();
        third.AssertClean();
    }

    // No room, or nothing may be kept at all: the app starts and says so, and the key is the person's while the page stands.
    [TestMethod]
    [DataRow("IDBObjectStore.prototype.put = () => { throw new DOMException('no room', 'QuotaExceededError'); }", "en-GB")]
    [DataRow("for (const name of ['indexedDB', 'localStorage']) Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } })", "zh-CN")]
    public async Task NothingCanBeKept_IsSaid_AndTheWalletIsThereWhileThePageStands(string fails, string locale)
    {
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink, locale, go: false);
        await visit.Page.AddInitScriptAsync(fails);
        await visit.Page.GotoAsync(Shared.Deployment.AppLink.ToString());
        await visit.ClickAsync("#not-kept-seen");
        var words = await visit.CreateWalletAsync(AppWorld.Passphrase);
        await visit.Page.WaitForSelectorAsync("#key-not-kept");
        await ScreenTests.ShowAsync(visit, "key-not-kept", locale[..2]);
        await visit.ClickAsync("#language");
        await visit.ClickAsync("#theme");
        await visit.ClickAsync("#lock");
        await visit.UnlockAsync();
        await AssertHoldsAsync(visit, string.Join(' ', words));

        // What is not kept does not have to be taken off.
        await visit.ClickAsync("#lock");
        await visit.GoAsync("/start/lost");
        await visit.ClickAsync("summary");
        await visit.Page.CheckAsync("#forget-sure");
        await visit.ClickAsync("#forget");
        await visit.Page.WaitForSelectorAsync("#create");
        Assert.AreEqual(0, await visit.At("#key-not-kept").CountAsync());

        // The words bring it back; what the person accepts lasts as long as the page, and a yes goes out.
        await visit.ClickAsync("#restore");
        await visit.FillAsync("#words", string.Join(' ', words));
        await visit.ClickAsync("#read");
        await visit.FillAsync("#new-passphrase", AppWorld.Passphrase);
        await visit.FillAsync("#repeat-passphrase", AppWorld.Passphrase);
        await visit.ClickAsync("#keep");
        await visit.Page.WaitForSelectorAsync("#key-not-kept");
        await Shared.IssueIdentityAsync(await visit.ContactAsync(Shared, Shared.Registry.Account.Address.ToString()));
        await visit.AskAsync(Shared, await Shared.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        await visit.SayYesAsync();

        // A regulator checks everything all the same.
        await visit.GoAsync("/regulator/check");
        await visit.ClickAsync("#check-all");
        await visit.Page.WaitForSelectorAsync("#checked");
        visit.AssertClean();
    }

    // Neither TLS nor this machine, as a telephone in the same house: nothing may be sealed, so nothing is kept, and what was signed is not locked away without a word.
    [TestMethod]
    public async Task PageThatMayNotSeal_SaysSo_AndKeepsNoSignedThingBehindALock()
    {
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink, go: false);
        await visit.Page.AddInitScriptAsync("""
            Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });
            Object.defineProperty(Navigator.prototype, 'clipboard', { get: () => undefined });
            Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined });
            """);
        await visit.Page.GotoAsync(Shared.Deployment.AppLink.ToString());
        await visit.EnterAsync(Shared);
        await visit.Page.WaitForSelectorAsync("#not-kept");
        await visit.ClickAsync("#copy");
        await visit.Page.WaitForFunctionAsync("() => document.querySelector('#copy').textContent.includes('Copied')");
        await visit.AskAsync(Shared, await Shared.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        await visit.SayYesAsync();
        await visit.ClickAsync("#see-consent");
        await visit.Page.WaitForSelectorAsync("#revoke");
        await visit.Page.Context.SetOfflineAsync(true);
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("[data-waiting]");
        Assert.IsFalse(await visit.Page.EvaluateAsync<bool>("dispatchEvent(new Event('beforeunload', { cancelable: true }))"), "the page can be left without a question");
        await visit.ClickAsync("#lock");
        await visit.ClickAsync("#lock-not");
        Assert.AreEqual(0, await visit.At("#lock-loses").CountAsync());
        await visit.ClickAsync("#lock");
        await visit.Page.WaitForSelectorAsync("#lock-loses");

        // What was sent meanwhile is not lost any more.
        await visit.Page.Context.SetOfflineAsync(false);
        await visit.Page.WaitForSelectorAsync("#revoked");
        Assert.AreEqual(0, await visit.At("#lock-loses").CountAsync());
        await visit.ClickAsync("#lock");
        await visit.UnlockAsync();
        Assert.AreEqual(0, await visit.At("#lock-loses").CountAsync());
        visit.AssertClean();
    }

    // A browser may close its database under the page, as phones do in the background: it is opened again, and nothing is lost.
    [TestMethod]
    public async Task DatabaseIsClosed_IsOpenedAgain()
    {
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        await visit.Page.EvaluateAsync("""
            () => {
              const begin = IDBDatabase.prototype.transaction;
              IDBDatabase.prototype.transaction = function (...how) {
                IDBDatabase.prototype.transaction = begin;
                this.close();
                return begin.apply(this, how);
              };
            }
            """);
        await visit.CreateWalletAsync(AppWorld.Passphrase);
        await visit.GoAsync("/data");
        await visit.SeeAsync("You have no records.");
        Assert.AreEqual(0, await visit.At("#not-kept, #key-not-kept").CountAsync());
        await visit.Page.ReloadAsync();
        await visit.UnlockAsync();
        visit.AssertClean();
    }

    [TestMethod]
    public async Task LinkToAnotherLedger_IsSaid_AndNotFollowed()
    {
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.AppLink);
        await visit.Page.WaitForSelectorAsync("#create");
        await visit.Page.GotoAsync(new Uri(visit.Home, "/?ledger=0x" + new string('1', 64)).ToString());
        await visit.SeeAsync("belongs to another ledger");
        await using var fresh = await AppBrowser.VisitAsync(new Uri(visit.Home, "/?ledger=0x" + new string('1', 64)));
        await fresh.Page.WaitForSelectorAsync("[data-reason=WrongLedger]");
    }

    // Without a ledger in the link, the person decides.
    [TestMethod]
    public async Task Visit_WithoutALedger_AsksThePerson()
    {
        // Where the piece of all assemblies does not come, their files do.
        await using var visit = await AppBrowser.VisitAsync(Shared.Deployment.Address.Web, go: false);
        await visit.Page.RouteAsync("**/app-parts.bin", route => route.AbortAsync());
        await visit.Page.GotoAsync(Shared.Deployment.Address.Web.ToString());
        await visit.ClickAsync("#ask-ledger");
        Assert.AreEqual(Shared.Deployment.Genesis.LedgerId.ToString(), await visit.TextAsync("#ledger-id"));
        await visit.ClickAsync("#pin-ledger");
        await visit.Page.WaitForSelectorAsync("#create");
        visit.AssertClean();
    }

    private static async Task AssertHoldsAsync(AppVisit visit, string words)
    {
        using var phrase = Mnemonic.Parse(words).OrThrow();
        using var wallet = Wallet.Open(phrase).OrThrow();
        using var account = wallet.PairwiseAccount(Shared.Bank.Account.Address);
        Assert.AreEqual(account.Address, (await visit.ContactAsync(Shared, Shared.Bank.Account.Address.ToString())).Account);
    }
}
