using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Query;

/// <summary>A contract of this institution that an enrolled regulator sent back.</summary>
/// <param name="Note">The regulator's signed note, the newest about this contract.</param>
/// <param name="Contract">The contract.</param>
/// <param name="RegulatorName">The regulator's certified or enrolled name.</param>
/// <param name="ApprovedSince">True when this regulator's approval stands now: what the note says is settled.</param>
public sealed record ReturnedContract(ReviewNote Note, PrivacyContract Contract, string RegulatorName, bool ApprovedSince);
