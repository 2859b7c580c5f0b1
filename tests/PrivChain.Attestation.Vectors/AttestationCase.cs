using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Vectors;

/// <summary>One case of a <c>cases.json</c>: files by role, time, and the expected verdict and values.</summary>
public sealed class AttestationCase
{
    private readonly Func<string, byte[]> _read;
    private readonly JsonObject _case;

    private AttestationCase(string topic, Func<string, byte[]> read, JsonObject @case)
    {
        Topic = topic;
        _read = read;
        _case = @case;
    }

    /// <summary>The folder it lies in, such as <c>snp</c>: it says how the files are to be understood.</summary>
    public string Topic { get; }

    /// <summary>Its name.</summary>
    public string Name => Text("name");

    /// <summary>The time of verification.</summary>
    public DateTimeOffset At => DateTimeOffset.Parse(Text("verify_at"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    /// <summary>Everything that is expected: the result and values that must come out.</summary>
    public JsonObject Expect => _case["expect"]!.AsObject();

    /// <summary>The expected verdict.</summary>
    public string Result => Expect["result"]!.GetValue<string>();

    /// <summary>Verdicts that are right: the listed one, and those that are equally right.</summary>
    public IReadOnlyList<string> Acceptable => [Result, .. Expect["acceptable_results"]?.AsArray().Select(item => item!.GetValue<string>()) ?? []];

    /// <summary>True when the evidence is genuine, whatever a policy says to it.</summary>
    public bool IsGenuine => Result.StartsWith("valid", StringComparison.Ordinal);

    /// <summary>Roles of its files.</summary>
    public IEnumerable<string> Roles => _case["files"]!.AsObject().Select(file => file.Key);

    /// <summary>The cases of a <c>cases.json</c>.</summary>
    /// <param name="topic">Name of its folder.</param>
    /// <param name="text">Its bytes.</param>
    /// <param name="read">Gives the bytes of a file by its path below that folder.</param>
    public static IEnumerable<AttestationCase> Read(string topic, byte[] text, Func<string, byte[]> read) =>
        JsonNode.Parse(text)!["cases"]!.AsArray().Select(item => new AttestationCase(topic, read, item!.AsObject()));

    /// <summary>A member beside files and expectations, such as <c>challenge</c> or <c>format_id</c>; empty when absent.</summary>
    public string Text(string name) => _case[name]?.GetValue<string>() ?? string.Empty;

    /// <summary>True when the case has a file of that role.</summary>
    public bool Has(string role) => _case["files"]![role] is not null;

    /// <summary>The bytes of the file of that role.</summary>
    public byte[] Bytes(string role) => _read(_case["files"]![role]!.GetValue<string>());

    /// <summary>The bytes of the files of a role that lists several.</summary>
    public IReadOnlyList<byte[]> Files(string role) => [.. _case["files"]![role]!.AsArray().Select(path => _read(path!.GetValue<string>()))];

    /// <summary>What the asker wants to find in the evidence: the challenge of the case. Absent or empty, nothing is asked for.</summary>
    public ExpectedBinding Binding() =>
        Text("challenge_text") is { Length: > 0 } text ? ExpectedBinding.Nonce(System.Text.Encoding.UTF8.GetBytes(text))
        : Text("challenge") is { Length: > 0 } hex ? ExpectedBinding.Nonce(Convert.FromHexString(hex))
        : ExpectedBinding.Nothing;

    /// <summary>Compares expected values with decoded fields of the same name and gives the differences; what the fields lack is reported too unless it is in <paramref name="elsewhere"/>.</summary>
    public IReadOnlyList<string> Differences(IEnumerable<EvidenceField> fields, IReadOnlySet<string> elsewhere)
    {
        var decoded = fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal);
        var differences = new List<string>();
        foreach (var (name, wanted) in Expect)
        {
            if (name is "result" or "reason" or "acceptable_results" or "strict_policy" || elsewhere.Contains(name))
            {
                continue;
            }

            if (!decoded.TryGetValue(name, out var given))
            {
                differences.Add($"{Name}: {name} is not among the fields");
            }
            else if (!JsonNode.DeepEquals(wanted, given))
            {
                differences.Add($"{Name}: {name}: wanted {wanted?.ToJsonString()}, given {given?.ToJsonString()}");
            }
        }

        return differences;
    }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
