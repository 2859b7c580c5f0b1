using Microsoft.Playwright;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Query;

namespace PrivChain.App.Tests;

/// <summary>All three roles without a mouse: by Tab, Enter, Space and arrows alone, and where one is can be seen at every step.</summary>
[TestClass]
public sealed class KeyboardTests
{
    // Slow until it has stood many runs: a key pressed while the page still moves the focus to its heading is lost.
    [TestMethod]
    [TestCategory("Slow")]
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
            var place = int.Parse(string.Concat(labels[i].Where(char.IsAsciiDigit)), System.Globalization.CultureInfo.InvariantCulture);
            await TypeAsync(person, $"#word-{i}", words[place - 1]);
        }

        await person.Page.Keyboard.PressAsync("Enter");
        await TypeAsync(person, "#new-passphrase", AppWorld.Passphrase);
        await TypeAsync(person, "#repeat-passphrase", AppWorld.Passphrase);
        await person.Page.Keyboard.PressAsync("Enter");
        await person.Page.WaitForSelectorAsync(".tabs");
        await world.IssueIdentityAsync(await person.ContactAsync(world, world.Registry.Account.Address.ToString()));
        await PressAsync(person, ".tabs a[href=more]");
        await PressAsync(person, "main a[href=share]");
        await ReachAsync(person, "#with");
        while (await person.Page.InputValueAsync("#with") != bank.Account.Address.ToString())
        {
            var before = await person.Page.InputValueAsync("#with");
            await person.Page.Keyboard.PressAsync("ArrowDown");
            await person.Page.WaitForSelectorAsync("#with:enabled");
            await ReachAsync(person, "#with");
            Assert.AreNotEqual(before, await person.Page.InputValueAsync("#with"), "the bank is not among them");
        }

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

    private static async Task OpenKeysAsync(AppVisit visit, Mnemonic phrase)
    {
        using var content = KeystoreContent.Of(phrase);
        var file = Keystore.Seal(content, AppWorld.Passphrase, Argon2idParameters.Floor).OrThrow();
        await visit.Page.WaitForSelectorAsync("#keystore");
        await visit.Page.WaitForFunctionAsync("() => document.activeElement?.tagName === 'H1'");
        var chooser = await visit.Page.RunAndWaitForFileChooserAsync(() => PressAsync(visit, "#keystore"));
        await chooser.SetFilesAsync(new FilePayload { Name = "keys.json", MimeType = "application/json", Buffer = System.Text.Encoding.UTF8.GetBytes(file) });
        await visit.Page.WaitForSelectorAsync("#open-keys:enabled");
        await TypeAsync(visit, "#passphrase", AppWorld.Passphrase);
        await visit.Page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Tabs until the first that matches has the focus, and sees it: with a ring around it, and nothing over it.</summary>
    private static async Task ReachAsync(AppVisit visit, string selector)
    {
        const int Most = 150;
        await visit.Page.WaitForSelectorAsync(selector);
        for (var i = 0; i < Most; i++)
        {
            var where = await visit.Page.EvaluateAsync<string>("""
                selector => {
                  const here = document.activeElement;
                  if (here !== document.querySelector(selector)) return 'elsewhere';
                  const style = getComputedStyle(here), box = here.getBoundingClientRect();
                  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return 'no ring';
                  const over = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
                  return over && (here.contains(over) || over.contains(here)) ? 'here' : 'covered or out of sight';
                }
                """, selector);
            if (where == "here")
            {
                return;
            }

            Assert.AreEqual("elsewhere", where, selector);
            await visit.Page.Keyboard.PressAsync("Tab");
        }

        Assert.Fail($"{selector} is not reached by Tab");
    }
}
