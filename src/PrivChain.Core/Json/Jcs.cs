using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Json;

/// <summary>
/// JSON Canonicalization Scheme, RFC 8785: one byte string for each JSON value. Names are sorted by UTF-16 code unit (3.2.3), numbers
/// written as ECMAScript does (3.2.2.3), only what must be escaped is escaped (3.2.2.2), and there is no white space (3.2.1).
/// </summary>
public static class Jcs
{
    /// <summary>The canonical bytes of a JSON text, which must pass <see cref="StrictJson"/>.</summary>
    public static Verdict<byte[]> Canonicalize(
        ReadOnlySpan<byte> utf8, int maxBytes = StrictJson.DefaultMaxBytes, int maxDepth = StrictJson.DefaultMaxDepth)
    {
        var parsed = StrictJson.Parse(utf8, maxBytes, maxDepth);
        return parsed.Accepted ? Canonicalize(parsed.Value) : parsed.Refusal;
    }

    /// <summary>The canonical bytes of a parsed value; what <see cref="StrictJson"/> would refuse is refused here too.</summary>
    public static Verdict<byte[]> Canonicalize(JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var fault = Write(value, output);
        return fault is null ? output.WrittenSpan.ToArray() : Verdict<byte[]>.Refuse(RefusalReason.Malformed, fault);
    }

    /// <summary>The canonical bytes of a tree; null is the JSON null.</summary>
    public static Verdict<byte[]> Canonicalize(JsonNode? node)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var fault = Write(node, output);
        return fault is null ? output.WrittenSpan.ToArray() : Verdict<byte[]>.Refuse(RefusalReason.Malformed, fault);
    }

    /// <summary>Appends the canonical text of a string and answers what is wrong with it, or null.</summary>
    internal static string? WriteString(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (!text.IsEmpty)
        {
            // U+0020 upwards is written as it is, but for the quote and the backslash.
            var plain = text.IndexOfAny(MustEscape);
            var run = plain < 0 ? text : text[..plain];
            if (!TryWriteUtf8(run, output))
            {
                return "a lone surrogate";
            }

            if (plain < 0)
            {
                break;
            }

            WriteEscape(text[plain], output);
            text = text[(plain + 1)..];
        }

        output.Write("\""u8);
        return null;
    }

    private static readonly SearchValues<char> MustEscape = SearchValues.Create(
        "\"\\\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f");

    private static bool TryWriteUtf8(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        if (text.IsEmpty)
        {
            return true;
        }

        var buffer = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length));
        var status = System.Text.Unicode.Utf8.FromUtf16(text, buffer, out _, out var written, replaceInvalidSequences: false);
        output.Advance(written);
        return status == OperationStatus.Done;
    }

    private static void WriteEscape(char unit, IBufferWriter<byte> output)
    {
        switch (unit)
        {
            case '"': output.Write("\\\""u8); break;
            case '\\': output.Write("\\\\"u8); break;
            case '\b': output.Write("\\b"u8); break;
            case '\t': output.Write("\\t"u8); break;
            case '\n': output.Write("\\n"u8); break;
            case '\f': output.Write("\\f"u8); break;
            case '\r': output.Write("\\r"u8); break;
            default:
                output.Write("\\u00"u8);
                output.Write([(byte)(unit < 0x10 ? '0' : '1'), (byte)"0123456789abcdef"[unit & 15]]);
                break;
        }
    }

    private static string? WriteNumber(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        var fault = StrictJson.NumberFault(text);
        if (fault is null)
        {
            var value = double.Parse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture);
            output.Advance(EcmaNumber.Format(value, output.GetSpan(EcmaNumber.MaxLength)));
        }

        return fault;
    }

    private static string? Write(JsonElement value, IBufferWriter<byte> output)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Null: output.Write("null"u8); return null;
            case JsonValueKind.True: output.Write("true"u8); return null;
            case JsonValueKind.False: output.Write("false"u8); return null;
            case JsonValueKind.Number: return WriteNumber(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(value), output);
            case JsonValueKind.String: return TextOf(value) is { } text ? WriteString(text, output) : "a lone surrogate or invalid UTF-8";
            case JsonValueKind.Array: return WriteArray(value, output);
            case JsonValueKind.Object: return WriteObject(value, output);
            default: return "no value";
        }
    }

    private static string? TextOf(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    private static string? WriteArray(JsonElement array, IBufferWriter<byte> output)
    {
        var separator = "["u8;
        foreach (var item in array.EnumerateArray())
        {
            output.Write(separator);
            separator = ","u8;
            if (Write(item, output) is { } fault)
            {
                return fault;
            }
        }

        output.Write(separator[0] == '[' ? "[]"u8 : "]"u8);
        return null;
    }

    private static string? WriteObject(JsonElement members, IBufferWriter<byte> output)
    {
        var sorted = new List<KeyValuePair<string, JsonElement>>();
        try
        {
            foreach (var member in members.EnumerateObject())
            {
                sorted.Add(new(member.Name, member.Value));
            }
        }
        catch (InvalidOperationException)
        {
            return "a lone surrogate or invalid UTF-8";
        }

        return WriteMembers(sorted, output, Write);
    }

    private static string? WriteMembers<T>(
        List<KeyValuePair<string, T>> members, IBufferWriter<byte> output, Func<T, IBufferWriter<byte>, string?> write)
    {
        members.Sort((left, right) => string.CompareOrdinal(left.Key, right.Key));
        output.Write("{"u8);
        for (var i = 0; i < members.Count; i++)
        {
            if (i > 0)
            {
                if (members[i].Key == members[i - 1].Key)
                {
                    return "a name occurs twice in one object";
                }

                output.Write(","u8);
            }

            if (WriteString(members[i].Key, output) is { } nameFault)
            {
                return nameFault;
            }

            output.Write(":"u8);
            if (write(members[i].Value, output) is { } fault)
            {
                return fault;
            }
        }

        output.Write("}"u8);
        return null;
    }

    private static string? Write(JsonNode? node, IBufferWriter<byte> output)
    {
        switch (node)
        {
            case null:
                output.Write("null"u8);
                return null;

            case JsonObject members:
                return WriteMembers([.. members.Select(member => new KeyValuePair<string, JsonNode?>(member.Key, member.Value))], output, Write);

            case JsonArray array:
                output.Write("["u8);
                for (var i = 0; i < array.Count; i++)
                {
                    if (i > 0)
                    {
                        output.Write(","u8);
                    }

                    if (Write(array[i], output) is { } fault)
                    {
                        return fault;
                    }
                }

                output.Write("]"u8);
                return null;

            default:
                return WriteLeaf((JsonValue)node, output);
        }
    }

    private static string? WriteLeaf(JsonValue leaf, IBufferWriter<byte> output)
    {
        switch (leaf.GetValueKind())
        {
            case JsonValueKind.String when leaf.TryGetValue<string>(out var text):
                return WriteString(text, output);
            case JsonValueKind.True:
                output.Write("true"u8);
                return null;
            case JsonValueKind.False:
                output.Write("false"u8);
                return null;
            case JsonValueKind.Number:
                try
                {
                    return WriteNumber(Encoding.ASCII.GetBytes(leaf.ToJsonString()), output);
                }
                catch (ArgumentException)
                {
                    // The platform's writer throws this for NaN and the infinities.
                    return "a number beyond the range of a double";
                }

            default:
                return "a value that is no JSON";
        }
    }
}
