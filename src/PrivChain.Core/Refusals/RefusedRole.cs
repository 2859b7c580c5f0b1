namespace PrivChain.Core.Refusals;

/// <summary>All that a node keeps of whom it refused: the role on the ledger at that moment. The numbers are stored and sent, and never given to another.</summary>
public enum RefusedRole
{
    /// <summary>No role, or not known: a person, or somebody who had not signed in.</summary>
    None = 0,

    /// <summary>An institution.</summary>
    Institution = 1,

    /// <summary>An issuer.</summary>
    Issuer = 2,

    /// <summary>A regulator.</summary>
    Regulator = 3,

    /// <summary>A broker or a worker.</summary>
    Enclave = 4,

    /// <summary>A governor.</summary>
    Governor = 5,
}
