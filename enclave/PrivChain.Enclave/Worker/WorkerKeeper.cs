using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Evidence;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Node;

namespace PrivChain.Enclave.Worker;

/// <summary>Makes a worker session once this broker and this measurement are enrolled, and a new one before the present one ends.</summary>
internal sealed class WorkerKeeper(
    Genesis genesis,
    AccountAddress broker,
    IKeyBroker keyBroker,
    INode node,
    LedgerView ledger,
    IEnclaveEvidence evidence,
    TimeProvider time) : IDisposable
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private volatile RunningWorker? _current;
    private volatile RunningWorker? _previous;
    private Refusal? _refusal;

    /// <summary>The worker that new sessions go to, or null before the first is recorded.</summary>
    public RunningWorker? Current => _current;

    /// <summary>The present worker, and the one before it, whose sessions may go on.</summary>
    public IReadOnlyList<RunningWorker> Running => [.. new[] { _previous, _current }.OfType<RunningWorker>()];

    /// <summary>Runs until cancelled. A clone of ourselves ends the process: the exception says so.</summary>
    /// <param name="ready">Told each worker that was recorded.</param>
    /// <param name="refused">Told why none was, when the reason is another one than before: it is tried again, and an operator wants to know.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="RefusalException">A session of this account was already on the ledger.</exception>
    public async Task RunAsync(Action<RunningWorker> ready, Action<Refusal> refused, CancellationToken cancellation)
    {
        var said = RefusalReason.None;
        while (!cancellation.IsCancellationRequested && ledger.Stopped is null)
        {
            var advanced = ledger.Advanced;
            var began = await IsEnrolledAsync(cancellation).ConfigureAwait(false) ? await BeginAsync(cancellation).ConfigureAwait(false) : null;
            if (began is null)
            {
                if (_refusal is { } refusal && refusal.Reason != said)
                {
                    said = refusal.Reason;
                    refused(refusal);
                }

                await EitherAsync(advanced, Task.Delay(RetryPause, time, cancellation)).ConfigureAwait(false);
                continue;
            }

            // Sessions on the worker before the previous one have had a whole validity to end.
            if (_previous is not null)
            {
                keyBroker.Dismiss(_previous.Account.Address);
                _previous.Dispose();
            }

            _previous = _current;
            _current = began;
            (_refusal, said) = (null, RefusalReason.None);
            ready(began);
            await EitherAsync(Task.Delay(TimeSpan.FromSeconds(genesis.MaxSessionSeconds * 3 / 4), time, cancellation)).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _current?.Dispose();
        _previous?.Dispose();
    }

    private async Task<bool> IsEnrolledAsync(CancellationToken cancellation)
    {
        var enrolled = await ledger.ReadAsync(
            state => state.Holds(LedgerRole.Broker, broker, state.Time) && state.Holds(LedgerRole.Measurement, AccountAddress.Zero, evidence.Measurement, state.Time),
            cancellation).ConfigureAwait(false);
        return enrolled.Accepted && enrolled.Value;
    }

    private async Task<RunningWorker?> BeginAsync(CancellationToken cancellation)
    {
        // Fresh for each session: what a session was given opens with nothing that is left after it.
        var suite = genesis.Algorithms;
        var account = Account.Generate(suite);
        var key = HpkePrivateKey.Generate(suite.Kem);
        try
        {
            var recorded = await evidence.ProduceAsync(EnclaveRole.Worker, account.Address, key.PublicKey, default, cancellation).ConfigureAwait(false);
            await node.PutDocumentAsync(recorded, cancellation).ConfigureAwait(false);

            // The session entry names both by their digests: receipts that people make later need them whole, when this worker is gone.
            await node.PutDocumentAsync(key.PublicKey.ToArray(), cancellation).ConfigureAwait(false);
            var admitted = await keyBroker.AdmitAsync(new WorkerCandidate(account.Address, key.PublicKey, recorded), cancellation).ConfigureAwait(false);
            if (admitted.Accepted)
            {
                return new RunningWorker(account, key, recorded, admitted.Value, time);
            }

            // Only a copy of this process knows this account.
            if (admitted.Reason is RefusalReason.CloneRefused or RefusalReason.AlreadyRecorded)
            {
                throw new RefusalException(new Refusal(RefusalReason.CloneRefused, "a session of this worker was recorded before"));
            }

            _refusal = admitted.Refusal;
        }
        catch (RefusalException exception) when (exception.Reason != RefusalReason.CloneRefused)
        {
            // The node is away, or does not take it: tried again with fresh keys.
            _refusal = exception.Refusal;
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }

        account.Dispose();
        key.Dispose();
        return null;
    }

    private static async Task EitherAsync(params Task[] tasks) => await Task.WhenAny(tasks).ConfigureAwait(false);
}
