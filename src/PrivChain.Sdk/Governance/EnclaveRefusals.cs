using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Governance;

/// <summary>What enclaves say that they refused, in tallies that each signed and sealed to this regulator. A node can keep the newest of them back; it can change none.</summary>
/// <param name="Counts">Newest day first, then the most first; of all workers together. Without an institution (zero): what a worker had no room to tell apart.</param>
/// <param name="Workers">Sessions of workers that refused something.</param>
/// <param name="Unread">What the node gave out as a tally and is none: not sealed to this regulator, not signed by a worker of this ledger, or broken.</param>
public sealed record EnclaveRefusals(IReadOnlyList<RefusedQueries> Counts, int Workers, int Unread);
