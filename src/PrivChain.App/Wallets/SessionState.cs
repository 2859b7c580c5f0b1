namespace PrivChain.App.Wallets;

/// <summary>How far this browser has come.</summary>
internal enum SessionState
{
    /// <summary>Reading what is kept here.</summary>
    Starting,

    /// <summary>No ledger is pinned.</summary>
    NoLedger,

    /// <summary>There is no keystore.</summary>
    NoWallet,

    /// <summary>There is one, and it is locked.</summary>
    Locked,

    /// <summary>The person's keys are here.</summary>
    Open,
}
