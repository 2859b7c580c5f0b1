namespace PrivChain.Core.Keys;

/// <summary>What became of one signature in a <see cref="KeyRecovery"/>.</summary>
public enum RecoveredKey
{
    /// <summary>No key makes this signature.</summary>
    None = 0,

    /// <summary>Its key was written.</summary>
    Found = 1,

    /// <summary>It was made to meet what quick formulas do not add: the exact ones have to look.</summary>
    Unsure = 2,
}
