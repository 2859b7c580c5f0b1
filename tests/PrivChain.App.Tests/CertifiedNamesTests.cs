using PrivChain.Cli.Deployment;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;

namespace PrivChain.App.Tests;

/// <summary>Who asks and who runs the enclaves, where an authority certifies names: what a person reads, and what is said when it does not hold any more.</summary>
[TestClass]
public sealed class CertifiedNamesTests
{
    [TestMethod]
    public async Task Person_ReadsWhoAsksAndWhoRunsTheEnclaves_AndWhenThatIsOver()
    {
        await using var world = await World.StartAsync(certified: true);
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink);
        await visit.EnterAsync(world);
        await visit.GoAsync("/data");
        Assert.AreEqual("From City Registry Ltd", await visit.TextAsync(".card.record h3"));
        StringAssert.Contains(await visit.TextAsync(".card.record .verified"), "Genuine");
        await visit.ClickAsync(".card.record details >> nth=0");
        await visit.Page.WaitForSelectorAsync(".card.record dt:has-text('Certificate of') + dd:has-text('O=City Registry Ltd')");
        await visit.Page.WaitForSelectorAsync(".card.record dt:has-text('Issued by') + dd:has-text('CN=Root')");
        StringAssert.Contains(await visit.TextAsync(".card.record details >> nth=0"), "was checked in this page");
        await visit.AskAsync(world, await world.PublishAsync("age-check"));
        await visit.ReadRequestAsync();
        StringAssert.Contains(await visit.TextAsync("main strong"), "Bank of Jinling Ltd");
        StringAssert.Contains(await visit.TextAsync("p.verified"), "proved by a certificate");
        StringAssert.Contains(await visit.TextAsync(".run-by"), "City Registry Ltd runs this. An authority that the ledger names certifies the name.");
        Assert.AreEqual(0, await visit.At(".lookalike").CountAsync());
        await ScreenTests.ShowInBothAsync(visit, "request-certified");

        // A name that could be taken for that of whoever runs the enclaves.
        using var twin = RoleKeys.Generate();
        await world.EnrolAsync(LedgerRole.Issuer, twin.Profile("City Reg1stry", "市民政局分局", "-", "-", "CN", signsRecords: true));
        await ReadUntilAsync(visit, ".notice:has(.run-by) + .lookalike", "City Reg1stry Ltd");
        Assert.AreEqual(1, await visit.At(".lookalike").CountAsync());

        // One that could be taken for that of the bank: while one reads, before one signs, and where one says who may ask.
        using var other = RoleKeys.Generate();
        await world.EnrolAsync(LedgerRole.Institution, other.Profile("Bank of Jin1ing", "金陵银行分行", "-", "-", "CN", signsRecords: false));
        await ReadUntilAsync(visit, ".lookalike", "Bank of Jin1ing Ltd");
        await visit.GoAsync("/requests");
        await visit.Page.WaitForSelectorAsync(".rows .caution");
        await visit.ClickAsync(".rows a");
        await visit.ClickAsync("#go-on");
        StringAssert.Contains(await visit.TextAsync(".cautions"), "Bank of Jin1ing Ltd");
        await visit.ContactForAsync(world.Bank.Account.Address.ToString());
        StringAssert.Contains(await visit.TextAsync("main .lookalike"), "Bank of Jin1ing Ltd");

        await world.ExpelAsync(LedgerRole.Issuer, world.Registry.Account.Address);
        await ReadUntilAsync(visit, ".run-by", "does not hold any more");
        Assert.AreEqual(0, await visit.At(".notice:has(.run-by) + .lookalike").CountAsync());

        // It issued the person's record, too: kept and said so, and nothing is answered from it.
        StringAssert.Contains(await visit.TextAsync(".seen .answer"), "The issuer of your record was expelled.");
        Assert.AreEqual("Identity card: The issuer of your record was expelled. It stays yours, but no answer is given from it.", await visit.TextAsync("#obstacles li"));
        Assert.IsTrue(await visit.At("#go-on").IsDisabledAsync());
        await ScreenTests.ShowInBothAsync(visit, "request-expelled", ".seen strong");
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".card.record .caution:has-text('its issuer was expelled')");
        Assert.AreEqual(0, await visit.At(".card.record .verified").CountAsync());

        // Enrolled anew, with nobody named.
        var broker = (await world.Connection.Organisations.BrokersAsync()).Single().Profile.Account;
        await world.ExpelAsync(LedgerRole.Broker, broker);
        await Bootstrap.EnrolEnclaveAsync(world.Deployment, world.Connection, TimeProvider.System, runBy: null, CancellationToken.None);
        await ReadUntilAsync(visit, ".run-by", "Nobody is named as running this.");
        visit.AssertClean();
    }

    // A page asks for a newer checkpoint when the last one is some seconds old, and may have read the ledger between two entries of ours.
    private static async Task ReadUntilAsync(AppVisit visit, string place, string words)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        await World.UntilAsync(
            async () =>
            {
                await visit.GoAsync("/data");
                await visit.Page.WaitForSelectorAsync(".record");
                await visit.GoAsync("/requests");
                await visit.ClickAsync(".rows a");
                await visit.Page.WaitForSelectorAsync(".run-by, [role=alert]");
                return (await visit.At(place).AllInnerTextsAsync()).Any(text => text.Contains(words, StringComparison.Ordinal));
            },
            limit.Token);
    }
}
