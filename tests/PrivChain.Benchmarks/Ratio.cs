namespace PrivChain.Benchmarks;

/// <summary>How many times faster than the reference: time of the reference over time of ours.</summary>
internal sealed record Ratio(double Median, double Smallest, double Largest, double OursSeconds, double ReferenceSeconds);
