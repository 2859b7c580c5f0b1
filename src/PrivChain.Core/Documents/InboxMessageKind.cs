namespace PrivChain.Core.Documents;

/// <summary>What the body of an inbox message is.</summary>
public enum InboxMessageKind : byte
{
    /// <summary>An institution asks for consent: <see cref="ConsentRequest"/>.</summary>
    Request = 1,

    /// <summary>A citizen tells the institution of a consent: <see cref="ConsentNotice"/>.</summary>
    Consented = 2,

    /// <summary>A citizen refuses a request: <see cref="RequestRefusal"/>.</summary>
    Refused = 3,

    /// <summary>A worker leaves the citizen's copy of an answer: the <see cref="AnswerEnvelope"/>.</summary>
    AnswerCopy = 4,

    /// <summary>An issuer tells the holder of a new record: <see cref="RecordNotice"/>.</summary>
    RecordIssued = 5,

    /// <summary>A regulator sends a contract back to its institution: <see cref="ReviewNote"/>.</summary>
    SentBack = 6,

    /// <summary>A worker leaves a regulator's copy of a use: <see cref="Documents.AuditCopy"/>.</summary>
    AuditCopy = 7,

    /// <summary>A worker tells a regulator what it refused: <see cref="Documents.RefusalTally"/>.</summary>
    RefusalTally = 8,
}
