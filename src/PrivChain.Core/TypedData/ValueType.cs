namespace PrivChain.Core.TypedData;


/// <summary>A parsed member type.</summary>
/// <param name="Kind">Which form its values have.</param>
/// <param name="Size">Bits of an integer, bytes of a <c>bytesN</c>, length of a fixed array or -1 for a dynamic one.</param>
/// <param name="Element">The element type of an array.</param>
/// <param name="Name">The name of a struct.</param>
internal sealed record ValueType(ValueKind Kind, int Size = 0, ValueType? Element = null, string? Name = null)
{
    /// <summary>Arrays of arrays deeper than this are refused.</summary>
    public const int MaxDimensions = 8;

    private const int MaxNameLength = 128;

    /// <summary>The struct at the bottom of any arrays, or null.</summary>
    public string? ReferencedStruct => Kind == ValueKind.Array ? Element!.ReferencedStruct : Name;

    /// <summary>
    /// Parses a type. Bare <c>int</c> and <c>uint</c>, sizes outside 8..256 by 8 and 1..32, leading zeros and arrays of fixed length 0 are refused:
    /// wallets hash them differently, or not at all.
    /// </summary>
    public static ValueType? Parse(string text)
    {
        var bracket = text.IndexOf('[', StringComparison.Ordinal);
        var type = ParseSingle(bracket < 0 ? text : text[..bracket]);
        for (var dimension = 0; type is not null && bracket >= 0 && bracket < text.Length; dimension++)
        {
            var end = text.IndexOf(']', bracket);
            if (text[bracket] != '[' || end < 0 || dimension == MaxDimensions)
            {
                return null;
            }

            var length = -1;
            if (end > bracket + 1 && !TryParseNumber(text.AsSpan(bracket + 1, end - bracket - 1), out length))
            {
                return null;
            }

            type = new ValueType(ValueKind.Array, length, type);
            bracket = end + 1;
        }

        return type;
    }

    /// <summary>A name of a struct or member: a Solidity identifier.</summary>
    public static bool IsIdentifier(string name) =>
        name.Length is > 0 and <= MaxNameLength
        && !char.IsAsciiDigit(name[0])
        && !name.AsSpan().ContainsAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_$");

    /// <summary>A name that a struct may not have, because some wallet would read it as an atomic type.</summary>
    public static bool IsReserved(string name)
    {
        var stem = name.TrimEnd("0123456789".ToCharArray());
        return stem is "bool" or "address" or "string" or "bytes" or "int" or "uint" or "function" or "fixed" or "ufixed";
    }

    private static ValueType? ParseSingle(string name)
    {
        switch (name)
        {
            case "bool":
                return new ValueType(ValueKind.Bool);
            case "address":
                return new ValueType(ValueKind.Address);
            case "string":
                return new ValueType(ValueKind.String);
            case "bytes":
                return new ValueType(ValueKind.Bytes);
        }

        if (IsIdentifier(name) && !IsReserved(name))
        {
            return new ValueType(ValueKind.Struct, Name: name);
        }

        if (name.StartsWith("bytes", StringComparison.Ordinal))
        {
            return TryParseNumber(name.AsSpan(5), out var bytes) && bytes <= 32 ? new ValueType(ValueKind.FixedBytes, bytes) : null;
        }

        var unsigned = name.StartsWith("uint", StringComparison.Ordinal);
        if (!unsigned && !name.StartsWith("int", StringComparison.Ordinal))
        {
            return null;
        }

        return TryParseNumber(name.AsSpan(unsigned ? 4 : 3), out var bits) && bits <= 256 && bits % 8 == 0
            ? new ValueType(unsigned ? ValueKind.UnsignedInteger : ValueKind.SignedInteger, bits)
            : null;
    }

    // 1 to 999999, without a leading zero.
    private static bool TryParseNumber(ReadOnlySpan<char> digits, out int number)
    {
        number = 0;
        if (digits.Length is 0 or > 6 || digits[0] == '0' || digits.ContainsAnyExcept("0123456789"))
        {
            return false;
        }

        number = int.Parse(digits, System.Globalization.CultureInfo.InvariantCulture);
        return true;
    }
}
