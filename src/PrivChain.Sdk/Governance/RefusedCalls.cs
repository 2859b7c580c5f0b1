using PrivChain.Core.Refusals;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Governance;

/// <summary>How often a node says that it refused something on one day. The node's word: unlike what is on the ledger, nobody can check it.</summary>
/// <param name="Day">The day, by universal time.</param>
/// <param name="Method">Full gRPC method, or <c>other</c>; the node's word, at most 100 characters.</param>
/// <param name="Reason">Why; a newer node may know reasons that this library does not.</param>
/// <param name="Role">Role of those who were refused; as with reasons, it may be a new one.</param>
/// <param name="Count">How often.</param>
public sealed record RefusedCalls(DateOnly Day, string Method, RefusalReason Reason, RefusedRole Role, uint Count)
{
    private const int MaxCounts = 50_000;
    private const int MaxMethod = 100;
    private const int MaxReason = 199;
    private const int MaxRole = 99;

    // Days since year 1, of 1970-01-01 and of the last day that a date can be.
    private static readonly int _epoch = DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
    private static readonly int _lastDay = DateOnly.MaxValue.DayNumber - _epoch;

    internal static uint Number(DateOnly day) => (uint)Math.Max(0, day.DayNumber - _epoch);

    /// <summary>What a node sent, newest day first.</summary>
    internal static IReadOnlyList<RefusedCalls> Read(IReadOnlyCollection<Wire.RefusalCount> counts)
    {
        if (counts.Count > MaxCounts)
        {
            throw new RefusalException(new Refusal(RefusalReason.TooLarge, $"the node sent {counts.Count} counts of refusals, wanted at most {MaxCounts}"));
        }

        return counts.All(count => count.Day <= _lastDay && count.Method.Length is > 0 and <= MaxMethod && count.Reason is > 0 and <= MaxReason && count.Role <= MaxRole)
            ? [.. counts
                .Select(count => new RefusedCalls(DateOnly.FromDayNumber(_epoch + (int)count.Day), count.Method, (RefusalReason)count.Reason, (RefusedRole)count.Role, count.Count))
                .OrderByDescending(count => count.Day).ThenByDescending(count => count.Count).ThenBy(count => count.Reason).ThenBy(count => count.Method, StringComparer.Ordinal)]
            : throw new RefusalException(new Refusal(RefusalReason.Malformed, "the node sent a count of refusals without a day, method, reason or role"));
    }
}
