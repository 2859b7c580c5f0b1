using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;

namespace PrivChain.Sdk.Governance;

/// <summary>A published contract as a regulator sees it.</summary>
/// <param name="Published">What the ledger has of it.</param>
/// <param name="Contract">The text, parsed.</param>
/// <param name="Findings">What the checker says, beside the controller's other approved contracts.</param>
/// <param name="IsApproved">True when enough regulators approve it now.</param>
/// <param name="ControllerName">The institution's certified or enrolled name; null when it is not enrolled now, or its profile or certificate does not verify.</param>
public sealed record ContractUnderReview(
    PublishedContract Published, PrivacyContract Contract, IReadOnlyList<ContractFinding> Findings, bool IsApproved, string? ControllerName)
{
    /// <summary>The contract in plain words.</summary>
    public RenderedContract Render(DisplayLanguage language) => ContractRendering.Render(Contract, language, ControllerName);
}
