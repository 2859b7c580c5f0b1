using System.Text;
using System.Text.Json;

namespace PrivChain.Core.Contracts;

/// <summary>
/// Reads one JSON object with an exact set of members: unknown, missing and null members are faults. Duplicates were refused by
/// <see cref="Json.StrictJson"/> before. A getter that finds nothing usable has reported the fault and answers false.
/// </summary>
internal sealed class MemberReader
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly ContractFaults _faults;

    public MemberReader(JsonElement element, string path, ContractFaults faults, ReadOnlySpan<string> required, ReadOnlySpan<string> optional = default)
    {
        Path = path;
        _faults = faults;
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, "wanted an object");
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!required.Contains(member.Name) && !optional.Contains(member.Name))
            {
                faults.Add($"{path}.{TerminalText.Neutralise(member.Name, 64)}", "unknown member");
            }
            else if (member.Value.ValueKind == JsonValueKind.Null)
            {
                faults.Add($"{path}.{member.Name}", "null is not a value here");
            }
            else
            {
                _members.Add(member.Name, member.Value);
            }
        }

        foreach (var name in required)
        {
            if (!element.TryGetProperty(name, out _))
            {
                faults.Add($"{path}.{name}", "missing");
            }
        }
    }

    public string Path { get; }

    public string PathOf(string name) => $"{Path}.{name}";

    public bool Has(string name) => _members.ContainsKey(name);

    public bool Element(string name, out JsonElement element) => _members.TryGetValue(name, out element);

    public void Fault(string name, string text) => _faults.Add(PathOf(name), text);

    /// <summary>A text of 1 to so many characters without control characters.</summary>
    public bool Text(string name, int maxLength, out string text)
    {
        text = "";
        return Element(name, out var element) && TextOf(element, PathOf(name), maxLength, _faults, out text);
    }

    public bool Integer(string name, long minimum, long maximum, out long number)
    {
        number = 0;
        if (!Element(name, out var element))
        {
            return false;
        }

        if (element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out number) && number >= minimum && number <= maximum)
        {
            return true;
        }

        Fault(name, $"wanted a whole number from {minimum} to {maximum}");
        return false;
    }

    public bool Flag(string name, out bool flag)
    {
        flag = false;
        if (!Element(name, out var element))
        {
            return false;
        }

        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            flag = element.GetBoolean();
            return true;
        }

        Fault(name, "wanted true or false");
        return false;
    }

    /// <summary>A list of 1 to so many members; the caller reads them.</summary>
    public bool List(string name, int maxCount, out IReadOnlyList<JsonElement> members)
    {
        members = [];
        if (!Element(name, out var element))
        {
            return false;
        }

        if (element.ValueKind == JsonValueKind.Array && element.GetArrayLength() is var count && count >= 1 && count <= maxCount)
        {
            members = [.. element.EnumerateArray()];
            return true;
        }

        Fault(name, $"wanted a list of 1 to {maxCount}");
        return false;
    }

    /// <summary>A list of texts, none of them twice.</summary>
    public bool Texts(string name, int maxCount, int maxLength, out IReadOnlyList<string> texts)
    {
        texts = [];
        if (!List(name, maxCount, out var members))
        {
            return false;
        }

        var read = new List<string>();
        for (var i = 0; i < members.Count; i++)
        {
            var path = $"{PathOf(name)}[{i}]";
            if (!TextOf(members[i], path, maxLength, _faults, out var text))
            {
                continue;
            }

            if (read.Contains(text, StringComparer.Ordinal))
            {
                _faults.Add(path, "given twice");
            }
            else
            {
                read.Add(text);
            }
        }

        texts = read;
        return read.Count == members.Count;
    }

    internal static bool TextOf(JsonElement element, string path, int maxLength, ContractFaults faults, out string text)
    {
        text = "";
        if (element.ValueKind != JsonValueKind.String)
        {
            faults.Add(path, "wanted a text");
            return false;
        }

        text = element.GetString()!;
        if (text.Length == 0 || text.Length > maxLength || string.IsNullOrWhiteSpace(text))
        {
            faults.Add(path, $"wanted 1 to {maxLength} characters");
            return false;
        }

        if (text.Any(char.IsControl))
        {
            faults.Add(path, "control characters are not allowed");
            return false;
        }

        return true;
    }
}
