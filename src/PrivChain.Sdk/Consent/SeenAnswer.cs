using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Consent;

/// <summary>What an institution saw: the citizen's copy of an answer, opened and tied to a delivered use on the ledger.</summary>
/// <param name="Core">What the worker attested.</param>
/// <param name="Answer">The answer.</param>
/// <param name="SeenAt">Time of the copy.</param>
public sealed record SeenAnswer(ReceiptCore Core, AnswerDocument Answer, DateTimeOffset SeenAt);
