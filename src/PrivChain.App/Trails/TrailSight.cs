using PrivChain.Core.Tree;

namespace PrivChain.App.Trails;

/// <summary>A page of what was looked for.</summary>
/// <param name="Size">Entries of the ledger.</param>
/// <param name="Found">How many match.</param>
/// <param name="Rows">Newest first.</param>
/// <param name="Checkpoint">What the next pages of the same search go on under; null where the ledger was read whole.</param>
internal sealed record TrailSight(ulong Size, ulong Found, IReadOnlyList<SeenRow> Rows, WitnessedCheckpoint? Checkpoint);
