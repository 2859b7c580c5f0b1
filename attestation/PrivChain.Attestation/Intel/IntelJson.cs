using System.Globalization;
using System.Text.Json;

namespace PrivChain.Attestation.Intel;

/// <summary>
/// Reads members of a JSON object of Intel's service. Like the reader of bytes it remembers its first failure, for the whole document, and callers ask once at the end. Members that nobody reads are allowed: the
/// object is signed, and Intel adds to it.
/// </summary>
internal sealed class IntelJson
{
    private const int MaxItems = 256;
    private const int MaxText = 512;

    private readonly JsonElement _element;
    private readonly string _path;
    private readonly Failure _failure;

    public IntelJson(JsonElement element, string path)
        : this(element, path, new Failure())
    {
    }

    private IntelJson(JsonElement element, string path, Failure failure)
    {
        _element = element;
        _path = path;
        _failure = failure;
        if (element.ValueKind != JsonValueKind.Object)
        {
            Fail(path);
        }
    }

    /// <summary>The first member that was not as it must be, or null.</summary>
    public string? Fault => _failure.First;

    public bool Has(string name) => _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(name, out _);

    public IntelJson Object(string name) => new(Member(name), Path(name), _failure);

    public IReadOnlyList<IntelJson> Objects(string name)
    {
        var list = new List<IntelJson>();
        foreach (var item in Items(name, atLeast: 1))
        {
            list.Add(new IntelJson(item, Path(name), _failure));
        }

        return list;
    }

    public byte UInt8(string name) => Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetByte(out var value) ? value : Fail<byte>(Path(name));

    public ushort UInt16(string name) => Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetUInt16(out var value) ? value : Fail<ushort>(Path(name));

    public uint UInt32(string name) => Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetUInt32(out var value) ? value : Fail<uint>(Path(name));

    public string Text(string name) => TextOf(Member(name)) ?? Fail<string>(Path(name)) ?? string.Empty;

    /// <summary>Texts, or none where the member is absent.</summary>
    public IReadOnlyList<string> OptionalTexts(string name) => Has(name) ? [.. Items(name, atLeast: 0).Select(item => TextOf(item) ?? Fail<string>(Path(name)) ?? string.Empty)] : [];

    /// <summary>Bytes as hex digits of either case.</summary>
    public ReadOnlyMemory<byte> Hex(string name, int size)
    {
        var bytes = new byte[size];
        if (Convert.FromHexString(Text(name), bytes, out _, out var written) != System.Buffers.OperationStatus.Done || written != size)
        {
            Fail(Path(name));
        }

        return bytes;
    }

    /// <summary>A time in UTC, to the second: the one form that the service writes.</summary>
    public DateTimeOffset Date(string name) =>
        DateTimeOffset.TryParseExact(Text(name), "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : Fail<DateTimeOffset>(Path(name));

    /// <summary>Refuses a value that was read.</summary>
    public void Fail(string path) => _failure.First ??= path;

    private T? Fail<T>(string path)
    {
        Fail(path);
        return default;
    }

    private IEnumerable<JsonElement> Items(string name, int atLeast)
    {
        var member = Member(name);
        if (member.ValueKind != JsonValueKind.Array || member.GetArrayLength() < atLeast || member.GetArrayLength() > MaxItems)
        {
            Fail(Path(name));
            return [];
        }

        return member.EnumerateArray();
    }

    private static string? TextOf(JsonElement element) => element.ValueKind == JsonValueKind.String && element.GetString() is { Length: <= MaxText } text ? text : null;

    private JsonElement Member(string name) => _element.ValueKind == JsonValueKind.Object && _element.TryGetProperty(name, out var member) ? member : default;

    private string Path(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private sealed class Failure
    {
        public string? First { get; set; }
    }
}
