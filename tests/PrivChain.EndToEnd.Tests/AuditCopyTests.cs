using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.EndToEnd.Tests;

/// <summary>A regulator's sealed copies against a real node, witness and enclave: what went out, never a value, and a node that withholds, swaps or changes one is told.</summary>
[TestClass]
public sealed class AuditCopyTests
{
    private const string BirthDate = "identity-card.birthDate";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(480_000, CooperativeCancellation = true)]
    public async Task Regulator_ReadsWhatWentOut_AndIsToldWhenTheNodeLies()
    {
        await using var world = await World.StartAsync();
        using var phrase = Mnemonic.Generate();
        using var office = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, office.Profile("Second Office", "第二局", "-", "-", "CN", signsRecords: false));
        var record = await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        var consent = await world.ConsentAsync(contract, uses: 3);
        await world.Institution.QueryAsync(consent, cancellationToken: TestContext.CancellationToken);

        // From here on the second office approves as well.
        await new RegulatorClient(world.Connection, office.Account).ApproveAsync(contract.Digest, cancellationToken: TestContext.CancellationToken);
        await world.Institution.QueryAsync(consent, cancellationToken: TestContext.CancellationToken);
        var first = new RegulatorClient(world.Connection, world.Regulator.Account, world.Regulator.EncryptionKey);
        var second = new RegulatorClient(world.Connection, office.Account, office.EncryptionKey);
        await World.UntilAsync(async () => (await AllAsync(first)).TrueForAll(audit => audit.State == UseAuditState.Opened), TestContext.CancellationToken);
        await World.UntilAsync(async () => (await AllAsync(second)).Exists(audit => audit.State == UseAuditState.Opened), TestContext.CancellationToken);
        var audits = await AllAsync(first);
        Assert.HasCount(2, audits);
        foreach (var opened in audits.Select(audit => audit.Opened!))
        {
            Assert.AreEqual(world.Bank.Account.Address, opened.Core.Controller);
            Assert.AreEqual(contract.Digest, opened.Contract.Digest);
            Assert.AreEqual(consent.Digest, opened.Core.Consent);
            Assert.AreEqual(FieldOutcome.Derived, opened.Fields.Single(field => field.Field.Name == BirthDate).Outcome);
        }

        CollectionAssert.AreEqual(new[] { UseAuditState.NotDue, UseAuditState.Opened }, (await AllAsync(second)).Select(audit => audit.State).ToArray(), "approved between the uses");
        await NoValueAsync(world, audits);

        // Who is no regulator, and a place where no use stands.
        using var stranger = Account.Generate();
        await RefusedAsync(RefusalReason.NotEnrolled, () => new RegulatorClient(world.Connection, stranger, world.Regulator.EncryptionKey).AuditUseAsync(audits[0].Index, TestContext.CancellationToken));
        await RefusedAsync(RefusalReason.UnknownReference, () => first.AuditUseAsync(0, TestContext.CancellationToken));
        await RefusedAsync(RefusalReason.UnknownReference, () => first.AuditUseAsync(ulong.MaxValue, TestContext.CancellationToken));
        var wrongKey = await new RegulatorClient(world.Connection, world.Regulator.Account, office.EncryptionKey).AuditUseAsync(audits[0].Index, TestContext.CancellationToken);
        Assert.AreEqual(RefusalReason.CannotOpen, wrongKey.Refusal?.Reason);

        await CommandLineAsync(world, phrase, audits);
        await LiesAsync(world, audits);

        // A use that is recorded and then finds its record erased: something stands on the ledger, and nothing went out.
        await world.Citizen.EraseAsync(record, cancellationToken: TestContext.CancellationToken);
        Assert.AreEqual(RefusalReason.Erased, (await world.Institution.QueryAsync(consent, cancellationToken: TestContext.CancellationToken)).Refusal?.Reason);
        CollectionAssert.AreEqual(
            new[] { UseAuditState.Opened, UseAuditState.Opened, UseAuditState.NothingDelivered }, (await AllAsync(first)).Select(audit => audit.State).ToArray());
    }

    // Swapped, changed, withheld: each by its name; and with the truth again the copy is read.
    private async Task LiesAsync(World world, List<UseAudit> audits)
    {
        var lies = new CopyLies();
        using var connection = await world.ConnectAsync(handler: lies);
        var regulator = new RegulatorClient(connection, world.Regulator.Account, world.Regulator.EncryptionKey);
        lies.Instead = audits[1].Use;
        Assert.AreEqual(RefusalReason.DigestMismatch, (await TellAsync()).Refusal?.Reason);
        lies.Instead = null;
        foreach (var change in (Func<byte[], byte[]>[])[box => [.. box[..^1], (byte)(box[^1] ^ 1)], box => box[..^1], _ => [1], box => [.. box, 0]])
        {
            lies.Change = change;
            Assert.AreEqual(RefusalReason.CannotOpen, (await TellAsync()).Refusal?.Reason);
        }

        lies.Change = null;
        lies.Instead = Digest.OfSha256("a use that never was"u8);
        var withheld = await TellAsync();
        Assert.AreEqual(UseAuditState.Missing, withheld.State);
        Assert.IsNull(withheld.Opened);
        lies.Instead = null;
        Assert.AreEqual(UseAuditState.Opened, (await TellAsync()).State);

        Task<UseAudit> TellAsync() => regulator.AuditUseAsync(audits[0].Index, TestContext.CancellationToken);
    }

    private async Task CommandLineAsync(World world, Mnemonic phrase, List<UseAudit> audits)
    {
        var file = Path.Combine(world.Folder, "office.json");
        CommandProcess.Keep(file, phrase);
        var (code, all, errors) = await CommandAsync("trail", "copies", "--keystore", file);
        Assert.AreEqual(0, code, errors);
        CollectionAssert.AreEqual(new[] { "NotDue", "Opened" }, all["uses"]!.AsArray().Select(use => (string?)use!["state"]).ToArray());
        (code, var one, errors) = await CommandAsync("trail", "copies", "--use", audits[1].Index.ToString(CultureInfo.InvariantCulture), "--keystore", file);
        Assert.AreEqual(0, code, errors);
        var use = one["uses"]!.AsArray().Single()!;
        Assert.AreEqual("Derived", (string?)use["fields"]![BirthDate]!["outcome"]);
        Assert.AreEqual(world.Bank.Account.Address.ToString(), (string?)use["institution"]);
        Assert.DoesNotContain("1988", one.ToJsonString());
        (code, _, errors) = await CommandAsync("trail", "copies", "--use", "0", "--keystore", file);
        Assert.AreEqual((int)RefusalReason.UnknownReference, code, errors);

        Task<(int Code, JsonObject Document, string Errors)> CommandAsync(params string[] arguments) =>
            CommandProcess.RunAsync([.. arguments, "--deployment", world.Folder], cancellation: TestContext.CancellationToken);
    }

    // Every value of the record, in every spelling, in the bytes that the regulator's key opens: those that are long enough not to be there by chance.
    private async Task NoValueAsync(World world, List<UseAudit> audits)
    {
        var needles = new Needles();
        foreach (var (name, value) in World.IdentityClaims())
        {
            if (Encoding.UTF8.GetByteCount((string)value!) >= 8)
            {
                needles.Text(name, (string)value!);
            }
        }

        foreach (var audit in audits)
        {
            var reply = await world.Connection.VaultService.GetAuditCopyAsync(
                new Wire.GetAuditCopyRequest { Use = PrivChainConnection.Bytes(audit.Use) }, await world.Connection.HeadersAsync(world.Regulator.Account, TestContext.CancellationToken));
            Assert.IsTrue(InboxMessage.TryOpen(world.Connection.Domain, world.Regulator.Account.Address, world.Regulator.EncryptionKey, reply.Box.Span, out var message));
            Assert.IsEmpty(needles.FindIn("a copy", message.Body.Span));
        }
    }

    private async Task<List<UseAudit>> AllAsync(RegulatorClient regulator)
    {
        var audits = new List<UseAudit>();
        await foreach (var audit in regulator.AuditUsesAsync(TestContext.CancellationToken))
        {
            audits.Add(audit);
        }

        return audits;
    }

    private static async Task RefusedAsync(RefusalReason reason, Func<Task> act) => Assert.AreEqual(reason, (await Assert.ThrowsExactlyAsync<RefusalException>(act)).Reason);
}
