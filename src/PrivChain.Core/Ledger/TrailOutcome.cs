namespace PrivChain.Core.Ledger;

/// <summary>What became of a contract, a consent or a use.</summary>
public enum TrailOutcome
{
    /// <summary>The entry is of a kind that nothing becomes of.</summary>
    None,

    /// <summary>A contract that enough regulators approve now.</summary>
    Approved,

    /// <summary>A contract that is not approved now.</summary>
    NotApproved,

    /// <summary>A consent that can be used.</summary>
    Stands,

    /// <summary>A consent that the person took back.</summary>
    Revoked,

    /// <summary>A consent of which no use is left.</summary>
    Spent,

    /// <summary>A consent whose time is over.</summary>
    Over,

    /// <summary>A use whose answer was delivered.</summary>
    Delivered,

    /// <summary>A use that no delivery followed.</summary>
    Undelivered,

    /// <summary>A consent that could be used if its contract were approved and its institution enrolled.</summary>
    Stopped,
}
