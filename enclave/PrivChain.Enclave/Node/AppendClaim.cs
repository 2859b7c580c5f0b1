using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Node;

/// <summary>What the node says became of an entry.</summary>
/// <param name="Reason">Why not, or <see cref="RefusalReason.None"/>.</param>
/// <param name="Index">Where it says the entry stands.</param>
internal readonly record struct AppendClaim(RefusalReason Reason, ulong Index);
