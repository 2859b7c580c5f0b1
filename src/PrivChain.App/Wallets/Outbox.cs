using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;

namespace PrivChain.App.Wallets;

/// <summary>
/// What was signed while the node did not answer: kept sealed in this browser, sent when the node is back, and there until the ledger acknowledges it or refuses it by name. Sent twice, it counts once.
/// </summary>
internal sealed class Outbox(Session session)
{
    private const string Name = "outbox";

    private List<WaitingAct> _acts = [];
    private bool _sending;

    public event Action? Changed;

    public IReadOnlyList<WaitingAct> Acts => _acts;

    /// <summary>True when a refusal says that nobody answered, or that a node has started anew and knows nobody yet, and nothing about what was sent.</summary>
    public static bool IsAway(RefusalReason reason) => reason is RefusalReason.Unavailable or RefusalReason.Deadline or RefusalReason.Overloaded or RefusalReason.Cancelled or RefusalReason.NotSignedIn;

    public async Task LoadAsync()
    {
        _acts = await session.Kept!.LoadAsync(Name) is { } kept && WaitingAct.TryRead(kept, out var acts) ? acts : [];
        Changed?.Invoke();
    }

    public void Clear() => _acts = [];

    /// <summary>Sends it now, or keeps it when nobody answers.</summary>
    /// <returns>True when the ledger has it, acknowledged.</returns>
    /// <exception cref="RefusalException">Why it is refused; it is not kept then.</exception>
    public async Task<bool> SendOrKeepAsync(WaitingAct act, CancellationToken cancellation = default)
    {
        // Kept first: should the page die on the way, it is still there.
        await ReplaceAsync([.. _acts.Where(other => other.Consent != act.Consent || other.IsConsent != act.IsConsent), act]);
        try
        {
            await SendAsync(act, cancellation);
        }
        catch (RefusalException exception) when (IsAway(exception.Reason))
        {
            return false;
        }
        catch
        {
            await DropAsync(act);
            throw;
        }

        await DropAsync(act);
        return true;
    }

    /// <summary>Sends what waits, after the ledger was found fresh.</summary>
    /// <returns>True when something was acknowledged.</returns>
    public async Task<bool> SendWaitingAsync(CancellationToken cancellation)
    {
        var acknowledged = false;
        if (_sending)
        {
            return acknowledged;
        }

        _sending = true;
        try
        {
            foreach (var act in _acts.Where(act => act.Refusal == RefusalReason.None).ToList())
            {
                try
                {
                    await SendAsync(act, cancellation);
                    await DropAsync(act);
                    acknowledged = true;
                }
                catch (RefusalException exception) when (IsAway(exception.Reason) || exception.Reason is RefusalReason.StaleHead or RefusalReason.NotWitnessed)
                {
                    return acknowledged;
                }
                catch (RefusalException exception)
                {
                    await ReplaceAsync([.. _acts.Select(other => other == act ? act with { Refusal = exception.Reason } : other)]);
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
    public Task DropAsync(WaitingAct act) => ReplaceAsync([.. _acts.Where(other => other.Consent != act.Consent || other.IsConsent != act.IsConsent)]);

    private async Task SendAsync(WaitingAct act, CancellationToken cancellation)
    {
        // A node that shows an old state would get a yes that was meant for today.
        await session.Connection!.Ledger.RefreshAsync(cancellationToken: cancellation);
        session.RequireFresh();
        if (act.IsConsent)
        {
            await session.Citizen.SendAsync(
                SignedConsent.TryParse(act.Content, out var consent) ? consent : throw new RefusalException(new Refusal(RefusalReason.Malformed, "the kept consent is not in its form")), cancellation);
        }
        else
        {
            await session.Connection.Ledger.AppendAsync(
                Entry.TryParse(act.Content, out var entry) ? entry : throw new RefusalException(new Refusal(RefusalReason.Malformed, "the kept revocation is not in its form")), cancellation);
        }
    }

    private async Task ReplaceAsync(List<WaitingAct> acts)
    {
        _acts = acts;
        await session.Kept!.SaveAsync(Name, WaitingAct.Write(acts));
        Changed?.Invoke();
    }
}
