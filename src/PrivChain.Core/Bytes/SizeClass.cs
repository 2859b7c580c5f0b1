namespace PrivChain.Core.Bytes;

/// <summary>
/// Pads content to a few fixed sizes, so that a length on the wire or on disk tells only the class. A padded block is a
/// four-byte length, the content, and zeros up to the class.
/// </summary>
public static class SizeClass
{
    private const int Header = 4;

    /// <summary>Sizes in bytes of a padded block. Content above the last class is a caller's error: limits are checked before.</summary>
    public static ReadOnlySpan<int> Sizes => [64, 256, 1024, 4096, 16384, 65536, 262144];

    /// <summary>The largest content, in bytes, that any class holds.</summary>
    public const int MaxContent = 262144 - Header;

    /// <summary>The padded block, at least <paramref name="atLeast"/> bytes long.</summary>
    /// <exception cref="ArgumentException">The content fits no class.</exception>
    public static byte[] Pad(ReadOnlySpan<byte> content, int atLeast = 0)
    {
        var size = For(Math.Max(content.Length, atLeast - Header)) ?? throw new ArgumentException($"content of {content.Length} bytes is above the largest size class", nameof(content));
        var padded = new byte[size];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(padded, content.Length);
        content.CopyTo(padded.AsSpan(Header));
        return padded;
    }

    /// <summary>The smallest class that holds so many bytes of content, or null when none does.</summary>
    public static int? For(long content)
    {
        foreach (var size in Sizes)
        {
            if (content <= size - Header)
            {
                return size;
            }
        }

        return null;
    }

    /// <summary>Takes the padding off; a size that is no class, a length that does not fit, or padding that is not zero is refused.</summary>
    public static bool TryUnpad(ReadOnlySpan<byte> padded, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (Sizes.IndexOf(padded.Length) < 0)
        {
            return false;
        }

        var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(padded);
        if (length > padded.Length - Header || padded[(Header + (int)length)..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        content = padded.Slice(Header, (int)length);
        return true;
    }
}
