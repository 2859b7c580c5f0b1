using System.Globalization;
using PrivChain.Core.Bytes;

namespace PrivChain.App.Browser;

/// <summary>When a regulator sent a contract back from this browser: the ledger has nothing of it, and the note is sealed to the institution. The reason is not kept here.</summary>
internal static class RememberedReturn
{
    public static async Task<DateTimeOffset?> LoadAsync(Digest ledgerId, AccountAddress regulator, Digest contract) =>
        long.TryParse(await Page.LoadAsync(KeyOf(ledgerId, regulator, contract)), NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(at)
            : null;

    public static Task SaveAsync(Digest ledgerId, AccountAddress regulator, Digest contract, DateTimeOffset at) =>
        Page.SaveAsync(KeyOf(ledgerId, regulator, contract), at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));

    private static string KeyOf(Digest ledgerId, AccountAddress regulator, Digest contract) => $"returned:{ledgerId}:{regulator}:{contract}";
}
