using PrivChain.Core.Ledger;

namespace PrivChain.App.Wallets;

/// <summary>How long a yes is for, and how exactly that is said. What is shown is what is signed: whole days, or, where less than a day was asked for, whole hours, minutes or seconds of it.</summary>
internal static class Validity
{
    // In seconds.
    private const ulong Day = 86_400;

    private static readonly TimeSpan[] _units = [TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)];

    /// <summary>Days that may be chosen from; 0 where less than a day was asked for.</summary>
    public static int MaxDays(TimeSpan asked) => (int)asked.TotalDays;

    /// <summary>True where the day alone would say too much of when it begins and ends: it is for less than a day, or ends within one.</summary>
    /// <param name="notBefore">Its beginning, in Unix seconds.</param>
    /// <param name="notAfter">Its end.</param>
    /// <param name="now">The time.</param>
    public static bool IsByTheMinute(ulong notBefore, ulong notAfter, DateTimeOffset now) =>
        notAfter - Math.Min(notBefore, notAfter) < Day || (UnixTime.Seconds(now) is var at && notAfter >= at && notAfter - at < Day);

    /// <summary>The length for a number of days; what is left of the last unit is not given.</summary>
    public static TimeSpan Of(TimeSpan asked, int days)
    {
        if (MaxDays(asked) > 0)
        {
            return TimeSpan.FromDays(Math.Clamp(days, 1, MaxDays(asked)));
        }

        var unit = _units.FirstOrDefault(unit => unit <= asked, TimeSpan.FromSeconds(1));
        return new TimeSpan(asked.Ticks / unit.Ticks * unit.Ticks);
    }
}
