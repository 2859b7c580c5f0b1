using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Trails;

/// <summary>An entry as a regulator sees it.</summary>
/// <param name="Row">The entry and what it belongs to, verified.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Known">False when the outcome is the node's word: that nothing followed, in a ledger that was not read whole.</param>
/// <param name="Proof">The proof of its place, where it came along.</param>
internal sealed record SeenRow(TrailRow Row, TrailOutcome Outcome, bool Known, ProvenEntry? Proof = null)
{
    public static SeenRow Of(ListedRow listed) => new(listed.Row, listed.Outcome, listed.OutcomeProved, listed.Proof);
}
