using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Trail;

/// <summary>A page of the trail.</summary>
/// <param name="Checkpoint">The checkpoint under which every row is proved.</param>
/// <param name="At">Unix seconds by which consents of it are over.</param>
/// <param name="Skipped">How many of the newest that match come before it.</param>
/// <param name="Found">How many entries match in all; the node's word, but where every entry was asked for.</param>
/// <param name="Rows">Newest first.</param>
public sealed record TrailPage(WitnessedCheckpoint Checkpoint, ulong At, ulong Skipped, ulong Found, IReadOnlyList<ListedRow> Rows);
