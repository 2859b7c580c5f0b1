namespace PrivChain.Sdk.Governance;

/// <summary>Published contracts one by one: what stands between one of them and its reader says nothing about the others.</summary>
/// <param name="Read">Those whose text is what was published, oldest first.</param>
/// <param name="Unread">Those whose text could not be read, oldest first. What the checker says about several contracts together, it says without these.</param>
public sealed record ContractsUnderReview(IReadOnlyList<ContractUnderReview> Read, IReadOnlyList<UnreadContract> Unread);
