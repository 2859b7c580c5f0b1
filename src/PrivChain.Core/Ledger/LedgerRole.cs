namespace PrivChain.Core.Ledger;

/// <summary>What an enrolment admits. The number is the byte in the layout.</summary>
public enum LedgerRole : byte
{
    /// <summary>No role: every kind but enrol and expel.</summary>
    None = 0,

    /// <summary>An institution that publishes contracts and queries.</summary>
    Institution = 1,

    /// <summary>An issuer that signs and anchors records.</summary>
    Issuer = 2,

    /// <summary>A regulator that approves contracts.</summary>
    Regulator = 3,

    /// <summary>A key broker; the reference is the fingerprint of its HPKE key.</summary>
    Broker = 4,

    /// <summary>A measurement of the enclave program; the reference is its digest, the party is zero.</summary>
    Measurement = 5,

    /// <summary>The files of the app in the browser; the reference is the SHA-256 of their manifest, the party is zero.</summary>
    App = 6,
}
