using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Json;

namespace PrivChain.Cli.Import;

/// <summary>
/// Reads a folder of FHIR R4 NDJSON (<c>Patient.*.ndjson</c> and its companions, as bulk export writes it) into one patient summary for each patient. Only the members that
/// the summary has are read; resources of other kinds are left alone, and a resource that names no patient of the export is a fault of its line.
/// Every line of a Patient file that is not empty is a row, read or refused, and rows come in the order of their lines: a broken line never moves the holder of the next.
/// </summary>
internal static class FhirPatients
{
    private static readonly string[] _companions = ["Condition", "AllergyIntolerance", "MedicationRequest", "Immunization", "Procedure", "Encounter"];

    public static async IAsyncEnumerable<ImportedRow> ReadAsync(string folder, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var rows = new List<Func<ImportedRow>>();
        var patients = new Dictionary<string, Summary>(StringComparer.Ordinal);
        foreach (var path in Files(folder, "Patient"))
        {
            var file = Path.GetFileName(path);
            await foreach (var (line, resource, fault) in ResourcesAsync(path, "Patient", cancellation).ConfigureAwait(false))
            {
                var id = fault is null ? Text(resource, "id") : null;
                var summary = id is null ? null : new Summary(PatientClaims(id, resource));
                if (summary is not null && patients.TryAdd(id!, summary))
                {
                    rows.Add(() => new ImportedRow { File = file, Line = line, Claims = summary.ToClaims() });
                }
                else
                {
                    var why = fault ?? (id is null ? "a Patient without id" : "a second Patient with this id");
                    rows.Add(() => new ImportedRow { File = file, Line = line, Fault = why });
                }
            }
        }

        foreach (var type in _companions)
        {
            foreach (var path in Files(folder, type))
            {
                await foreach (var (line, resource, fault) in ResourcesAsync(path, type, cancellation).ConfigureAwait(false))
                {
                    var reference = fault is null ? Text(Member(resource, type is "AllergyIntolerance" or "Immunization" ? "patient" : "subject"), "reference") : null;
                    var id = reference is not null && reference.StartsWith("Patient/", StringComparison.Ordinal) ? reference["Patient/".Length..] : null;
                    if (id is null || !patients.TryGetValue(id, out var summary))
                    {
                        yield return new ImportedRow { File = Path.GetFileName(path), Line = line, Fault = fault ?? $"{type} of a patient that is not in the export", IsRecord = false };
                    }
                    else if (!summary.TryAdd(type, resource, out var why))
                    {
                        yield return new ImportedRow { File = Path.GetFileName(path), Line = line, Fault = why, IsRecord = false };
                    }
                }
            }
        }

        foreach (var row in rows)
        {
            yield return row();
        }
    }

    private static IEnumerable<string> Files(string folder, string type) =>
        Directory.EnumerateFiles(folder, type + ".*ndjson").Order(StringComparer.Ordinal);

    private static async IAsyncEnumerable<(long Line, JsonElement Resource, string? Fault)> ResourcesAsync(
        string path, string type, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var line = 0L;
        await foreach (var text in Lines.ReadAsync(path, cancellation).ConfigureAwait(false))
        {
            line++;
            if (text is null)
            {
                yield return (line, default, $"longer than {Lines.MaxLength} bytes");
            }
            else if (text.Length > 0)
            {
                var parsed = StrictJson.ParseObject(text, Lines.MaxLength, maxDepth: 32);
                yield return !parsed.Accepted ? (line, default, parsed.Refusal.Detail)
                    : Text(parsed.Value, "resourceType") != type ? (line, default, $"not a {type}")
                    : (line, parsed.Value, null);
            }
        }
    }

    private static JsonObject PatientClaims(string id, JsonElement patient)
    {
        var claims = new JsonObject { ["patientId"] = id };
        var name = First(patient, "name", element => Text(element, "use") == "official") ?? First(patient, "name", _ => true);
        Put(claims, "familyName", Text(name, "family"));
        Put(claims, "givenName", Member(name, "given") is { ValueKind: JsonValueKind.Array } given
            ? string.Join(' ', given.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()))
            : null);
        Put(claims, "birthDate", Text(patient, "birthDate"));
        Put(claims, "gender", Text(patient, "gender"));
        var address = First(patient, "address", _ => true);
        Put(claims, "city", Text(address, "city"));
        Put(claims, "country", Text(address, "country"));
        return claims;
    }

    private static void Put(JsonObject claims, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            claims[name] = value;
        }
    }

    private static JsonElement? Member(JsonElement? element, string name) =>
        element is { ValueKind: JsonValueKind.Object } present && present.TryGetProperty(name, out var member) ? member : null;

    private static string? Text(JsonElement? element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? First(JsonElement element, string name, Func<JsonElement, bool> accepts)
    {
        if (Member(element, name) is not { ValueKind: JsonValueKind.Array } array)
        {
            return null;
        }

        foreach (var item in array.EnumerateArray())
        {
            if (accepts(item))
            {
                return item;
            }
        }

        return null;
    }

    // CodeableConcept: its text, otherwise the display of the first coding.
    private static string? Concept(JsonElement resource, string name)
    {
        var concept = Member(resource, name);
        return Text(concept, "text") ?? (concept is { } present ? Text(First(present, "coding", _ => true), "display") : null);
    }

    /// <summary>What was collected of one patient.</summary>
    private sealed class Summary(JsonObject claims)
    {
        private readonly SortedSet<string> _conditions = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _active = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _allergies = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _medications = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _immunizations = new(StringComparer.Ordinal);
        private readonly SortedSet<string> _procedures = new(StringComparer.Ordinal);
        private readonly HashSet<string> _encounters = new(StringComparer.Ordinal);
        private string? _lastEncounter;
        private int _encounterCount;

        /// <summary>Takes what the summary holds of a resource, or nothing of it and says why: a broken visit must not cost a patient the summary, nor a broken allergy vanish from it unsaid.</summary>
        public bool TryAdd(string type, JsonElement resource, [NotNullWhen(false)] out string? fault)
        {
            var member = type switch { "MedicationRequest" => "medicationCodeableConcept", "Immunization" => "vaccineCode", _ => "code" };
            var words = type == "Encounter" ? null : Concept(resource, member);
            fault = type == "Encounter" ? AddEncounter(resource)
                : string.IsNullOrEmpty(words) && Member(resource, member) is not null ? $"{member} has neither a text nor a coding with a display"
                : null;
            if (fault is not null || string.IsNullOrEmpty(words))
            {
                return fault is null;
            }

            switch (type)
            {
                case "Condition":
                    _conditions.Add(words);
                    if (Member(resource, "clinicalStatus") is { } status && Text(First(status, "coding", _ => true), "code") is "active" or "recurrence" or "relapse")
                    {
                        _active.Add(words);
                    }

                    break;
                case "AllergyIntolerance":
                    _allergies.Add(words);
                    break;
                case "MedicationRequest" when Text(resource, "status") == "active":
                    _medications.Add(words);
                    break;
                case "Immunization" when Text(resource, "status") == "completed":
                    _immunizations.Add(words);
                    break;
                case "Procedure" when Text(resource, "status") == "completed":
                    _procedures.Add(words);
                    break;
            }

            return true;
        }

        public JsonObject ToClaims()
        {
            claims["conditions"] = Array(_conditions);
            claims["activeConditions"] = Array(_active);
            claims["allergies"] = Array(_allergies);
            claims["medications"] = Array(_medications);
            claims["immunizations"] = Array(_immunizations);
            claims["procedures"] = Array(_procedures);
            claims["encounterCount"] = _encounterCount;
            FhirPatients.Put(claims, "lastEncounter", _lastEncounter);
            return claims;
        }

        // Encounters are counted, so a line that stands twice would be a visit too many; the other kinds are sets of words.
        private string? AddEncounter(JsonElement resource)
        {
            var start = Text(Member(resource, "period"), "start");
            var day = start is { Length: > 10 } ? start[..10] : start;
            if (day is { Length: 10 } && !DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            {
                return "period.start is on no day of the calendar";
            }

            if (Text(resource, "id") is { } id && !_encounters.Add(id))
            {
                return "a second Encounter with this id";
            }

            _encounterCount++;

            // FHIR allows a year or a month alone, which names no day.
            if (day is { Length: 10 } && string.CompareOrdinal(day, _lastEncounter) > 0)
            {
                _lastEncounter = day;
            }

            return null;
        }

        private static JsonArray Array(SortedSet<string> set) => new([.. set.Select(text => (JsonNode)text)]);
    }
}
