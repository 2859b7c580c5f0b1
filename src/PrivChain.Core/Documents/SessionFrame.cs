using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Documents;

/// <summary>
/// What the frames of a query session hold before they are sealed, and what is sealed with them. A frame carries many queries, or the one envelope that answers many; its length tells how many queries
/// and which size class, and nothing of what they are.
/// </summary>
public static class SessionFrame
{
    /// <summary>Most queries that one frame asks or answers.</summary>
    public const int MaxQueries = 256;

    /// <summary>Most bytes in one frame before it is sealed.</summary>
    public const int MaxContent = 65536;

    /// <summary>Associated data of a frame of queries: their ids are <paramref name="first"/> and those that follow.</summary>
    public static byte[] QueriesData(ulong first, uint count)
    {
        var data = new byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64BigEndian(data, first);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(sizeof(ulong)), count);
        return data;
    }

    /// <summary>Associated data of a frame that answers the queries with these ids.</summary>
    public static byte[] AnswersData(IReadOnlyList<ulong> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var data = new byte[ids.Count * sizeof(ulong)];
        for (var i = 0; i < ids.Count; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(data.AsSpan(i * sizeof(ulong)), ids[i]);
        }

        return data;
    }

    /// <summary>Queries one after the other, each padded to the class of the largest.</summary>
    /// <param name="queries">Layouts of <see cref="QueryDocument"/>; with <see cref="MaxContent"/> and <see cref="MaxQueries"/> kept by the caller.</param>
    public static byte[] Pack(IReadOnlyList<byte[]> queries)
    {
        ArgumentNullException.ThrowIfNull(queries);
        var size = SizeClass.For(queries.Max(query => query.Length)) ?? throw new ArgumentException("a query is above the largest size class", nameof(queries));
        var packed = new byte[queries.Count * size];
        for (var i = 0; i < queries.Count; i++)
        {
            SizeClass.Pad(queries[i], size).CopyTo(packed, i * size);
        }

        return packed;
    }

    /// <summary>Takes a frame of queries apart; every one must be padded to the same class.</summary>
    public static bool TryUnpack(ReadOnlySpan<byte> content, uint count, [NotNullWhen(true)] out IReadOnlyList<QueryDocument>? queries, Suite? suite = null)
    {
        queries = null;
        if (count is 0 or > MaxQueries || content.Length > MaxContent || content.Length % count != 0)
        {
            return false;
        }

        var size = content.Length / (int)count;
        var unpacked = new List<QueryDocument>((int)count);
        for (var i = 0; i < count; i++)
        {
            if (!SizeClass.TryUnpad(content.Slice(i * size, size), out var bytes) || !QueryDocument.TryParse(bytes, out var query, suite))
            {
                return false;
            }

            unpacked.Add(query);
        }

        queries = unpacked;
        return true;
    }
}
