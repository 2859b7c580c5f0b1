using Microsoft.Playwright;

namespace PrivChain.App.Tests;

/// <summary>
/// Every page in both languages, on two widths, light, and in one of them dark: what axe-core says of it, and whether it fits. Pictures for people to look at go to the folder that <c>PRIVCHAIN_SCREENS</c> names;
/// where it names none, none are made, since they take a sixth of the time of all stories.
/// </summary>
[TestClass]
public sealed class ScreenTests : InOneWorld<ScreenTests>
{
    private static readonly string? _pictures = Environment.GetEnvironmentVariable("PRIVCHAIN_SCREENS") is { Length: > 0 } folder ? Directory.CreateDirectory(folder).FullName : null;

    [TestMethod]
    public async Task Pages_OfACitizen()
    {
        var world = Shared;
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.Address.Web, "zh-CN");
        await visit.Page.WaitForSelectorAsync("#ask-ledger");
        await ShowAsync("welcome");
        await visit.ClickAsync("#ask-ledger");
        await visit.Page.WaitForSelectorAsync("#ledger-id");
        await ShowAsync("welcome-number");
        await visit.ClickAsync("#pin-ledger");
        await visit.Page.WaitForSelectorAsync("#create");
        await ShowAsync("start");
        await visit.GoAsync("/no/such/page");
        await visit.SeeAsync("没有这个页面");
        await ShowAsync("not-found");
        await visit.GoAsync("/");
        await visit.ClickAsync("#create");
        await ShowAsync("create");
        await visit.ClickAsync("#words-zh");
        await visit.Page.WaitForSelectorAsync("#phrase");
        Assert.AreEqual("H1", await visit.Page.EvaluateAsync<string>("document.activeElement.tagName"), "the button that had the focus is gone");
        await ShowAsync("phrase");
        var words = string.Join(' ', await visit.At("#phrase li").AllInnerTextsAsync());
        await visit.ClickAsync("#written");
        await visit.ClickAsync("#check");
        await visit.Page.WaitForSelectorAsync("form .notice.bad");
        await ShowAsync("phrase-check");
        await visit.GoAsync("/start/restore");
        await ShowAsync("restore");
        await visit.FillAsync("#words", words);
        await visit.ClickAsync("#read");
        await visit.Page.WaitForSelectorAsync("input[type=password]");
        await ShowAsync("new-passphrase");
        await visit.GoAsync("/start/lost");
        await visit.GoAsync("/start/restore");
        await visit.Page.SetInputFilesAsync("#file", new FilePayload { Name = "my-wallet.json", MimeType = "application/json", Buffer = "{}"u8.ToArray() });
        await visit.FillAsync("#passphrase", AppWorld.Passphrase);
        await visit.ClickAsync("#open-file");
        await visit.Page.WaitForSelectorAsync("main [data-reason]");
        await ShowAsync("restore-file");
        await visit.GoAsync("/start/lost");
        await ShowAsync("lost");
        await visit.GoAsync("/");
        await visit.CreateWalletAsync(AppWorld.Passphrase, "zh");
        foreach (var list in new[] { "data", "requests", "consents" })
        {
            await visit.GoAsync("/" + list);
            await visit.Page.WaitForSelectorAsync("main .notice");
            await ShowAsync(list + "-none");
        }

        await world.IssueIdentityAsync(await visit.ContactAsync(world, world.Registry.Account.Address.ToString()));
        await ShowAsync("share");
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");
        await visit.ClickAsync(".record .reveal >> nth=0");
        await ShowAsync("data");
        var pending = await visit.AskAsync(world, await world.PublishAsync("mortgage-precheck"));
        await visit.GoAsync("/requests");
        await visit.Page.WaitForSelectorAsync(".rows a");
        await ShowAsync("requests");
        await visit.ClickAsync(".rows a");
        await visit.Page.WaitForSelectorAsync("#practice");
        await ShowAsync("practice");
        await visit.ClickAsync("#accept-practice");
        await visit.Page.WaitForSelectorAsync(".seen");
        await ShowAsync("request-blocked", ".seen strong");
        pending = await visit.AskAsync(world, await world.PublishAsync("age-check"), message: "Ticket 17 / 17 号票");
        await visit.GoAsync("/");
        await visit.Page.WaitForSelectorAsync(".tile");
        await ShowAsync("home");
        await visit.GoAsync("/requests");
        await visit.ClickAsync(".rows a >> nth=1");
        await visit.Page.WaitForSelectorAsync(".seen");
        await visit.ClickAsync("#refuse-fold summary");
        await ShowAsync("request", ".seen strong");
        await visit.ClickAsync("#go-on");
        await ShowAsync("sign", "#signing .answer b");
        await visit.Page.CheckAsync("#sure");
        await visit.ClickAsync("#sign");
        await visit.Page.WaitForSelectorAsync("#see-consent");
        await ShowAsync("signed");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await world.Institution.QueryAsync(await pending.WaitForConsentAsync(limit.Token));
        await visit.ClickAsync("#see-consent");
        await visit.Page.WaitForSelectorAsync(".use .saw");
        await ShowAsync("consent");
        await visit.GoAsync("/consents");
        await visit.Page.WaitForSelectorAsync(".rows a");
        await ShowAsync("consents");
        await visit.GoAsync("/proof");
        await ShowAsync("proof");
        await visit.GoAsync("/more");
        await ShowAsync("more");
        await visit.GoAsync("/consents");
        await visit.Page.Context.SetOfflineAsync(true);
        await visit.ClickAsync(".rows a");
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("[data-waiting]");
        await visit.Page.WaitForSelectorAsync(".band");
        await ShowAsync("consent-waiting");
        await visit.GoAsync("/consents");
        await visit.Page.WaitForSelectorAsync("[data-waiting]");
        await ShowAsync("consents-waiting");
        await visit.Page.Context.SetOfflineAsync(false);
        await visit.Page.WaitForSelectorAsync("[data-waiting]", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        await visit.GoAsync("/more");
        await visit.ClickAsync("#lock");
        await visit.GoAsync("/");
        await visit.Page.WaitForSelectorAsync("#unlock");
        await ShowAsync("unlock");
        visit.AssertClean();

        Task ShowAsync(string name, string? translated = null) => ShowInBothAsync(visit, name, translated);
    }

    // What a person sees who has no link, or one of another ledger.
    [TestMethod]
    public async Task Pages_BeforeALedgerIsPinned()
    {
        var world = Shared;
        await using var without = await AppBrowser.VisitAsync(world.Deployment.Address.Web);
        await without.Page.WaitForSelectorAsync("#ask-ledger");
        await without.ClickAsync("#ask-ledger");
        Assert.AreEqual(world.Deployment.Genesis.LedgerId.ToString(), await without.TextAsync("#ledger-id"));
        await ShowInBothAsync(without, "welcome-compare");
        without.AssertClean();
        await using var wrong = await AppBrowser.VisitAsync(new Uri(world.Deployment.Address.Web, "/?ledger=0x" + new string('1', 64)));
        await wrong.Page.WaitForSelectorAsync("[data-reason=WrongLedger]");
        await ShowInBothAsync(wrong, "start-failed");
        wrong.AssertClean();
    }

    /// <summary>As <see cref="ShowAsync"/> in both languages; the page is left in the one that it was in.</summary>
    /// <param name="visit">The page.</param>
    /// <param name="name">Of the pictures.</param>
    /// <param name="translated">Holds text that the page makes anew in another language, which may take a moment.</param>
    internal static async Task ShowInBothAsync(AppVisit visit, string name, string? translated = null)
    {
        for (var i = 0; i < 2; i++)
        {
            await ShowAsync(visit, name, await visit.Page.EvaluateAsync<string>("document.documentElement.lang"), again: i > 0);
            var before = translated is null ? null : await visit.TextAsync(translated);
            await visit.ClickAsync("#language");
            if (translated is not null)
            {
                await visit.Page.WaitForFunctionAsync("([translated, before]) => document.querySelector(translated)?.innerText !== before", new[] { translated, before });
            }
        }
    }

    /// <summary>In light, on both widths, and in dark, on the narrow one; and what axe-core says of the last of each. Again, in another language, without the dark: what is the same in both was looked at.</summary>
    internal static async Task ShowAsync(AppVisit visit, string name, string language, bool again = false)
    {
        foreach (var (scheme, widths) in new[] { (ColorScheme.Light, new[] { (390, 844), (1100, 800) }), (ColorScheme.Dark, [(390, 844)]) }.Take(again ? 1 : 2))
        {
            await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = scheme });
            foreach (var (width, height) in widths)
            {
                // Nothing lies under the pointer in the picture.
                await visit.Page.Mouse.MoveAsync(0, 0);
                await visit.Page.SetViewportSizeAsync(width, height);
                if (_pictures is not null)
                {
                    var file = scheme == ColorScheme.Light ? $"{name}-{language}-{width}.png" : $"{name}-{language}-{width}-dark.png";
                    await visit.Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(_pictures, file), FullPage = true });
                }

                Assert.IsTrue(
                    await visit.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), $"{name} is wider than {width} pixels");
            }

            if (Axe.IsThere)
            {
                await Axe.AssertNothingAsync(visit, $"{name} in {language}, {scheme}", looksOnly: again || scheme == ColorScheme.Dark);
            }
        }

        await visit.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Light });
        await visit.Page.SetViewportSizeAsync(1100, 800);
    }
}
