using PrivChain.Attestation.Collateral;

namespace PrivChain.Attestation.Evidence;

/// <summary>Evidence of one format, parsed: what each format gives to the steps after parsing.</summary>
internal interface IEvidenceBody
{
    /// <summary>Every decoded field, made when somebody asks: a verdict needs none of them.</summary>
    IReadOnlyList<EvidenceField> Fields { get; }

    /// <summary>What has to be fetched, or null when the format needs no collateral.</summary>
    CollateralRequest? Request { get; }

    /// <summary>Step two for this format: signature and chain to one of the roots, inner bindings, collateral.</summary>
    AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context);
}
