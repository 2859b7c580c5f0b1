using System.Text.Json;

namespace PrivChain.Attestation;

/// <summary>Reads the members of one policy object and collects every fault, so that an operator mends a file in one go.</summary>
internal sealed class PolicyReader
{
    private readonly Dictionary<string, JsonElement> _members = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly List<string> _faults;

    public PolicyReader(JsonElement root, List<string> faults)
    {
        _faults = faults;
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add("a policy is an object");
            return;
        }

        foreach (var member in root.EnumerateObject())
        {
            _members[member.Name] = member.Value;
        }
    }

    public HashSet<string> Texts(string name, Func<string, bool> accepts, string wanted)
    {
        var texts = new HashSet<string>(StringComparer.Ordinal);
        if (!Find(name, JsonValueKind.Array, out var element))
        {
            return texts;
        }

        foreach (var item in element.EnumerateArray())
        {
            var text = item.ValueKind == JsonValueKind.String ? item.GetString()! : string.Empty;
            if (!accepts(text) || !texts.Add(text))
            {
                _faults.Add($"{name}: each item is {wanted}, once");
            }
        }

        return texts;
    }

    public bool Flag(string name)
    {
        _read.Add(name);
        if (!_members.TryGetValue(name, out var element) || element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            _faults.Add($"{name} must be true or false");
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
            _faults.Add($"{name} must be a whole number from {minimum} to {maximum}");
            return minimum;
        }

        return number;
    }

    public void RefuseUnknown()
    {
        foreach (var name in _members.Keys.Where(name => !_read.Contains(name)))
        {
            _faults.Add($"unknown member {name}");
        }
    }

    private bool Find(string name, JsonValueKind kind, out JsonElement element)
    {
        _read.Add(name);
        if (_members.TryGetValue(name, out element) && element.ValueKind == kind)
        {
            return true;
        }

        _faults.Add($"{name} must be there, as {kind}");
        return false;
    }
}
