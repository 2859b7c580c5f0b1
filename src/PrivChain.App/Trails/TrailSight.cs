using PrivChain.Sdk.Trail;

namespace PrivChain.App.Trails;

/// <summary>A page of what was looked for.</summary>
/// <param name="Size">Entries of the ledger.</param>
/// <param name="Found">How many match.</param>
/// <param name="Rows">Newest first.</param>
/// <param name="Page">The node's page, with which the next ones of the same search have to fit; null where the ledger was read whole.</param>
internal sealed record TrailSight(ulong Size, ulong Found, IReadOnlyList<SeenRow> Rows, TrailPage? Page);
