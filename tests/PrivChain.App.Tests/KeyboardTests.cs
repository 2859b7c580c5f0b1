using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Tests;

/// <summary>All three roles without a mouse: by Tab, Enter, Space and arrows alone, and where one is can be seen at every step.</summary>
// Slow until they have stood many runs: a key pressed while the page still moves the focus to its heading is lost.
[TestClass]
[TestCategory("Slow")]
public sealed class KeyboardTests
{
    [TestMethod]
    public async Task Everything_ThatMatters_GoesByKeyboard()
    {
        await using var world = await World.StartAsync();
        using var bankPhrase = Mnemonic.Generate(24);
        using var bank = new RoleKeys(Wallet.Open(bankPhrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Institution, bank.Profile("Keyboard Bank", "键盘银行", "-", "-", "CN", signsRecords: false));
        var contract = await new InstitutionClient(world.Connection, bank.Account, bank.EncryptionKey).PublishAsync(ContractTemplates.For("age-check", bank.Account.Address).OrThrow());
        using var regulatorPhrase = Mnemonic.Generate(24);
        using var regulator = new RoleKeys(Wallet.Open(regulatorPhrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, regulator.Profile("Keyboard Office", "键盘局", "-", "-", "CN", signsRecords: false));

        // A person begins, and makes a contact for the bank.
        await using var person = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await PressAsync(person, "#create");
        await PressAsync(person, "#words-en");
        await person.Page.WaitForSelectorAsync("#phrase");
        var words = await person.Page.Locator("#phrase li").AllInnerTextsAsync();
        await PressAsync(person, "#written");
        await person.Page.WaitForSelectorAsync("#word-2");
        var labels = await person.Page.Locator("form label").AllInnerTextsAsync();
        for (var i = 0; i < labels.Count; i++)
        {
            var place = int.Parse(string.Concat(labels[i].Where(char.IsAsciiDigit)), CultureInfo.InvariantCulture);
            await TypeAsync(person, $"#word-{i}", words[place - 1]);
        }

        await person.Page.Keyboard.PressAsync("Enter");
        await LockAsync(person);
        await world.IssueIdentityAsync(await person.ContactAsync(world, world.Registry.Account.Address.ToString()));
        await PressAsync(person, ".tabs a[href=more]");
        await PressAsync(person, "main a[href=share]");
        await ChooseAsync(person, "#with", bank.Account.Address.ToString());
        var contact = await person.Page.InputValueAsync("#contact");

        // A regulator checks everything and approves.
        await using var office = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await PressAsync(office, "main a[href=regulator]");
        await PressAsync(office, "main a[href='regulator/check']");
        await PressAsync(office, "#check-all");
        await office.Page.WaitForSelectorAsync("#checked");
        await PressAsync(office, "main a[href=regulator]");
        await PressAsync(office, "main a[href='regulator/contracts']");
        await OpenKeysAsync(office, regulatorPhrase);
        await PressAsync(office, ".approve");
        await office.Page.WaitForSelectorAsync("#approved");
        Assert.IsTrue(await world.Connection.Ledger.ReadStateAsync(state => state.IsApproved(contract.Digest)));

        // A clerk asks.
        await using var clerk = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await PressAsync(clerk, "main a[href=institution]");
        await OpenKeysAsync(clerk, bankPhrase);
        await PressAsync(clerk, "#invite-fold summary");
        await clerk.Page.WaitForSelectorAsync("#invite-link");
        await TypeAsync(clerk, "#contact", contact);
        await ReachAsync(clerk, "#uses");
        await clerk.Page.Keyboard.PressAsync("ArrowUp");
        await PressAsync(clerk, "#send");
        await clerk.Page.WaitForSelectorAsync("#sent-1 .waiting");

        // The person reads, says yes with a deliberate act, and takes it back.
        await PressAsync(person, ".tabs a[href=requests]");
        await PressAsync(person, ".rows a");
        await PressAsync(person, "#accept-practice");
        await PressAsync(person, "#go-on");
        await ReachAsync(person, "#sure");
        await person.Page.Keyboard.PressAsync("Space");
        await PressAsync(person, "#sign:enabled");
        await PressAsync(person, "#see-consent");
        await PressAsync(clerk, "#sent-1 .see");
        await PressAsync(person, "#revoke");
        await person.Page.WaitForSelectorAsync("#revoked");
        Assert.IsTrue(CitizenContact.TryParse(contact, world.Connection.Domain, out var shared));
        var consent = await world.Connection.Ledger.ReadStateAsync(state => state.Consent(world.Connection.Ledger.History.ConsentsOf(shared.Account).Single())!);
        Assert.AreEqual(2U, consent.Uses);
        Assert.IsNotNull(consent.RevokedAt);
        person.AssertClean();
        office.AssertClean();
        clerk.AssertClean();
    }

    [TestMethod]
    public async Task WhatOrganisationsDoBesides_GoesByKeyboard()
    {
        await using var world = await World.StartAsync();
        using var cinemaPhrase = Mnemonic.Generate(24);
        using var cinema = new RoleKeys(Wallet.Open(cinemaPhrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Institution, cinema.Profile("Keyboard Cinema", "键盘影院", "-", "-", "CN", signsRecords: false));
        using var officePhrase = Mnemonic.Generate(24);
        using var office = new RoleKeys(Wallet.Open(officePhrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, office.Profile("Keyboard Office", "键盘局", "-", "-", "CN", signsRecords: false));
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        await world.Institution.QueryAsync(await world.ConsentAsync(contract, uses: 2));

        // Beside the identity card's: more than a page of the trail.
        const int Page = 50, Anchors = Page + 10;
        await world.LengthenAsync(Anchors - 1);

        // A clerk publishes one contract of those that are there, and one from a file.
        await using var clerk = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await PressAsync(clerk, "main a[href=institution]");
        await OpenKeysAsync(clerk, cinemaPhrase);
        await PressAsync(clerk, "#to-publish");
        await ChooseAsync(clerk, "#template", "age-check");
        await PressAsync(clerk, "#publish");
        await clerk.Page.WaitForSelectorAsync("#published");
        await ChooseFileAsync(clerk, "#contract-file", Encoding.UTF8.GetString(ContractTemplates.For("mortgage-precheck", cinema.Account.Address).OrThrow()));
        await PressAsync(clerk, "#publish");
        await clerk.Page.WaitForSelectorAsync("#published");
        Assert.AreEqual(2, await world.Connection.Ledger.ReadStateAsync(state => state.Contracts.Count(published => published.Controller == cinema.Account.Address)));

        // A regulator saves what waits and sends one back, and the clerk reads why.
        await using var regulator = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await PressAsync(regulator, "main a[href=regulator]");
        await PressAsync(regulator, "main a[href='regulator/contracts']");
        await OpenKeysAsync(regulator, officePhrase);
        Assert.HasCount(1 + 2, Lines(await SaveAsync(regulator, "#csv")));
        await PressAsync(regulator, ".send-back-fold summary");
        await TypeAsync(regulator, ".back-why", "A ticket needs no name.");
        await PressAsync(regulator, ".send-back");
        await regulator.Page.WaitForSelectorAsync(".sent-back");
        await PressAsync(clerk, "main a[href=institution]");
        await clerk.Page.WaitForSelectorAsync(".returned blockquote");
        Assert.AreEqual("A ticket needs no name.", await clerk.TextAsync(".returned blockquote"));

        // Numbers, and from one of them to its entry and the proof of it.
        await PressAsync(regulator, "main a[href=regulator]");
        await PressAsync(regulator, "main a[href='regulator/overview']");
        await regulator.Page.WaitForSelectorAsync("#numbers");
        Assert.HasCount(1, Lines(await SaveAsync(regulator, "#csv")).Where(line => line.Contains("Bank of Jinling", StringComparison.Ordinal)).ToList(), "the day of the use");
        await PressAsync(regulator, "#by-day td a");
        await FindsAsync(1);
        Assert.AreEqual(nameof(EntryKind.Use), await regulator.Page.InputValueAsync("#f-kind"));
        await PressAsync(regulator, "#trail tbody a");
        await regulator.Page.WaitForSelectorAsync("#case li[data-kind=Deliver] .save-proof");
        var proof = EntryProof.Verify(await SaveAsync(regulator, "#case li[data-kind=Use] .save-proof"), world.Deployment.Genesis).OrThrow();
        Assert.AreEqual(EntryKind.Use, proof.Entry.Kind);
        var steps = await regulator.At("#case li").CountAsync();
        Assert.HasCount(1 + steps, Lines(await SaveAsync(regulator, "#csv")));

        // The trail: each filter, page after page, what is found saved, and a day. Both contracts of the cinema show the field, and one has the purpose.
        await PressAsync(regulator, "main a[href^='regulator/trail?']");
        await FindsAsync(1);
        await PressAsync(regulator, "#clear");
        await regulator.Page.WaitForSelectorAsync("#clear:disabled");
        foreach (var (filter, value, count) in new[]
        {
            ("#f-institution", cinema.Account.Address.ToString(), 3), ("#f-contract", contract.Digest.ToString(), steps - 1), ("#f-purpose", contract.Purpose, steps),
            ("#f-field", "identity-card.birthDate", steps + 1), ("#f-outcome", nameof(TrailOutcome.Stands), 1), ("#f-kind", nameof(EntryKind.Anchor), Anchors),
        })
        {
            await ChooseAsync(regulator, filter, value);
            await FindsAsync(count);
            if (filter != "#f-kind")
            {
                await PressAsync(regulator, "#clear");
                await regulator.Page.WaitForSelectorAsync("#clear:disabled");
            }
        }

        await PressAsync(regulator, "#older");
        await RowsAsync(Anchors - Page);
        await PressAsync(regulator, "#newest");
        await RowsAsync(Page);
        await PressAsync(regulator, "#oldest");
        await RowsAsync(Anchors - Page);
        await PressAsync(regulator, "#newer");
        await RowsAsync(Page);
        Assert.HasCount(1 + Anchors, Lines(await SaveAsync(regulator, "#csv")));
        using (var saved = JsonDocument.Parse(await SaveAsync(regulator, "#json")))
        {
            Assert.AreEqual(Anchors, saved.RootElement.GetArrayLength());
        }

        await ReachAsync(regulator, "#f-until");
        await regulator.Page.Keyboard.TypeAsync("11112025");
        await FindsAsync(0);
        Assert.AreEqual("2025-11-11", await regulator.Page.InputValueAsync("#f-until"));
        regulator.AssertClean();
        clerk.AssertClean();

        Task FindsAsync(int count) => regulator.Page.WaitForFunctionAsync(
            "wanted => document.querySelector('#found')?.textContent.match(/\\d+/)?.[0] === wanted", count.ToString(CultureInfo.InvariantCulture));

        Task RowsAsync(int count) => regulator.Page.WaitForFunctionAsync("wanted => document.querySelectorAll('#trail tbody tr').length === wanted", count);
    }

    [TestMethod]
    public async Task WhatAPersonDoesBesides_GoesByKeyboard()
    {
        var world = await SharedWorld.OpenAsync();
        using var account = Account.Generate();
        var wallet = new InjectedWalletTests.StandInWallet(account, world.Deployment.Genesis.ChainId);
        using var phrase = Mnemonic.Generate();

        // Somebody comes back with their words, and an Ethereum wallet that signs.
        await using var person = await AppBrowser.VisitAsync(world.Deployment.AppLink, go: false);
        await wallet.EnterAsync(person);
        await person.Page.GotoAsync(world.Deployment.AppLink.ToString());
        await PressAsync(person, "#with-wallet");
        await PressAsync(person, "#connect");
        await person.Page.WaitForSelectorAsync("#wallet-account");
        Assert.AreEqual(account.Address.ToString(), await person.TextAsync("#wallet-account"));
        await PressAsync(person, "main a[href='start/restore']");
        await TypeAsync(person, "#words", phrase.RevealPhrase());
        await PressAsync(person, "#read");
        await LockAsync(person);

        // They state something, look at it and take it out again.
        await PressAsync(person, ".tabs a[href=data]");
        await PressAsync(person, "#add");
        await ChooseAsync(person, "#kind", "contact-details/1");
        await TypeAsync(person, "#field-name", "Lin Qiuyan");
        await PressAsync(person, "#keep");
        await PressAsync(person, ".record[data-schema='contact-details/1'] .reveal");
        StringAssert.Contains(await person.TextAsync(".record"), "Lin Qiuyan");
        await PressAsync(person, ".record details:last-of-type summary");
        await PressAsync(person, ".record .danger");
        var tombstone = EntryProof.Verify(await SaveAsync(person, "#save-tombstone"), world.Deployment.Genesis).OrThrow().Entry;
        Assert.AreEqual((EntryKind.Erase, account.Address), (tombstone.Kind, tombstone.Signer));

        // Asked, they say no and why.
        var pending = await person.AskAsync(world, await world.PublishAsync("age-check"));
        await PressAsync(person, ".tabs a[href=requests]");
        await PressAsync(person, "main a[href^='requests/']");
        await PressAsync(person, "#refuse-fold summary");
        await TypeAsync(person, "#why-not", "not today");
        await PressAsync(person, "#refuse");
        await person.Page.WaitForSelectorAsync("#done-no");
        Assert.AreEqual("not today", (await world.Institution.FindAnswersAsync([pending])).Single().Refused?.Detail);

        // Everything of theirs is saved, and opens another browser.
        await PressAsync(person, ".tabs a[href=more]");
        await PressAsync(person, "main a[href=proof]");
        await using (var all = new ZipArchive(new MemoryStream(await SaveAsync(person, "#download-all"))))
        {
            Assert.IsNotNull(all.GetEntry("my-data.json"));
        }

        var file = await SaveAsync(person, "#download-keystore");
        await using var another = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await PressAsync(another, "#restore");
        await ChooseFileAsync(another, "#file", Encoding.UTF8.GetString(file));
        await TypeAsync(another, "#passphrase", AppWorld.Passphrase);
        await another.Page.Keyboard.PressAsync("Enter");
        await another.Page.WaitForSelectorAsync(".tabs");
        using var content = Keystore.Open(file, AppWorld.Passphrase).OrThrow();
        Assert.IsTrue(content.TryGetMnemonic(out var kept));
        using (kept)
        {
            Assert.AreEqual(phrase.RevealPhrase(), kept.RevealPhrase());
        }

        person.AssertClean();
        another.AssertClean();
    }

    private static string[] Lines(byte[] csv) => Encoding.UTF8.GetString(csv).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Goes there and presses Enter.</summary>
    private static async Task PressAsync(AppVisit visit, string selector)
    {
        await ReachAsync(visit, selector);
        await visit.Page.Keyboard.PressAsync("Enter");
    }

    private static async Task TypeAsync(AppVisit visit, string selector, string text)
    {
        await ReachAsync(visit, selector);
        await visit.Page.Keyboard.InsertTextAsync(text);
    }

    /// <summary>Goes there and down the list until it stands at the value.</summary>
    private static async Task ChooseAsync(AppVisit visit, string selector, string value)
    {
        await ReachAsync(visit, selector);
        while (await visit.Page.InputValueAsync(selector) is var before && before != value)
        {
            await visit.Page.Keyboard.PressAsync("ArrowDown");
            await visit.Page.WaitForSelectorAsync(selector + ":enabled");
            await ReachAsync(visit, selector);
            Assert.AreNotEqual(before, await visit.Page.InputValueAsync(selector), $"{value} is not among them");
        }
    }

    private static async Task ChooseFileAsync(AppVisit visit, string selector, string text)
    {
        var chooser = await visit.Page.RunAndWaitForFileChooserAsync(() => PressAsync(visit, selector));
        await chooser.SetFilesAsync(new FilePayload { Name = "chosen.json", MimeType = "application/json", Buffer = Encoding.UTF8.GetBytes(text) });
    }

    /// <summary>What a button saves.</summary>
    private static Task<byte[]> SaveAsync(AppVisit visit, string button) => visit.DownloadAsync(() => PressAsync(visit, button));

    /// <summary>Locks a new key with a passphrase, as far as the wallet.</summary>
    private static async Task LockAsync(AppVisit visit)
    {
        await TypeAsync(visit, "#new-passphrase", AppWorld.Passphrase);
        await TypeAsync(visit, "#repeat-passphrase", AppWorld.Passphrase);
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForSelectorAsync(".tabs");
    }

    private static async Task OpenKeysAsync(AppVisit visit, Mnemonic phrase)
    {
        using var content = KeystoreContent.Of(phrase);
        var file = Keystore.Seal(content, AppWorld.Passphrase, Argon2idParameters.Floor).OrThrow();
        await visit.Page.WaitForSelectorAsync("#keystore");
        await visit.Page.WaitForFunctionAsync("() => document.activeElement?.tagName === 'H1'");
        await ChooseFileAsync(visit, "#keystore", file);
        await visit.Page.WaitForSelectorAsync("#open-keys:enabled");
        await TypeAsync(visit, "#passphrase", AppWorld.Passphrase);
        await visit.Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>
    /// Tabs until the first that matches has the focus. Whatever has it on the way is to be seen as well: with a ring around it that nothing cuts off on more than two sides, and nothing over it. A page begins at its
    /// heading, where nothing can be pressed.
    /// </summary>
    private static async Task ReachAsync(AppVisit visit, string selector)
    {
        const int Most = 150;
        await visit.Page.WaitForSelectorAsync(selector);
        for (var i = 0; i < Most; i++)
        {
            var where = await visit.Page.EvaluateAsync<string>("""
                selector => {
                  const here = document.activeElement;
                  // The button in a field for a day is the browser's, and so is the ring around it: the field has the focus within.
                  if (here.matches('main, h1, :not(:focus)')) return 'elsewhere';
                  const style = getComputedStyle(here), box = here.getBoundingClientRect(), name = here.outerHTML.slice(0, 120);
                  const width = parseFloat(style.outlineWidth), out = parseFloat(style.outlineOffset) + width;
                  if (style.outlineStyle === 'none' || width < 2) return `no ring: ${name}`;

                  // What of the window is shown of it, and of its ring.
                  let [left, top, right, bottom] = [0, 0, innerWidth, innerHeight];
                  for (let around = here.parentElement; around !== document.body; around = around.parentElement) {
                    if (getComputedStyle(around).overflow === 'visible') continue;
                    const edge = around.getBoundingClientRect();
                    [left, top] = [Math.max(left, edge.left + around.clientLeft), Math.max(top, edge.top + around.clientTop)];
                    [right, bottom] = [Math.min(right, edge.left + around.clientLeft + around.clientWidth), Math.min(bottom, edge.top + around.clientTop + around.clientHeight)];
                  }
                  const sides = [box.left - out >= left, box.top - out >= top, box.right + out <= right, box.bottom + out <= bottom].filter(seen => seen).length;
                  if (sides < 2) return `ring cut off: ${name}`;
                  const y = Math.max(box.top, top);
                  const over = document.elementFromPoint((Math.max(box.left, left) + Math.min(box.right, right)) / 2, Math.min((y + Math.min(box.bottom, bottom)) / 2, y + 20));
                  if (!over || !(here.contains(over) || over.contains(here))) return `covered or out of sight: ${name}`;
                  return here === document.querySelector(selector) ? 'here' : 'elsewhere';
                }
                """, selector);
            if (where == "here")
            {
                return;
            }

            Assert.AreEqual("elsewhere", where, $"on the way to {selector}");
            await visit.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{selector} is not reached by Tab");
    }
}
