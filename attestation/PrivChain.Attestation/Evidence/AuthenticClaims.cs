using PrivChain.Attestation.Claims;

namespace PrivChain.Attestation.Evidence;

/// <summary>What a format's authentication hands over.</summary>
/// <param name="Claims">The claims.</param>
/// <param name="Result">What was found.</param>
/// <param name="Fields">What only collateral or certificates say, to be shown beside the parsed fields.</param>
internal sealed record AuthenticClaims(EnclaveClaims Claims, AuthenticationResult Result, IReadOnlyList<EvidenceField> Fields);
