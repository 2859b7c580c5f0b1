using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Broker;

/// <summary>One use on its way from plan to release.</summary>
internal sealed class PlannedUse(int request, IReadOnlyList<int> positions, PreparedConsent consent, ReleaseCase asked)
{
    /// <summary>Position of the request in the batch.</summary>
    public int Request { get; } = request;

    /// <summary>Positions of the queries in the request.</summary>
    public IReadOnlyList<int> Positions { get; } = positions;

    /// <summary>What was gathered.</summary>
    public PreparedConsent Consent { get; } = consent;

    /// <summary>What is decided on.</summary>
    public ReleaseCase Case { get; } = asked;

    /// <summary>Why not, once something was refused.</summary>
    public RefusalReason Reason { get; set; }

    /// <summary>The keys, once released.</summary>
    public Release? Release { get; set; }
}
