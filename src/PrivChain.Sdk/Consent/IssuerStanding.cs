namespace PrivChain.Sdk.Consent;

/// <summary>Whether the issuer's key that signed a record is still vouched for. Enclaves take a record only while it is (<see cref="Enrolled"/>); the person keeps it in any case.</summary>
public enum IssuerStanding
{
    /// <summary>Enrolled now.</summary>
    Enrolled = 0,

    /// <summary>Governors have expelled it.</summary>
    Expelled = 1,

    /// <summary>The enrolment's time has run out, or not begun.</summary>
    Ended = 2,

    /// <summary>Enrolled, but its certificate does not verify: revoked, for instance.</summary>
    CertificateRefused = 3,

    /// <summary>There is none: the person states it of themselves. Enclaves take it only where a contract says that this will do.</summary>
    SelfAsserted = 4,
}
