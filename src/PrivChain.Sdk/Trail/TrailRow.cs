using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.Sdk.Trail;

/// <summary>One verified entry, and what it belongs to as far as the ledger says: zero where it says nothing.</summary>
/// <param name="Index">Where it stands.</param>
/// <param name="Entry">The entry.</param>
/// <param name="Digest">Digest of its document.</param>
/// <param name="Institution">The institution whose contract it is about, or that it admits.</param>
/// <param name="Contract">The contract.</param>
/// <param name="Consent">The consent.</param>
/// <param name="Use">The use.</param>
public sealed record TrailRow(ulong Index, Entry Entry, Digest Digest, AccountAddress Institution, Digest Contract, Digest Consent, Digest Use)
{
    /// <summary>The sequencer's time.</summary>
    public DateTimeOffset Time => UnixTime.DateOfMilliseconds(Entry.Time);
}
