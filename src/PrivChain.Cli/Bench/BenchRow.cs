using PrivChain.Signatures;

namespace PrivChain.Cli.Bench;

/// <summary>One measurement: a ratio to a reference that took turns with it, or, without a reference, the time of a whole batch.</summary>
/// <param name="What">What was measured.</param>
/// <param name="Instructions">On which instruction set.</param>
/// <param name="Reference">What it took turns with; null for a time.</param>
/// <param name="Aim">What was aimed at, with AVX-512.</param>
/// <param name="Fpga">What the maker of an FPGA card published for the same; null where nothing is known. Not reproduced.</param>
/// <param name="Median">The median over the rounds: times as fast as the reference, or milliseconds.</param>
/// <param name="Least">The least of the rounds.</param>
/// <param name="Most">The most of the rounds.</param>
/// <param name="OursMicroseconds">One item of ours, the median.</param>
/// <param name="ReferenceMicroseconds">One item of the reference, the median.</param>
internal sealed record BenchRow(
    string What, InstructionSet Instructions, string? Reference, string Aim, string? Fpga, double Median, double Least, double Most, double OursMicroseconds, double ReferenceMicroseconds);
