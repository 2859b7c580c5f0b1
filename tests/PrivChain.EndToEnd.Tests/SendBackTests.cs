using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Query;

namespace PrivChain.EndToEnd.Tests;

/// <summary>A contract sent back: the institution reads the reason of a regulator who is one, about a contract of its own, and of nobody else.</summary>
[TestClass]
public sealed class SendBackTests
{
    private const string Reason = "A mortgage needs no citizenship. 不需要国籍。";

    private static World _world = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _world = await SharedWorld.JoinAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task SentBack_InstitutionReadsTheNewestReason_UntilItIsApproved()
    {
        var (keys, institution) = await InstitutionAsync("Jinling Cinema", "金陵影院");
        using var disposed = keys;
        var contract = await institution.PublishAsync(ContractTemplates.For("age-check", keys.Account.Address).OrThrow(), TestContext.CancellationToken);
        var regulator = new RegulatorClient(_world.Connection, _world.Regulator.Account);
        Assert.IsEmpty(await institution.ListReturnedAsync(TestContext.CancellationToken));
        await regulator.SendBackAsync(contract.Digest, "first", TestContext.CancellationToken);
        var note = await regulator.SendBackAsync(contract.Digest, Reason, TestContext.CancellationToken);
        var returned = (await institution.ListReturnedAsync(TestContext.CancellationToken)).Single();
        Assert.AreEqual(Reason, returned.Note.Reason);
        Assert.AreEqual(_world.Regulator.Account.Address, returned.Note.Regulator);
        Assert.AreEqual("Data Office", returned.RegulatorName);
        Assert.AreEqual(contract.Digest, returned.Contract.Digest);
        Assert.IsFalse(returned.ApprovedSince);
        Assert.IsFalse(await institution.IsApprovedAsync(contract.Digest, TestContext.CancellationToken));

        // The note proves by itself what was said, to whoever the institution shows it.
        Assert.AreEqual(Reason, ReviewNote.Verify(_world.Connection.Domain, note.ToArray()).OrThrow().Reason);

        await regulator.ApproveAsync(contract.Digest, cancellationToken: TestContext.CancellationToken);
        Assert.IsTrue((await institution.ListReturnedAsync(TestContext.CancellationToken)).Single().ApprovedSince);
        await RefusedAsync(RefusalReason.Conflict, () => regulator.SendBackAsync(contract.Digest, "too late", TestContext.CancellationToken));
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task SendBack_ThatNobodyWouldRead_IsRefusedAndNotSent()
    {
        var contract = await _world.Institution.PublishAsync(ContractTemplates.For("mortgage-precheck", _world.Bank.Account.Address).OrThrow(), TestContext.CancellationToken);
        var regulator = new RegulatorClient(_world.Connection, _world.Regulator.Account);
        using var stranger = Account.Generate();
        await RefusedAsync(RefusalReason.UnknownReference, () => regulator.SendBackAsync(Digest.OfSha256("no contract"u8), Reason, TestContext.CancellationToken));
        await RefusedAsync(RefusalReason.NotEnrolled, () => new RegulatorClient(_world.Connection, stranger).SendBackAsync(contract.Digest, Reason, TestContext.CancellationToken));
        await RefusedAsync(RefusalReason.NotEnrolled, () => new RegulatorClient(_world.Connection, _world.Bank.Account).SendBackAsync(contract.Digest, Reason, TestContext.CancellationToken));
        await RefusedAsync(RefusalReason.Malformed, () => regulator.SendBackAsync(contract.Digest, " ", TestContext.CancellationToken));
        await RefusedAsync(RefusalReason.TooLarge, () => regulator.SendBackAsync(contract.Digest, new string('x', ReviewNote.MaxReason + 1), TestContext.CancellationToken));
        Assert.IsEmpty(await _world.Institution.ListReturnedAsync(TestContext.CancellationToken));
    }

    // Anyone may write to an inbox. Each of these differs from a note that counts in one thing.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task ForgedNotes_CountForNothing()
    {
        var (keys, institution) = await InstitutionAsync("Night Market", "夜市");
        using var disposed = keys;
        using var regulator = RoleKeys.Generate();
        await _world.EnrolAsync(LedgerRole.Regulator, regulator.Profile("Market Office", "市场局", "-", "-", "CN", signsRecords: false));
        using var stranger = Account.Generate();
        var domain = _world.Connection.Domain;
        var own = await institution.PublishAsync(ContractTemplates.For("age-check", keys.Account.Address).OrThrow(), TestContext.CancellationToken);
        var foreign = await _world.Institution.PublishAsync(ContractTemplates.For("age-check", _world.Bank.Account.Address).OrThrow(), TestContext.CancellationToken);
        var good = Note(domain, regulator.Account, own.Digest);
        await SendAsync(stranger, Note(domain, stranger, own.Digest));
        await SendAsync(stranger, good);
        await SendAsync(_world.Bank.Account, Note(domain, _world.Bank.Account, own.Digest));
        await SendAsync(regulator.Account, Note(domain, regulator.Account, foreign.Digest));
        await SendAsync(regulator.Account, Note(domain, regulator.Account, Digest.OfSha256("no contract"u8)));
        await SendAsync(regulator.Account, Note(new LedgerDomain(Digest.OfSha256("another ledger"u8), domain.ChainId), regulator.Account, own.Digest));
        await SendAsync(regulator.Account, [.. good[..^1], (byte)(good[^1] ^ 1)]);
        await SendAsync(regulator.Account, [.. good, 0]);
        await SendAsync(regulator.Account, []);
        Assert.IsEmpty(await institution.ListReturnedAsync(TestContext.CancellationToken));

        await SendAsync(regulator.Account, good);
        Assert.HasCount(1, await institution.ListReturnedAsync(TestContext.CancellationToken));

        // Whoever is no regulator any more sends nothing back.
        await _world.ExpelAsync(LedgerRole.Regulator, regulator.Account.Address);
        Assert.IsEmpty(await institution.ListReturnedAsync(TestContext.CancellationToken));

        Task SendAsync(Account sender, byte[] note) =>
            new InboxBox(_world.Connection, sender, key: null).SendAsync(keys.Account.Address, keys.EncryptionKey.PublicKey, InboxMessageKind.SentBack, note, TestContext.CancellationToken);
    }

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task CommandLine_SendsBack_AndTheInboxShowsIt()
    {
        using var bankPhrase = Mnemonic.Generate();
        using var bank = new RoleKeys(Wallet.Open(bankPhrase).OrThrow());
        using var officePhrase = Mnemonic.Generate();
        using var office = new RoleKeys(Wallet.Open(officePhrase).OrThrow());
        await _world.EnrolAsync(LedgerRole.Institution, bank.Profile("River Bank", "河岸银行", "-", "-", "CN", signsRecords: false));
        await _world.EnrolAsync(LedgerRole.Regulator, office.Profile("River Office", "河道局", "-", "-", "CN", signsRecords: false));
        var contract = await new InstitutionClient(_world.Connection, bank.Account, bank.EncryptionKey).PublishAsync(
            ContractTemplates.For("age-check", bank.Account.Address).OrThrow(), TestContext.CancellationToken);
        var (bankFile, officeFile) = (Keep("bank.json", bankPhrase), Keep("office.json", officePhrase));

        var (code, _, errors) = await CommandAsync("contract", "send-back", contract.Digest.ToString(), "--reason", " ", "--keystore", officeFile);
        Assert.AreEqual((int)RefusalReason.Malformed, code, errors);
        (code, _, errors) = await CommandAsync("contract", "send-back", contract.Digest.ToString(), "--reason", Reason, "--keystore", bankFile);
        Assert.AreEqual((int)RefusalReason.NotEnrolled, code, errors);
        (code, _, errors) = await CommandAsync("contract", "send-back", contract.Digest.ToString(), "--reason", Reason, "--keystore", officeFile);
        Assert.AreEqual(0, code, errors);

        (code, var inbox, errors) = await CommandAsync("inbox", "--keystore", bankFile);
        Assert.AreEqual(0, code, errors);
        var returned = inbox["returned"]!.AsArray().Single()!;
        Assert.AreEqual(Reason, (string?)returned["reason"]);
        Assert.AreEqual("River Office", (string?)returned["name"]);
        Assert.AreEqual(contract.Digest.ToString(), (string?)returned["contract"]);
    }

    private static byte[] Note(LedgerDomain domain, Account regulator, Digest contract) => ReviewNote.Sign(domain, regulator, contract, Reason, 1_800_000_000).OrThrow().ToArray();

    private static async Task RefusedAsync(RefusalReason reason, Func<Task> act) => Assert.AreEqual(reason, (await Assert.ThrowsExactlyAsync<RefusalException>(act)).Reason);

    private static string Keep(string name, Mnemonic phrase)
    {
        var path = Path.Combine(_world.Folder, name);
        CommandProcess.Keep(path, phrase);
        return path;
    }

    private Task<(int Code, System.Text.Json.Nodes.JsonObject Document, string Errors)> CommandAsync(params string[] arguments) =>
        CommandProcess.RunAsync([.. arguments, "--deployment", _world.Folder], cancellation: TestContext.CancellationToken);

    private async Task<(RoleKeys Keys, InstitutionClient Client)> InstitutionAsync(string english, string chinese)
    {
        var keys = RoleKeys.Generate();
        await _world.EnrolAsync(LedgerRole.Institution, keys.Profile(english, chinese, "-", "-", "CN", signsRecords: false));
        return (keys, new InstitutionClient(_world.Connection, keys.Account, keys.EncryptionKey));
    }
}
