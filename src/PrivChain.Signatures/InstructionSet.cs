namespace PrivChain.Signatures;

/// <summary>What the arithmetic runs on.</summary>
public enum InstructionSet
{
    /// <summary>No vectors: one item at a time, as in a browser.</summary>
    Scalar = 1,

    /// <summary>Four items side by side.</summary>
    Avx2 = 4,

    /// <summary>Eight items side by side.</summary>
    Avx512 = 8,
}
