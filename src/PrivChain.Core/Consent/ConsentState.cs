namespace PrivChain.Core.Consent;

/// <summary>The states of a consent, as DPV names them.</summary>
public enum ConsentState
{
    /// <summary><c>dpv:ConsentRequested</c>.</summary>
    Requested,

    /// <summary><c>dpv:ConsentGiven</c>.</summary>
    Given,

    /// <summary><c>dpv:ConsentRefused</c>.</summary>
    Refused,

    /// <summary><c>dpv:ConsentWithdrawn</c>: the citizen revoked it.</summary>
    Withdrawn,

    /// <summary><c>dpv:ConsentExpired</c>: its time is over, or its uses are spent.</summary>
    Expired,

    /// <summary><c>dpv:ConsentInvalidated</c>: the contract's approval was withdrawn.</summary>
    Invalidated,
}
