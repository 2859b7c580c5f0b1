using System.Runtime.CompilerServices;
using Grpc.Core;
using PrivChain.Core.Ledger;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Node;

namespace PrivChain.Enclave.Worker;

/// <summary>The node as each worker account sees it; gone with the worker.</summary>
internal sealed class WorkerNodes(CallInvoker invoker, LedgerDomain domain, string authority, LedgerView ledger, TimeProvider time) : IWorkerNodes
{
    private readonly ConditionalWeakTable<RunningWorker, WorkerNode> _nodes = [];

    /// <inheritdoc/>
    public WorkerNode Of(RunningWorker worker) => _nodes.GetValue(worker, made =>
    {
        var node = new GrpcNode(invoker, domain, authority, made.Account, time);
        return new WorkerNode(node, new RecordSource(node, ledger), new Auditors(node, ledger));
    });
}
