using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Documents;

/// <summary>Tells the holder of a new record what the anchor's hash commits to.</summary>
/// <param name="Record">Digest of the sealed record.</param>
/// <param name="Details">Schema and salt.</param>
public sealed record RecordNotice(Digest Record, AnchorDetails Details)
{
    private const byte LayoutVersion = 1;
    private const int MaxText = 128;

    /// <summary>Layout: version, record, schema, salt.</summary>
    public byte[] ToArray() => new RecordWriter().Byte(LayoutVersion).Digest(Record).Text(Details.Schema).Digest(Details.Salt).ToArray();

    /// <summary>Parses the layout.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RecordNotice? notice)
    {
        notice = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var parsed = new RecordNotice(reader.Digest(), new AnchorDetails(reader.Text(MaxText), reader.Digest()));
        if (!reader.Complete || version != LayoutVersion)
        {
            return false;
        }

        notice = parsed;
        return true;
    }
}
