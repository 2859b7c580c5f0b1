using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Receipts;

namespace PrivChain.Sdk.Query;

/// <summary>What came back for one query: a typed answer, or a refusal with its reason.</summary>
public sealed class Answer
{
    private readonly InstitutionClient _institution;

    internal Answer(InstitutionClient institution, AttestedWorker worker, GivenConsent consent, Digest query, AnsweredBatch batch, uint position)
    {
        _institution = institution;
        Worker = worker;
        Consent = consent;
        Query = query;
        Batch = batch;
        Position = position;
        Refusal = batch.Envelope.Reason == RefusalReason.None ? null : new Refusal(batch.Envelope.Reason, "refused by the enclave");
    }

    /// <summary>The consent under which it was asked.</summary>
    public GivenConsent Consent { get; }

    /// <summary>Why there is no answer; null when there is one.</summary>
    public Refusal? Refusal { get; }

    /// <summary>The results by field name, such as <c>identity-card.birthDate</c>.</summary>
    /// <exception cref="RefusalException">The query was refused.</exception>
    public IReadOnlyDictionary<string, AnswerField> Shows => Document.Shows;

    /// <summary>The answer's canonical JSON: what the receipt commits to.</summary>
    /// <exception cref="RefusalException">The query was refused.</exception>
    public ReadOnlyMemory<byte> Json => Document.Bytes;

    /// <summary>What the worker attests about this answer; null when it was refused.</summary>
    public ReceiptCore? Core => Batch.Core;

    /// <summary>True when no hardware vouches for the enclave that computed it.</summary>
    public bool IsSimulated => Worker.Enclave.IsSimulated;

    internal AttestedWorker Worker { get; }

    /// <summary>Digest of the query.</summary>
    internal Digest Query { get; }

    /// <summary>What was verified for all queries of the use.</summary>
    internal AnsweredBatch Batch { get; }

    /// <summary>Place of the query among those of the use.</summary>
    internal uint Position { get; }

    private AnswerDocument Document => Batch.Document ?? throw new RefusalException(Refusal!);

    /// <summary>The result of one field, with typed accessors; its kind follows from the contract's form.</summary>
    /// <exception cref="RefusalException">The query was refused, or (<see cref="RefusalReason.FieldNotInContract"/>) the contract does not name the field.</exception>
    public FormResult this[string field] => Document.Shows.TryGetValue(field, out var shown)
        ? shown.Result
        : throw new RefusalException(new Refusal(RefusalReason.FieldNotInContract, field));

    /// <summary>
    /// Gathers the entries and proofs behind this answer under one witnessed checkpoint, and verifies the whole before handing it out. Needs the node; the receipt itself never does again.
    /// </summary>
    /// <exception cref="RefusalException">The query was refused, or the first check that does not hold.</exception>
    public Task<Receipt> GetReceiptAsync(CancellationToken cancellationToken = default) => _institution.GetReceiptAsync(this, cancellationToken);
}
