namespace PrivChain.Core.Ledger;

/// <summary>What <see cref="TrailIndex.Find"/> found.</summary>
/// <param name="Count">How many entries match.</param>
/// <param name="Places">Indices of those asked for, newest first.</param>
public sealed record TrailFound(ulong Count, IReadOnlyList<ulong> Places);
