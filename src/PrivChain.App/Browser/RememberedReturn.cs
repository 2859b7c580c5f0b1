using System.Globalization;
using PrivChain.Core.Bytes;

namespace PrivChain.App.Browser;

/// <summary>When a regulator sent a contract back from this browser: the ledger has nothing of it, and the note is sealed to the institution. The reason is not kept here.</summary>
internal static class RememberedReturn
{
    public static async Task<DateTimeOffset?> LoadAsync(Digest ledgerId, AccountAddress regulator, Digest contract) =>
        long.TryParse(await Page.TryLoadAsync(KeyOf(ledgerId, regulator, contract)), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(at)
            : null;

    /// <param name="notKept">Told where the browser keeps nothing.</param>
    public static Task SaveAsync(Digest ledgerId, AccountAddress regulator, Digest contract, DateTimeOffset at, Action notKept) =>
        Page.TrySaveAsync(KeyOf(ledgerId, regulator, contract), at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), notKept);

    private static string KeyOf(Digest ledgerId, AccountAddress regulator, Digest contract) => $"returned:{ledgerId}:{regulator}:{contract}";
}
