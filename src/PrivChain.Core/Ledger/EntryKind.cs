namespace PrivChain.Core.Ledger;

/// <summary>What an entry does. The number is the byte in the layout and is never used again for something else.</summary>
public enum EntryKind : byte
{
    /// <summary>A governor admits an organisation, a broker, a measurement or another governor.</summary>
    Enrol = 1,

    /// <summary>A governor ends an enrolment.</summary>
    Expel = 2,

    /// <summary>An institution publishes a privacy contract.</summary>
    Publish = 3,

    /// <summary>A regulator approves a contract.</summary>
    Approve = 4,

    /// <summary>A regulator takes an approval back.</summary>
    Withdraw = 5,

    /// <summary>An issuer anchors a record's digest.</summary>
    Anchor = 6,

    /// <summary>A citizen consents to a contract.</summary>
    Grant = 7,

    /// <summary>The granter revokes a consent.</summary>
    Revoke = 8,

    /// <summary>A broker records a worker's session, once.</summary>
    Session = 9,

    /// <summary>A broker records a use before it releases anything.</summary>
    Use = 10,

    /// <summary>A worker records what it delivered for a use.</summary>
    Deliver = 11,

    /// <summary>Holder or issuer erase a record: a tombstone.</summary>
    Erase = 12,
}
