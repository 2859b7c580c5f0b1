using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Node;

namespace PrivChain.Enclave.Worker;

/// <summary>The citizens' copies on their way. The use and the delivery stand on the ledger whatever becomes of a copy, so a node that loses copies is found out.</summary>
internal static class AnswerCopies
{
    private const int Attempts = 5;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Sends all at once, and where that does not go, each person's by themselves: one full inbox must not cost the others their copies.</summary>
    public static async Task SendAsync(INode node, IReadOnlyList<(AccountAddress To, byte[] Box)> copies, TimeProvider time, CancellationToken cancellation)
    {
        if (copies.Count == 0 || await TrySendAsync(node, copies, time, cancellation).ConfigureAwait(false))
        {
            return;
        }

        var persons = copies.GroupBy(copy => copy.To).ToList();
        if (persons.Count > 1)
        {
            await Task.WhenAll(persons.Select(person => TrySendAsync(node, [.. person], time, cancellation))).ConfigureAwait(false);
        }
    }

    private static async Task<bool> TrySendAsync(INode node, IReadOnlyList<(AccountAddress To, byte[] Box)> copies, TimeProvider time, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await node.SendAsync(copies, cancellation).ConfigureAwait(false);
                return true;
            }
            catch (RefusalException exception) when (attempt == Attempts || exception.Reason == RefusalReason.Overloaded && copies.Select(copy => copy.To).Distinct().Skip(1).Any())
            {
                return false;
            }
            catch (RefusalException)
            {
                await Task.Delay(Pause, time, cancellation).ConfigureAwait(false);
            }
        }
    }
}
