using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Consent;

/// <summary>
/// A consent record or receipt read from ISO/IEC TS 27560 JSON-LD with DPV. The profile is read as plain JSON with its usual prefixes;
/// contexts are not fetched. A member that occurs twice is refused: JSON readers drop one of them, and with it a purpose.
/// </summary>
public sealed partial class DpvConsentRecord
{
    private const int MaximumBytes = 256 * 1024;
    private const int MaximumDepth = 32;

    private DpvConsentRecord(string id, bool isReceipt, string? identifier, string? profile, ImmutableArray<JsonElement> processes, ImmutableArray<DpvConsentStatus> statuses, byte[] json) =>
        (Id, IsReceipt, Identifier, Profile, Processes, Statuses, Json) = (id, isReceipt, identifier, profile, processes, statuses, json);

    /// <summary>The <c>@id</c>.</summary>
    public string Id { get; }

    /// <summary>True for a receipt, which wraps records.</summary>
    public bool IsReceipt { get; }

    /// <summary>The identifier (<c>dct:identifier</c> or <c>dpv:hasIdentifier</c>), or null.</summary>
    public string? Identifier { get; }

    /// <summary>The schema to which it claims to conform, or null.</summary>
    public string? Profile { get; }

    /// <summary>The processes, one or many.</summary>
    public ImmutableArray<JsonElement> Processes { get; }

    /// <summary>The states, in the order written.</summary>
    public ImmutableArray<DpvConsentStatus> Statuses { get; }

    /// <summary>Canonical JSON with <c>dpv:hasProcess</c> and <c>dpv:hasConsentStatus</c> as arrays; reading it gives the same record.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Reads a record; what is not strict JSON or breaks the profile is refused as <see cref="RefusalReason.Malformed"/>.</summary>
    public static Verdict<DpvConsentRecord> Parse(ReadOnlySpan<byte> text)
    {
        var parsed = StrictJson.ParseObject(text, MaximumBytes, MaximumDepth);
        return parsed.Accepted ? Read(parsed.Value, needsId: true) : parsed.Refusal;
    }

    private static Verdict<DpvConsentRecord> Read(JsonElement root, bool needsId)
    {
        if (NameFault(root) is { } name)
        {
            return Malformed(name);
        }

        var types = Texts(root, "@type");
        var isReceipt = types.Contains(DpvTerms.ConsentReceipt);
        if (!isReceipt && !types.Contains(DpvTerms.ConsentRecord))
        {
            return Malformed($"$.@type: wanted {DpvTerms.ConsentRecord} or {DpvTerms.ConsentReceipt}");
        }

        var id = Text(root, "@id");
        if (needsId && string.IsNullOrWhiteSpace(id))
        {
            return Malformed("$.@id: wanted an identifier");
        }

        var processes = Items(root, "dpv:hasProcess");
        if (processes.Any(process => process.ValueKind != JsonValueKind.Object || !Texts(process, "@type").Contains(DpvTerms.Process)))
        {
            return Malformed($"$.dpv:hasProcess: wanted objects of type {DpvTerms.Process}");
        }

        var statuses = ImmutableArray.CreateBuilder<DpvConsentStatus>();
        foreach (var status in Items(root, "dpv:hasConsentStatus"))
        {
            var terms = status.ValueKind == JsonValueKind.String ? [status.GetString()!] : Texts(status, "@type");
            var known = terms.Where(DpvTerms.Statuses.Contains).ToList();
            var time = status.ValueKind == JsonValueKind.Object ? Text(status, "dpv:isIndicatedAtTime") : null;
            if (known.Count != 1 || (time is not null && !IsTime(time)))
            {
                return Malformed("$.dpv:hasConsentStatus: wanted one status of the vocabulary and, if any, an ISO 8601 time");
            }

            statuses.Add(new DpvConsentStatus(known[0], time));
        }

        foreach (var wrapped in Items(root, "dpv:hasRecordOfActivity"))
        {
            if (wrapped.ValueKind != JsonValueKind.Object || Read(wrapped, needsId: false) is { Accepted: false })
            {
                return Malformed("$.dpv:hasRecordOfActivity: wanted consent records");
            }
        }

        var normal = JsonObject.Create(root)!;
        foreach (var member in new[] { "dpv:hasProcess", "dpv:hasConsentStatus" })
        {
            if (normal[member] is { } single and not JsonArray)
            {
                normal[member] = new JsonArray(single.DeepClone());
            }
        }

        return new DpvConsentRecord(
            id ?? "", isReceipt, Text(root, "dct:identifier") ?? Text(root, "dpv:hasIdentifier"), Text(root, "dct:conformsTo"), [.. processes], statuses.ToImmutable(), ConsentText.Canonical(normal));
    }

    // Names are keywords, prefixed terms or plain terms; anything else is no JSON-LD of this profile.
    private static string? NameFault(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in element.EnumerateObject())
                {
                    if (!MemberName().IsMatch(member.Name))
                    {
                        return "a member name is no term";
                    }

                    if (member.Value.ValueKind == JsonValueKind.Null)
                    {
                        return $"{member.Name}: null is not a value here";
                    }

                    if (NameFault(member.Value) is { } fault)
                    {
                        return fault;
                    }
                }

                return null;
            case JsonValueKind.Array:
                return element.EnumerateArray().Select(NameFault).FirstOrDefault(fault => fault is not null);
            default:
                return null;
        }
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static List<string> Texts(JsonElement element, string name) => element.ValueKind != JsonValueKind.Object
        ? []
        : [.. Items(element, name).Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)];

    private static IReadOnlyList<JsonElement> Items(JsonElement element, string name) =>
        !element.TryGetProperty(name, out var value) ? [] : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    private static bool IsTime(string text) => DateTime.TryParseExact(
        text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out _);

    private static Verdict<DpvConsentRecord> Malformed(string detail) => Verdict<DpvConsentRecord>.Refuse(RefusalReason.Malformed, detail);

    [GeneratedRegex("^@?[A-Za-z][A-Za-z0-9-]*(:[A-Za-z][A-Za-z0-9-]*)?\\z", RegexOptions.CultureInvariant)]
    private static partial Regex MemberName();
}
