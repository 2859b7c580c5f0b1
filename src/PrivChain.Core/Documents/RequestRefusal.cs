using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;

namespace PrivChain.Core.Documents;

/// <summary>A person's no to a request.</summary>
/// <param name="Request">Digest of the request.</param>
/// <param name="Reason">In the person's own words; may be empty.</param>
public sealed record RequestRefusal(Digest Request, string Reason)
{
    private const byte LayoutVersion = 1;
    private const int MaxText = 2048;

    /// <summary>Layout: version, request, reason.</summary>
    public byte[] ToArray() => new RecordWriter().Byte(LayoutVersion).Digest(Request).Text(Reason).ToArray();

    /// <summary>Parses the layout.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out RequestRefusal? refusal)
    {
        refusal = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var parsed = new RequestRefusal(reader.Digest(), reader.Text(MaxText));
        if (!reader.Complete || version != LayoutVersion)
        {
            return false;
        }

        refusal = parsed;
        return true;
    }
}
