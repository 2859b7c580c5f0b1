using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Documents;

/// <summary>
/// What a worker seals to each regulator whose approval the contract of a use has: the receipt core, and one query of the use with its place under the use's root. It says which field went out in which form and
/// which did not, and holds no value: the answer's salt, without which the receipt's commitment to it cannot be tried out, is not in it. Everything in it is tied to the ledger, nothing is the carrier's word.
/// </summary>
public sealed record AuditCopy
{
    private const byte LayoutVersion = 1;

    // A query without its fields, a path as long as there is one, this layout, and an inbox message around it.
    private const int Overhead = 1024;

    /// <summary>Canonical JSON of the receipt core, whose digest the delivery entry names.</summary>
    public required ReadOnlyMemory<byte> ReceiptCore { get; init; }

    /// <summary>The first query of the use; all of a use ask for the same fields, and have one answer.</summary>
    public required ReadOnlyMemory<byte> Query { get; init; }

    /// <summary>RFC 9162 inclusion proof of that query, leaf 0, under the use's <c>queries</c>.</summary>
    public required IReadOnlyList<Digest> Path { get; init; }

    /// <summary>The padded size, in bytes, of every copy under a contract: it follows from the contract, never from what a person shares or an institution asks.</summary>
    public static int PaddedSizeFor(PrivacyContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        var longest = Overhead + Documents.ReceiptCore.LongestFor(contract) + contract.Shows.Sum(field => field.Name.Length + sizeof(uint));
        return Math.Max(AnswerEnvelope.SmallestClass, SizeClass.For(longest) ?? AnswerEnvelope.LargestClass);
    }

    /// <summary>Layout: version, receipt core, query, path.</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().Byte(LayoutVersion).Block(ReceiptCore.Span).Block(Query.Span).UInt16((ushort)Path.Count);
        foreach (var hash in Path)
        {
            writer.Digest(hash);
        }

        return writer.ToArray();
    }

    /// <summary>Parses the layout; what it says is judged by <see cref="Verify"/>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out AuditCopy? copy)
    {
        copy = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var core = reader.Block(AnswerEnvelope.LargestClass).ToArray();
        var query = reader.Block(AnswerEnvelope.LargestClass).ToArray();
        var count = reader.UInt16();
        if (count > MerkleProof.MaxLength)
        {
            return false;
        }

        var path = new List<Digest>();
        while (path.Count < count && !reader.Failed)
        {
            path.Add(reader.Digest());
        }

        if (!reader.Complete || version != LayoutVersion)
        {
            return false;
        }

        copy = new AuditCopy { ReceiptCore = core, Query = query, Path = path };
        return true;
    }

    /// <summary>
    /// Whether an opened message is the copy of this use: <see cref="RefusalReason.Malformed"/>; <see cref="RefusalReason.NotYours"/>, the use's worker did not sign it; <see cref="RefusalReason.WrongLedger"/>;
    /// <see cref="RefusalReason.DigestMismatch"/>, it is of another use, or of a receipt that was not delivered; <see cref="RefusalReason.FieldNotInContract"/>; <see cref="RefusalReason.BadProof"/>, its query is none
    /// of the use; <see cref="RefusalReason.QueryOutsideContract"/>, other fields went out than were asked for.
    /// </summary>
    /// <param name="ledgerId">The ledger.</param>
    /// <param name="message">As the regulator's key opened it, its signature checked.</param>
    /// <param name="use">The use entry, verified.</param>
    /// <param name="receipt">What the delivery entry of the use names.</param>
    /// <param name="contract">The contract that was consented to.</param>
    public static Verdict<AuditedUse> Verify(Digest ledgerId, InboxMessage message, AuthenticEntry use, Digest receipt, PrivacyContract contract)
    {
        ArgumentNullException.ThrowIfNull(message);
        ArgumentNullException.ThrowIfNull(use);
        ArgumentNullException.ThrowIfNull(contract);
        var (entry, suite) = (use.Entry, use.Entry.Suite);
        if (message.Kind != InboxMessageKind.AuditCopy || !TryParse(message.Body.Span, out var copy) || !QueryDocument.TryParse(copy.Query.Span, out var query, suite))
        {
            return Refuse(RefusalReason.Malformed, "not a regulator's copy of a use");
        }

        if (entry.Kind != EntryKind.Use || message.Sender != entry.Party)
        {
            return Refuse(RefusalReason.NotYours, "the copy is not signed by the worker of this use");
        }

        var parsed = Documents.ReceiptCore.Parse(copy.ReceiptCore.Span);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var core = parsed.Value;
        if (core.Ledger != ledgerId)
        {
            return Refuse(RefusalReason.WrongLedger, "the copy is of another ledger");
        }

        if (core.Use != use.Digest)
        {
            return Refuse(RefusalReason.DigestMismatch, $"the copy is of use {core.Use}");
        }

        // The delivery names one receipt: with it, everything in the core is what the worker attested, and there is no second one.
        if (Documents.ReceiptCore.DigestOf(suite, copy.ReceiptCore.Span) != receipt)
        {
            return Refuse(RefusalReason.DigestMismatch, "the copy holds another receipt than the one that was delivered");
        }

        if (core.Worker != entry.Party || core.Consent != entry.Reference || core.Queries != entry.Details || core.Contract != contract.Digest || core.Controller != contract.Controller)
        {
            return Refuse(RefusalReason.DigestMismatch, "the receipt does not fit the use and its contract");
        }

        for (var i = 0; i < core.Fields.Count; i++)
        {
            if (contract.Find(core.Fields[i]) is not { } field || field.Form.Name != core.Forms[i] || (i > 0 && string.CompareOrdinal(core.Fields[i - 1], core.Fields[i]) >= 0))
            {
                return Refuse(RefusalReason.FieldNotInContract, $"fields[{i}]: not a field of the contract in its form, or out of order");
            }
        }

        if (query.Consent != core.Consent || !MerkleProof.VerifyInclusion(suite.Tree, 0, entry.Count, suite.Tree.Leaf(query.Digest.ToArray()), copy.Path, core.Queries))
        {
            return Refuse(RefusalReason.BadProof, "the query of the copy is none of this use");
        }

        return query.Fields.Count > 0 && !query.Fields.SequenceEqual(core.Fields, StringComparer.Ordinal)
            ? Refuse(RefusalReason.QueryOutsideContract, "other fields were answered than were asked for")
            : new AuditedUse(core, contract, [.. contract.Shows.OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => new AuditedField(field, OutcomeOf(field, core, query)))]);
    }

    private static FieldOutcome OutcomeOf(ContractField field, ReceiptCore core, QueryDocument query) =>
        core.Fields.Contains(field.Name, StringComparer.Ordinal) ? field.Form is ValueForm ? FieldOutcome.Whole : FieldOutcome.Derived
        : query.Fields.Count > 0 ? FieldOutcome.NotAsked
        : FieldOutcome.NotShared;

    private static Verdict<AuditedUse> Refuse(RefusalReason reason, string detail) => Verdict<AuditedUse>.Refuse(reason, detail);
}
