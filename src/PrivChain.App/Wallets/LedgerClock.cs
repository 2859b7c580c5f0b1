using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;

namespace PrivChain.App.Wallets;

/// <summary>The time by which the ledger judges what is in force and what is over: this device's clock may be wrong.</summary>
internal static class LedgerClock
{
    /// <summary>The time of the newest entry; or when witnesses saw the ledger last, who date one to which nothing comes, too.</summary>
    public static async Task<DateTimeOffset> ReadAsync(PrivChainConnection connection, CancellationToken cancellation = default)
    {
        var last = await connection.Ledger.ReadStateAsync(state => UnixTime.DateOfMilliseconds(state.Time), cancellationToken: cancellation);
        return connection.Ledger.Head is { } head && UnixTime.Date(head.CurrentAt) > last ? UnixTime.Date(head.CurrentAt) : last;
    }
}
