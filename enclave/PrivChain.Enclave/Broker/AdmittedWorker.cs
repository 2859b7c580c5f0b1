using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;

namespace PrivChain.Enclave.Broker;

/// <summary>A worker whose evidence this broker appraised and whose session it recorded. Only <see cref="KeyBroker"/> makes one.</summary>
internal sealed record AdmittedWorker
{
    /// <summary>Its session account.</summary>
    public required AccountAddress Account { get; init; }

    /// <summary>The key to which releases are sealed.</summary>
    public required HpkePublicKey SessionKey { get; init; }

    /// <summary>What the session entry commits to.</summary>
    public required SessionDetails Details { get; init; }

    /// <summary>Kind of its evidence.</summary>
    public required string EvidenceKind { get; init; }

    /// <summary>Digest of its measurement.</summary>
    public required Digest Measurement { get; init; }

    /// <summary>Unix seconds until which uses may name it.</summary>
    public required ulong NotAfter { get; init; }

    /// <summary>Where the session entry stands.</summary>
    public required ulong Index { get; init; }
}
