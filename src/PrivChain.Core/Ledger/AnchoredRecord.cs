using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>A record whose digest stands on the ledger. A value, because a ledger has as many of them as it has records.</summary>
/// <param name="Issuer">The issuer that anchored it.</param>
/// <param name="Holder">The citizen's account for this issuer.</param>
/// <param name="Index">Index of the anchor.</param>
/// <param name="Erased">True after an erasure entry.</param>
public readonly record struct AnchoredRecord(AccountAddress Issuer, AccountAddress Holder, ulong Index, bool Erased);
