namespace PrivChain.Core.Contracts;

/// <summary>How long, how often, for how much. The ledger enforces the first two and the price.</summary>
/// <param name="ValidDays">Days after which a consent ends, 1 to 3,650.</param>
/// <param name="MaxUses">Uses under one consent, 1 to 10,000.</param>
/// <param name="RetainDays">Days for which the controller may keep an answer, 0 to 36,500.</param>
/// <param name="Price">Points paid to the citizen for each use.</param>
public sealed record ContractLimits(int ValidDays, int MaxUses, int RetainDays, long Price);
