using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Tests.World;
using PrivChain.Enclave.Worker;

namespace PrivChain.Enclave.Tests.Worker;

/// <summary>What a worker refused, as regulators are told: by institution and reason, signed, sealed, of one size, and without a word about a person.</summary>
[TestClass]
public sealed class RefusalTalliesTests
{
    [TestMethod]
    public async Task Tell_AfterRefusals_EveryRegulatorReadsHowManyAndWhy()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        using var second = Account.Generate();
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        world.EnrolRegulator(second, key);
        var (consent, revoked) = (world.Grant(), world.Grant());
        world.Revoke(revoked);
        await world.CaughtUpAsync();
        using var bank = new TestInstitution(world);
        await bank.OpenAsync();
        Assert.AreEqual(RefusalReason.None, (await bank.AskAsync(EnclaveWorld.QueryFor(consent))).Reason);
        Assert.AreEqual(RefusalReason.Revoked, (await bank.AskAsync(EnclaveWorld.QueryFor(revoked))).Reason);
        Assert.AreEqual(RefusalReason.Revoked, (await bank.AskAsync(EnclaveWorld.QueryFor(revoked))).Reason);
        Assert.AreEqual(RefusalReason.FieldNotInContract, (await bank.AskAsync(EnclaveWorld.QueryFor(consent, EnclaveWorld.Field, "identity-card.idNumber"))).Reason);
        Assert.IsTrue(await Tallies(world).TellAsync(world.Workers.Current!, CancellationToken.None));
        var told = world.Ledger.Tallies.ToArray();
        CollectionAssert.AreEquivalent(new[] { world.Regulator.Address, second.Address }, told.Select(tally => tally.Regulator).ToArray());
        Assert.AreEqual(told[0].Box.Length, told[1].Box.Length);
        var tally = Open(world, second, key, told);
        Assert.AreEqual(1u, tally.Sequence);
        var day = DateOnly.FromDateTime(world.Time.GetUtcNow().UtcDateTime);
        CollectionAssert.AreEquivalent(
            new[] { new RefusedQueries(day, world.Institution.Address, RefusalReason.Revoked, 2), new RefusedQueries(day, world.Institution.Address, RefusalReason.FieldNotInContract, 1) },
            tally.Rows.ToArray());

        // Nothing new, nothing told; the next holds what the one before held.
        Assert.IsFalse(await Tallies(world).TellAsync(world.Workers.Current!, CancellationToken.None));
        world.Ledger.Tallies.Clear();
        await bank.AskAsync(EnclaveWorld.QueryFor(revoked));
        Assert.IsTrue(await Tallies(world).TellAsync(world.Workers.Current!, CancellationToken.None));
        tally = Open(world, second, key, [.. world.Ledger.Tallies]);
        Assert.AreEqual(2u, tally.Sequence);
        Assert.AreEqual(3u, tally.Rows.Single(row => row.Reason == RefusalReason.Revoked).Count);
    }

    // At the first look, then no more than once a minute.
    [TestMethod]
    public async Task Look_TellsAtOnce_ThenOnceAMinute()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var tallies = Tallies(world);
        var counts = world.Workers.Current!.Refused;
        await tallies.LookAsync(CancellationToken.None);
        Assert.IsEmpty(world.Ledger.Tallies);
        counts.Add(world.Institution.Address, RefusalReason.Revoked, 1);
        await tallies.LookAsync(CancellationToken.None);
        Assert.AreEqual(1u, (await NextAsync(world)).Rows.Single().Count);
        counts.Add(world.Institution.Address, RefusalReason.Revoked, 1);
        world.Time.Now += (long)RefusalTallies.Pause.TotalMilliseconds - 1;
        await tallies.LookAsync(CancellationToken.None);
        Assert.IsEmpty(world.Ledger.Tallies, "told again within a minute");
        world.Time.Now++;
        await tallies.LookAsync(CancellationToken.None);
        Assert.AreEqual(2u, (await NextAsync(world)).Rows.Single().Count);
    }

    // What is left when the process ends is told then, and who was no regulator at the first refusal reads it later.
    [TestMethod]
    public async Task Run_TellsByItself_AndAtTheEnd()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var counts = world.Workers.Current!.Refused;
        using var stop = new CancellationTokenSource();
        var running = Tallies(world).RunAsync(stop.Token);
        counts.Add(world.Institution.Address, RefusalReason.Revoked, 1);
        Assert.AreEqual(1u, (await NextAsync(world)).Rows.Single().Count);
        counts.Add(world.Institution.Address, RefusalReason.Revoked, 1);
        await stop.CancelAsync();
        await running;
        Assert.AreEqual(2u, (await NextAsync(world)).Rows.Single().Count);
    }

    [TestMethod]
    public async Task Tell_NobodyIsEnrolled_IsToldWhenSomebodyIs()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var worker = world.Workers.Current!;
        world.Ledger.AppendOrThrow(world.As(world.Governor).Expel(LedgerRole.Regulator, world.Regulator.Address, Digest.Zero, Digest.Zero));
        await world.CaughtUpAsync();
        worker.Refused.Add(world.Institution.Address, RefusalReason.Revoked, 1);
        Assert.IsTrue(await Tallies(world).TellAsync(worker, CancellationToken.None));
        Assert.IsEmpty(world.Ledger.Tallies);
        using var later = Account.Generate();
        world.EnrolRegulator(later, world.RegulatorKey);
        await world.CaughtUpAsync();
        Assert.IsTrue(await Tallies(world).TellAsync(worker, CancellationToken.None));
        Assert.AreEqual(1u, Open(world, later, world.RegulatorKey, [.. world.Ledger.Tallies]).Rows.Single().Count);
    }

    [TestMethod]
    public async Task Tell_NodeTakesNone_IsToldWithTheNext()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var worker = world.Workers.Current!;
        world.Node.TalliesRefused = RefusalReason.Unavailable;
        worker.Refused.Add(world.Institution.Address, RefusalReason.Exhausted, 5);
        Assert.IsTrue(await Tallies(world).TellAsync(worker, CancellationToken.None));
        Assert.IsEmpty(world.Ledger.Tallies);
        world.Node.TalliesRefused = null;
        Assert.IsTrue(await Tallies(world).TellAsync(worker, CancellationToken.None));
        var tally = await NextAsync(world);
        Assert.AreEqual(2u, tally.Sequence);
        Assert.AreEqual(5u, tally.Rows.Single().Count);
    }

    [TestMethod]
    public void Counts_MoreThanHavePlace_AreCountedTogether()
    {
        var time = new SettableTime();
        var counts = new RefusedCounts(time);
        using var first = Account.Generate();
        for (var day = 0; day < 200; day++)
        {
            counts.Add(first.Address, RefusalReason.Revoked, 2);
            time.Now += 86_400_000;
        }

        counts.Add(first.Address, RefusalReason.Cancelled, 1);
        counts.Add(first.Address, RefusalReason.Revoked, 0);
        var tally = counts.Take()!;
        Assert.HasCount(RefusalTally.MaxRows, tally.Rows);
        Assert.AreEqual(400, tally.Rows.Sum(row => row.Count));
        Assert.AreEqual(2u * (200 - RefusalTally.MaxRows + 1), tally.Rows.Single(row => row.Institution == AccountAddress.Zero).Count);
        Assert.IsTrue(RefusalTally.TryParse(tally.ToArray(), out _));
        Assert.IsNull(counts.Take());
    }

    private static RefusalTallies Tallies(EnclaveWorld world) => new(world.Domain, world.Workers, world, world.Time);

    private static RefusalTally Open(EnclaveWorld world, Account regulator, HpkePrivateKey key, (AccountAddress Regulator, byte[] Box)[] told)
    {
        Assert.IsTrue(InboxMessage.TryOpen(world.Domain, regulator.Address, key, told.Single(tally => tally.Regulator == regulator.Address).Box, out var message));
        Assert.AreEqual(InboxMessageKind.RefusalTally, message.Kind);
        Assert.AreEqual(world.Workers.Current!.Account.Address, message.Sender);
        Assert.IsTrue(RefusalTally.TryParse(message.Body.Span, out var tally));
        return tally;
    }

    private static async Task<RefusalTally> NextAsync(EnclaveWorld world)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        (AccountAddress, byte[]) told;
        while (!world.Ledger.Tallies.TryDequeue(out told))
        {
            await Task.Delay(20, limit.Token);
        }

        return Open(world, world.Regulator, world.RegulatorKey, [told]);
    }
}
