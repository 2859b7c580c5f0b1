using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;

namespace PrivChain.Enclave.Broker;

/// <summary>Equal queries (same consent and fields) of one session, for which a worker asks the keys.</summary>
internal sealed record ReleaseRequest
{
    /// <summary>Document digest of the consent.</summary>
    public required Digest Consent { get; init; }

    /// <summary>The session they came in.</summary>
    public required QuerySession Opening { get; init; }

    /// <summary>The institution's signature over it; the broker checks it again.</summary>
    public required AccountSignature OpeningSignature { get; init; }

    /// <summary>The queries, at least one, all with the same fields.</summary>
    public required IReadOnlyList<QueryDocument> Queries { get; init; }
}
