namespace PrivChain.Core.Contracts;

/// <summary>Whether a finding stops a contract.</summary>
public enum FindingSeverity
{
    /// <summary>To be weighed by the regulator; shown to the citizen.</summary>
    Warning,

    /// <summary>The contract must not be published.</summary>
    Error,
}
