namespace PrivChain.Signatures.Tests.Fields;

/// <summary>All values that a word may have.</summary>
internal readonly struct Interval(UInt128 lowest, UInt128 highest)
{
    public UInt128 Lowest { get; } = lowest;

    public UInt128 Highest { get; } = highest;
}
