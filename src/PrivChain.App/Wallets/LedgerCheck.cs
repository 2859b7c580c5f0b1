using PrivChain.App.Browser;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.App.Wallets;

/// <summary>A check of the whole ledger, and what came of the last one: it takes minutes, so it outlives the page that began it.</summary>
internal sealed class LedgerCheck(Session session) : IDisposable
{
    private CancellationTokenSource? _stop;

    /// <summary>Told when one has begun, is to stop, or has ended.</summary>
    public event Action? Changed;

    public bool IsRunning => _stop is not null;

    /// <summary>True from the wish to stop it until it has.</summary>
    public bool IsStopping => _stop is { IsCancellationRequested: true };

    /// <summary>True when the last one was stopped before its end.</summary>
    public bool WasStopped { get; private set; }

    /// <summary>How far the last one has come.</summary>
    public Reading Reading { get; } = new();

    /// <summary>What every entry was found to be in order under; null otherwise.</summary>
    public WitnessedCheckpoint? Head { get; private set; }

    /// <summary>When this browser checked it before the last time, and how long it was then; null when it had not.</summary>
    public (ulong Size, DateTimeOffset At)? Before { get; private set; }

    /// <summary>Why the last one did not come to a good end.</summary>
    public Refusal? Refused { get; private set; }

    /// <summary>The first entry that breaks.</summary>
    public ulong? BrokenAt { get; private set; }

    /// <summary>True when each entry is in order and all of them are not those that were signed.</summary>
    public bool HasOtherEntries { get; private set; }

    /// <summary>When the last one ended.</summary>
    public DateTimeOffset At { get; private set; }

    /// <summary>Reads and verifies everything; nothing when that is under way.</summary>
    public async Task BeginAsync()
    {
        if (_stop is not null)
        {
            return;
        }

        using var stop = _stop = new CancellationTokenSource();
        (Head, Before, Refused, BrokenAt, HasOtherEntries, WasStopped) = (null, null, null, null, false, false);
        Reading.Report(default);
        Changed?.Invoke();
        try
        {
            // So that the page shows that it is at work.
            await Page.YieldToPaintAsync();
            await CheckAsync(stop.Token);
        }
        catch (Exception exception) when (stop.IsCancellationRequested && exception is OperationCanceledException or RefusalException { Reason: RefusalReason.Cancelled })
        {
            WasStopped = true;
        }
        catch (RefusalException exception)
        {
            Refused = exception.Refusal;
        }
        finally
        {
            At = session.Time.GetUtcNow();
            _stop = null;
            Changed?.Invoke();
        }
    }

    /// <summary>Stops what is under way; what it has read says nothing.</summary>
    public void Stop()
    {
        _stop?.Cancel();
        Changed?.Invoke();
    }

    public void Dispose() => _stop?.Cancel();

    // A connection of its own, so that nothing that was read before is taken over: every entry is read and verified again, and the remembered checkpoint has to lead to what is found.
    private async Task CheckAsync(CancellationToken cancellation)
    {
        var ledger = session.Genesis!.LedgerId;
        Before = await RememberedCheck.LoadAsync(ledger);
        using var connection = await session.OpenAnotherAsync(Reading);
        try
        {
            await connection.Ledger.FollowStateAsync(cancellation);
        }
        finally
        {
            (BrokenAt, HasOtherEntries) = (connection.Ledger.BrokenAt, connection.Ledger.HasOtherEntries);
        }

        session.RequireFresh(connection);
        Head = connection.Ledger.Head;
        await RememberedCheck.SaveAsync(ledger, Head!.Checkpoint.Size, session.Time.GetUtcNow(), session.ReportNotKept);
    }
}
