using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;

namespace PrivChain.Sdk.Issuing;

/// <summary>Sealed records that are on their way: sent again, these very bytes are recognised by the node, while newly sealed ones would be other records.</summary>
public sealed class PendingBatch
{
    /// <summary>Most records in one batch.</summary>
    public const int MaxRecords = 100;

    private const byte LayoutVersion = 1;
    private const int MaxText = 4096;
    private const int MaxItem = 512 * 1024;

    internal PendingBatch(IReadOnlyList<SealedItem> items) => Items = items;

    /// <summary>Keys of the records, in order.</summary>
    public IEnumerable<string> Keys => Items.Select(item => item.Key);

    internal IReadOnlyList<SealedItem> Items { get; }

    /// <summary>Layout: version, count, then key, record, anchor entry, schema, salt, notice recipient and box of each. Holds nothing in the clear but keys and schema.</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter().Byte(LayoutVersion).UInt16((ushort)Items.Count);
        foreach (var item in Items)
        {
            writer.Text(item.Key).Block(item.Record).Block(item.Anchor).Block(item.Details).Address(item.Holder).Block(item.Notice);
        }

        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="ToArray"/> wrote.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out PendingBatch? batch)
    {
        batch = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var count = reader.UInt16();
        var items = new List<SealedItem>();
        while (items.Count < count && !reader.Failed)
        {
            items.Add(new SealedItem(
                reader.Text(MaxText), reader.Block(MaxItem).ToArray(), reader.Block(MaxItem).ToArray(), reader.Block(MaxItem).ToArray(), reader.Address(), reader.Block(MaxItem).ToArray()));
        }

        if (!reader.Complete || version != LayoutVersion || count is 0 or > MaxRecords)
        {
            return false;
        }

        batch = new PendingBatch(items);
        return true;
    }

    internal sealed record SealedItem(string Key, byte[] Record, byte[] Anchor, byte[] Details, AccountAddress Holder, byte[] Notice);
}
