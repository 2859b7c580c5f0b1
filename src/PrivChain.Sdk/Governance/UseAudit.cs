using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Governance;

/// <summary>What a regulator's sealed copy of a use says, or why there is nothing to read.</summary>
/// <param name="Use">Document digest of the use.</param>
/// <param name="Index">Where the use stands on the ledger.</param>
/// <param name="State">Whether a copy is due, there, and sound.</param>
/// <param name="Opened">What went out, when <see cref="State"/> is <see cref="UseAuditState.Opened"/>; otherwise null.</param>
/// <param name="Refusal">Why what the node handed out is not the copy of this use, when <see cref="State"/> is <see cref="UseAuditState.Refused"/>; otherwise null.</param>
public sealed record UseAudit(Digest Use, ulong Index, UseAuditState State, AuditedUse? Opened = null, Refusal? Refusal = null);
