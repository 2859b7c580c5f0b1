using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Trail;

/// <summary>A row of a page of the trail.</summary>
/// <param name="Row">The entry and what it belongs to, each link proved.</param>
/// <param name="Proof">Its signature and place.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="OutcomeProved">True when an entry shows it: a revocation, a delivery. That nothing followed, or what regulators think now, is the node's word.</param>
public sealed record ListedRow(TrailRow Row, ProvenEntry Proof, TrailOutcome Outcome, bool OutcomeProved);
