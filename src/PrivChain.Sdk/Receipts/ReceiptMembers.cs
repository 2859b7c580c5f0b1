using System.Globalization;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Suites;

namespace PrivChain.Sdk.Receipts;

/// <summary>Reads the members of one object of a receipt; a fault is a <see cref="FormatException"/> that names the member's path.</summary>
internal sealed class ReceiptMembers
{
    private const int MaxProof = 64;
    private const int MaxVotes = 64;
    private const int MaxBytes = 96 * 1024;
    private const int LongestEntry = 256;

    private readonly JsonElement _element;
    private readonly string _path;

    public ReceiptMembers(JsonElement element, string path, params string[] allowed)
    {
        _element = element;
        _path = path;
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{path}: wanted an object");
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!allowed.Contains(member.Name))
            {
                throw new FormatException($"{path}.{member.Name}: unknown member");
            }
        }
    }

    public bool Has(string name) => _element.TryGetProperty(name, out _);

    public ReceiptMembers Object(string name, params string[] allowed) => new(Member(name, JsonValueKind.Object), $"{_path}.{name}", allowed);

    public string Text(string name) => Member(name, JsonValueKind.String).GetString()!;

    public Digest Digest(string name) => Core.Bytes.Digest.TryParse(Text(name), out var digest) ? digest : throw Wanted(name, "a digest, 0x and 64 lower-case hex digits");

    public byte[] Bytes(string name) => Base64Url.TryDecode(Text(name), MaxBytes, out var bytes) ? bytes : throw Wanted(name, "base64url without padding");

    public ulong Number(string name, ulong maximum) =>
        Member(name, JsonValueKind.Number).TryGetUInt64(out var number) && number <= maximum ? number : throw Wanted(name, $"a whole number up to {maximum}");

    public IReadOnlyList<Digest> Digests(string name)
    {
        var items = Member(name, JsonValueKind.Array).EnumerateArray().ToList();
        return items.Count > MaxProof
            ? throw Wanted(name, $"at most {MaxProof} hashes")
            : [.. items.Select(item => item.ValueKind == JsonValueKind.String && Core.Bytes.Digest.TryParse(item.GetString(), out var digest) ? digest : throw Wanted(name, "digests"))];
    }

    public ProvenEntryText Entry(string name) => ReadEntry(Member(name, JsonValueKind.Object), $"{_path}.{name}");

    public IReadOnlyList<ProvenEntryText> Entries(string name)
    {
        var items = Member(name, JsonValueKind.Array).EnumerateArray().ToList();
        return items.Count is 0 or > MaxVotes
            ? throw Wanted(name, $"1 to {MaxVotes} entries")
            : [.. items.Select((item, index) => ReadEntry(item, $"{_path}.{name}[{index}]"))];
    }

    private static ProvenEntryText ReadEntry(JsonElement element, string path)
    {
        var members = new ReceiptMembers(element, path, "index", "entry", "proof");
        var indexText = members.Text("index");
        if (!ulong.TryParse(indexText, NumberStyles.None, CultureInfo.InvariantCulture, out var index) || index.ToString(CultureInfo.InvariantCulture) != indexText)
        {
            throw members.Wanted("index", "a decimal number");
        }

        // Of either suite; which one it has to be says the genesis, when the entry is proved.
        if (!Hex.TryDecode(members.Text("entry"), LongestEntry, out var bytes) || !Suite.All.Any(suite => suite.EntrySize == bytes.Length))
        {
            throw members.Wanted("entry", "an entry in lower-case hex");
        }

        return new ProvenEntryText(index, bytes, members.Digests("proof"));
    }

    private JsonElement Member(string name, JsonValueKind kind) =>
        _element.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : throw Wanted(name, $"{kind}");

    private FormatException Wanted(string name, string what) => new($"{_path}.{name}: wanted {what}");
}
