namespace PrivChain.Core.Tests.Keys;

/// <summary>Strict DER of SEQUENCE { INTEGER r, INTEGER s }: none of our formats carries DER, only the vectors do.</summary>
internal static class EcdsaDer
{
    /// <summary>r and s, 32 bytes each; false for every encoding that DER does not allow, and for numbers that are negative or longer.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> der, Span<byte> signature)
    {
        signature.Clear();
        return TryTake(ref der, 0x30, out var sequence)
            && der.IsEmpty
            && TryInteger(ref sequence, signature[..32])
            && TryInteger(ref sequence, signature[32..64])
            && sequence.IsEmpty;
    }

    private static bool TryInteger(ref ReadOnlySpan<byte> rest, Span<byte> destination)
    {
        if (!TryTake(ref rest, 0x02, out var value) || value.IsEmpty || value[0] >= 0x80 || (value.Length > 1 && value[0] == 0 && value[1] < 0x80))
        {
            return false;
        }

        value = value[0] == 0 ? value[1..] : value;
        if (value.Length > destination.Length)
        {
            return false;
        }

        value.CopyTo(destination[(destination.Length - value.Length)..]);
        return true;
    }

    // The longest signature has 70 content bytes, so the long form of a length is never the shortest one.
    private static bool TryTake(ref ReadOnlySpan<byte> rest, byte tag, out ReadOnlySpan<byte> content)
    {
        content = default;
        if (rest.Length < 2 || rest[0] != tag || rest[1] >= 0x80 || rest.Length - 2 < rest[1])
        {
            return false;
        }

        content = rest.Slice(2, rest[1]);
        rest = rest[(2 + rest[1])..];
        return true;
    }
}
