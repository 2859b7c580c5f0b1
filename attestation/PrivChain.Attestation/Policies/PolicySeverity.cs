namespace PrivChain.Attestation.Policies;

/// <summary>How much a finding about a policy weighs.</summary>
public enum PolicySeverity
{
    /// <summary>Something to know; strict policies have such too.</summary>
    Note = 1,
    /// <summary>A choice that lets in what most callers would not want, or that does nothing.</summary>
    Warning = 2,
    /// <summary>The policy cannot be read, contradicts itself, or accepts nothing at all.</summary>
    Error = 3,
}
