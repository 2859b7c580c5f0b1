using System.Diagnostics.CodeAnalysis;
using System.Formats.Cbor;

namespace PrivChain.Attestation.Cbor;

/// <summary>
/// One CBOR data item, read whole (RFC 8949): well-formed, nothing left over, map keys integers, texts or byte strings and none twice, nesting bounded. Lengths without a count and integers that are longer than need
/// be are read, because signers use them; signatures cover <see cref="Encoded"/>, the bytes as received.
/// </summary>
internal sealed class CborValue
{
    /// <summary>Deepest nesting of arrays, maps and tags.</summary>
    public const int MaxDepth = 16;

    private CborValue(CborKind kind) => Kind = kind;

    public CborKind Kind { get; }

    /// <summary>The item's bytes as received.</summary>
    public ReadOnlyMemory<byte> Encoded { get; private set; }

    /// <summary>Value of an integer, number of a tag or simple value.</summary>
    public Int128 Number { get; private init; }

    /// <summary>Content of a byte string.</summary>
    public ReadOnlyMemory<byte> Bytes { get; private init; }

    /// <summary>Content of a text.</summary>
    public string Text { get; private init; } = string.Empty;

    public bool Boolean { get; private init; }

    public double Float { get; private init; }

    /// <summary>What a map's key is told apart by. The same key in another encoding (01 and 18 01) is the same key: values are compared, not bytes.</summary>
    public (CborKind Kind, Int128 Number, string Text) Label => (Kind, Number, Kind == CborKind.Bytes ? Convert.ToHexStringLower(Bytes.Span) : Text);

    /// <summary>Elements of an array; the one content of a tag.</summary>
    public IReadOnlyList<CborValue> Items { get; private init; } = [];

    /// <summary>Pairs of a map, in their order.</summary>
    public IReadOnlyList<KeyValuePair<CborValue, CborValue>> Entries { get; private init; } = [];

    /// <summary>Reads one data item. False for anything else, bytes left over included.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out CborValue? value)
    {
        value = null;
        try
        {
            var reader = new CborReader(bytes, CborConformanceMode.Strict);
            var read = Read(reader, bytes, depth: 0);
            if (read is null || reader.BytesRemaining != 0)
            {
                return false;
            }

            value = read;
            return true;
        }
        catch (Exception exception) when (exception is CborContentException or InvalidOperationException or ArgumentException or OverflowException)
        {
            // Not well-formed, a key twice, text that is not UTF-8, or a length beyond the end.
            return false;
        }
    }

    public static CborValue OfInteger(Int128 value) => new(CborKind.Integer) { Number = value };

    public static CborValue OfBytes(ReadOnlyMemory<byte> value) => new(CborKind.Bytes) { Bytes = value };

    public static CborValue OfText(string value) => new(CborKind.Text) { Text = value };

    public static CborValue OfBoolean(bool value) => new(CborKind.Boolean) { Boolean = value };

    public static CborValue OfFloat(double value) => new(CborKind.Float) { Float = value };

    public static CborValue OfNull() => new(CborKind.Null);

    public static CborValue OfArray(IReadOnlyList<CborValue> items) => new(CborKind.Array) { Items = items };

    public static CborValue OfMap(IReadOnlyList<KeyValuePair<CborValue, CborValue>> entries) => new(CborKind.Map) { Entries = entries };

    /// <summary>The value under an integer key of a map, or null.</summary>
    public CborValue? Get(long key) => Entries.FirstOrDefault(entry => entry.Key.Kind == CborKind.Integer && entry.Key.Number == key).Value;

    /// <summary>The value under a text key of a map, or null.</summary>
    public CborValue? Get(string key) => Entries.FirstOrDefault(entry => entry.Key.Kind == CborKind.Text && entry.Key.Text == key).Value;

    /// <summary>Content of the tag, when this is that tag; else null.</summary>
    public CborValue? Untag(ulong tag) => Kind == CborKind.Tag && Number == tag ? Items[0] : null;

    private static CborValue? Read(CborReader reader, ReadOnlyMemory<byte> all, int depth)
    {
        if (depth > MaxDepth)
        {
            return null;
        }

        var start = all.Length - reader.BytesRemaining;
        var value = ReadContent(reader, all, depth);
        if (value is not null)
        {
            value.Encoded = all[start..(all.Length - reader.BytesRemaining)];
        }

        return value;
    }

    private static CborValue? ReadContent(CborReader reader, ReadOnlyMemory<byte> all, int depth)
    {
        switch (reader.PeekState())
        {
            case CborReaderState.UnsignedInteger:
                return OfInteger(reader.ReadUInt64());
            case CborReaderState.NegativeInteger:
                return OfInteger(-1 - (Int128)reader.ReadCborNegativeIntegerRepresentation());
            case CborReaderState.ByteString:
                return OfBytes(reader.ReadDefiniteLengthByteString());
            case CborReaderState.StartIndefiniteLengthByteString:
                return OfBytes(reader.ReadByteString());
            case CborReaderState.TextString:
            case CborReaderState.StartIndefiniteLengthTextString:
                return OfText(reader.ReadTextString());
            case CborReaderState.Boolean:
                return OfBoolean(reader.ReadBoolean());
            case CborReaderState.Null:
                reader.ReadNull();
                return OfNull();
            case CborReaderState.SimpleValue:
                var simple = reader.ReadSimpleValue();
                return simple == CborSimpleValue.Undefined ? new CborValue(CborKind.Undefined) : new CborValue(CborKind.Simple) { Number = (int)simple };
            case CborReaderState.HalfPrecisionFloat:
            case CborReaderState.SinglePrecisionFloat:
            case CborReaderState.DoublePrecisionFloat:
                return OfFloat(reader.ReadDouble());
            case CborReaderState.Tag:
                var tag = (ulong)reader.ReadTag();
                return Read(reader, all, depth + 1) is { } content ? new CborValue(CborKind.Tag) { Number = tag, Items = [content] } : null;
            case CborReaderState.StartArray:
                return ReadArray(reader, all, depth);
            case CborReaderState.StartMap:
                return ReadMap(reader, all, depth);
            default:
                return null;
        }
    }

    private static CborValue? ReadArray(CborReader reader, ReadOnlyMemory<byte> all, int depth)
    {
        var items = new List<CborValue>();
        _ = reader.ReadStartArray();
        while (reader.PeekState() != CborReaderState.EndArray)
        {
            if (Read(reader, all, depth + 1) is not { } item)
            {
                return null;
            }

            items.Add(item);
        }

        reader.ReadEndArray();
        return OfArray(items);
    }

    private static CborValue? ReadMap(CborReader reader, ReadOnlyMemory<byte> all, int depth)
    {
        var entries = new List<KeyValuePair<CborValue, CborValue>>();

        var keys = new HashSet<(CborKind, Int128, string)>();
        _ = reader.ReadStartMap();
        while (reader.PeekState() != CborReaderState.EndMap)
        {
            if (Read(reader, all, depth + 1) is not { Kind: CborKind.Integer or CborKind.Text or CborKind.Bytes } key
                || !keys.Add(key.Label)
                || Read(reader, all, depth + 1) is not { } value)
            {
                return null;
            }

            entries.Add(new(key, value));
        }

        reader.ReadEndMap();
        return OfMap(entries);
    }
}
