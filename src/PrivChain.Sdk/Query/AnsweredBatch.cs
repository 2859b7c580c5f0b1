using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Query;

/// <summary>What one frame said about the queries of one use, verified once for all of them.</summary>
/// <param name="Envelope">The envelope that was opened.</param>
/// <param name="Queries">The tree over the digests of exactly the queries answered; its root is the envelope's and the receipt core's.</param>
/// <param name="Core">The receipt core; null when the queries were refused.</param>
/// <param name="Document">The answer; null when the queries were refused.</param>
internal sealed record AnsweredBatch(AnswerEnvelope Envelope, MerkleTree Queries, ReceiptCore? Core, AnswerDocument? Document);
