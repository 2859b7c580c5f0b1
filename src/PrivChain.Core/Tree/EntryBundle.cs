using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tree;

/// <summary>Up to 256 log entries, each after its length in two bytes (c2sp.org/tlog-tiles).</summary>
public static class EntryBundle
{
    /// <summary>Largest entry in bytes.</summary>
    public const int MaxEntrySize = ushort.MaxValue;

    /// <summary>Writes the entries.</summary>
    /// <exception cref="ArgumentException">An entry is too large, or there are none or more than 256.</exception>
    public static byte[] Encode(IReadOnlyList<ReadOnlyMemory<byte>> entries)
    {
        if (entries.Count is 0 or > TilePath.FullWidth || entries.Any(static e => e.Length > MaxEntrySize))
        {
            throw new ArgumentException($"a bundle has 1 to {TilePath.FullWidth} entries of at most {MaxEntrySize} bytes", nameof(entries));
        }

        var writer = new RecordWriter();
        foreach (var entry in entries)
        {
            writer.UInt16((ushort)entry.Length).Raw(entry.Span);
        }

        return writer.ToArray();
    }

    /// <summary>Reads exactly <paramref name="width"/> entries with nothing after them.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, int width, [NotNullWhen(true)] out IReadOnlyList<ReadOnlyMemory<byte>>? entries)
    {
        entries = null;
        var reader = new RecordReader(bytes);
        var parsed = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < width && !reader.Failed; i++)
        {
            parsed.Add(reader.Take(reader.UInt16()).ToArray());
        }

        if (!reader.Complete || width is < 1 or > TilePath.FullWidth)
        {
            return false;
        }

        entries = parsed;
        return true;
    }
}
