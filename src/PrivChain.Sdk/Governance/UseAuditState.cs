namespace PrivChain.Sdk.Governance;

/// <summary>What the ledger says is due of a regulator's copy, beside what the node has of it.</summary>
public enum UseAuditState
{
    /// <summary>The copy was opened and is the worker's word about this use, tied to the ledger.</summary>
    Opened = 1,

    /// <summary>Nothing was delivered in this use, so nothing went out and no copy is made.</summary>
    NothingDelivered = 2,

    /// <summary>This regulator's approval did not stand when the use was recorded, so no copy is made for it.</summary>
    NotDue = 3,

    /// <summary>A copy is due and the node has none: it was never left there, or is withheld.</summary>
    Missing = 4,

    /// <summary>The node handed out something that is not the copy of this use.</summary>
    Refused = 5,
}
