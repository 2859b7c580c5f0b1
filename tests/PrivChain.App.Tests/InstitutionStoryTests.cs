using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Receipts;
using ZXing;
using ZXing.QrCode;

namespace PrivChain.App.Tests;

/// <summary>A clerk and a person at two browsers: invited, asked, agreed, answered; asked again and refused; taken back.</summary>
[TestClass]
public sealed partial class InstitutionStoryTests : InOneWorld<InstitutionStoryTests>
{
    private const string Hostile = "<img src=x onerror=\"document.title='owned'\"> Bank";

    // Each reads another language.
    [TestMethod]
    public Task Clerk_AsksAPerson_AndReadsTheAnswer() => AskAndReadAsync("en-GB", "zh-CN");

    [TestMethod]
    [TestCategory("Slow")]
    public Task Clerk_AsksAPerson_AndReadsTheAnswer_InChinese() => AskAndReadAsync("zh-CN", "en-GB");

    private static async Task AskAndReadAsync(string clerkLocale, string personLocale)
    {
        var world = Shared;
        using var phrase = Mnemonic.Generate(24);
        using var keys = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Institution, keys.Profile(Hostile, Hostile, "-", "-", "CN", signsRecords: false));
        await world.PublishAsync("age-check", new InstitutionClient(world.Connection, keys.Account, keys.EncryptionKey), keys);

        await using var person = await AppBrowser.VisitAsync(world.Deployment.AppLink, personLocale);
        await person.EnterAsync(world, person.Language);

        await using var clerk = await AppBrowser.VisitAsync(world.Deployment.AppLink, clerkLocale);
        await clerk.Page.WaitForSelectorAsync("#create");
        await clerk.GoAsync("/institution");
        await clerk.Page.WaitForSelectorAsync("#keystore");
        await ScreenTests.ShowInBothAsync(clerk, "institution-keys");
        await clerk.OpenKeysAsync(phrase);
        await clerk.Page.WaitForSelectorAsync("#ask-form");

        // Without a contact: the code on the clerk's screen opens the person's app at the contact for this institution.
        await clerk.ClickAsync("#invite-fold summary");
        var invitation = await clerk.Page.InputValueAsync("#invite-link");
        Assert.AreEqual(invitation, await ReadCodeAsync(clerk, "#invite .qr"));
        await ScreenTests.ShowInBothAsync(clerk, "institution-ask");
        await OpenLinkAsync(person, invitation);
        var contact = await person.Page.InputValueAsync("#contact");

        // What is no contact is refused by name, and what was typed stays.
        await clerk.FillAsync("#contact", "privchain:contact:<b>none</b>");
        await clerk.ClickAsync("#send");
        await clerk.Page.WaitForSelectorAsync("[data-reason=Malformed]");
        await clerk.FillAsync("#contact", contact);
        await clerk.FillAsync("#uses", "2");
        await clerk.FillAsync("#message", Hostile);
        await clerk.ClickAsync("#send");
        await clerk.Page.WaitForSelectorAsync("#sent-1 .waiting");
        var link = await clerk.Page.InputValueAsync("#open-1-link");
        Assert.AreEqual(link, await ReadCodeAsync(clerk, "#open-1 .qr"));
        await ScreenTests.ShowInBothAsync(clerk, "institution-sent");

        // The page is closed meanwhile. Opened again with the same keys, it still waits, at the same link.
        await clerk.Page.ReloadAsync();
        await clerk.Page.WaitForSelectorAsync("#keystore");
        await clerk.OpenKeysAsync(phrase);
        await clerk.Page.WaitForSelectorAsync("#sent-1 .waiting");
        Assert.AreEqual(link, await clerk.Page.InputValueAsync("#open-1-link"));

        await OpenLinkAsync(person, link);
        await person.ClickAsync("#accept-practice");
        await person.Page.WaitForSelectorAsync(".seen");
        StringAssert.Contains(await person.TextAsync("blockquote"), Hostile);
        await person.SayYesAsync();

        await clerk.ClickAsync("#sent-1 .see");
        await clerk.ClickAsync("#query");
        await clerk.ClickAsync("#accept-practice");
        await clerk.ClickAsync("#query");
        await clerk.Page.WaitForSelectorAsync("#answer-0 .verified");
        StringAssert.Contains(await clerk.TextAsync("#answer-0 .fields"), clerk.Says("yes", "是"));
        await ScreenTests.ShowInBothAsync(clerk, "institution-answer");
        var report = ReceiptVerifier.Verify(await clerk.DownloadAsync("#answer-0 .save-receipt"), world.Deployment.Genesis.LedgerId, acceptSimulated: true, world.Connection.Schemas);
        Assert.IsTrue(report.Valid, report.Failed?.ToString());
        var answer = await clerk.DownloadAsync("#answer-0 .save-answer");
        Assert.AreEqual(report.Receipt!.Answer, Encoding.UTF8.GetString(answer));
        await person.ClickAsync("#see-consent");
        await person.Page.WaitForSelectorAsync(".use .saw");
        StringAssert.Contains(await person.TextAsync(".use .saw"), person.Says("yes", "是"));

        // Taken back: the next question is refused by the enclave, and the page says what the ledger says.
        await person.ClickAsync("#revoke");
        await person.Page.WaitForSelectorAsync("#revoked");
        StringAssert.StartsWith(await person.TextAsync("#revoked"), person.Says("Taken back. Entry", "已撤回：账本第"));
        await clerk.ClickAsync("#query");
        await clerk.Page.WaitForSelectorAsync("[data-reason=Revoked]");
        StringAssert.Contains(await clerk.TextAsync("#state"), clerk.Says("took it back", "对方已撤回"));
        await clerk.Page.WaitForSelectorAsync("#ended");
        Assert.AreEqual(0, await clerk.At("#query").CountAsync());

        // A second request, and a no with a reason. The code that the person made for the registry is not sent to.
        await clerk.GoAsync("/institution");
        await clerk.FillAsync("#contact", await person.ContactForAsync(world.Registry.Account.Address.ToString()));
        await clerk.ClickAsync("#send");
        await clerk.Page.WaitForSelectorAsync("#for-another");
        await ScreenTests.ShowInBothAsync(clerk, "institution-contact-of-another");
        await clerk.FillAsync("#contact", contact);
        await clerk.ClickAsync("#send");
        await clerk.Page.WaitForSelectorAsync("#sent-2 .waiting");
        await OpenLinkAsync(person, await clerk.Page.InputValueAsync("#open-2-link"));
        await person.ClickAsync("#refuse-fold summary");
        await person.FillAsync("#why-not", Hostile);
        await person.ClickAsync("#refuse");
        await clerk.Page.WaitForSelectorAsync("#sent-2 .no");
        StringAssert.Contains(await clerk.TextAsync("#sent-2 blockquote"), Hostile);
        await ScreenTests.ShowInBothAsync(clerk, "institution-refused");
        Assert.AreEqual(0, await clerk.At("main img, main script").CountAsync());

        // Put away, the keys are gone and so is everything that was read with them. With them again the no is still there, until it is taken off.
        await clerk.ClickAsync("#close-keys");
        await clerk.Page.WaitForSelectorAsync("#keystore");
        Assert.AreEqual(0, await clerk.At(".sent, #consents").CountAsync());
        await clerk.Page.ReloadAsync();
        await clerk.Page.WaitForSelectorAsync("#keystore");
        await clerk.OpenKeysAsync(phrase);
        await clerk.Page.WaitForSelectorAsync("#sent-1 .no");
        StringAssert.Contains(await clerk.TextAsync("#sent-1 blockquote"), Hostile);
        await clerk.ClickAsync("#sent-1 .drop");
        await clerk.Page.WaitForSelectorAsync(".sent", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        await clerk.ClickAsync("#close-keys");
        await clerk.Page.WaitForSelectorAsync("#keystore");
        Assert.AreEqual(0, await clerk.At(".sent, #consents").CountAsync());
        clerk.AssertClean();
        person.AssertClean();
    }

    // Somebody without a wallet scans the code on the clerk's screen: making one leads to what the code is for.
    [TestMethod]
    public async Task Newcomer_FollowsALink_AndIsThereWithTheNewWallet()
    {
        var world = Shared;
        var account = world.Bank.Account.Address.ToString();
        var link = new UriBuilder(world.Deployment.AppLink) { Path = "/share/" + account }.Uri;
        await using var person = await AppBrowser.VisitAsync(link);
        await person.CreateWalletAsync(AppWorld.Passphrase);
        await person.Page.WaitForFunctionAsync("account => document.querySelector('#with')?.value === account && document.querySelector('#contact')?.value.startsWith('privchain:contact:')", account);
        person.AssertClean();
    }

    // What the person gave freely can be left out of a question; the rest cannot. A request that is taken off the list is not found again.
    [TestMethod]
    public async Task Clerk_LeavesAFieldOut_AndForgetsARequest()
    {
        var world = Shared;
        using var phrase = Mnemonic.Generate(24);
        using var keys = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Institution, keys.Profile("Jinling Housing Bank", "金陵住房银行", "-", "-", "CN", signsRecords: false));
        var client = new InstitutionClient(world.Connection, keys.Account, keys.EncryptionKey);
        var contract = await world.PublishAsync("mortgage-precheck", client, keys);
        await world.IssueIdentityAsync();
        await world.IssueAsync("income-statement/1", new() { ["employer"] = "Harbour Works", ["annual"] = 281489.57, ["monthly"] = 23457.13, ["currency"] = "CNY", ["taxYear"] = 2025 });
        await world.IssueAsync("property-certificate/1", new() { ["certificateNumber"] = "SU-2019-004417", ["address"] = "南京市鼓楼区汉口路 22 号", ["areaSquareMetres"] = 88.5, ["ownershipShare"] = 1 });
        var over = await world.ConsentAsync(contract, validFor: TimeSpan.FromSeconds(10), institution: client);
        var pending = await client.RequestAsync(world.Citizen.ContactFor(contract.Controller), contract.Digest, 2, TimeSpan.FromDays(1));
        var request = (await world.Citizen.RequestsAsync()).Single(received => received.Request.Digest == pending.Digest);
        using (var preview = await world.Citizen.PreviewAsync(request, DisplayLanguage.English))
        {
            await world.Citizen.ConsentAsync(preview, new ConsentChoices { OptionalFields = ["property-certificate.address"], Uses = 2 });
        }

        await using var clerk = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await clerk.Page.WaitForSelectorAsync("#create");
        await clerk.GoAsync("/institution");
        await clerk.OpenKeysAsync(phrase);
        for (var i = 1; i <= 2; i++)
        {
            await clerk.FillAsync("#contact", world.Citizen.ContactFor(contract.Controller).ToString());
            await clerk.ClickAsync("#send");
            await clerk.Page.WaitForSelectorAsync($"#open-{i}-link");
        }

        // The newest shows its link and code; those of an older one are asked for.
        Assert.AreEqual(0, await clerk.At("#open-1-link").CountAsync());
        await clerk.ClickAsync("#sent-1 .unfold");
        await clerk.Page.WaitForSelectorAsync("#open-1-link");
        await clerk.ClickAsync("#sent-1 .drop");
        await clerk.Page.WaitForSelectorAsync("#sent-2", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        await clerk.ClickAsync("#sent-1 .drop");
        await clerk.Page.WaitForSelectorAsync("#sent-1", new PageWaitForSelectorOptions { State = WaitForSelectorState.Detached });
        await clerk.Page.ReloadAsync();
        await clerk.Page.WaitForSelectorAsync("#keystore");
        await clerk.OpenKeysAsync(phrase);
        await clerk.Page.WaitForSelectorAsync("#consents a");
        Assert.AreEqual(0, await clerk.At(".sent").CountAsync());

        await clerk.ClickAsync("#consents a");
        StringAssert.Matches(await clerk.TextAsync("#state"), new Regex(@"until \d+ \w+ \d{4}, \d\d:\d\d$"), "less than a day is left");
        await clerk.ClickAsync("#query");
        await clerk.ClickAsync("#accept-practice");
        await clerk.Page.WaitForSelectorAsync("#choose");
        Assert.AreEqual(1, await clerk.At("#choose input").CountAsync(), "only what was given freely can be left out");
        await clerk.Page.UncheckAsync("#ask-0");
        await clerk.ClickAsync("#query");
        await clerk.Page.WaitForSelectorAsync("#answer-0 .verified");
        StringAssert.Contains(await clerk.TextAsync("#answer-0 .fields"), "not asked this time");
        await clerk.Page.CheckAsync("#ask-0");
        await clerk.ClickAsync("#query");
        await clerk.Page.WaitForSelectorAsync("#answer-1 .verified");
        Assert.IsFalse((await clerk.TextAsync("#answer-1 .fields")).Contains("not asked", StringComparison.Ordinal));
        await clerk.Page.WaitForSelectorAsync("#ended");
        Assert.AreEqual(0, await clerk.At("#query").CountAsync(), "all uses are spent");

        // Each answer has spent a use, and is in this page alone until it is saved.
        Assert.IsTrue(await IsGuardedAsync());
        await clerk.ClickAsync(".back a");
        await clerk.ClickAsync("#close-keys");
        await clerk.Page.WaitForSelectorAsync("#unsaved");
        await ScreenTests.ShowInBothAsync(clerk, "institution-unsaved");
        await clerk.ClickAsync("#lock");
        await clerk.Page.WaitForSelectorAsync("#lock-loses");
        await clerk.ClickAsync("#lock-not");
        await clerk.ClickAsync("#unsaved a");
        await clerk.DownloadAsync("#answer-0 .save-answer");
        Assert.IsTrue(await IsGuardedAsync(), "the other one is not saved");
        await clerk.DownloadAsync("#answer-1 .save-answer");
        Assert.IsFalse(await IsGuardedAsync());
        await ScreenTests.ShowInBothAsync(clerk, "institution-choose");

        // The receipts say which fields were asked.
        foreach (var (answer, count) in new[] { ("#answer-0", 3), ("#answer-1", 4) })
        {
            var report = ReceiptVerifier.Verify(await clerk.DownloadAsync(answer + " .save-receipt"), world.Deployment.Genesis.LedgerId, acceptSimulated: true, world.Connection.Schemas);
            Assert.IsTrue(report.Valid, report.Failed?.ToString());
            Assert.HasCount(count, ReceiptCore.Parse(Encoding.UTF8.GetBytes(report.Receipt!.Core)).OrThrow().Fields);
        }

        // What is over by the ledger is over, though this device's clock is behind.
        await clerk.Page.AddInitScriptAsync("const now = Date.now; Date.now = () => now() - 600_000;");
        await clerk.Page.GotoAsync(new Uri(clerk.Home, $"/institution/consents/{over.Digest}").ToString());
        await clerk.OpenKeysAsync(phrase);
        await clerk.Page.WaitForSelectorAsync("#ended");
        Assert.AreEqual("Over", await clerk.TextAsync("#state"));
        clerk.AssertClean();

        Task<bool> IsGuardedAsync() => clerk.Page.EvaluateAsync<bool>("!dispatchEvent(new Event('beforeunload', { cancelable: true }))");
    }

    // Read first as a person would read it; what is no contract, or asks for too much, is refused before anything is sent.
    [TestMethod]
    public async Task Clerk_PublishesAContract()
    {
        var world = Shared;
        using var phrase = Mnemonic.Generate(24);
        using var keys = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Institution, keys.Profile("Jinling Cinema", "金陵影院", "-", "-", "CN", signsRecords: false));
        await using var clerk = await AppBrowser.VisitAsync(world.Deployment.AppLink, "zh-CN");
        await clerk.Page.WaitForSelectorAsync("#create");
        await clerk.GoAsync("/institution");
        await clerk.OpenKeysAsync(phrase);
        await clerk.ClickAsync("#to-publish");
        await clerk.Page.SetInputFilesAsync("#contract-file", new FilePayload { Name = "no.json", MimeType = "application/json", Buffer = "{\"controller\":\"<img src=x>\"}"u8.ToArray() });
        await clerk.Page.WaitForSelectorAsync("[data-reason=Malformed]");
        var text = Encoding.UTF8.GetString(ContractTemplates.For("mortgage-precheck", world.Bank.Account.Address).OrThrow());
        await clerk.Page.SetInputFilesAsync("#contract-file", new FilePayload
        {
            Name = "greedy.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(text.Replace("dpv:CreditChecking", "dpv:AgeVerification", StringComparison.Ordinal)),
        });
        await clerk.Page.WaitForSelectorAsync("#reading [data-reason=OverAsking]");
        Assert.AreEqual(0, await clerk.At("#publish").CountAsync());

        await clerk.Page.SelectOptionAsync("#template", "age-check");
        await clerk.Page.WaitForSelectorAsync("#publish");
        await ScreenTests.ShowInBothAsync(clerk, "institution-publish");
        await clerk.ClickAsync("#publish");
        await clerk.Page.WaitForSelectorAsync("#published");
        var published = await world.Connection.Ledger.ReadStateAsync(state => state.Contracts.Where(contract => contract.Controller == keys.Account.Address).ToList());
        Assert.HasCount(1, published);
        await clerk.GoAsync("/institution");
        await clerk.Page.WaitForSelectorAsync("#contract");
        Assert.IsTrue(await clerk.Page.IsDisabledAsync("#send"), "nobody can be asked before a regulator approved");

        // An hour later by this device's clock: the ledger cannot be relied on, and nothing is sent.
        var sent = new List<string>();
        clerk.Page.Request += (_, asked) => sent.Add(asked.Url);
        await clerk.GoAsync("/institution/publish");
        await clerk.Page.SelectOptionAsync("#template", "mortgage-precheck");
        await clerk.Page.EvaluateAsync("() => { window.now = Date.now; Date.now = () => window.now() + 3_600_000; }");
        await clerk.ClickAsync("#publish");
        await clerk.Page.WaitForSelectorAsync("[data-reason=StaleHead]");
        Assert.IsEmpty(sent.Where(url => url.EndsWith("/PutDocument", StringComparison.Ordinal) || url.EndsWith("/Append", StringComparison.Ordinal)).ToList());
        await clerk.Page.EvaluateAsync("() => { Date.now = window.now; }");
        await clerk.GoAsync("/institution");

        // Another page puts the keys away while one is at work: nothing is published, and nothing breaks.
        var held = new TaskCompletionSource<IRoute>();
        await clerk.GoAsync("/institution/publish");
        await clerk.Page.SelectOptionAsync("#template", "mortgage-precheck");
        await clerk.Page.RouteAsync("**/GetCheckpoint", held.SetResult, new PageRouteOptions { Times = 1 });
        await clerk.ClickAsync("#publish");
        var looking = await held.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await clerk.GoAsync("/institution");
        await clerk.ClickAsync("#close-keys");
        await clerk.Page.WaitForSelectorAsync("#keystore");
        await clerk.Page.RunAndWaitForResponseAsync(() => looking.ContinueAsync(), response => response.Url.EndsWith("/GetCheckpoint", StringComparison.Ordinal));
        await clerk.GoAsync("/");
        await clerk.Page.WaitForSelectorAsync("#create");
        Assert.HasCount(1, await world.Connection.Ledger.ReadStateAsync(state => state.Contracts.Where(contract => contract.Controller == keys.Account.Address).ToList()));
        clerk.AssertClean();
    }

    // As a telephone does: the app starts anew, and the person unlocks it.
    private static async Task OpenLinkAsync(AppVisit person, string link)
    {
        await person.Page.GotoAsync(link);
        await person.FillAsync("#passphrase", AppWorld.Passphrase);
        await person.ClickAsync("#unlock");
    }

    // What is drawn, read by a reader that knows nothing of how it was made.
    private static async Task<string?> ReadCodeAsync(AppVisit visit, string picture)
    {
        const int Scale = 4;
        var size = int.Parse((await visit.At(picture).GetAttributeAsync("viewBox"))!.Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture);
        var pixels = Enumerable.Repeat((byte)255, size * size * Scale * Scale).ToArray();
        foreach (Match square in Square().Matches((await visit.At(picture + " path").GetAttributeAsync("d"))!))
        {
            var (x, y) = (int.Parse(square.Groups[1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture), int.Parse(square.Groups[2].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
            for (var row = 0; row < Scale; row++)
            {
                Array.Clear(pixels, (((y * Scale) + row) * size * Scale) + (x * Scale), Scale);
            }
        }

        var source = new RGBLuminanceSource(pixels, size * Scale, size * Scale, RGBLuminanceSource.BitmapFormat.Gray8);

        // A picture drawn square by square is read as such: the search for a code in a photograph misses about one of a hundred of these.
        var drawn = new Dictionary<DecodeHintType, object> { [DecodeHintType.PURE_BARCODE] = true };
        return new QRCodeReader().decode(new BinaryBitmap(new ZXing.Common.HybridBinarizer(source)), drawn)?.Text;
    }

    [GeneratedRegex(@"M(\d+) (\d+)h1v1h-1z")]
    private static partial Regex Square();
}
