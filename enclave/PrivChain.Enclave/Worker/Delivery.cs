using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Enclave.Broker;

namespace PrivChain.Enclave.Worker;

/// <summary>The one answer of a release, before it is recorded and sealed.</summary>
internal sealed record Delivery
{
    /// <summary>The release.</summary>
    public required Release Release { get; init; }

    /// <summary>Its queries, in the order of the use's tree.</summary>
    public required IReadOnlyList<PendingQuery> Queries { get; init; }

    /// <summary>Where the citizen's copy goes.</summary>
    public required HpkePublicKey CitizenKey { get; init; }

    /// <summary>Canonical JSON of the answer.</summary>
    public required ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>Salt of the commitment to it.</summary>
    public required Digest Salt { get; init; }

    /// <summary>Canonical text of the receipt core.</summary>
    public required byte[] Core { get; init; }
}
