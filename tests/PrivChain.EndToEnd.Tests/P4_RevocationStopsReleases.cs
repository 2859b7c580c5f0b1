using System.Collections.Concurrent;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Query;

namespace PrivChain.EndToEnd.Tests;

/// <summary>P4: a revocation on the ledger stops every later release, whatever is in flight.</summary>
[TestClass]
public sealed class P4_RevocationStopsReleases
{
    private const int Rounds = 30;
    private const int Racing = 24;
    private const int Afterwards = 3;

    private static World _world = null!;
    private static PrivacyContract _contract = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await SharedWorld.JoinAsync();
        await _world.IssueIdentityAsync();
        _contract = await _world.PublishAsync("age-check");
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    [TestMethod]
    [Timeout(150_000, CooperativeCancellation = true)]
    public async Task Revocation_RacedByQueriesInFlight_NoUseStandsBehindIt()
    {
        await using var session = await _world.Institution.OpenSessionAsync();
        var answered = new List<(int Seed, Answer Answer)>();
        var consents = new Dictionary<Digest, (int Seed, ulong Revoked)>();
        var raced = 0;
        for (var seed = 0; seed < Rounds; seed++)
        {
            var round = await RaceAsync(session, new Random(seed));
            consents.Add(round.Consent, (seed, round.Revocation));
            answered.AddRange(round.Answers.Where(answer => answer.Refusal is null).Select(answer => (seed, answer)));
            foreach (var refused in round.Answers.Where(answer => answer.Refusal is not null))
            {
                Assert.AreEqual(RefusalReason.Revoked, refused.Refusal!.Reason, $"seed {seed}");
            }

            // The race was one only where both sides got something.
            raced += round.Answers.Any(answer => answer.Refusal is null) && round.Answers.Any(answer => answer.Refusal is not null) ? 1 : 0;
        }

        Assert.IsGreaterThan(Rounds / 4, raced, "the revocations did not fall into the middle of the queries");
        var ledger = await LedgerCopy.TakeAsync(_world.Connection);
        var uses = 0;
        for (var index = 0; index < ledger.Entries.Count; index++)
        {
            if (ledger.Entries[index] is { Kind: EntryKind.Use } use && consents.TryGetValue(use.Reference, out var round))
            {
                uses++;
                Assert.IsLessThan(round.Revoked, (ulong)index, $"seed {round.Seed}: use {index} stands behind the revocation");
            }
        }

        Assert.IsGreaterThan(0, uses);
        foreach (var (digest, (seed, revoked)) in consents)
        {
            Assert.AreEqual(revoked, ledger.State.Consent(digest)!.RevokedAt, $"seed {seed}");
        }

        foreach (var (seed, answer) in answered)
        {
            var use = ledger.State.Use(answer.Core!.Use);
            Assert.IsNotNull(use, $"seed {seed}: an answer without a use");
            Assert.AreEqual(answer.Consent.Digest, use.Consent, $"seed {seed}");
            Assert.IsLessThan(consents[answer.Consent.Digest].Revoked, use.Index, $"seed {seed}");
        }

        // No use answers more queries than it counts.
        foreach (var shared in answered.GroupBy(item => item.Answer.Core!.Use))
        {
            Assert.IsLessThanOrEqualTo((long)ledger.State.Use(shared.Key)!.Count, shared.LongCount());
        }
    }

    [TestMethod]
    [Timeout(60_000, CooperativeCancellation = true)]
    public async Task Revocation_BySomebodyElse_IsRefused()
    {
        var consent = await _world.ConsentAsync(_contract, uses: 2);
        var institution = new EntrySigner(_world.Connection.Domain, _world.Bank.Account);
        var forged = institution.Revoke(consent.Digest, new Core.Documents.StatedReason("not mine", consent.Digest));
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => _world.Connection.Ledger.AppendAsync(forged));
        Assert.AreEqual(RefusalReason.NotYours, refused.Reason);
        Assert.IsNull((await _world.Institution.QueryAsync(consent)).Refusal);
    }

    private static async Task<(Digest Consent, ulong Revocation, IReadOnlyList<Answer> Answers)> RaceAsync(QuerySessionClient session, Random random)
    {
        var consent = await _world.ConsentAsync(_contract, uses: 100);
        var before = random.Next(0, Racing / 2);
        var wait = random.Next(0, before + 1);
        var done = new SemaphoreSlim(0);
        var queries = new ConcurrentBag<Task<Answer>>();

        for (var i = 0; i < before; i++)
        {
            Ask();
        }

        for (var i = 0; i < wait; i++)
        {
            await done.WaitAsync();
        }

        var revoking = Task.Run(() => _world.Citizen.RevokeAsync(consent.Digest, "enough"));
        for (var i = before; i < Racing; i++)
        {
            Ask();
            if (random.Next(2) == 0)
            {
                await done.WaitAsync();
            }
        }

        var revocation = await revoking;
        for (var i = 0; i < Afterwards; i++)
        {
            var late = await session.QueryAsync(consent);
            Assert.AreEqual(RefusalReason.Revoked, late.Refusal?.Reason, "asked after the revocation was acknowledged");
        }

        return (consent.Digest, revocation.Index, await Task.WhenAll(queries));

        void Ask() => queries.Add(Task.Run(async () =>
        {
            try
            {
                return await session.QueryAsync(consent);
            }
            finally
            {
                done.Release();
            }
        }));
    }
}
