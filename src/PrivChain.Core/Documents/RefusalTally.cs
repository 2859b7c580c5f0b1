using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Documents;

/// <summary>
/// What one worker has refused since its session began, sealed to each regulator: the refusal itself is sealed to whoever asked and leaves no entry, so the worker alone can tell. It names institutions and reasons,
/// never a person, a consent or a field. Each holds all that the one before held, so the newest alone is kept.
/// </summary>
public sealed record RefusalTally
{
    /// <summary>Most rows; a worker that had more counts the rest for <see cref="AccountAddress.Zero"/>, which is nobody.</summary>
    public const int MaxRows = 120;

    /// <summary>Bytes of every message that holds one, before it is sealed: how much was refused, and of whom, cannot be told from its length.</summary>
    public const int PaddedSize = 4096;

    /// <summary>Most that a node keeps for one regulator, and that a regulator reads.</summary>
    public const int MaxKept = 10_000;

    private const byte LayoutVersion = 1;

    // As far as a day can be written: 9999-12-31.
    private static readonly int _lastDay = DateOnly.MaxValue.DayNumber;

    /// <summary>Counts up with every tally of a session, from 1.</summary>
    public required uint Sequence { get; init; }

    /// <summary>By day, institution and reason, in this order; at most <see cref="MaxRows"/>.</summary>
    public required IReadOnlyList<RefusedQueries> Rows { get; init; }

    /// <summary>Layout: version, sequence, u16 count, and of each row the day (days since 0001-01-01), institution, u16 reason, u32 count.</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().Byte(LayoutVersion).UInt32(Sequence).UInt16((ushort)Rows.Count);
        foreach (var row in Rows)
        {
            writer.UInt32((uint)row.Day.DayNumber).Address(row.Institution).UInt16((ushort)row.Reason).UInt32(row.Count);
        }

        return writer.ToArray();
    }

    /// <summary>Parses the layout; rows out of order, twice or empty are refused.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RefusalTally? tally)
    {
        tally = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var sequence = reader.UInt32();
        var count = reader.UInt16();
        if (version != LayoutVersion || sequence == 0 || count > MaxRows)
        {
            return false;
        }

        var rows = new List<RefusedQueries>();
        while (rows.Count < count && !reader.Failed)
        {
            var (day, institution, reason, times) = (reader.UInt32(), reader.Address(), (RefusalReason)reader.UInt16(), reader.UInt32());
            if (day > _lastDay || reason == RefusalReason.None || times == 0)
            {
                return false;
            }

            var row = new RefusedQueries(DateOnly.FromDayNumber((int)day), institution, reason, times);
            if (rows.Count > 0 && Compare(rows[^1], row) >= 0)
            {
                return false;
            }

            rows.Add(row);
        }

        if (!reader.Complete)
        {
            return false;
        }

        tally = new RefusalTally { Sequence = sequence, Rows = rows };
        return true;
    }

    /// <summary>The order of rows: day, institution by its bytes, reason.</summary>
    public static int Compare(RefusedQueries left, RefusedQueries right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var byDay = left.Day.CompareTo(right.Day);
        var byInstitution = byDay != 0 ? byDay : left.Institution.ToArray().AsSpan().SequenceCompareTo(right.Institution.ToArray());
        return byInstitution != 0 ? byInstitution : left.Reason.CompareTo(right.Reason);
    }
}
