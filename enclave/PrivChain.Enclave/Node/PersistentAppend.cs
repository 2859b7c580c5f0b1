using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Node;

/// <summary>Appends until there is an answer: one that was lost is made good by sending the same bytes again, which the ledger knows as already recorded.</summary>
internal static class PersistentAppend
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>For each entry where the node says it stands, or why not. Cancelled means Unavailable, and nobody knows whether it stands.</summary>
    public static async Task<IReadOnlyList<Verdict<ulong>>> RunAsync(INode node, IReadOnlyList<Entry> entries, TimeProvider time, CancellationToken cancellation)
    {
        if (entries.Count == 0)
        {
            return [];
        }

        var bytes = entries.Select(entry => (ReadOnlyMemory<byte>)entry.ToArray()).ToList();
        while (true)
        {
            try
            {
                var claims = await node.AppendAsync(bytes, cancellation).ConfigureAwait(false);
                return claims.Count == entries.Count
                    ? [.. claims.Select(claim => claim.Reason == RefusalReason.None ? claim.Index : Verdict<ulong>.Refuse(claim.Reason, "append"))]
                    : All(entries, new Refusal(RefusalReason.Malformed, "append: another number of verdicts"));
            }
            catch (RefusalException exception) when (exception.Reason is RefusalReason.Unavailable or RefusalReason.Deadline or RefusalReason.Overloaded)
            {
                try
                {
                    await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    return All(entries, exception.Refusal);
                }
            }
            catch (RefusalException exception)
            {
                return All(entries, exception.Refusal);
            }
            catch (OperationCanceledException)
            {
                return All(entries, new Refusal(RefusalReason.Unavailable, "append: no answer in time"));
            }
        }
    }

    private static List<Verdict<ulong>> All(IReadOnlyList<Entry> entries, Refusal refusal) => [.. entries.Select(_ => (Verdict<ulong>)refusal)];
}
