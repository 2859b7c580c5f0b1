using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Node;

namespace PrivChain.Enclave.Worker;

/// <summary>
/// The regulators' copies on their way, after the answers: the node could lose them whenever they were sent, and the delivery on the ledger says that they are due. So nobody's answer waits for them.
/// </summary>
internal static class AuditCopies
{
    private const int Attempts = 5;

    // The largest copies are of 64 KiB: a call of these stays below what a node takes.
    private const int PerCall = 32;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends each regulator's by themselves: one whose place is full must not cost the others theirs.</summary>
    public static Task SendAsync(INode node, IReadOnlyList<SealedAuditCopy> copies, TimeProvider time, CancellationToken cancellation) =>
        Task.WhenAll(copies.GroupBy(copy => copy.Regulator).SelectMany(one => one.Chunk(PerCall)).Select(some => TrySendAsync(node, some, time, cancellation)));

    private static async Task TrySendAsync(INode node, IReadOnlyList<SealedAuditCopy> copies, TimeProvider time, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            try
            {
                await node.PutAuditCopiesAsync(copies, cancellation).ConfigureAwait(false);
                return;
            }
            catch (RefusalException exception) when (exception.Reason is RefusalReason.Unavailable or RefusalReason.Deadline && attempt < Attempts)
            {
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
            }
            catch (RefusalException)
            {
                // Full, or not taken: trying again would hold up the next batch.
                return;
            }
        }
    }
}
