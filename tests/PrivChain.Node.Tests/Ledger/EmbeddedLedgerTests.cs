using Dapper;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Ledger;

namespace PrivChain.Node.Tests.Ledger;

[TestClass]
public sealed class EmbeddedLedgerTests
{
    [TestMethod]
    public async Task Append_64WritersAtOnce_ShareCommitsAndStandInOneConsistentTree()
    {
        using var fixture = new EngineFixture();
        await fixture.EnrolIssuerAsync();
        var before = fixture.Engine.Signed.Current!;
        var entries = Enumerable.Range(0, 64).SelectMany(_ => Enumerable.Range(0, 8).Select(_ => fixture.Anchor())).ToList();
        var heads = new List<LedgerHead>();
        var verdicts = await Task.WhenAll(entries.Chunk(8).Select(chunk => Task.Run(async () =>
        {
            var own = new List<Verdict<Appended>>();
            foreach (var entry in chunk)
            {
                own.Add(await fixture.AppendAsync(entry));
                lock (heads)
                {
                    heads.Add(fixture.Engine.Signed.Current!);
                }
            }

            return own;
        })));

        var indexes = verdicts.SelectMany(own => own).Select(verdict => verdict.OrThrow().Index).ToList();
        CollectionAssert.AreEquivalent(Enumerable.Range(1, 512).Select(i => (ulong)i).ToList(), indexes);
        var sizes = heads.Select(head => head.Size).Distinct().Count();
        Assert.IsLessThan(300, sizes, "commits are shared");

        // Every head that was ever shown is a prefix of the last, and every entry stands where the engine said.
        var last = fixture.Engine.Signed.Current!;
        foreach (var head in heads.Append(before).DistinctBy(head => head.Size))
        {
            Assert.IsTrue(MerkleProof.VerifyConsistency(MerkleHash.Sha256, head.Size, last.Size, head.Root, last.Root, fixture.Engine.ConsistencyProof(head.Size, last.Size)));
        }

        for (var i = 0; i < entries.Count; i++)
        {
            var found = fixture.Engine.Find(entries[i].DocumentDigest, entries[i].Signer)!;
            Assert.AreEqual(indexes[i], found.Index);
            Assert.IsTrue(MerkleProof.VerifyInclusion(MerkleHash.Sha256, found.Index, last.Size, MerkleHash.Sha256.Leaf(found.Bytes), fixture.Engine.InclusionProof(found.Index, last.Size), last.Root));
        }
    }

    /// <summary>A national log hashes with SM3 and signs with both its keys, finds itself again after a restart, and refuses a seed that is not its keys'.</summary>
    [TestMethod]
    public async Task Open_OfTheNationalSuite_SignsTwiceAndReplays()
    {
        using var fixture = new EngineFixture(Suite.National);
        await fixture.EnrolIssuerAsync();
        var anchor = fixture.Anchor();
        Assert.AreEqual(1UL, (await fixture.AppendAsync(anchor)).OrThrow().Index);
        var before = fixture.Engine.Signed.Current!;
        var signed = SignedCheckpoint.Verify(before.Note.Span, fixture.Parties.Genesis.Log).OrThrow();
        Assert.HasCount(2, signed.Note.Signatures);
        var found = fixture.Engine.Find(anchor.DocumentDigest, anchor.Signer)!;
        Assert.IsTrue(MerkleProof.VerifyInclusion(MerkleHash.Sm3, 1, 2, MerkleHash.Sm3.Leaf(found.Bytes), fixture.Engine.InclusionProof(1, 2), before.Root));

        fixture.Reopen();
        Assert.AreEqual(before.Root, fixture.Engine.Signed.Current!.Root);
        fixture.Engine.Dispose();
        Assert.AreEqual(RefusalReason.BadSettings, Assert.ThrowsExactly<RefusalException>(() => fixture.Open(logSeed: new byte[32])).Reason);
    }

    [TestMethod]
    public async Task Append_SameDocumentManyTimesAtOnce_StandsOnce()
    {
        using var fixture = new EngineFixture();
        await fixture.EnrolIssuerAsync();
        var entry = fixture.Anchor();
        var verdicts = (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => fixture.AppendAsync(entry)))).Select(verdict => verdict.OrThrow()).ToList();
        Assert.HasCount(1, verdicts.Where(appended => !appended.AlreadyRecorded));
        Assert.HasCount(1, verdicts.Select(appended => (appended.Index, appended.Time)).Distinct());
        fixture.Reopen();
        Assert.AreEqual(new Appended(verdicts[0].Index, verdicts[0].Time, AlreadyRecorded: true), (await fixture.AppendAsync(entry)).OrThrow());
    }

    [TestMethod]
    public async Task Time_WhenTheClockGoesBack_StandsStill()
    {
        using var fixture = new EngineFixture();
        await fixture.EnrolIssuerAsync();
        fixture.Time.Advance(TimeSpan.FromMinutes(-10));
        Assert.AreEqual(LedgerFixture.Start, (await fixture.AppendAsync(fixture.Anchor())).OrThrow().Time);
        fixture.Reopen();
        Assert.AreEqual(LedgerFixture.Start, (await fixture.AppendAsync(fixture.Anchor())).OrThrow().Time);
        fixture.Time.Advance(TimeSpan.FromMinutes(11));
        Assert.AreEqual(LedgerFixture.Start + 60_000, (await fixture.AppendAsync(fixture.Anchor())).OrThrow().Time);
    }

    // Before 1970, before the ledger was made, at the end of the calendar: what was acknowledged stays, time does not go back, and an hour that was never right does not stay for ever.
    [TestMethod]
    [DataRow("1969-12-31T23:59:59Z", RefusalReason.None)]
    [DataRow("0001-01-01T00:00:00Z", RefusalReason.None)]
    [DataRow("1999-12-31T23:59:59Z", RefusalReason.None)]
    [DataRow("2031-01-01T00:00:00Z", RefusalReason.None)]
    [DataRow("2106-02-07T06:28:16Z", RefusalReason.ClockSkew)]
    [DataRow("9999-12-31T23:59:59Z", RefusalReason.ClockSkew)]
    public async Task Append_ClockIsWrong_RefusesByNameOrGoesOnAndLosesNothing(string clock, RefusalReason wanted)
    {
        using var fixture = new EngineFixture();
        await fixture.EnrolIssuerAsync();
        var right = fixture.Time.GetUtcNow();
        var before = (await fixture.AppendAsync(fixture.Anchor())).OrThrow();
        var wrong = DateTimeOffset.Parse(clock, System.Globalization.CultureInfo.InvariantCulture);
        fixture.Time.Advance(wrong - right);
        var meanwhile = await fixture.AppendAsync(fixture.Anchor());
        Assert.AreEqual(wanted, meanwhile.Accepted ? RefusalReason.None : meanwhile.Reason);
        fixture.Reopen();
        fixture.Time.Advance(right - wrong);
        var after = (await fixture.AppendAsync(fixture.Anchor())).OrThrow();
        Assert.AreEqual(before.Index + (meanwhile.Accepted ? 2UL : 1UL), after.Index);
        Assert.AreEqual(wrong < right || !meanwhile.Accepted ? before.Time : meanwhile.Value.Time, after.Time);
    }

    // Nothing of a batch that failed is acknowledged, and nothing after it is taken until a restart.
    [TestMethod]
    public async Task Append_WhenStorageFails_AcknowledgesNothingAndStops()
    {
        using var fixture = new EngineFixture();
        await fixture.EnrolIssuerAsync();
        var head = fixture.Engine.Signed.Current!;
        using (var connection = new SqliteConnection($"Data Source={fixture.File};Pooling=False"))
        {
            connection.Open();
            connection.Execute("CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT raise(ABORT, 'disk full'); END");
        }

        var refused = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => fixture.AppendAsync(fixture.Anchor())));
        Assert.IsTrue(refused.All(verdict => verdict.Reason == RefusalReason.StorageFailed));
        Assert.IsFalse(fixture.Engine.Accepting);
        Assert.AreEqual(RefusalReason.StorageFailed, (await fixture.AppendAsync(fixture.Anchor())).Reason);
        Assert.AreSame(head, fixture.Engine.Signed.Current, "no head is shown of what was not stored");
        Assert.HasCount(1, fixture.Engine.Read(0, 100));
        fixture.Reopen(connection => connection.Execute("DROP TRIGGER full"));
        Assert.AreEqual(1UL, (await fixture.AppendAsync(fixture.Anchor())).OrThrow().Index);
    }

    [TestMethod]
    public async Task Proofs_OutsideTheLedger_AreRefused()
    {
        using var fixture = new EngineFixture();
        await fixture.EnrolIssuerAsync();
        foreach (var call in new Action[]
        {
            () => fixture.Engine.InclusionProof(1, 1), () => fixture.Engine.InclusionProof(0, 2), () => fixture.Engine.ConsistencyProof(2, 1), () => fixture.Engine.ConsistencyProof(1, 2),
            () => fixture.Engine.InclusionProof(ulong.MaxValue, ulong.MaxValue),
        })
        {
            Assert.AreEqual(RefusalReason.NotFound, Assert.ThrowsExactly<RefusalException>(call).Reason);
        }

        Assert.IsEmpty(fixture.Engine.Read(ulong.MaxValue, 5));
        Assert.IsEmpty(fixture.Engine.Read(1, 5));
    }

    [TestMethod]
    public async Task List_ByAccountReferenceAndKind_PagesInOrder()
    {
        using var fixture = new EngineFixture();
        await fixture.EnrolIssuerAsync();
        var anchors = Enumerable.Range(0, 25).Select(_ => fixture.Anchor()).ToList();
        foreach (var anchor in anchors)
        {
            (await fixture.AppendAsync(anchor)).OrThrow();
        }

        var byHolder = new EntryFilter(fixture.Parties.Citizen.Address, null, EntryKind.Anchor);
        var first = fixture.Engine.List(byHolder, 0, 10);
        var rest = fixture.Engine.List(byHolder, first[^1].Index + 1, 100);
        CollectionAssert.AreEqual(Enumerable.Range(1, 25).Select(i => (ulong)i).ToList(), first.Concat(rest).Select(entry => entry.Index).ToList());
        Assert.HasCount(26, fixture.Engine.List(new EntryFilter(fixture.Parties.Issuer.Address, null, null), 0, 100), "as signer and as party");
        Assert.AreEqual(5UL, fixture.Engine.List(new EntryFilter(null, anchors[4].Reference, null), 0, 100).Single().Index);
        Assert.IsEmpty(fixture.Engine.List(new EntryFilter(null, anchors[4].Reference, EntryKind.Erase), 0, 100));
    }
}
