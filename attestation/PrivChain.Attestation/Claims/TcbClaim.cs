namespace PrivChain.Attestation.Claims;

/// <summary>What collateral says about the platform.</summary>
/// <param name="Status">The merged status.</param>
/// <param name="Date">Date of the matched level, or null.</param>
/// <param name="Advisories">Open advisories of the matched levels, such as <c>INTEL-SA-00615</c>.</param>
/// <param name="EvaluationNumber">The collateral's <c>tcbEvaluationDataNumber</c>, or null: it only grows, so a lower one than seen before is a rollback.</param>
/// <param name="IssuedAt">When the oldest item of the collateral (revocation lists, where the format has no other) was issued, or null.</param>
public sealed record TcbClaim(TcbStatus Status, DateTimeOffset? Date, IReadOnlyList<string> Advisories, uint? EvaluationNumber, DateTimeOffset? IssuedAt)
{
    /// <summary>For formats without a status.</summary>
    public static TcbClaim NotApplicable { get; } = new(TcbStatus.NotApplicable, null, [], null, null);

    /// <summary>For formats with one, where no collateral was given.</summary>
    public static TcbClaim NotChecked { get; } = new(TcbStatus.NotChecked, null, [], null, null);
}
