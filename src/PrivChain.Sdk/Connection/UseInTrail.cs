using PrivChain.Core.Bytes;

namespace PrivChain.Sdk.Connection;

/// <summary>One use of a consent as it stands on the ledger.</summary>
/// <param name="Use">Digest of the use document.</param>
/// <param name="Index">Where it stands.</param>
/// <param name="Time">When, by the sequencer's clock.</param>
/// <param name="Queries">How many queries it paid for.</param>
public sealed record UseInTrail(Digest Use, ulong Index, DateTimeOffset Time, uint Queries)
{
    /// <summary>Where its delivery stands: from then on the worker has given the answer to the institution, and a copy to the person. Null when it is not delivered.</summary>
    public ulong? DeliveredAt { get; init; }
}
