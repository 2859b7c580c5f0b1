using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Receipts;

/// <summary>What a receipt is made of that is not on the ledger.</summary>
/// <param name="Core">The receipt core, parsed.</param>
/// <param name="Envelope">The envelope that the worker sealed.</param>
/// <param name="Contract">The contract.</param>
/// <param name="Evidence">The evidence that the session recorded.</param>
/// <param name="SessionKey">The worker's HPKE key, with its KEM id.</param>
/// <param name="Query">The query answered; null where only the root over all of the use's is known.</param>
internal sealed record ReceiptSource(
    ReceiptCore Core, AnswerEnvelope Envelope, PrivacyContract Contract, ReadOnlyMemory<byte> Evidence, ReadOnlyMemory<byte> SessionKey, ReceiptQuery? Query);
