using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Enclave.Worker;
using PrivChain.Schemas.V1;

namespace PrivChain.Enclave.Node;

/// <summary>
/// The node as one account sees it. Everything it says is a claim: entries and checkpoints are verified by the follower, documents, records and packages by
/// their digests. A failed call throws <see cref="Core.Refusals.RefusalException"/> with the node's reason, or Unavailable when there was no answer.
/// </summary>
internal interface INode
{
    /// <summary>Every entry from an index on, as it comes.</summary>
    IAsyncEnumerable<ReceivedChunk> FollowAsync(ulong start, CancellationToken cancellation);

    /// <summary>Appends signed entries; one claim for each.</summary>
    Task<IReadOnlyList<AppendClaim>> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> entries, CancellationToken cancellation);

    /// <summary>Stores a public document.</summary>
    Task PutDocumentAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation);

    /// <summary>Content that claims to have this SHA-256.</summary>
    Task<byte[]> GetDocumentAsync(Digest digest, CancellationToken cancellation);

    /// <summary>The consent package that claims to belong to a consent.</summary>
    Task<byte[]> GetConsentPackageAsync(Digest consent, CancellationToken cancellation);

    /// <summary>The sealed record that claims to have this digest.</summary>
    Task<byte[]> GetRecordAsync(Digest record, CancellationToken cancellation);

    /// <summary>What vendors are said to say about a platform: items by their names.</summary>
    Task<IReadOnlyDictionary<string, ByteString>> GetCollateralAsync(GetCollateralRequest wanted, CancellationToken cancellation);

    /// <summary>Puts sealed messages into inboxes.</summary>
    Task SendAsync(IReadOnlyList<(AccountAddress To, byte[] Box)> messages, CancellationToken cancellation);

    /// <summary>Leaves regulators' copies of uses of the caller.</summary>
    Task PutAuditCopiesAsync(IReadOnlyList<SealedAuditCopy> copies, CancellationToken cancellation);

    /// <summary>Leaves what the caller refused for regulators, each sealed to one, in the place of what it left before.</summary>
    Task PutTalliesAsync(IReadOnlyList<(AccountAddress Regulator, byte[] Box)> tallies, CancellationToken cancellation);
}
