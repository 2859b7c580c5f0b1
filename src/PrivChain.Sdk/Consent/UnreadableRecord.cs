using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Consent;

/// <summary>A record that the ledger names as the person's and that cannot be relied on: the node keeps it back, or it is not what its issuer had to sign.</summary>
/// <param name="Digest">Its digest, as its anchor names it.</param>
/// <param name="Issuer">Who anchored it.</param>
/// <param name="Index">Where its anchor stands.</param>
/// <param name="SchemaId">Its kind, as the bytes with this digest say; null where they are not here.</param>
/// <param name="Refusal">Why.</param>
public sealed record UnreadableRecord(Digest Digest, AccountAddress Issuer, ulong Index, string? SchemaId, Refusal Refusal);
