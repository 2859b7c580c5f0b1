using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>A record whose digest stands on the ledger. A value, because a ledger has as many of them as it has records.</summary>
/// <param name="Issuer">The issuer that anchored it, or the holder.</param>
/// <param name="Holder">The citizen's account for this issuer.</param>
/// <param name="Index">Index of the anchor.</param>
/// <param name="Erased">True after an erasure entry.</param>
public readonly record struct AnchoredRecord(AccountAddress Issuer, AccountAddress Holder, ulong Index, bool Erased)
{
    /// <summary>True where the holder states it of themselves and nobody vouches for it (self-asserted, NIST SP 800-63).</summary>
    public bool IsSelfAsserted => Issuer == Holder;
}
