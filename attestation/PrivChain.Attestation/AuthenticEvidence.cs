namespace PrivChain.Attestation;

/// <summary>Evidence whose signature leads to a root that the caller trusts. Only <see cref="Authenticate"/> makes one. Nothing is said yet about whether its claims are welcome.</summary>
public sealed class AuthenticEvidence
{
    internal AuthenticEvidence(EnclaveClaims claims) => Claims = claims;

    /// <summary>The claims, as the root signed them.</summary>
    public EnclaveClaims Claims { get; }

    /// <summary>Step two: signature and chain to one of the roots.</summary>
    public static AttestationVerdict<AuthenticEvidence> Authenticate(ReceivedEvidence received, RootSet roots) => received.Body.Authenticate(roots);
}
