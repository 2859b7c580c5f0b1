using PrivChain.Enclave.Node;

namespace PrivChain.Enclave.Worker;

/// <summary>What one worker uses of the node.</summary>
/// <param name="Node">The node.</param>
/// <param name="Records">Sealed records, checked.</param>
/// <param name="Auditors">Regulators and their keys, checked.</param>
internal sealed record WorkerNode(INode Node, RecordSource Records, Auditors Auditors);
