namespace PrivChain.Attestation.Policies;

/// <summary>One thing about a policy.</summary>
/// <param name="Severity">Its weight.</param>
/// <param name="Field">The member of the file, such as <c>signers[0].minimumSvn</c>; empty for the file as a whole.</param>
/// <param name="What">What is so.</param>
/// <param name="Remedy">What to do about it.</param>
public sealed record PolicyFinding(PolicySeverity Severity, string Field, string What, string Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => (Field.Length == 0 ? What : $"{Field} {What}") + ": " + Remedy;
}
