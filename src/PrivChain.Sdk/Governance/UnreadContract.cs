using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Governance;

/// <summary>A published contract whose text the node keeps back, or that is no contract.</summary>
/// <param name="Published">What the ledger has of it.</param>
/// <param name="IsApproved">True when enough regulators approve it now.</param>
/// <param name="Refusal">Why it could not be read.</param>
public sealed record UnreadContract(PublishedContract Published, bool IsApproved, Refusal Refusal);
