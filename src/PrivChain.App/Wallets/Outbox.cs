using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.App.Wallets;

/// <summary>
/// What was signed and not acknowledged: kept sealed in this browser, sent until the ledger has it or a rule refuses it by name. Whatever else happens on the way, it goes on waiting. Sent twice, it counts once.
/// </summary>
internal sealed class Outbox(IOutboxRoute route)
{
    // What stood in the browser's list: not there any more, it was taken out, perhaps by another window. What never stood there (no room) is this page's alone.
    private readonly HashSet<(bool IsConsent, Digest Consent)> _kept = [];

    // What was taken out here, while it is not known to be off the browser's list, which may fail to be changed: read of it again, it is left out. Also after the wallet was locked in between.
    private readonly HashSet<(bool IsConsent, Digest Consent, Digest Content)> _takenOut = [];
    private List<WaitingAct> _acts = [];
    private bool _sending;

    public event Action? Changed;

    public IReadOnlyList<WaitingAct> Acts => _acts;

    /// <summary>True when something waits to be sent.</summary>
    public bool HasWaiting => _acts.Exists(act => act.Refusal == RefusalReason.None);

    /// <summary>True when something waits that this browser did not keep: it is gone when the wallet is locked or the page is left.</summary>
    public bool HasUnkept => _acts.Exists(act => act.Refusal == RefusalReason.None && !_kept.Contains(act.Key));

    /// <summary>Reads what this browser keeps, also of other windows.</summary>
    public async Task LoadAsync()
    {
        var before = _acts;
        Take(await route.LoadAsync());
        if (!before.SequenceEqual(_acts))
        {
            Changed?.Invoke();
        }
    }

    public void Clear()
    {
        _acts = [];
        _kept.Clear();
        Changed?.Invoke();
    }

    /// <summary>Sends it now, and keeps it as long as the ledger does not have it.</summary>
    /// <exception cref="RefusalException">The rule that refuses it, or <see cref="RefusalReason.Cancelled"/>: it was taken out before it was sent. It is not kept then.</exception>
    public async Task<Delivery> SendOrKeepAsync(WaitingAct act, CancellationToken cancellation = default)
    {
        // Kept first: should the page die on the way, it is still there.
        await PutAsync(act);
        var delivery = await SendAsync(act, cancellation);
        if (delivery.IsTakenOut)
        {
            throw new RefusalException(delivery.Trouble!);
        }

        if (delivery.Act.Refusal == RefusalReason.None)
        {
            return delivery;
        }

        await DropAsync(delivery.Act);
        throw new RefusalException(delivery.Trouble!);
    }

    /// <summary>Signs and sends one after the other: what becomes of one keeps no other back.</summary>
    /// <param name="sign">Signs each.</param>
    /// <param name="acknowledged">Told each time that the ledger has one.</param>
    /// <returns>The first refusal or trouble to be told; null when there was none.</returns>
    public async Task<Refusal?> SendEachAsync(IEnumerable<Func<Task<WaitingAct>>> sign, Action acknowledged)
    {
        Refusal? first = null;
        foreach (var signed in sign)
        {
            try
            {
                var delivery = await SendOrKeepAsync(await signed());
                first ??= delivery.Telling;
                if (delivery.Acknowledged)
                {
                    acknowledged();
                }
            }
            catch (RefusalException exception)
            {
                first ??= exception.Refusal;
            }
        }

        return first;
    }

    /// <summary>Sends what waits, after the ledger was found fresh.</summary>
    /// <returns>True when something was acknowledged.</returns>
    public async Task<bool> SendWaitingAsync(CancellationToken cancellation)
    {
        if (_sending)
        {
            return false;
        }

        _sending = true;
        var acknowledged = false;
        try
        {
            await LoadAsync();
            if (_takenOut.Count > 0)
            {
                // The browser's list could not be changed when they were taken out; perhaps it can now.
                await ChangeAsync(acts => acts);
            }

            // What takes back goes first, and what becomes of one keeps no other back.
            foreach (var act in _acts.Where(act => act.Refusal == RefusalReason.None).OrderBy(act => act.IsConsent).ToList())
            {
                var delivery = await SendAsync(act, cancellation);
                acknowledged |= delivery.Acknowledged;
                if (delivery.IsBefore)
                {
                    break;
                }
            }

            return acknowledged;
        }
        finally
        {
            _sending = false;
        }
    }

    /// <summary>Takes it out: it is not sent any more. What the node received before may stand all the same.</summary>
    public Task DropAsync(WaitingAct act)
    {
        _takenOut.Add(act.Id);
        return ChangeAsync(acts => acts.Where(other => other.Key != act.Key));
    }

    // The one way out for all of them. What the node has not said no to by a rule goes on waiting, whatever it was that went wrong.
    private async Task<Delivery> SendAsync(WaitingAct act, CancellationToken cancellation)
    {
        try
        {
            await route.PrepareAsync(cancellation);
        }
        catch (RefusalException exception)
        {
            return new Delivery(act, exception.Refusal, IsBefore: true);
        }

        // Should the page die once this is written, it may have been received. What went out before is only looked for.
        await (act.WentOut ? LoadAsync() : ReplaceAsync(act with { WentOut = true }));
        if (!_acts.Exists(other => other.Key == act.Key))
        {
            return await TakenOutAsync(act, cancellation);
        }

        act = act with { WentOut = true };
        try
        {
            await route.SendAsync(act, cancellation);
        }
        catch (RefusalException exception)
        {
            if (await WhyNotAsync(act, exception.Refusal, cancellation) is { } trouble)
            {
                var refused = IsFinal(trouble.Reason) ? act with { Refusal = trouble.Reason } : act;
                if (refused != act)
                {
                    await ReplaceAsync(refused);
                }

                return new Delivery(refused, trouble);
            }
        }

        await DropAsync(act);
        return new Delivery(act, null);
    }

    // While the node was asked, by the person, here or in another window: it is not sent then. Or another window has sent it, and the ledger has it.
    private async Task<Delivery> TakenOutAsync(WaitingAct act, CancellationToken cancellation)
    {
        try
        {
            return await route.StandsAsync(act, cancellation) ? new Delivery(act, null) : new Delivery(act, new Refusal(RefusalReason.Cancelled, "taken out of what waits"), IsTakenOut: true);
        }
        catch (RefusalException exception)
        {
            // Nobody can say which: that it was stopped would be a guess.
            return new Delivery(act, exception.Refusal, IsTakenOut: true);
        }
    }

    // A no of the node's is the node's word. Another window may have sent it, or the answer to the first sending was lost: what the ledger has, it has. Null then.
    private async Task<Refusal?> WhyNotAsync(WaitingAct act, Refusal said, CancellationToken cancellation)
    {
        if (!IsFinal(said.Reason) && said.Reason != RefusalReason.AlreadyRecorded)
        {
            return said;
        }

        try
        {
            return await route.StandsAsync(act, cancellation) ? null : said;
        }
        catch (RefusalException exception)
        {
            return exception.Refusal;
        }
    }

    // A rule of the ledger or of the contract says no for good. All else may be put right without another signature: nobody answers, somebody on the way says no, or the node's proofs or its disk are not in
    // order. That something is recorded already is no refusal of it.
    internal static bool IsFinal(RefusalReason reason) =>
        (reason is >= RefusalReason.NotEnrolled and < RefusalReason.TimeWentBack && reason != RefusalReason.AlreadyRecorded) || reason is >= RefusalReason.OverAsking and <= RefusalReason.FormNotApplicable;

    private Task PutAsync(WaitingAct act)
    {
        // Sent anew, it is wanted again.
        _takenOut.Remove(act.Id);
        return ChangeAsync(acts => acts.Where(other => other.Key != act.Key).Append(act));
    }

    // Only where it still is: what was taken out meanwhile is not put back.
    private Task ReplaceAsync(WaitingAct act) => ChangeAsync(acts => acts.Select(other => other.Key == act.Key ? act : other));

    // The list is this browser's, not this page's: another window may have changed it since it was read.
    private async Task ChangeAsync(Func<IEnumerable<WaitingAct>, IEnumerable<WaitingAct>> change)
    {
        List<(bool, Digest, Digest)>? without = null;
        var isKept = await route.ChangeAsync(kept =>
        {
            // What a later version of this app keeps is not written over by this one.
            var isRead = Take(kept);
            _acts = [.. change(_acts)];
            without = [.. _takenOut];
            return !isRead ? null : (WaitingAct.Write(_acts), _acts.Count(act => act.Refusal == RefusalReason.None));
        });
        if (without is null)
        {
            // What is kept could not even be read: this page knows it while it stands.
            _acts = [.. change(_acts)];
        }
        else if (isKept)
        {
            _kept.UnionWith(_acts.Select(act => act.Key));
            _takenOut.ExceptWith(without);
        }

        Changed?.Invoke();
    }

    private bool Take(byte[]? kept)
    {
        if (kept is null)
        {
            return true;
        }

        if (!WaitingAct.TryRead(kept, out var acts))
        {
            return false;
        }

        var keys = acts.Select(act => act.Key).ToHashSet();
        _acts = [.. acts.Where(act => !_takenOut.Contains(act.Id)), .. _acts.Where(act => !keys.Contains(act.Key) && !_kept.Contains(act.Key))];
        _kept.UnionWith(keys);
        return true;
    }
}
