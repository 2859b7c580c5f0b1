using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Trail;

/// <summary>A page of the trail.</summary>
/// <param name="Checkpoint">The checkpoint under which every row is proved.</param>
/// <param name="Found">How many entries match in all; the node's word, but where every entry was asked for.</param>
/// <param name="Rows">Newest first.</param>
public sealed record TrailPage(WitnessedCheckpoint Checkpoint, ulong Found, IReadOnlyList<ListedRow> Rows);
