using System.Collections.Immutable;

namespace PrivChain.Core.Contracts;

/// <summary>What a purpose may see of one field, or of all fields of one DPV category.</summary>
/// <param name="Match">A field such as <c>income-statement.monthly</c>, or a category such as <c>dpv-pd:Income</c>.</param>
/// <param name="Forms">The forms allowed.</param>
/// <param name="MinimumWidth">The narrowest band between two edges, and the smallest rounding step; null where there is no floor.</param>
/// <param name="MaximumKeep">The most characters that a mask may keep; null where there is no ceiling.</param>
public sealed record ProfileRule(string Match, ImmutableArray<string> Forms, decimal? MinimumWidth, int? MaximumKeep);
