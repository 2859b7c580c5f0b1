using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Tests.Connection;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Tests.Trail;

/// <summary>Pages of a ledger that nobody followed: what an honest node finds is verified, and every lie that an entry can show is refused by name.</summary>
[TestClass]
public sealed class TrailPagesTests
{
    private static readonly TimeProvider _time = new FixedTime(DateTimeOffset.FromUnixTimeMilliseconds((long)LedgerFixture.Start));

    private readonly LedgerFixture _fixture = new LedgerFixture().WithEverybody(maxUses: 9);
    private readonly FakeLedgerService _service;
    private readonly VerifiedLedger _ledger;
    private readonly TrailPages _trail;
    private readonly ulong _consent;
    private readonly ulong _use;

    public TrailPagesTests()
    {
        // 8 consent, 9 use, 10 delivery, 11 use without one, 12 another consent, 13 revocation of the first.
        var consent = _fixture.Must(_fixture.Grant(uses: 5));
        var use = _fixture.Must(_fixture.Use(consent));
        _fixture.Must(_fixture.As(_fixture.Worker).Deliver(use, LedgerFixture.RandomDigest()));
        _fixture.Must(_fixture.Use(consent, count: 2));
        _fixture.Must(_fixture.Grant(uses: 2));
        _fixture.Must(_fixture.As(_fixture.Citizen).Revoke(consent, new StatedReason("no longer", LedgerFixture.RandomDigest())));
        (_consent, _use) = (8, 9);
        _service = new FakeLedgerService(_fixture);
        _ledger = _service.Ledger();
        _trail = _service.Trail(_ledger, _time);
    }

    [TestCleanup]
    public void Close() => _ledger.Dispose();

    [TestMethod]
    public async Task Find_Everything_PagesThroughAllOfIt_WithWhatEachBelongsTo()
    {
        var rows = new List<ListedRow>();
        TrailPage? page = null;
        do
        {
            page = await _trail.FindAsync(new TrailQuery(), (ulong)rows.Count, 4, page);
            Assert.AreEqual(14UL, page.Found);
            rows.AddRange(page.Rows);
        }
        while (rows.Count < 14);

        CollectionAssert.AreEqual(Enumerable.Range(0, 14).Reverse().Select(index => (ulong)index).ToArray(), rows.Select(row => row.Row.Index).ToArray());
        rows.Reverse();
        var consent = rows[8].Row.Digest;
        Assert.IsTrue(rows.Skip(8).All(row => row.Row.Institution == _fixture.Institution.Address && row.Row.Contract == _fixture.Contract));
        Assert.IsTrue(new[] { 8, 9, 10, 11, 13 }.All(index => rows[index].Row.Consent == consent) && rows[12].Row.Consent != consent);
        Assert.AreEqual(rows[9].Row.Digest, rows[10].Row.Use);
        Assert.AreEqual(_fixture.Institution.Address, rows[0].Row.Institution);
        Assert.IsTrue(rows[1].Row.Institution.IsZero);
        CollectionAssert.AreEqual(
            new[] { (TrailOutcome.Approved, false), (TrailOutcome.Revoked, true), (TrailOutcome.Delivered, true), (TrailOutcome.Undelivered, false), (TrailOutcome.Stands, false) },
            new[] { 5, 8, 9, 11, 12 }.Select(index => (rows[index].Outcome, rows[index].OutcomeProved)).ToArray());
        Assert.IsTrue(rows.All(row => row.Proof.Index == row.Row.Index && row.Proof.Checkpoint.Checkpoint.Size == 14));
    }

    [TestMethod]
    public async Task Find_ByEachThing_FindsThoseEntries()
    {
        async Task<string> FoundAsync(TrailQuery query) => string.Join(' ', (await _trail.FindAsync(query, 0, 100)).Rows.Select(row => row.Row.Index));
        Assert.AreEqual("11 9", await FoundAsync(new TrailQuery { Kind = EntryKind.Use }));
        Assert.AreEqual("11 9", await FoundAsync(new TrailQuery { Kind = EntryKind.Use, About = _consent }));
        Assert.AreEqual("10", await FoundAsync(new TrailQuery { About = _use }));
        Assert.AreEqual("8", await FoundAsync(new TrailQuery { Outcome = TrailOutcome.Revoked }));
        Assert.AreEqual("13 12 11 10 9 8 6 5 0", await FoundAsync(new TrailQuery { Institution = _fixture.Institution.Address }));
        Assert.AreEqual("13 12 11 10 9 8 6 5", await FoundAsync(new TrailQuery { Contracts = new HashSet<Digest> { _fixture.Contract, LedgerFixture.RandomDigest() } }));
        Assert.AreEqual("", await FoundAsync(new TrailQuery { Contracts = new HashSet<Digest>() }));
        Assert.AreEqual("", await FoundAsync(new TrailQuery { Institution = _fixture.Citizen.Address }));
        var all = new List<ulong>();
        await foreach (var row in _trail.AllAsync(new TrailQuery { Kind = EntryKind.Enrol }))
        {
            all.Add(row.Row.Index);
        }

        CollectionAssert.AreEqual(new ulong[] { 4, 3, 2, 1, 0 }, all);
    }

    // A consent that runs out between two pages of one search neither comes twice nor gets lost.
    [TestMethod]
    public async Task Find_NextPage_IsOfTheSameMoment()
    {
        var time = new FixedTime(_time.GetUtcNow());
        var trail = _service.Trail(_ledger, time);
        var standing = new TrailQuery { Outcome = TrailOutcome.Stands };
        var first = await trail.FindAsync(standing, 0, 1);
        time.Now += TimeSpan.FromDays(2);
        Assert.AreEqual(12UL, (await trail.FindAsync(standing, 0, 1, first)).Rows.Single().Row.Index);
        Assert.IsEmpty((await trail.FindAsync(standing, 0, 1)).Rows);
    }

    // Two uses: the node repeats the first where the second should be, or on the way back.
    [TestMethod]
    public async Task Find_RowsOfAnotherPage_AreRefused()
    {
        var uses = new TrailQuery { Kind = EntryKind.Use };
        var first = await _trail.FindAsync(uses, 0, 1);
        var second = await _trail.FindAsync(uses, 1, 1, first);
        Assert.AreEqual(first.Rows[0].Row.Index, (await _trail.FindAsync(uses, 0, 1, second)).Rows[0].Row.Index);
        _service.Found = reply => Say(reply, 11);
        await RefusedAsync(RefusalReason.Malformed, () => _trail.FindAsync(uses, 1, 1, first));
        _service.Found = reply => Say(reply, 9);
        await RefusedAsync(RefusalReason.Malformed, () => _trail.FindAsync(uses, 0, 1, second));

        // An end that comes early.
        _service.Found = reply =>
        {
            reply.Found = 1;
            reply.Rows.Clear();
        };
        await RefusedAsync(RefusalReason.Incomplete, () => _trail.FindAsync(uses, 1, 1, first));

        void Say(SearchTrailReply reply, ulong index)
        {
            reply.Rows[0] = new TrailPlace { Index = index };
            reply.Entries.Add(_service.Proved(index, 14));
        }
    }

    [TestMethod]
    public async Task Case_HasTheWayOfOneUse()
    {
        var steps = await _trail.CaseAsync(_use);
        CollectionAssert.AreEqual(new ulong[] { 5, 6, 7, 8, 9, 10, 13 }, steps.Select(step => step.Row.Index).ToArray());
        Assert.AreEqual((TrailOutcome.Delivered, true), (steps[4].Outcome, steps[4].OutcomeProved));
        CollectionAssert.AreEqual(new ulong[] { 1 }, (await _trail.CaseAsync(1)).Select(step => step.Row.Index).ToArray());
        await RefusedAsync(RefusalReason.NotFound, () => _trail.CaseAsync(14));
    }

    [TestMethod]
    public async Task Find_WhatANodeLeavesOut_IsIncomplete()
    {
        // From everything: even when the number that it names fits.
        await LieAsync(RefusalReason.Incomplete, reply =>
        {
            reply.Rows.RemoveAt(2);
            reply.Found--;
        });
        await LieAsync(RefusalReason.Incomplete, reply => reply.Rows.RemoveAt(13));
        await LieAsync(RefusalReason.Incomplete, reply =>
        {
            reply.Rows.RemoveAt(0);
            reply.Rows.Add(new TrailPlace { Index = 0 });
        });

        // What a row belongs to, the row itself, and the revocation that it names.
        await LieAsync(RefusalReason.Incomplete, reply => Remove(reply, 5));
        await LieAsync(RefusalReason.Incomplete, reply => Remove(reply, 9));
        await LieAsync(RefusalReason.Incomplete, reply => Remove(reply, 8), new TrailQuery { Kind = EntryKind.Use });
        await LieAsync(RefusalReason.Incomplete, reply => Remove(reply, 13), new TrailQuery { Outcome = TrailOutcome.Revoked });
        await LieAsync(RefusalReason.Incomplete, reply => reply.Rows[0].Outcome = (uint)TrailOutcome.Delivered, new TrailQuery { Kind = EntryKind.Use });
        await LieAsync(RefusalReason.Incomplete, reply => Standing(reply).Outcome = (uint)TrailOutcome.Over, new TrailQuery { Kind = EntryKind.Grant });
        await LieAsync(RefusalReason.Incomplete, reply => reply.Found = 15);

        // Whether its contract is admitted now nothing on a page can show: that it is stopped is the node's word, as that it stands.
        _service.Found = reply => Standing(reply).Outcome = (uint)TrailOutcome.Stopped;
        var stopped = (await _trail.FindAsync(new TrailQuery { Kind = EntryKind.Grant }, 0, 4)).Rows.Single(row => row.Outcome == TrailOutcome.Stopped);
        Assert.IsFalse(stopped.OutcomeProved);

        // As many as were asked for come, and the number is made up.
        _service.Found = reply => reply.Found = 15;
        await RefusedAsync(RefusalReason.Incomplete, () => _trail.FindAsync(new TrailQuery(), 0, 4));
        await RefusedAsync(RefusalReason.Incomplete, () => _trail.FindAsync(new TrailQuery { Kind = EntryKind.Enrol }, 0, 4));

        static TrailPlace Standing(SearchTrailReply reply) => reply.Rows.Single(row => row.Outcome == (uint)TrailOutcome.Stands);
    }

    [TestMethod]
    public async Task Find_WhatWasNotAskedFor_IsRefused()
    {
        var uses = new TrailQuery { Kind = EntryKind.Use };
        await LieAsync(RefusalReason.DigestMismatch, reply => Instead(reply, 10), uses);
        await LieAsync(RefusalReason.DigestMismatch, reply => Instead(reply, 0), new TrailQuery { Contracts = new HashSet<Digest> { _fixture.Contract } });
        await LieAsync(RefusalReason.DigestMismatch, reply => Instead(reply, 1), new TrailQuery { Institution = _fixture.Institution.Address });
        await LieAsync(RefusalReason.DigestMismatch, reply => Instead(reply, 10), new TrailQuery { About = _consent });
        await LieAsync(RefusalReason.DigestMismatch, reply => reply.Rows[0].Outcome = (uint)TrailOutcome.Undelivered, new TrailQuery { Kind = EntryKind.Use, Outcome = TrailOutcome.Delivered }, also: reply =>
        {
            reply.Rows[0].Index = 11;
            reply.Entries.Add(_service.Proved(11, 14));
        });
        await LieAsync(RefusalReason.Malformed, reply => (reply.Rows[0], reply.Rows[1]) = (reply.Rows[1].Clone(), reply.Rows[0].Clone()), uses);
        await LieAsync(RefusalReason.Malformed, reply => reply.Rows[1] = reply.Rows[0].Clone(), uses);

        void Instead(SearchTrailReply reply, ulong index)
        {
            reply.Rows[^1] = new TrailPlace { Index = index };
            reply.Entries.Add(_service.Proved(index, 14));
        }
    }

    [TestMethod]
    public async Task Find_EntryThatIsChangedOrStandsElsewhere_IsRefused()
    {
        await LieAsync(RefusalReason.BadSignature, reply => Change(reply, entry => entry[60] ^= 1));
        await LieAsync(RefusalReason.Malformed, reply => Change(reply, entry => entry[1] = 99));
        await LieAsync(RefusalReason.BadProof, reply => reply.Entries[0].Index += 1);
        await LieAsync(RefusalReason.BadProof, reply => reply.Entries[0].Hashes.RemoveAt(0));
        await LieAsync(RefusalReason.BadProof, reply => reply.Entries[0].Hashes[0] = Google.Protobuf.ByteString.CopyFrom(1, 2, 3));

        // The time is not signed: the tree has it.
        await LieAsync(RefusalReason.BadProof, reply => Change(reply, entry => entry[10] ^= 1));

        // What was proved once is not taken from another entry under the same number afterwards.
        _service.Found = _ => { };
        await _trail.FindAsync(new TrailQuery(), 0, 100);
        await LieAsync(RefusalReason.BadSignature, reply => Change(reply, entry => entry[60] ^= 1));

        static void Change(SearchTrailReply reply, Action<byte[]> change)
        {
            var bytes = reply.Entries[0].Entry.ToByteArray();
            change(bytes);
            reply.Entries[0].Entry = Google.Protobuf.ByteString.CopyFrom(bytes);
        }
    }

    [TestMethod]
    public async Task Case_WhatDoesNotBelongToIt_IsRefused()
    {
        foreach (var other in new ulong[] { 0, 1, 11, 12 })
        {
            _service.Case = reply => reply.Entries.Add(_service.Proved(other, 14));
            await RefusedAsync(RefusalReason.DigestMismatch, () => _trail.CaseAsync(_use));
        }

        // The delivery of one use does not belong to another.
        _service.Case = reply => reply.Entries.AddRange([_service.Proved(_use, 14), _service.Proved(10, 14)]);
        await RefusedAsync(RefusalReason.DigestMismatch, () => _trail.CaseAsync(11));
        _service.Case = reply => reply.Entries.Remove(reply.Entries.Single(entry => entry.Index == _use));
        await RefusedAsync(RefusalReason.Incomplete, () => _trail.CaseAsync(_use));
        _service.Case = reply => reply.Entries.Remove(reply.Entries.Single(entry => entry.Index == _consent));
        await RefusedAsync(RefusalReason.Incomplete, () => _trail.CaseAsync(_use));
    }

    private static void Remove(SearchTrailReply reply, ulong index) => reply.Entries.Remove(reply.Entries.Single(entry => entry.Index == index));

    private Task LieAsync(RefusalReason reason, Action<SearchTrailReply> lie, TrailQuery? query = null, Action<SearchTrailReply>? also = null)
    {
        _service.Found = lie + also;
        return RefusedAsync(reason, () => _trail.FindAsync(query ?? new TrailQuery(), 0, 100));
    }

    private static async Task RefusedAsync(RefusalReason reason, Func<Task> act) =>
        Assert.AreEqual(reason, (await Assert.ThrowsExactlyAsync<RefusalException>(act)).Reason);

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
