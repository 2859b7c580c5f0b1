using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Documents;

/// <summary>
/// What a worker seals as the answer to one query, and again as the citizen's copy: either a refusal, or the answer with all that a receipt needs.
/// It is padded to a size class before it is sealed, so a refusal and an answer look alike.
/// </summary>
public sealed record AnswerEnvelope
{
    /// <summary>Smallest padded size in bytes: refusals and ordinary answers share it.</summary>
    public const int SmallestClass = 4096;

    private const byte LayoutVersion = 1;
    private const int MaxJson = 128 * 1024;
    private const int MaxProof = 64;

    /// <summary>Digest of the query answered.</summary>
    public required Digest Query { get; init; }

    /// <summary><see cref="RefusalReason.None"/> for an answer.</summary>
    public required RefusalReason Reason { get; init; }

    /// <summary>Canonical JSON of the answer; empty in a refusal.</summary>
    public ReadOnlyMemory<byte> Answer { get; init; }

    /// <summary>Salt of the receipt's <c>output</c> commitment to the answer.</summary>
    public Digest OutputSalt { get; init; }

    /// <summary>Canonical JSON of the receipt core; empty in a refusal.</summary>
    public ReadOnlyMemory<byte> ReceiptCore { get; init; }

    /// <summary>Position of the query among those of its use.</summary>
    public uint BatchIndex { get; init; }

    /// <summary>Number of queries of the use.</summary>
    public uint BatchSize { get; init; }

    /// <summary>Inclusion proof of the query's digest under the use entry's <c>queries</c>.</summary>
    public IReadOnlyList<Digest> BatchProof { get; init; } = [];

    /// <summary>Index of the use entry.</summary>
    public ulong UseIndex { get; init; }

    /// <summary>Index of the delivery entry.</summary>
    public ulong DeliveryIndex { get; init; }

    /// <summary>The refusal of a query.</summary>
    public static AnswerEnvelope Refused(Digest query, RefusalReason reason) => new() { Query = query, Reason = reason };

    /// <summary>The commitment to an answer that the receipt core carries as <c>output</c>.</summary>
    public static Digest OutputDigest(Digest salt, ReadOnlySpan<byte> answer) => Digest.Sha256(Labels.Answer, salt.ToArray(), answer.ToArray());

    /// <summary>The layout, padded to its size class.</summary>
    public byte[] ToPaddedArray()
    {
        var writer = new RecordWriter()
            .Byte(LayoutVersion).Digest(Query).UInt16((ushort)Reason)
            .Block(Answer.Span).Digest(OutputSalt).Block(ReceiptCore.Span)
            .UInt32(BatchIndex).UInt32(BatchSize).UInt64(UseIndex).UInt64(DeliveryIndex).Byte((byte)BatchProof.Count);
        foreach (var hash in BatchProof)
        {
            writer.Digest(hash);
        }

        return SizeClass.Pad(writer.ToArray(), SmallestClass);
    }

    /// <summary>Takes padding off and parses; an answer with a reason, or a refusal with an answer, is refused.</summary>
    public static bool TryParsePadded(ReadOnlySpan<byte> padded, [NotNullWhen(true)] out AnswerEnvelope? envelope)
    {
        envelope = null;
        if (padded.Length < SmallestClass || !SizeClass.TryUnpad(padded, out var bytes))
        {
            return false;
        }

        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var query = reader.Digest();
        var reason = (RefusalReason)reader.UInt16();
        var answer = reader.Block(MaxJson).ToArray();
        var salt = reader.Digest();
        var core = reader.Block(MaxJson).ToArray();
        var batchIndex = reader.UInt32();
        var batchSize = reader.UInt32();
        var useIndex = reader.UInt64();
        var deliveryIndex = reader.UInt64();
        var proof = new Digest[Math.Min((int)reader.Byte(), MaxProof)];
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] = reader.Digest();
        }

        if (!reader.Complete || version != LayoutVersion || !Enum.IsDefined(reason)
            || (reason == RefusalReason.None) == (answer.Length == 0) || (answer.Length == 0) != (core.Length == 0))
        {
            return false;
        }

        envelope = new AnswerEnvelope
        {
            Query = query,
            Reason = reason,
            Answer = answer,
            OutputSalt = salt,
            ReceiptCore = core,
            BatchIndex = batchIndex,
            BatchSize = batchSize,
            BatchProof = proof,
            UseIndex = useIndex,
            DeliveryIndex = deliveryIndex,
        };
        return true;
    }
}
