using PrivChain.Core.Contracts;

namespace PrivChain.Sdk.Governance;

/// <summary>A contract that waits for a regulator.</summary>
/// <param name="Contract">The contract.</param>
/// <param name="Findings">What the checker found, warnings included.</param>
public sealed record ContractForReview(PrivacyContract Contract, IReadOnlyList<ContractFinding> Findings);
