using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Broker;

/// <summary>A key broker as a worker sees it: in this process today; the calls carry nothing that could not travel.</summary>
internal interface IKeyBroker
{
    /// <summary>Appraises a worker and records its session on the ledger, once.</summary>
    Task<Verdict<AdmittedWorker>> AdmitAsync(WorkerCandidate candidate, CancellationToken cancellation);

    /// <summary>Ends what <see cref="AdmitAsync"/> began: no release to this worker from now on.</summary>
    void Dismiss(AccountAddress worker);

    /// <summary>Records uses and releases keys, group by group; each query is in one release or refused.</summary>
    Task<IReadOnlyList<ReleaseOutcome>> ReleaseAsync(IReadOnlyList<ReleaseRequest> requests, CancellationToken cancellation);
}
