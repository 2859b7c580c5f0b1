namespace PrivChain.Enclave.Worker;

/// <summary>Gives the node as a worker sees it; tests give one in memory.</summary>
internal interface IWorkerNodes
{
    /// <summary>The node signed in as this worker.</summary>
    WorkerNode Of(RunningWorker worker);
}
