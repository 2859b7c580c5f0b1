namespace PrivChain.Attestation.Policies;

/// <summary>An advisory that is borne for a while.</summary>
/// <param name="Id">Such as <c>INTEL-SA-00615</c>.</param>
/// <param name="Until">The last moment at which it is.</param>
public sealed record AdvisoryException(string Id, DateTimeOffset Until);
