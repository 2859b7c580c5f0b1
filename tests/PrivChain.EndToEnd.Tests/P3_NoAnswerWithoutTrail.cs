using System.Text;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Receipts;

namespace PrivChain.EndToEnd.Tests;

/// <summary>P3: no answer without a trail, even if operator and institution collude: the operator runs the node as it likes, the institution asks as it likes, and neither is the witness.</summary>
[TestClass]
public sealed class P3_NoAnswerWithoutTrail
{
    private static World _world = null!;
    private static PrivacyContract _contract = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await World.StartAsync();
        await _world.IssueIdentityAsync();
        _contract = await _world.PublishAsync("age-check");
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Node_WithoutItsWitness_GetsNoAnswerOut()
    {
        const int Asked = 5;
        var consent = await _world.ConsentAsync(_contract, uses: 50);
        await using var session = await _world.Institution.OpenSessionAsync();
        Assert.IsNull((await session.QueryAsync(consent)).Refusal);
        var before = _world.Connection.Ledger.Head!;

        await _world.StopWitnessAsync();
        var queries = Enumerable.Range(0, Asked).Select(_ => TryAsync(session, consent)).ToList();

        // The node is up all the while and would serve anything but a cosignature.
        Assert.AreEqual(before.Checkpoint.Root, (await _world.Connection.Ledger.GetEntryAsync(consent.Entry.Index, before)).Checkpoint.Checkpoint.Root);
        foreach (var answer in await Task.WhenAll(queries))
        {
            Assert.IsTrue(answer is null || answer.Refusal is not null, "an answer under a use that no witness had seen");
        }

        // Once it is back, so is the trail: what was used in between stands there without a delivery, and the next answer behind it.
        await _world.StartWitnessAsync();
        var fresh = await _world.Institution.QueryAsync(consent);
        Assert.IsNull(fresh.Refusal, fresh.Refusal?.ToString());

        // An answer may come a moment before its delivery is witnessed: the receipt waits for that.
        await fresh.GetReceiptAsync();
        var ledger = await LedgerCopy.TakeAsync(_world.Connection);
        var uses = ledger.Entries.Where(entry => entry.Kind == EntryKind.Use && entry.Reference == consent.Digest).ToList();
        Assert.IsTrue(uses.Any(use => ledger.State.Use(use.DocumentDigest)!.DeliveredAt is null), "the enclave did not even ask: nothing was shown");
        Assert.AreEqual(2, uses.Count(use => ledger.State.Use(use.DocumentDigest)!.DeliveredAt is not null));
        Assert.AreEqual(50U - (uint)uses.Sum(use => use.Count), ledger.State.Consent(consent.Digest)!.UsesLeft);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Node_SetBackBeforeAUse_GetsNoSecondAnswerOut()
    {
        // The operator takes the use out of the trail by putting back yesterday's disk, and the institution asks again.
        await using var world = await World.StartAsync();
        await world.IssueIdentityAsync();
        var consent = await world.ConsentAsync(await world.PublishAsync("age-check"), uses: 1);
        var (node, yesterday) = (world.Deployment.Folder.Node, Path.Combine(world.Folder, "yesterday"));
        await world.StopNodeAsync();
        Copy(node, yesterday);
        await world.StartNodeAsync();
        var first = await AskAnewAsync(world, consent);
        Assert.IsNull(first!.Refusal, first.Refusal?.ToString());

        await world.StopNodeAsync();
        Directory.Delete(node, recursive: true);
        Copy(yesterday, node);
        await world.StartNodeAsync();
        var second = await AskAnewAsync(world, consent);
        Assert.IsTrue(second is null || second.Refusal is not null, "one use, two answers");
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Answers_EachStandOnAWitnessedUseBeforeThem()
    {
        var consents = new[] { await _world.ConsentAsync(_contract, uses: 20), await _world.ConsentAsync(_contract, uses: 3) };
        await using var session = await _world.Institution.OpenSessionAsync();

        // Twice as many at once as the second consent has uses.
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => session.QueryAsync(consents[i % 2])));
        var given = answers.Where(answer => answer.Refusal is null).ToList();
        Assert.HasCount(9, given);
        Assert.IsTrue(answers.Where(answer => answer.Refusal is not null).All(answer => answer.Refusal!.Reason == RefusalReason.Exhausted));

        await Task.WhenAll(given.Select(answer => answer.GetReceiptAsync()));
        var ledger = await LedgerCopy.TakeAsync(_world.Connection);
        foreach (var answer in given)
        {
            // The receipt proves it to somebody who has nothing but the receipt and the ledger's id.
            var receipt = Encoding.UTF8.GetBytes((await answer.GetReceiptAsync()).ToJson());
            var report = ReceiptVerifier.Verify(receipt, _world.Connection.LedgerId, acceptSimulated: true);
            Assert.IsTrue(report.Valid, report.Failed?.ToString());
            var use = ledger.State.Use(answer.Core!.Use);
            Assert.IsNotNull(use);
            Assert.AreEqual(answer.Consent.Digest, use.Consent);
            Assert.AreEqual(answer.Core.Queries, use.Queries);
            Assert.IsNotNull(use.DeliveredAt);
            Assert.IsLessThan(use.DeliveredAt.Value, use.Index);
            Assert.IsLessThan(ledger.Checkpoint.Checkpoint.Size, use.DeliveredAt.Value);
        }

        // As many answers as uses, consent by consent: none was given beside the trail.
        foreach (var consent in consents)
        {
            var counted = ledger.Entries.Where(entry => entry.Kind == EntryKind.Use && entry.Reference == consent.Digest).Sum(entry => entry.Count);
            Assert.AreEqual(given.Count(answer => answer.Consent.Digest == consent.Digest), counted);
        }
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Use_WrittenByAnybodyButTheBroker_IsRefused()
    {
        // The colluders need no enclave to write "used" or "delivered": the ledger does not let them.
        var consent = await _world.ConsentAsync(_contract, uses: 2);
        await using var session = await _world.Institution.OpenSessionAsync();
        foreach (var account in new[] { _world.Bank.Account, _world.Registry.Account, _world.Regulator.Account })
        {
            var signer = new EntrySigner(_world.Connection.Domain, account);
            var use = signer.Use(consent.Digest, session.Worker.Account, 1, consent.Digest);
            var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => _world.Connection.Ledger.AppendAsync(use));
            Assert.IsTrue(refused.Reason is RefusalReason.NotEnrolled or RefusalReason.NotYours or RefusalReason.NotAllowed or RefusalReason.UnknownReference, refused.Message);
        }

        Assert.IsNull((await session.QueryAsync(consent)).Refusal);
    }

    // An institution in the plot remembers nothing that it saw before.
    private static async Task<Answer?> AskAnewAsync(World world, GivenConsent consent)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var connection = await world.ConnectAsync(TimeSpan.FromSeconds(5));
                var institution = new InstitutionClient(connection, world.Bank.Account, world.Bank.EncryptionKey);
                await using var session = await institution.OpenSessionAsync(limit.Token);
                return await session.QueryAsync(consent, null, limit.Token);
            }
            catch (RefusalException exception) when (attempt < 5 && exception.Reason is RefusalReason.Unavailable)
            {
                // The enclave finds its node again in a moment.
            }
            catch (Exception exception) when (exception is RefusalException or OperationCanceledException)
            {
                return null;
            }
        }
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.EnumerateFiles(from))
        {
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        }

        foreach (var folder in Directory.EnumerateDirectories(from))
        {
            Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }

    // No answer is an answer, too: the enclave gave up, or the session ended.
    private static async Task<Answer?> TryAsync(QuerySessionClient session, GivenConsent consent)
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(25));
            return await session.QueryAsync(consent, null, limit.Token);
        }
        catch (Exception exception) when (exception is RefusalException or OperationCanceledException)
        {
            return null;
        }
    }
}
