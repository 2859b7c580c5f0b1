using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Consent;

/// <summary>The person's copy of an answer: what the institution saw, checked against what the worker attested and the use on the ledger.</summary>
/// <param name="Core">What the worker attested.</param>
/// <param name="Answer">What the institution saw.</param>
/// <param name="SentAt">When the worker sent it.</param>
public sealed record AnswerCopy(ReceiptCore Core, AnswerDocument Answer, DateTimeOffset SentAt)
{
    internal AnswerEnvelope? Envelope { get; init; }
}
