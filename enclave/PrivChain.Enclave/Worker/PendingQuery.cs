using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Worker;

/// <summary>A query that was opened and has no answer yet.</summary>
internal sealed record PendingQuery(OpenSession Session, ulong Id, QueryDocument Query)
{
    /// <summary>Answers.</summary>
    public void Answer(AnswerEnvelope envelope) => Session.Answer(Id, envelope);

    /// <summary>Refuses: sealed and of the size of an answer.</summary>
    public void Refuse(RefusalReason reason) => Answer(AnswerEnvelope.Refused(Query.Digest, reason));
}
