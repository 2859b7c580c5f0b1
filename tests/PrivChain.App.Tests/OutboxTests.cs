using PrivChain.App.Wallets;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.App.Tests;

/// <summary>What was signed is sent until the ledger has it or a rule refuses it, whatever else goes wrong, in however many windows.</summary>
[TestClass]
public sealed class OutboxTests
{
    private static readonly RefusalReason[] _notRules =
    [
        RefusalReason.Unavailable, RefusalReason.Deadline, RefusalReason.Overloaded, RefusalReason.NotSignedIn, RefusalReason.StaleHead, RefusalReason.NotWitnessed, RefusalReason.BadProof,
        RefusalReason.SplitView, RefusalReason.Incomplete, RefusalReason.BadSignature, RefusalReason.DigestMismatch, RefusalReason.WrongLedger, RefusalReason.StorageFailed, RefusalReason.WalletRefused,
        RefusalReason.NotAllowed, RefusalReason.NotFound, RefusalReason.Malformed, RefusalReason.TooLarge, RefusalReason.Conflict, RefusalReason.TimeWentBack, RefusalReason.Internal,
    ];

    private readonly Browser _browser = new();
    private readonly Outbox _outbox;

    public OutboxTests() => _outbox = new Outbox(_browser);

    [TestMethod]
    public async Task Acknowledged_IsTakenOut()
    {
        var delivery = await _outbox.SendOrKeepAsync(Revocation("one"));
        Assert.IsTrue(delivery.Acknowledged);
        Assert.IsEmpty(_outbox.Acts);
        Assert.IsEmpty(_browser.Read());
        Assert.AreEqual(0, _browser.Waiting);
    }

    // After the call went out nobody knows what the node has: only a rule's no ends the waiting.
    [TestMethod]
    public async Task WentOut_AndWhatCameBackIsNoRule_WaitsAndSaysSo()
    {
        foreach (var reason in _notRules)
        {
            var act = Revocation(reason.ToString());
            _browser.Answer = _ => reason;
            var delivery = await _outbox.SendOrKeepAsync(act);
            Assert.AreEqual(reason, delivery.Trouble?.Reason);
            Assert.AreEqual(Reachability.IsAway(reason), delivery.Telling is null, $"{reason}");
            Assert.AreEqual((true, RefusalReason.None), StateOf(act), $"{reason}");

            // The look that comes after keeps it as well.
            await _outbox.SendWaitingAsync(default);
            Assert.AreEqual((true, RefusalReason.None), StateOf(act), $"{reason}");
            await _outbox.DropAsync(act);
        }
    }

    [TestMethod]
    public async Task NodeIsNotFresh_NothingGoesOut_AndItWaits()
    {
        foreach (var reason in _notRules)
        {
            var act = Revocation(reason.ToString());
            _browser.Fresh = reason;
            var delivery = await _outbox.SendOrKeepAsync(act);
            Assert.IsFalse(delivery.Act.WentOut);
            Assert.AreEqual((false, RefusalReason.None), StateOf(act), $"{reason}");
            await _outbox.SendWaitingAsync(default);
            Assert.AreEqual((false, RefusalReason.None), StateOf(act), $"{reason}");
            await _outbox.DropAsync(act);
        }

        Assert.IsEmpty(_browser.Sent);
    }

    [TestMethod]
    public async Task RuleRefuses_IsNotKept_AndWhatWaitedSaysWhy()
    {
        _browser.Answer = _ => RefusalReason.NotYours;
        Assert.AreEqual(RefusalReason.NotYours, (await Assert.ThrowsExactlyAsync<RefusalException>(() => _outbox.SendOrKeepAsync(Revocation("one")))).Reason);
        Assert.IsEmpty(_browser.Read());

        _browser.Answer = _ => RefusalReason.Unavailable;
        await _outbox.SendOrKeepAsync(Revocation("two"));
        Assert.AreEqual(1, _browser.Waiting);
        _browser.Answer = _ => RefusalReason.NotApproved;
        Assert.IsFalse(await _outbox.SendWaitingAsync(default));
        Assert.AreEqual(RefusalReason.NotApproved, _browser.Read().Single().Refusal);
        Assert.AreEqual(0, _browser.Waiting, "what was refused waits for nothing");
        _browser.Sent.Clear();
        await _outbox.SendWaitingAsync(default);
        Assert.IsEmpty(_browser.Sent, "what was refused is not sent again");
    }

    // Another window, or another device with the same phrase, was first.
    [TestMethod]
    [DataRow(RefusalReason.AlreadyRecorded)]
    [DataRow(RefusalReason.NotEnrolled)]
    public async Task NodeSaysNo_AndTheLedgerHasIt_IsDone(RefusalReason reason)
    {
        _browser.Stands = true;
        _browser.Answer = _ => reason;
        Assert.IsTrue((await _outbox.SendOrKeepAsync(Revocation("one"))).Acknowledged);
        Assert.IsEmpty(_browser.Read());
    }

    // A node can say anything: that something is recorded which the verified ledger does not have is no reason to forget it.
    [TestMethod]
    public async Task NodeSaysRecorded_AndTheLedgerDoesNotHaveIt_Waits()
    {
        _browser.Answer = _ => RefusalReason.AlreadyRecorded;
        var delivery = await _outbox.SendOrKeepAsync(Revocation("one"));
        Assert.IsFalse(delivery.Acknowledged);
        Assert.AreEqual((true, RefusalReason.None), StateOf(Revocation("one")));
        _browser.Stands = true;
        Assert.IsTrue(await _outbox.SendWaitingAsync(default));
        Assert.IsEmpty(_browser.Read());
    }

    // Taking everything back: one that is refused keeps no other in force.
    [TestMethod]
    public async Task Each_OneIsRefused_TheOthersAreSent()
    {
        _browser.Answer = act => act.Who == "two" ? RefusalReason.NotYours : RefusalReason.None;
        var acknowledged = 0;
        var refusal = await _outbox.SendEachAsync(
            new[] { "one", "two", "unsigned", "three" }.Select(who => (Func<Task<WaitingAct>>)(() => who == "unsigned" ? throw Refused(RefusalReason.WalletRefused) : Task.FromResult(Revocation(who)))),
            () => acknowledged++);
        Assert.AreEqual(RefusalReason.NotYours, refusal?.Reason);
        Assert.AreEqual(2, acknowledged);
        CollectionAssert.AreEqual(new[] { "one", "two", "three" }, _browser.Sent);
    }

    // Nor does one that the node does not answer keep the others waiting; and what takes back goes first.
    [TestMethod]
    public async Task Waiting_OneIsNotAnswered_TheOthersAreSent_RevocationsFirst()
    {
        _browser.Answer = _ => RefusalReason.Unavailable;
        foreach (var act in new[] { Revocation("yes") with { IsConsent = true }, Revocation("one"), Revocation("two") })
        {
            await _outbox.SendOrKeepAsync(act);
        }

        _browser.Answer = act => act.Who == "one" ? RefusalReason.Deadline : RefusalReason.None;
        _browser.Sent.Clear();
        Assert.IsTrue(await _outbox.SendWaitingAsync(default));
        CollectionAssert.AreEqual(new[] { "one", "two", "yes" }, _browser.Sent);
        Assert.AreEqual("one", _browser.Read().Single().Who);
    }

    // Two windows of one browser: neither loses what the other keeps, and what one has sent the other sends no more.
    [TestMethod]
    public async Task TwoWindows_ShareOneList()
    {
        var other = new Outbox(_browser);
        await other.LoadAsync();
        _browser.Answer = _ => RefusalReason.Unavailable;
        await _outbox.SendOrKeepAsync(Revocation("one"));
        await other.SendOrKeepAsync(Revocation("two"));
        CollectionAssert.AreEquivalent(new[] { "one", "two" }, _browser.Read().Select(act => act.Who).ToArray());

        _browser.Answer = _ => RefusalReason.None;
        _browser.Sent.Clear();
        Assert.IsTrue(await other.SendWaitingAsync(default));
        CollectionAssert.AreEquivalent(new[] { "one", "two" }, _browser.Sent, "also what another window signed that may be closed by now");
        Assert.IsFalse(await _outbox.SendWaitingAsync(default));
        Assert.IsEmpty(_outbox.Acts);
        Assert.HasCount(2, _browser.Sent);
        Assert.IsEmpty(_browser.Read());
    }

    // No room: it is sent all the same, and while it cannot be, this page has it.
    [TestMethod]
    public async Task NothingCanBeKept_IsSentAllTheSame()
    {
        _browser.HasRoom = false;
        _browser.Answer = _ => RefusalReason.Unavailable;
        await _outbox.SendOrKeepAsync(Revocation("one"));
        await _outbox.LoadAsync();
        Assert.AreEqual("one", _outbox.Acts.Single().Who);
        _browser.Answer = _ => RefusalReason.None;
        Assert.IsTrue(await _outbox.SendWaitingAsync(default));
        CollectionAssert.AreEqual(new[] { "one", "one" }, _browser.Sent);
        Assert.IsEmpty(_outbox.Acts);
    }

    // "Do not send it", pressed while the node is asked whether it is fresh: here or in another window, whether it went out before or not.
    [TestMethod]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public async Task TakenOutWhileTheNodeIsAsked_IsNeitherSentNorPutBack(bool wentOut, bool elsewhere)
    {
        _browser.Fresh = wentOut ? RefusalReason.None : RefusalReason.Unavailable;
        _browser.Answer = _ => RefusalReason.Unavailable;
        await _outbox.SendOrKeepAsync(Revocation("one"));
        await _outbox.SendOrKeepAsync(Revocation("two"));
        _browser.Sent.Clear();
        _browser.Fresh = RefusalReason.None;
        _browser.Answer = _ => RefusalReason.None;
        var other = new Outbox(_browser);
        await other.LoadAsync();

        var asked = _browser.HoldAsked();
        var sending = _outbox.SendWaitingAsync(default);
        await (elsewhere ? other : _outbox).DropAsync(_outbox.Acts.Single(act => act.Who == "one"));
        asked.SetResult();
        Assert.IsTrue(await sending, "what was not taken out was sent");
        CollectionAssert.AreEqual(new[] { "two" }, _browser.Sent);
        Assert.IsEmpty(_browser.Read());
        Assert.IsEmpty(_outbox.Acts);
    }

    // The yes of this very moment: whoever takes it out is not told that it waits.
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task TakenOutOfAFirstSending_IsRefusedByName(bool hasRoom)
    {
        _browser.HasRoom = hasRoom;
        var asked = _browser.HoldAsked();
        var sending = _outbox.SendOrKeepAsync(Revocation("one"));
        await _outbox.DropAsync(Revocation("one"));
        asked.SetResult();
        Assert.AreEqual(RefusalReason.Cancelled, (await Assert.ThrowsExactlyAsync<RefusalException>(() => sending)).Reason);
        Assert.IsEmpty(_browser.Sent);
        Assert.IsEmpty(_browser.Read());
        Assert.IsEmpty(_outbox.Acts);
    }

    // It left the list, and nobody answers whether another window sent it: "it was stopped" would be a guess.
    [TestMethod]
    public async Task TakenOut_AndNobodyCanTellWhetherItStands_IsNotCalledStopped()
    {
        var asked = _browser.HoldAsked();
        var sending = _outbox.SendOrKeepAsync(Revocation("one"));
        await new Outbox(_browser).DropAsync(Revocation("one"));
        _browser.CannotTell = RefusalReason.Unavailable;
        asked.SetResult();
        Assert.AreEqual(RefusalReason.Unavailable, (await Assert.ThrowsExactlyAsync<RefusalException>(() => sending)).Reason);
        Assert.IsEmpty(_browser.Sent);
    }

    // Another window has sent it meanwhile, and the ledger has it: that is no taking out.
    [TestMethod]
    public async Task AcknowledgedElsewhereWhileTheNodeIsAsked_IsDone()
    {
        var other = new Outbox(_browser);
        var asked = _browser.HoldAsked();
        var sending = _outbox.SendOrKeepAsync(Revocation("one"));
        Assert.IsTrue(await other.SendWaitingAsync(default));
        _browser.Stands = true;
        asked.SetResult();
        Assert.IsTrue((await sending).Acknowledged);
        CollectionAssert.AreEqual(new[] { "one" }, _browser.Sent);
    }

    // A no that comes while it is taken out puts it back into no list.
    [TestMethod]
    public async Task TakenOutWhileItIsSent_AndRefused_IsNotPutBack()
    {
        _browser.Answer = _ => RefusalReason.Unavailable;
        await _outbox.SendOrKeepAsync(Revocation("one"));
        Task? dropped = null;
        _browser.Answer = act =>
        {
            dropped ??= new Outbox(_browser).DropAsync(act);
            return RefusalReason.NotYours;
        };
        Assert.IsFalse(await _outbox.SendWaitingAsync(default));
        await dropped!;
        Assert.IsEmpty(_browser.Read());
        Assert.IsEmpty(_outbox.Acts);
    }

    // The browser's database fails: this page has what was signed, and sends it.
    [TestMethod]
    public async Task WhatIsKeptCannotBeRead_ThePageKnowsIt_AndItIsKeptWhenItCan()
    {
        _browser.CanRead = false;
        _browser.Answer = _ => RefusalReason.Unavailable;
        Assert.IsTrue((await _outbox.SendOrKeepAsync(Revocation("one"))).Act.WentOut);
        Assert.IsTrue(_outbox.Acts.Single() is { Who: "one", WentOut: true });
        Assert.IsEmpty(_browser.Read());
        await _outbox.SendWaitingAsync(default);
        CollectionAssert.AreEqual(new[] { "one", "one" }, _browser.Sent);

        _browser.CanRead = true;
        await _outbox.SendOrKeepAsync(Revocation("two"));
        CollectionAssert.AreEquivalent(new[] { "one", "two" }, _browser.Read().Select(act => act.Who).ToArray());
        _browser.Answer = _ => RefusalReason.None;
        Assert.IsTrue(await _outbox.SendWaitingAsync(default));
        Assert.IsEmpty(_outbox.Acts);
        Assert.IsEmpty(_browser.Read());
    }

    // What could not be taken off the browser's list is read of it again: it is not sent, and taken off as soon as that can be.
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public async Task TakenOutWhileTheBrowserFails_IsNotSentWhenItWorksAgain(bool canRead)
    {
        _browser.Answer = _ => RefusalReason.Unavailable;
        await _outbox.SendOrKeepAsync(Revocation("one"));
        _browser.Sent.Clear();
        (_browser.CanRead, _browser.HasRoom) = (canRead, false);
        await _outbox.DropAsync(Revocation("one"));
        Assert.IsEmpty(_outbox.Acts);
        await _outbox.LoadAsync();
        Assert.IsEmpty(_outbox.Acts);

        (_browser.CanRead, _browser.HasRoom) = (true, true);
        await _outbox.SendWaitingAsync(default);
        Assert.IsEmpty(_browser.Sent);
        Assert.IsEmpty(_browser.Read());

        // Signed anew, it is another taking back and waits like any.
        await _outbox.SendOrKeepAsync(Revocation("one"));
        Assert.HasCount(1, _browser.Read());
    }

    // What this window could not take off the list is the old signature: another window's new one is not taken off in its place.
    [TestMethod]
    public async Task SignedAnewByAnotherWindow_IsNotTakenOutWithTheOldOne()
    {
        _browser.Answer = _ => RefusalReason.Unavailable;
        await _outbox.SendOrKeepAsync(Revocation("one"));
        _browser.HasRoom = false;
        await _outbox.DropAsync(Revocation("one"));
        _browser.HasRoom = true;
        var other = new Outbox(_browser);
        await other.LoadAsync();
        await other.DropAsync(other.Acts.Single());
        await other.SendOrKeepAsync(Revocation("one") with { Content = [4, 5, 6] });

        _browser.Sent.Clear();
        await _outbox.SendWaitingAsync(default);
        CollectionAssert.AreEqual(new[] { "one" }, _browser.Sent);
        CollectionAssert.AreEqual(new byte[] { 4, 5, 6 }, _browser.Read().Single().Content);
    }

    [TestMethod]
    public void Acts_AreReadBackAsTheyWereWritten_OrNotAtAll()
    {
        WaitingAct[] acts = [Revocation("one") with { WentOut = true }, Revocation("two") with { IsConsent = true, Refusal = RefusalReason.Expired }];
        var bytes = WaitingAct.Write(acts);
        Assert.IsTrue(WaitingAct.TryRead(bytes, out var read));
        Assert.AreEqual(acts[0], read[0] with { Content = acts[0].Content });
        Assert.AreEqual(acts[1], read[1] with { Content = acts[1].Content });
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(WaitingAct.TryRead(bytes.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(WaitingAct.TryRead([.. bytes, 0], out _), "accepted a byte left over");
        Assert.IsFalse(WaitingAct.TryRead([3, .. bytes.AsSpan(1)], out _), "accepted another layout");
        Assert.IsFalse(WaitingAct.TryRead([.. bytes[..3], 4, .. bytes[4..]], out _), "accepted a kind that there is not");

        // Lists of before: whether they were sent was not noted, so they may have been.
        Assert.IsTrue(WaitingAct.TryRead([1, .. WaitingAct.Write([Revocation("old")]).AsSpan(1)], out read));
        Assert.IsTrue(read.Single() is { IsConsent: false, WentOut: true, Who: "old" });
        Assert.IsFalse(WaitingAct.TryRead([1, .. bytes.AsSpan(1)], out _), "accepted a mark that the first layout did not have");
    }

    // Another window may have a newer version of the app, and its list acts that this one cannot read.
    [TestMethod]
    public async Task ListOfALaterVersion_IsNotWrittenOver()
    {
        byte[] later = [3, 0, 1, 7];
        _browser.Kept = later;
        _browser.Answer = _ => RefusalReason.Unavailable;
        var delivery = await _outbox.SendOrKeepAsync(Revocation("one"));
        Assert.IsFalse(delivery.Acknowledged);
        Assert.AreEqual("one", _outbox.Acts.Single().Who);
        await _outbox.SendWaitingAsync(default);
        await _outbox.DropAsync(Revocation("one"));
        Assert.AreSame(later, _browser.Kept);
        Assert.IsEmpty(_outbox.Acts);
    }

    private (bool WentOut, RefusalReason Refusal) StateOf(WaitingAct act)
    {
        var kept = _browser.Read().Single(other => other.Key == act.Key);
        Assert.AreEqual(kept.WentOut, _outbox.Acts.Single(other => other.Key == act.Key).WentOut, "the page shows something else than it keeps");
        return (kept.WentOut, kept.Refusal);
    }

    private static WaitingAct Revocation(string who) =>
        new(false, Digest.OfSha256(System.Text.Encoding.UTF8.GetBytes(who)), who, "title", DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), [1, 2, 3]);

    private static RefusalException Refused(RefusalReason reason) => new(new Refusal(reason, "said so"));

    /// <summary>One browser for however many windows, and a node that answers as it is told.</summary>
    private sealed class Browser : IOutboxRoute
    {
        private TaskCompletionSource? _asked;

        public byte[]? Kept { get; set; }

        public RefusalReason Fresh { get; set; }

        public Func<WaitingAct, RefusalReason> Answer { get; set; } = _ => RefusalReason.None;

        public bool Stands { get; set; }

        public RefusalReason CannotTell { get; set; }

        public bool HasRoom { get; set; } = true;

        public bool CanRead { get; set; } = true;

        public int Waiting { get; private set; }

        public List<string> Sent { get; } = [];

        public List<WaitingAct> Read() => WaitingAct.TryRead(Kept, out var acts) ? acts : [];

        public Task<byte[]?> LoadAsync() => Task.FromResult(CanRead ? Kept : null);

        public Task<bool> ChangeAsync(Func<byte[]?, (byte[] Content, int Waiting)?> change)
        {
            if (!CanRead || change(Kept) is not var (content, waiting))
            {
                return Task.FromResult(false);
            }

            if (HasRoom)
            {
                (Kept, Waiting) = (content, waiting);
            }

            return Task.FromResult(HasRoom);
        }

        /// <summary>Holds the next one who asks whether the node is fresh, until the answer is given.</summary>
        public TaskCompletionSource HoldAsked() => _asked = new TaskCompletionSource();

        public Task PrepareAsync(CancellationToken cancellation)
        {
            (var asked, _asked) = (_asked, null);
            return Fresh == RefusalReason.None ? asked?.Task ?? Task.CompletedTask : throw Refused(Fresh);
        }

        public Task SendAsync(WaitingAct act, CancellationToken cancellation)
        {
            Assert.IsTrue(!HasRoom || !CanRead || Kept is [> 2, ..] || Read().Single(other => other.Key == act.Key).WentOut, "should the page die now, it would seem never to have been sent");
            Sent.Add(act.Who);
            return Answer(act) is RefusalReason.None ? Task.CompletedTask : throw Refused(Answer(act));
        }

        public Task<bool> StandsAsync(WaitingAct act, CancellationToken cancellation) => CannotTell == RefusalReason.None ? Task.FromResult(Stands) : throw Refused(CannotTell);
    }
}
