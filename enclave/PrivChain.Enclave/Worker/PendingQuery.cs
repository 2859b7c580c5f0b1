using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;

namespace PrivChain.Enclave.Worker;

/// <summary>A query that was opened and has no answer yet.</summary>
internal sealed record PendingQuery(OpenSession Session, ulong Id, QueryDocument Query)
{
    /// <summary>The query's digest, computed once.</summary>
    public Digest Digest { get; } = Query.Digest;
}
