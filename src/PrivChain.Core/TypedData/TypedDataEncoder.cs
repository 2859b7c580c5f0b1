using System.Globalization;
using System.Numerics;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.TypedData;

/// <summary>
/// Turns JSON values into the words of encodeData. It remembers its first refusal and the caller asks once, at the end. The details name
/// the member and what was wanted, never the value.
/// </summary>
internal sealed class TypedDataEncoder(TypedDataSchema schema)
{
    // 2^53-1: above it a JavaScript wallet has already lost digits when it hashes a JSON number.
    private const long MaxSafeInteger = (1L << 53) - 1;

    private const int MaxDecimalDigits = 78;
    private const int MaxHexDigits = 64;

    public Refusal? Refusal { get; private set; }

    /// <summary>typeHash and one word for each member.</summary>
    public Digest[] Encode(string structName, JsonElement value, string path)
    {
        var type = schema.Get(structName);
        var words = new Digest[type.Members.Count + 1];
        words[0] = type.Hash;
        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse(path, "an object");
            return words;
        }

        for (var i = 0; i < type.Members.Count && Refusal is null; i++)
        {
            var member = type.Members[i];
            if (value.TryGetProperty(member.Name, out var memberValue))
            {
                words[i + 1] = Word(member.Type, memberValue, $"{path}.{member.Name}");
            }
            else
            {
                Refuse($"{path}.{member.Name}", "a value: missing members are not zero");
            }
        }

        // Names are unique (the parser saw to it) and all members were found, so any difference in count is an extra member.
        if (Refusal is null && value.GetPropertyCount() != type.Members.Count)
        {
            Refuse(path, "the members of its type only");
        }

        return words;
    }

    private Digest Word(ValueType type, JsonElement value, string path)
    {
        switch (type.Kind)
        {
            case ValueKind.Bool:
                // Wallets that take other values treat the text "false" as true.
                return value.ValueKind switch
                {
                    JsonValueKind.True => TypedDataHash.Word(true),
                    JsonValueKind.False => TypedDataHash.Word(false),
                    _ => Refuse(path, "true or false"),
                };
            case ValueKind.Address:
                return TryAddress(value, out var address) ? TypedDataHash.Word(address) : Refuse(path, "an address: 0x and 40 digits, all lower case or with a right EIP-55 checksum");
            case ValueKind.String:
                return TryText(value, out var text) ? TypedDataHash.String(text) : Refuse(path, "text that has a UTF-8 form");
            case ValueKind.Bytes:
                return TryBytes(value, out var bytes) ? TypedDataHash.Bytes(bytes) : Refuse(path, "0x and an even number of hex digits");
            case ValueKind.FixedBytes:
                return TryBytes(value, out var fixedBytes) && fixedBytes.Length == type.Size
                    ? TypedDataHash.FixedBytes(fixedBytes)
                    : Refuse(path, $"0x and {2 * type.Size} hex digits");
            case ValueKind.UnsignedInteger:
            case ValueKind.SignedInteger:
                return TryInteger(value, out var integer) && Fits(integer, type)
                    ? TypedDataHash.Word(integer)
                    : Refuse(path, $"an integer of {type.Size} bits, {(type.Kind == ValueKind.SignedInteger ? "signed" : "unsigned")}; above 2^53 as decimal or 0x text");
            case ValueKind.Struct:
                return TypedDataHash.Array(Encode(type.Name!, value, path));
            default:
                return ArrayWord(type, value, path);
        }
    }

    private Digest ArrayWord(ValueType type, JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Array || (type.Size >= 0 && value.GetArrayLength() != type.Size))
        {
            return Refuse(path, type.Size >= 0 ? $"an array of {type.Size}" : "an array");
        }

        var words = new Digest[value.GetArrayLength()];
        var i = 0;
        foreach (var element in value.EnumerateArray())
        {
            words[i] = Word(type.Element!, element, $"{path}[{i}]");
            if (Refusal is not null)
            {
                return default;
            }

            i++;
        }

        return TypedDataHash.Array(words);
    }

    private Digest Refuse(string path, string wanted)
    {
        Refusal ??= new Refusal(RefusalReason.Malformed, $"{path}: wanted {wanted}");
        return default;
    }

    internal static bool TryText(JsonElement value, out string text)
    {
        text = string.Empty;
        if (value.ValueKind != JsonValueKind.String)
        {
            return false;
        }

        try
        {
            text = value.GetString()!;
            return true;
        }
        catch (InvalidOperationException)
        {
            // An escape such as \ud800 alone: the platform has no other way to say so.
            return false;
        }
    }

    internal static bool TryAddress(JsonElement value, out AccountAddress address)
    {
        address = default;
        if (!TryText(value, out var text) || text.Length != 2 + (2 * AccountAddress.Size))
        {
            return false;
        }

        // Without letters in upper case there is no checksum to check. All upper case is refused: wallets disagree on it.
        Span<byte> bytes = stackalloc byte[AccountAddress.Size];
        if (Hex.TryDecode(text, bytes))
        {
            address = new AccountAddress(bytes);
            return true;
        }

        return AccountAddress.TryParse(text, out address);
    }

    internal static bool TryBytes(JsonElement value, out byte[] bytes)
    {
        bytes = [];
        if (!TryText(value, out var text)
            || text.Length % 2 != 0
            || !text.StartsWith("0x", StringComparison.Ordinal)
            || text.AsSpan(2).ContainsAnyExcept("0123456789abcdefABCDEF"))
        {
            return false;
        }

        bytes = Convert.FromHexString(text.AsSpan(2));
        return true;
    }

    internal static bool TryInteger(JsonElement value, out BigInteger integer)
    {
        integer = default;
        if (value.ValueKind == JsonValueKind.Number)
        {
            // Fractions and exponents are refused even where the value is whole.
            var number = value.GetRawText();
            return TryDecimal(number, out integer) && BigInteger.Abs(integer) <= MaxSafeInteger;
        }

        if (!TryText(value, out var text))
        {
            return false;
        }

        if (!text.StartsWith("0x", StringComparison.Ordinal))
        {
            return TryDecimal(text, out integer);
        }

        var digits = text.AsSpan(2);
        if (digits.Length is 0 or > MaxHexDigits || digits.ContainsAnyExcept("0123456789abcdefABCDEF"))
        {
            return false;
        }

        // The leading zero keeps the first digit from being read as a sign.
        integer = BigInteger.Parse($"0{digits}", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        return true;
    }

    private static bool TryDecimal(string text, out BigInteger integer)
    {
        integer = default;
        var digits = text.AsSpan(text.StartsWith('-') ? 1 : 0);
        if (digits.Length is 0 or > MaxDecimalDigits
            || digits.ContainsAnyExcept("0123456789")
            || (digits[0] == '0' && text.Length > 1))
        {
            return false;
        }

        integer = BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return true;
    }

    private static bool Fits(BigInteger value, ValueType type)
    {
        var bits = type.Kind == ValueKind.SignedInteger ? type.Size - 1 : type.Size;
        var limit = BigInteger.One << bits;
        return value < limit && value >= (type.Kind == ValueKind.SignedInteger ? -limit : BigInteger.Zero);
    }
}
