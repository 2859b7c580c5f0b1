using System.Globalization;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.App.Browser;

/// <summary>When this browser verified a whole ledger last, and how long it was: to say since when nothing was changed. The checkpoint itself is in <see cref="BrowserHeadStore"/>.</summary>
internal static class RememberedCheck
{
    public static async Task<(ulong Size, DateTimeOffset At)?> LoadAsync(Digest ledgerId) =>
        (await Page.TryLoadAsync(KeyOf(ledgerId)))?.Split(' ') is [var size, var seconds]
        && ulong.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var entries)
        && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var at)
            ? (entries, UnixTime.Date(at))
            : null;

    /// <param name="notKept">Told where the browser keeps nothing.</param>
    public static Task SaveAsync(Digest ledgerId, ulong size, DateTimeOffset at, Action notKept) =>
        Page.TrySaveAsync(KeyOf(ledgerId), string.Create(CultureInfo.InvariantCulture, $"{size} {at.ToUnixTimeSeconds()}"), notKept);

    private static string KeyOf(Digest ledgerId) => "checked:" + ledgerId;
}
