using PrivChain.Cli.Deployment;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Query;

namespace PrivChain.App.Tests;

/// <summary>A regulator and a clerk at two browsers: sent back with a reason, read by the institution, approved after all.</summary>
[TestClass]
public sealed class SendBackTests
{
    private const string Hostile = "<img src=x onerror=\"document.title='owned'\"> A ticket needs no name. 购票无需姓名。";

    [TestMethod]
    public async Task Regulator_SendsAContractBack_AndTheClerkReadsWhy()
    {
        await using var world = await World.StartAsync();
        using var officePhrase = Mnemonic.Generate(24);
        using var office = new RoleKeys(Wallet.Open(officePhrase).OrThrow());
        using var cinemaPhrase = Mnemonic.Generate(24);
        using var cinema = new RoleKeys(Wallet.Open(cinemaPhrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, office.Profile("Data Office of Jinling", "金陵数据局", "-", "-", "CN", signsRecords: false));
        await world.EnrolAsync(LedgerRole.Institution, cinema.Profile("Jinling Cinema", "金陵影院", "-", "-", "CN", signsRecords: false));
        var contract = await new InstitutionClient(world.Connection, cinema.Account, cinema.EncryptionKey).PublishAsync(
            ContractTemplates.For("age-check", cinema.Account.Address).OrThrow());

        await using var regulator = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await regulator.Page.WaitForSelectorAsync("#create");
        await regulator.GoAsync("/regulator/contracts");
        await regulator.Page.WaitForSelectorAsync(".contract");
        Assert.AreEqual(0, await regulator.At(".send-back").CountAsync(), "one can send back without keys");
        await regulator.OpenKeysAsync(officePhrase);
        await regulator.ClickAsync(".send-back-fold summary");
        await regulator.FillAsync(".back-why", Hostile);
        await ScreenTests.ShowInBothAsync(regulator, "contracts-send-back");
        await regulator.ClickAsync(".send-back");
        await regulator.Page.WaitForSelectorAsync(".sent-back");
        Assert.IsFalse(await world.Connection.Ledger.ReadStateAsync(state => state.IsApproved(contract.Digest)));

        await using var clerk = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await clerk.Page.WaitForSelectorAsync("#create");
        await clerk.GoAsync("/institution");
        await clerk.OpenKeysAsync(cinemaPhrase);
        await clerk.Page.WaitForSelectorAsync(".returned blockquote");
        StringAssert.Contains(await clerk.TextAsync(".returned blockquote"), Hostile);
        StringAssert.Contains(await clerk.TextAsync(".returned"), "Data Office of Jinling");
        Assert.AreEqual(0, await clerk.At("main img, main script").CountAsync());
        await ScreenTests.ShowInBothAsync(clerk, "institution-returned");

        // The browser remembers, after the keys were put away as well; approved, it is settled for both.
        await regulator.ClickAsync("#close-keys");
        await regulator.Page.WaitForSelectorAsync("#keystore");
        Assert.AreEqual(0, await regulator.At(".sent-back").CountAsync(), "shown to whoever has no keys");
        await regulator.OpenKeysAsync(officePhrase);
        await regulator.Page.WaitForSelectorAsync(".sent-back");
        await regulator.ClickAsync(".approve");
        await regulator.Page.WaitForSelectorAsync("#approved");
        await clerk.ClickAsync("#close-keys");
        await clerk.Page.WaitForSelectorAsync("#keystore");
        Assert.AreEqual(0, await clerk.At(".returned").CountAsync());
        await clerk.OpenKeysAsync(cinemaPhrase);
        await clerk.Page.WaitForSelectorAsync("#send:not([disabled])");
        Assert.AreEqual(0, await clerk.At(".returned").CountAsync());
        regulator.AssertClean();
        clerk.AssertClean();
    }
}
