using System.Text.Json.Nodes;
using Google.Protobuf;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Governance;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.EndToEnd.Tests;

/// <summary>What enclaves refused, as a regulator reads it through a real node, witness and enclave: counted by whoever refused, and a node that adds to it, changes it or goes on without end is told.</summary>
[TestClass]
public sealed class RefusalTallyTests
{
    private static readonly DateOnly _ever = DateOnly.FromDateTime(DateTime.UnixEpoch);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(480_000, CooperativeCancellation = true)]
    public async Task Regulator_ReadsWhatEnclavesRefused_AndIsToldWhenTheNodeLies()
    {
        await using var world = await World.StartAsync();
        using var phrase = Mnemonic.Generate();
        using var office = new RoleKeys(Wallet.Open(phrase).OrThrow());
        await world.EnrolAsync(LedgerRole.Regulator, office.Profile("Second Office", "第二局", "-", "-", "CN", signsRecords: false));
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        var (spent, revoked) = (await world.ConsentAsync(contract), await world.ConsentAsync(contract));
        Assert.IsNull((await world.Institution.QueryAsync(spent, cancellationToken: TestContext.CancellationToken)).Refusal);
        await world.Citizen.RevokeAsync(revoked.Digest, cancellationToken: TestContext.CancellationToken);

        // Both at one moment: what was refused first is told within seconds, and what comes after that only within a minute.
        await using (var session = await world.Institution.OpenSessionAsync(TestContext.CancellationToken))
        {
            var refused = await Task.WhenAll(new[] { spent, revoked }.Select(consent => session.QueryAsync(consent, cancellationToken: TestContext.CancellationToken)));
            CollectionAssert.AreEqual(new[] { RefusalReason.Exhausted, RefusalReason.Revoked }, refused.Select(answer => answer.Refusal!.Reason).ToArray());
        }

        var regulator = new RegulatorClient(world.Connection, office.Account, office.EncryptionKey);
        EnclaveRefusals told = null!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(120));
        do
        {
            await Task.Delay(500, limit.Token);
            told = await regulator.EnclaveRefusalsAsync(_ever, limit.Token);
        }
        while (told.Counts.Sum(row => row.Count) < 2);

        CollectionAssert.AreEquivalent(new[] { RefusalReason.Exhausted, RefusalReason.Revoked }, told.Counts.Select(row => row.Reason).ToArray());
        Assert.IsTrue(told.Counts.All(row => row.Institution == world.Bank.Account.Address && row.Count == 1));
        Assert.AreEqual((1, 0), (told.Workers, told.Unread));
        Assert.IsEmpty((await regulator.EnclaveRefusalsAsync(DateOnly.MaxValue, TestContext.CancellationToken)).Counts);

        // Who is no regulator, and another key.
        var refusal = await Assert.ThrowsExactlyAsync<RefusalException>(() => new RegulatorClient(world.Connection, world.Bank.Account, world.Bank.EncryptionKey).EnclaveRefusalsAsync(_ever, TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.NotAllowed, refusal.Reason);
        var wrongKey = await new RegulatorClient(world.Connection, office.Account, world.Regulator.EncryptionKey).EnclaveRefusalsAsync(_ever, TestContext.CancellationToken);
        Assert.AreEqual((0, 0, 1), (wrongKey.Counts.Count, wrongKey.Workers, wrongKey.Unread));

        await LiesAsync(world, office);
        await CommandLineAsync(world, phrase);
    }

    private async Task LiesAsync(World world, RoleKeys office)
    {
        var lies = new TallyLies();
        using var connection = await world.ConnectAsync(handler: lies);
        var regulator = new RegulatorClient(connection, office.Account, office.EncryptionKey);

        // A count in the name of somebody who is no enclave, what is no tally, and another kind of message.
        byte[] Sealed(InboxMessageKind kind, byte[] body) => InboxMessage.Seal(connection.Domain, world.Bank.Account, office.Account.Address, office.EncryptionKey.PublicKey, kind, 1, body);
        var tally = new RefusalTally { Sequence = 9, Rows = [new RefusedQueries(_ever, world.Bank.Account.Address, RefusalReason.Revoked, 1_000_000)] }.ToArray();
        lies.Change = reply => reply.Boxes.Add([.. new[] { Sealed(InboxMessageKind.RefusalTally, tally), Sealed(InboxMessageKind.RefusalTally, [1]), Sealed(InboxMessageKind.AuditCopy, tally), [] }.Select(box => ByteString.CopyFrom(box))]);
        var told = await regulator.EnclaveRefusalsAsync(_ever, TestContext.CancellationToken);
        Assert.AreEqual((2L, 1, 4), (told.Counts.Sum(row => row.Count), told.Workers, told.Unread));

        // The same one twice counts once; a changed one counts for nothing.
        lies.Change = reply => reply.Boxes.Add(reply.Boxes[0]);
        Assert.AreEqual(2, (await regulator.EnclaveRefusalsAsync(_ever, TestContext.CancellationToken)).Counts.Sum(row => row.Count));
        lies.Change = reply => reply.Boxes[0] = ByteString.CopyFrom([.. reply.Boxes[0].Span[..^1], (byte)(reply.Boxes[0].Span[^1] ^ 1)]);
        told = await regulator.EnclaveRefusalsAsync(_ever, TestContext.CancellationToken);
        Assert.AreEqual((0, 1), (told.Counts.Count, told.Unread));

        // Pages without an end.
        foreach (var endless in (Action<Wire.ListTalliesReply>[])[reply => reply.Next = 1, reply => { reply.Boxes.Clear(); reply.Next = ulong.MaxValue; }])
        {
            lies.Change = endless;
            var refusal = await Assert.ThrowsExactlyAsync<RefusalException>(() => regulator.EnclaveRefusalsAsync(_ever, TestContext.CancellationToken));
            Assert.AreEqual(RefusalReason.Malformed, refusal.Reason);
        }
    }

    private async Task CommandLineAsync(World world, Mnemonic phrase)
    {
        var file = Path.Combine(world.Folder, "office.json");
        CommandProcess.Keep(file, phrase);
        var (code, told, errors) = await CommandProcess.RunAsync(["trail", "refused", "--keystore", file, "--deployment", world.Folder], cancellation: TestContext.CancellationToken);
        Assert.AreEqual(0, code, errors);
        CollectionAssert.AreEquivalent(new[] { "Exhausted", "Revoked" }, told["byEnclaves"]!.AsArray().Select(row => (string?)row!["reason"]).ToArray());
        Assert.AreEqual(world.Bank.Account.Address.ToString(), (string?)told["byEnclaves"]![0]!["institution"]);
        Assert.IsTrue(told["byNode"] is JsonArray);
        (code, _, errors) = await CommandProcess.RunAsync(["trail", "refused", "--days", "0", "--keystore", file, "--deployment", world.Folder], cancellation: TestContext.CancellationToken);
        Assert.AreEqual((int)RefusalReason.BadSettings, code, errors);
    }
}
