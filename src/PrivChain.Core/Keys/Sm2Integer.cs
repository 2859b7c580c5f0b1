using System.Formats.Asn1;

namespace PrivChain.Core.Keys;

/// <summary>INTEGER in DER to and from 32 bytes: short values are padded, which programs forget for one signature in 128.</summary>
internal static class Sm2Integer
{
    /// <summary>False for a negative value and for one of more than 32 bytes.</summary>
    /// <exception cref="AsnContentException">Not an INTEGER in DER.</exception>
    public static bool TryRead(AsnReader reader, Span<byte> destination)
    {
        var bytes = reader.ReadIntegerBytes().Span;
        if ((bytes[0] & 0x80) != 0)
        {
            return false;
        }

        bytes = bytes[0] == 0 ? bytes[1..] : bytes;
        if (bytes.Length > destination.Length)
        {
            return false;
        }

        destination.Clear();
        bytes.CopyTo(destination[(destination.Length - bytes.Length)..]);
        return true;
    }

    public static void Write(AsnWriter writer, ReadOnlySpan<byte> value) => writer.WriteIntegerUnsigned(value.TrimStart((byte)0) is { IsEmpty: false } digits ? digits : [0]);
}
