using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Documents;

/// <summary>
/// What a worker seals as the answer to the queries of one use, and again as the citizen's copy: either a refusal, or the answer with all that a receipt needs. One envelope
/// serves all queries that share the use. Its padded size follows from the contract alone, so neither a refusal nor a short value can be told from a long answer.
/// </summary>
public sealed record AnswerEnvelope
{
    /// <summary>Smallest padded size in bytes: that of refusals before a contract is known, and of most contracts.</summary>
    public const int SmallestClass = 4096;

    /// <summary>Largest padded size in bytes: a contract whose answer may be longer is never computed.</summary>
    public const int LargestClass = 65536;

    private const byte LayoutVersion = 2;

    // This layout, and an inbox message around it: the citizen's copy has the size of the answer.
    private const int Overhead = 256;

    /// <summary>RFC 9162 root over the digests of the queries answered, in the order in which the frame names them (<see cref="QueryDocument.TreeOf"/>).</summary>
    public required Digest Queries { get; init; }

    /// <summary><see cref="RefusalReason.None"/> for an answer.</summary>
    public required RefusalReason Reason { get; init; }

    /// <summary>Canonical JSON of the answer; empty in a refusal.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>Salt of the receipt's <c>output</c> commitment to the answer.</summary>
    public Digest OutputSalt { get; init; }

    /// <summary>Canonical JSON of the receipt core; empty in a refusal.</summary>
    public ReadOnlyMemory<byte> ReceiptCore { get; init; }

    /// <summary>Index of the use entry.</summary>
    public ulong UseIndex { get; init; }

    /// <summary>Index of the delivery entry.</summary>
    public ulong DeliveryIndex { get; init; }

    /// <summary>The refusal of some queries.</summary>
    public static AnswerEnvelope Refused(Digest queries, RefusalReason reason) => new() { Queries = queries, Reason = reason };

    /// <summary>The commitment to an answer that the receipt core carries as <c>output</c>.</summary>
    public static Digest OutputDigest(Suite suite, Digest salt, ReadOnlySpan<byte> answer)
    {
        ArgumentNullException.ThrowIfNull(suite);
        return suite.DigestOf(Labels.Answer, [.. salt.ToArray(), .. answer]);
    }

    /// <summary>The padded size, in bytes, of every answer and refusal under a contract; null when its longest answer is above <see cref="LargestClass"/>.</summary>
    public static int? PaddedSizeFor(PrivacyContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return SizeClass.For(Overhead + contract.LongestAnswer + Documents.ReceiptCore.LongestFor(contract)) is { } size and <= LargestClass ? Math.Max(size, SmallestClass) : null;
    }

    /// <summary>Layout: version, queries, reason, answer, salt, receipt core, places of use and delivery.</summary>
    public byte[] ToArray() => new RecordWriter()
        .Byte(LayoutVersion).Digest(Queries).UInt16((ushort)Reason)
        .Block(Answer.Span).Digest(OutputSalt).Block(ReceiptCore.Span)
        .UInt64(UseIndex).UInt64(DeliveryIndex)
        .ToArray();

    /// <summary>Parses the layout; an answer with a reason, or a refusal with an answer, is refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out AnswerEnvelope? envelope)
    {
        envelope = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var queries = reader.Digest();
        var reason = (RefusalReason)reader.UInt16();
        var answer = reader.Block(LargestClass).ToArray();
        var salt = reader.Digest();
        var core = reader.Block(LargestClass).ToArray();
        var useIndex = reader.UInt64();
        var deliveryIndex = reader.UInt64();
        if (!reader.Complete || version != LayoutVersion || !Enum.IsDefined(reason)
            || (reason == RefusalReason.None) == (answer.Length == 0) || (answer.Length == 0) != (core.Length == 0))
        {
            return false;
        }

        envelope = new AnswerEnvelope
        {
            Queries = queries,
            Reason = reason,
            Answer = answer,
            OutputSalt = salt,
            ReceiptCore = core,
            UseIndex = useIndex,
            DeliveryIndex = deliveryIndex,
        };
        return true;
    }
}
