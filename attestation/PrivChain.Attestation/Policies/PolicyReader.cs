using System.Globalization;
using System.Text.Json;

namespace PrivChain.Attestation.Policies;

/// <summary>Reads the members of one policy object and collects every fault, so that an operator mends a file in one go.</summary>
internal sealed class PolicyReader
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly List<PolicyFinding> _faults;

    public PolicyReader(JsonElement root, string path, List<PolicyFinding> faults)
    {
        _path = path;
        _faults = faults;
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new PolicyFinding(PolicySeverity.Error, path.TrimEnd('.'), path.Length == 0 ? "the policy is of another form" : "is of another form", "must be an object"));
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

    /// <summary>An object whose members are lists of texts; a list may not be empty.</summary>
    public Dictionary<string, IReadOnlySet<string>> Sets(string name, Func<string, bool> names, string wantedName, Func<string, bool> accepts, string wanted)
    {
        var sets = new Dictionary<string, IReadOnlySet<string>>(StringComparer.Ordinal);
        if (Find(name, JsonValueKind.Object, out var element))
        {
            foreach (var member in element.EnumerateObject())
            {
                if (!names(member.Name))
                {
                    Fault(name, "has a name of another form", $"each name must be {wantedName}");
                }
                else if (member.Value.ValueKind != JsonValueKind.Array || member.Value.GetArrayLength() == 0)
                {
                    Fault($"{name}.{member.Name}", "is empty or of another form", "must be a list of values, or be left out");
                }
                else
                {
                    sets[member.Name] = Items($"{name}.{member.Name}", member.Value, accepts, wanted);
                }
            }
        }

        return sets;
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
            Fault(name, "is of another form", $"must be {wanted}");
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
            Fault(name, "is missing or of another form", "must be true or false");
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
            Fault(name, "is out of range", $"must be a whole number from {minimum} to {maximum}");
            return minimum;
        }

        return number;
    }

    public void RefuseUnknown()
    {
        foreach (var name in _members.Keys.Where(name => !_read.Contains(name)))
        {
            Fault(name, "is not a member of a policy", "take it out");
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
                Fault(name, "has an item of another form, or one twice", $"each item must be {wanted}");
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

        Fault(name, "is missing or of another form", $"must be there, as {kind}");
        return false;
    }

    private void Fault(string name, string what, string remedy) => _faults.Add(new PolicyFinding(PolicySeverity.Error, _path + name, what, remedy));
}
