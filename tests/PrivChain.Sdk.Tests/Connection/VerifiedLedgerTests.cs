using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Tests.Connection;

/// <summary>Promise P6 on the client's side: a node cannot show another history, an older one, or an entry that does not stand where it says.</summary>
[TestClass]
public sealed class VerifiedLedgerTests
{
    [TestMethod]
    public async Task Refresh_GrowingLedger_Accepted()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        using var ledger = service.Ledger();
        Assert.AreEqual(8UL, (await ledger.RefreshAsync()).Checkpoint.Size);
        for (var i = 0; i < 5; i++)
        {
            service.Fixture.Must(service.Fixture.Grant());
            Assert.AreEqual((ulong)(9 + i), (await ledger.RefreshAsync()).Checkpoint.Size);
        }
    }

    // Read many times within a moment, the node is asked once; asked for itself, or for more than was seen, it is asked in any case.
    [TestMethod]
    public async Task ReadState_WhileACheckpointLasts_AsksOnce()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        var time = new SteppedTime();
        using var ledger = service.Ledger(time: time, lasts: TimeSpan.FromSeconds(1));
        Assert.AreEqual(8UL, await ledger.ReadStateAsync(state => state.Size));
        service.Fixture.Must(service.Fixture.Grant());
        time.Step(TimeSpan.FromMilliseconds(999));
        Assert.AreEqual(8UL, await ledger.ReadStateAsync(state => state.Size));
        Assert.AreEqual(1, service.Asked);
        Assert.AreEqual(9UL, await ledger.ReadStateAsync(state => state.Size, atLeastSize: 9));
        Assert.AreEqual(2, service.Asked);

        service.Fixture.Must(service.Fixture.Grant());
        time.Step(TimeSpan.FromSeconds(1));
        Assert.AreEqual(10UL, await ledger.ReadStateAsync(state => state.Size));
        service.Fixture.Must(service.Fixture.Grant());
        Assert.AreEqual(11UL, (await ledger.RefreshAsync()).Checkpoint.Size);
        Assert.AreEqual(11UL, await ledger.ReadStateAsync(state => state.Size));
        Assert.AreEqual(4, service.Asked);

        using var strict = service.Ledger(time: time);
        await strict.ReadStateAsync(state => state.Size);
        await strict.ReadStateAsync(state => state.Size);
        Assert.AreEqual(6, service.Asked);
    }

    // What was followed is not fetched again, and stands for itself: a node that changes it by now changes nothing.
    [TestMethod]
    public async Task GetEntry_Followed_IsNotFetchedAgain()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        using var keeping = service.Ledger(keeps: true);
        using var forgetful = service.Ledger();
        var honest = await forgetful.GetEntryAsync(5);
        await keeping.FollowStateAsync();
        service.Entries = (_, entry) => [.. entry.Take(entry.Length - 1), (byte)(entry[^1] ^ 1)];
        CollectionAssert.AreEqual(honest.Bytes.ToArray(), (await keeping.GetEntryAsync(5)).Bytes.ToArray());
        await Assert.ThrowsExactlyAsync<RefusalException>(() => forgetful.GetEntryAsync(5));
    }

    [TestMethod]
    public async Task Prove_PlaceThatNoLedgerHas_IsRefused()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        using var ledger = service.Ledger();
        await RefusedAsync(RefusalReason.BadProof, () => ledger.ProveAppendedAsync(service.Fixture.Grant(), ulong.MaxValue, service.Fixture.Now, CancellationToken.None));
    }

    [TestMethod]
    public async Task Refresh_SameSizeOtherRoot_SplitViewWithProofOfGuilt()
    {
        var fixture = new LedgerFixture().WithEverybody();
        var service = new FakeLedgerService(fixture);
        var heads = new InMemoryHeadStore();
        using var ledger = service.Ledger(heads);
        await ledger.RefreshAsync();
        service.Note = fixture.WitnessedNote(root: LedgerFixture.RandomDigest());
        await RefusedAsync(RefusalReason.SplitView, () => ledger.RefreshAsync());
        Assert.IsTrue(heads.Proofs.Single().Proof.ProvesGuilt(fixture.Genesis.Log));
    }

    [TestMethod]
    public async Task Refresh_LargerLedgerOfOtherHistory_SplitViewWithProofOfGuilt()
    {
        // Seven entries: the size is no power of two, so the consistency proof names the root that the larger tree really has.
        var fixture = new LedgerFixture();
        var service = new FakeLedgerService(fixture.WithEverybody());
        var heads = new InMemoryHeadStore();
        using var ledger = service.Ledger(heads);
        fixture.Must(fixture.Grant());
        service.Note = fixture.WitnessedNote(root: LedgerFixture.RandomDigest());
        await ledger.RefreshAsync();

        service.Note = null;
        fixture.Must(fixture.Grant());
        await RefusedAsync(RefusalReason.SplitView, () => ledger.RefreshAsync());
        Assert.IsTrue(heads.Proofs.Single().Proof.ProvesGuilt(fixture.Genesis.Log));
    }

    [TestMethod]
    public async Task Refresh_WrongConsistencyProof_RefusedAndBothNotesKept()
    {
        var fixture = new LedgerFixture().WithEverybody();
        var service = new FakeLedgerService(fixture);
        var heads = new InMemoryHeadStore();
        using var ledger = service.Ledger(heads);
        await ledger.RefreshAsync();
        fixture.Must(fixture.Grant());
        service.Proofs = proof => [.. proof.Take(proof.Count - 1)];
        await RefusedAsync(RefusalReason.SplitView, () => ledger.RefreshAsync());

        // Kept as what it is: no proof of guilt, since an honest log with a bad node looks the same.
        Assert.IsFalse(heads.Proofs.Single().Proof.ProvesGuilt(fixture.Genesis.Log));
    }

    [TestMethod]
    public async Task Refresh_NextProcessWithSameHeadStore_RemembersTheHead()
    {
        var folder = Directory.CreateTempSubdirectory("privchain-heads-");
        try
        {
            var fixture = new LedgerFixture().WithEverybody();
            var service = new FakeLedgerService(fixture);
            var earlier = fixture.WitnessedNote();
            fixture.Must(fixture.Grant());
            using (var ledger = service.Ledger(new FileHeadStore(folder.FullName)))
            {
                await ledger.RefreshAsync();
            }

            // An older note of the same history changes nothing: the larger head stays.
            service.Note = earlier;
            using var next = service.Ledger(new FileHeadStore(folder.FullName));
            Assert.AreEqual(9UL, (await next.RefreshAsync()).Checkpoint.Size);

            service.Note = fixture.WitnessedNote(root: LedgerFixture.RandomDigest());
            using var last = service.Ledger(new FileHeadStore(folder.FullName));
            await RefusedAsync(RefusalReason.SplitView, () => last.RefreshAsync());
            Assert.HasCount(1, folder.GetFiles("*.split-view"));
            Assert.IsEmpty(folder.GetFiles("*.tmp"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [TestMethod]
    public async Task Refresh_StoredHeadWasChanged_RefusedNotForgotten()
    {
        var fixture = new LedgerFixture().WithEverybody();
        var heads = new InMemoryHeadStore();
        var note = fixture.WitnessedNote();
        note[^5] ^= 1;
        await heads.SaveAsync(fixture.Genesis.LedgerId, note);
        using var ledger = new FakeLedgerService(fixture).Ledger(heads);
        await Assert.ThrowsExactlyAsync<RefusalException>(() => ledger.RefreshAsync());
    }

    [TestMethod]
    public async Task Refresh_NotWitnessedOrForeign_Refused()
    {
        var fixture = new LedgerFixture().WithEverybody();
        var service = new FakeLedgerService(fixture);
        using var ledger = service.Ledger();
        var checkpoint = new Checkpoint(fixture.Genesis.Origin, (ulong)fixture.Leaves.Count, fixture.Tree().Root());
        service.Note = fixture.Log.Sign(checkpoint).Note.Bytes.ToArray();
        await RefusedAsync(RefusalReason.NotWitnessed, () => ledger.RefreshAsync());
        service.Note = new LedgerFixture().WithEverybody().WitnessedNote();
        await RefusedAsync(RefusalReason.BadSignature, () => ledger.RefreshAsync());
        service.Note = null;
        await RefusedAsync(RefusalReason.StaleHead, () => ledger.RefreshAsync(atLeastSize: 9));
    }

    [TestMethod]
    public async Task GetEntry_EveryByteAndProofMatters()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        using var ledger = service.Ledger();
        var honest = await ledger.GetEntryAsync(5);
        Assert.AreEqual(EntryKind.Publish, honest.Entry.Kind);
        Assert.AreEqual(5UL, honest.Index);
        for (var position = 0; position < Entry.Size; position++)
        {
            service.Entries = (_, entry) => Changed(entry, position);
            await Assert.ThrowsExactlyAsync<RefusalException>(() => ledger.GetEntryAsync(5), $"byte {position} may change");
        }

        service.Entries = (_, _) => service.Fixture.Leaves[4];
        await RefusedAsync(RefusalReason.BadProof, () => ledger.GetEntryAsync(5));
        service.Entries = (_, entry) => entry;
        service.Proofs = proof => [.. proof, LedgerFixture.RandomDigest()];
        await RefusedAsync(RefusalReason.BadProof, () => ledger.GetEntryAsync(5));
    }

    [TestMethod]
    public async Task Append_ThenState_HasIt()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        using var ledger = service.Ledger();
        var grant = service.Fixture.Grant();
        var proven = await ledger.AppendAsync(grant);
        Assert.AreEqual(8UL, proven.Index);
        Assert.AreEqual(grant.DocumentDigest, proven.Digest);
        var state = await ledger.FollowStateAsync();
        Assert.IsNotNull(state.Consent(proven.Digest));
        CollectionAssert.AreEqual(new[] { proven.Digest }, ledger.History.ConsentsOf(service.Fixture.Citizen.Address).ToList());

        var use = service.Fixture.Use(proven.Digest, count: 2);
        await ledger.AppendAsync(use);
        var left = await ledger.ReadStateAsync(read => read.Consent(proven.Digest)!.UsesLeft);
        Assert.AreEqual(1U, left);
        Assert.AreEqual(2U, ledger.History.UsesOf(proven.Digest).Single().Queries);
        Assert.IsNull(ledger.History.UsesOf(proven.Digest).Single().DeliveredAt);

        var receipt = LedgerFixture.RandomDigest();
        var delivery = await ledger.AppendAsync(service.Fixture.As(service.Fixture.Worker).Deliver(use.DocumentDigest, receipt));
        await ledger.FollowStateAsync();
        Assert.AreEqual(delivery.Index, ledger.History.UsesOf(proven.Digest).Single().DeliveredAt);
        Assert.AreEqual(receipt, ledger.History.ReceiptOf(use.DocumentDigest));
    }

    [TestMethod]
    public async Task FollowState_EntryLeftOutOrChanged_RefusedForGood()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        using var ledger = service.Ledger();
        service.Entries = (index, entry) => index == 3 ? Changed(entry, 150) : entry;
        await RefusedAsync(RefusalReason.BadSignature, () => ledger.FollowStateAsync());

        // What broke a rule once is not followed again, even when the node tells the truth now.
        service.Entries = (_, entry) => entry;
        await RefusedAsync(RefusalReason.BadSignature, () => ledger.FollowStateAsync());
    }

    [TestMethod]
    public async Task FollowState_LawfulEntriesOfAnotherHistory_SplitView()
    {
        var fixture = new LedgerFixture().WithEverybody();
        var service = new FakeLedgerService(fixture) { Note = fixture.WitnessedNote(root: LedgerFixture.RandomDigest()) };
        using var ledger = service.Ledger();
        await RefusedAsync(RefusalReason.SplitView, () => ledger.FollowStateAsync());
    }

    // Another lawful entry in the place of the real one, after a good start: what was refused once is not handed out by the next call.
    [TestMethod]
    public async Task FollowState_LieAfterAGoodStart_RefusedForGood()
    {
        var fixture = new LedgerFixture().WithEverybody();
        var service = new FakeLedgerService(fixture);
        using var ledger = service.Ledger();
        await ledger.FollowStateAsync();

        var other = fixture.As(fixture.Governors[0]).Enrol(LedgerRole.Measurement, AccountAddress.Zero, LedgerFixture.RandomDigest(), Digest.Zero, 0, ulong.MaxValue);
        var real = (ulong)fixture.Leaves.Count;
        fixture.Must(fixture.As(fixture.Governors[0]).Enrol(LedgerRole.Measurement, AccountAddress.Zero, LedgerFixture.RandomDigest(), Digest.Zero, 0, ulong.MaxValue));
        service.Entries = (index, entry) => index == real ? (other with { Time = TimeOf(entry) }).ToArray() : entry;
        for (var call = 0; call < 3; call++)
        {
            await RefusedAsync(RefusalReason.SplitView, () => ledger.FollowStateAsync());
        }

        // Nor when the node tells the truth again.
        service.Entries = (_, entry) => entry;
        await RefusedAsync(RefusalReason.SplitView, () => ledger.FollowStateAsync());

        static ulong TimeOf(byte[] entry) => Entry.TryParse(entry, out var parsed) ? parsed.Time : 0;
    }

    [TestMethod]
    public async Task EnrolmentBefore_ThresholdOfTwo_NamesBothVotes()
    {
        var fixture = new LedgerFixture(governors: 3, governorThreshold: 2);
        var subject = LedgerFixture.RandomDigest();
        var entries = fixture.Governors.Select(governor => fixture.As(governor).Enrol(LedgerRole.Measurement, AccountAddress.Zero, subject, Digest.Zero, 0, ulong.MaxValue)).ToList();
        entries.ForEach(entry => fixture.Must(entry));
        using var ledger = new FakeLedgerService(fixture).Ledger();
        await ledger.FollowStateAsync();
        CollectionAssert.AreEqual(new ulong[] { 0, 1 }, ledger.History.EnrolmentBefore(LedgerRole.Measurement, AccountAddress.Zero, subject, 3)!.ToList());
        Assert.IsNull(ledger.History.EnrolmentBefore(LedgerRole.Measurement, AccountAddress.Zero, subject, 1));
        Assert.IsNull(ledger.History.EnrolmentBefore(LedgerRole.Measurement, AccountAddress.Zero, LedgerFixture.RandomDigest(), 3));
    }

    // What is continued from gives the state that following from the start gives, and asks for nothing that it has.
    [TestMethod]
    public async Task Resume_WhatWasSaved_GoesOnWhereItStopped()
    {
        var fixture = new LedgerFixture().WithEverybody();
        var service = new FakeLedgerService(fixture);
        var saved = await SavedAsync(service);
        fixture.Must(fixture.Grant());
        var asked = new List<ulong>();
        service.Entries = (index, entry) =>
        {
            asked.Add(index);
            return entry;
        };

        using var ledger = service.Ledger(keeps: true);
        Assert.IsTrue(await ledger.DangerouslyResumeAsync(saved));
        var state = await ledger.FollowStateAsync();
        CollectionAssert.AreEqual(new ulong[] { 8 }, asked);
        Assert.AreEqual(9UL, state.Size);
        Assert.AreEqual(fixture.State.Points(fixture.Institution.Address), state.Points(fixture.Institution.Address));
        using var whole = service.Ledger(keeps: true);
        await whole.FollowStateAsync();
        CollectionAssert.AreEqual(await whole.SaveStateAsync(), await ledger.SaveStateAsync());
        Assert.HasCount(1, ledger.History.ConsentsOf(fixture.Citizen.Address));
        Assert.IsFalse(await ledger.DangerouslyResumeAsync(saved), "more was followed already");

        // While it is being read, whoever asks for the ledger waits and does not begin at its first entry.
        using var waiting = service.Ledger(keeps: true);
        var reading = new TaskCompletionSource<ReadOnlyMemory<byte>?>();
        var resuming = waiting.DangerouslyResumeAsync(reading.Task);
        var asking = waiting.ReadStateAsync(state => state.Size);
        Assert.IsFalse(asking.IsCompleted);
        reading.SetResult(saved);
        Assert.IsTrue(await resuming);
        Assert.AreEqual(await ledger.ReadStateAsync(state => state.Size), await asking);
        using var nothing = service.Ledger(keeps: true);
        Assert.IsFalse(await nothing.DangerouslyResumeAsync(Task.FromResult<ReadOnlyMemory<byte>?>(null)));
    }

    [TestMethod]
    public async Task Resume_AnotherHistoryAfterIt_IsRefused()
    {
        var fixture = new LedgerFixture().WithEverybody();
        var service = new FakeLedgerService(fixture);
        var saved = await SavedAsync(service);
        fixture.Must(fixture.Grant());
        service.Note = fixture.WitnessedNote(root: LedgerFixture.RandomDigest());
        using var ledger = service.Ledger();
        await ledger.DangerouslyResumeAsync(saved);
        await RefusedAsync(RefusalReason.SplitView, () => ledger.FollowStateAsync());
    }

    [TestMethod]
    public async Task Resume_NotWhole_IsRefusedAndNothingIsChanged()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        var saved = await SavedAsync(service);
        using var ledger = service.Ledger();
        for (var length = 0; length < saved.Length; length++)
        {
            await RefusedAsync(RefusalReason.Malformed, () => ledger.DangerouslyResumeAsync(saved.AsMemory(0, length)));
        }

        await RefusedAsync(RefusalReason.Malformed, () => ledger.DangerouslyResumeAsync((byte[])[.. saved, 0]));
        await RefusedAsync(RefusalReason.WrongLedger, () => ledger.DangerouslyResumeAsync(Changed(saved, 1)));

        // The first peak of the frontier: another root than the checkpoint has.
        await RefusedAsync(RefusalReason.SplitView, () => ledger.DangerouslyResumeAsync(Changed(saved, 1 + 32 + 4 + 8)));
        Assert.AreEqual(8UL, (await ledger.FollowStateAsync()).Size);
    }

    [TestMethod]
    public async Task Offline_ReadsWhatWasContinuedFrom_AndAsksNobody()
    {
        var service = new FakeLedgerService(new LedgerFixture().WithEverybody());
        var saved = await SavedAsync(service);
        service.Fixture.Must(service.Fixture.Grant());
        using var ledger = service.Ledger(offline: true);
        await RefusedAsync(RefusalReason.Unavailable, () => ledger.FollowStateAsync());
        await ledger.DangerouslyResumeAsync(saved);
        Assert.AreEqual(8UL, (await ledger.FollowStateAsync()).Size);
        await RefusedAsync(RefusalReason.Unavailable, () => ledger.ReadStateAsync(state => state.Size, atLeastSize: 9));
        await RefusedAsync(RefusalReason.Unavailable, () => ledger.RefreshAsync());
    }

    private static async Task<byte[]> SavedAsync(FakeLedgerService service)
    {
        using var ledger = service.Ledger(keeps: true);
        Assert.IsNull(await ledger.SaveStateAsync());
        await ledger.FollowStateAsync();
        return (await ledger.SaveStateAsync())!;
    }

    private static byte[] Changed(byte[] bytes, int position)
    {
        var copy = bytes.ToArray();
        copy[position] ^= 1;
        return copy;
    }

    private static async Task RefusedAsync<T>(RefusalReason reason, Func<Task<T>> call)
    {
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(call);
        Assert.AreEqual(reason, refused.Reason, refused.Message);
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Step(TimeSpan time) => _ticks += time.Ticks;
    }
}
