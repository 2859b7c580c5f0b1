namespace PrivChain.Core.Refusals;

/// <summary>Tells a node or a wallet that is not there from one that answers.</summary>
public static class Reachability
{
    /// <summary>True when a refusal says that nobody answered, or that a node has started anew and knows nobody yet, and nothing about what was asked or sent.</summary>
    public static bool IsAway(RefusalReason reason) =>
        reason is RefusalReason.Unavailable or RefusalReason.Deadline or RefusalReason.Overloaded or RefusalReason.Cancelled or RefusalReason.NotSignedIn;

    /// <summary>True when a refusal says that a wallet outside did not sign, and nothing about what it was to sign.</summary>
    public static bool IsTheWallet(RefusalReason reason) =>
        reason is RefusalReason.WalletUnavailable or RefusalReason.WalletRefused or RefusalReason.WalletAccount or RefusalReason.WalletChain;
}
