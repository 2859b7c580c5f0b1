using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Evidence;

/// <summary>Evidence whose signature leads to a root that the caller trusts. Only <see cref="Authenticate"/> makes one. Nothing is said yet about whether its claims are welcome.</summary>
public sealed class AuthenticEvidence
{
    private readonly IReadOnlyList<EvidenceField> _fields;

    private AuthenticEvidence(ReceivedEvidence received, AuthenticationContext context, AuthenticClaims authentic)
    {
        Received = received;
        Context = context;
        Claims = authentic.Claims;
        Result = authentic.Result;
        _fields = authentic.Fields;
    }

    /// <summary>The bytes that were verified.</summary>
    public ReceivedEvidence Received { get; }

    /// <summary>Roots, collateral and time that they were verified with.</summary>
    public AuthenticationContext Context { get; }

    /// <summary>The claims, as the root vouches for them.</summary>
    public EnclaveClaims Claims { get; }

    /// <summary>What was found.</summary>
    public AuthenticationResult Result { get; }

    /// <summary>Every field, those that collateral and certificates add included.</summary>
    public IReadOnlyList<EvidenceField> Fields => [.. Received.Fields, .. _fields];

    /// <summary>Step two: signature and chain to one of the roots, inner bindings, collateral.</summary>
    public static AttestationVerdict<AuthenticEvidence> Authenticate(ReceivedEvidence received, AuthenticationContext context)
    {
        var authentic = received.Body.Authenticate(context);
        return authentic.Accepted
            ? new AttestationVerdict<AuthenticEvidence>(new AuthenticEvidence(received, context, authentic.Value))
            : new AttestationVerdict<AuthenticEvidence>(authentic.Fault);
    }
}
