using System.Globalization;
using System.Text.Json;

namespace PrivChain.Attestation.Policies;

/// <summary>Reads the members of one policy object and collects every fault, so that an operator mends a file in one go.</summary>
internal sealed class PolicyReader
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly List<string> _faults;

    public PolicyReader(JsonElement root, string path, List<string> faults)
    {
        _path = path;
        _faults = faults;
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{(path.Length == 0 ? "a policy" : path)} is an object");
            return;
        }

        foreach (var member in root.EnumerateObject())
        {
            _members[member.Name] = member.Value;
        }
    }

    public HashSet<string> Texts(string name, Func<string, bool> accepts, string wanted) =>
        Find(name, JsonValueKind.Array, out var element) ? Items(name, element, accepts, wanted) : [];

    /// <summary>A list of texts, or null for the one word <c>any</c>: an absent list is not a loose one.</summary>
    public HashSet<string>? TextsOrAny(string name, Func<string, bool> accepts, string wanted)
    {
        if (_members.TryGetValue(name, out var element) && element.ValueKind == JsonValueKind.String && element.GetString() == "any")
        {
            _ = _read.Add(name);
            return null;
        }

        return Texts(name, accepts, wanted + ", or the word any instead of the list");
    }

    public List<T> Objects<T>(string name, Func<PolicyReader, T> read)
    {
        var objects = new List<T>();
        if (Find(name, JsonValueKind.Array, out var element))
        {
            foreach (var item in element.EnumerateArray())
            {
                var reader = new PolicyReader(item, $"{_path}{name}[{objects.Count}].", _faults);
                objects.Add(read(reader));
                reader.RefuseUnknown();
            }
        }

        return objects;
    }

    public string Text(string name, Func<string, bool> accepts, string wanted)
    {
        var text = Find(name, JsonValueKind.String, out var element) ? element.GetString()! : null;
        if (text is not null && !accepts(text))
        {
            _faults.Add($"{_path}{name} must be {wanted}");
        }

        return text ?? string.Empty;
    }

    /// <summary>A name of an enumeration, as it is written there.</summary>
    public T Name<T>(string name, Func<T, bool> accepts)
        where T : struct, Enum
    {
        var wanted = Enum.GetValues<T>().Where(accepts).Select(value => value.ToString()).ToList();
        var text = Text(name, item => wanted.Contains(item, StringComparer.Ordinal), "one of " + string.Join(", ", wanted));
        return wanted.Contains(text, StringComparer.Ordinal) ? Enum.Parse<T>(text) : default;
    }

    /// <summary>A day, which counts to its end in UTC.</summary>
    public DateTimeOffset Date(string name)
    {
        var text = Text(name, item => DateOnly.TryParseExact(item, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _), "a day such as 2027-01-31");
        return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new DateTimeOffset(day.ToDateTime(TimeOnly.MaxValue), TimeSpan.Zero)
            : default;
    }

    public bool Flag(string name)
    {
        _read.Add(name);
        if (!_members.TryGetValue(name, out var element) || element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            _faults.Add($"{_path}{name} must be true or false");
            return false;
        }

        return element.ValueKind == JsonValueKind.True;
    }

    public long Number(string name, long minimum, long maximum)
    {
        if (!Find(name, JsonValueKind.Number, out var element))
        {
            return minimum;
        }

        if (!element.TryGetInt64(out var number) || number < minimum || number > maximum)
        {
            _faults.Add($"{_path}{name} must be a whole number from {minimum} to {maximum}");
            return minimum;
        }

        return number;
    }

    public void RefuseUnknown()
    {
        foreach (var name in _members.Keys.Where(name => !_read.Contains(name)))
        {
            _faults.Add($"unknown member {_path}{name}");
        }
    }

    private HashSet<string> Items(string name, JsonElement element, Func<string, bool> accepts, string wanted)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in element.EnumerateArray())
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : string.Empty;
            if (!accepts(text) || !texts.Add(text))
            {
                _faults.Add($"{_path}{name}: each item is {wanted}, once");
            }
        }

        return texts;
    }

    private bool Find(string name, JsonValueKind kind, out JsonElement element)
    {
        _read.Add(name);
        if (_members.TryGetValue(name, out element) && element.ValueKind == kind)
        {
            return true;
        }

        _faults.Add($"{_path}{name} must be there, as {kind}");
        return false;
    }
}
