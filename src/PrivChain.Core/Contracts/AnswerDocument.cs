using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>
/// What an institution gets: the contract's digest and, for each field that it names, the form and the typed result. Canonical JSON:
/// <c>{"contract":"0x…","shows":{"identity-card.birthDate":{"form":"age-at-least","result":{"answer":true,"kind":"yes-no"}}}}</c>.
/// </summary>
public sealed class AnswerDocument
{
    /// <summary>The longest answer: 256 fields of the largest size class.</summary>
    public const int MaximumBytes = 8 * 1024 * 1024;

    private AnswerDocument(Digest contract, IReadOnlyDictionary<string, AnswerField> shows, byte[] bytes) =>
        (Contract, Shows, Bytes) = (contract, shows, bytes);

    /// <summary>Digest of the contract that was computed.</summary>
    public Digest Contract { get; }

    /// <summary>The results by field name, such as <c>identity-card.birthDate</c>: exactly the contract's fields.</summary>
    public IReadOnlyDictionary<string, AnswerField> Shows { get; }

    /// <summary>The canonical text, as computed or as received.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>The result of one field.</summary>
    /// <exception cref="KeyNotFoundException">The contract does not name it.</exception>
    public FormResult this[string field] => Shows[field].Result;

    internal static AnswerDocument Of(PrivacyContract contract, IReadOnlyDictionary<string, AnswerField> shows) =>
        new(contract.Digest, shows, ContractJson.Canonical(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("contract", contract.Digest.ToString());
            writer.WriteStartObject("shows");
            foreach (var (name, field) in shows)
            {
                writer.WriteStartObject(name);
                writer.WriteString("form", field.Form);
                writer.WritePropertyName("result");
                field.Result.Write(writer);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        }));

    /// <summary>
    /// Reads an answer against its contract: canonical form, exactly the contract's fields, each with its form and a result of that form's
    /// kind. Anything else is refused as <see cref="RefusalReason.Malformed"/>, another contract as <see cref="RefusalReason.DigestMismatch"/>.
    /// </summary>
    public static Verdict<AnswerDocument> Parse(ReadOnlySpan<byte> bytes, PrivacyContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        var parsed = StrictJson.ParseObject(bytes, MaximumBytes);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var faults = new ContractFaults();
        var members = new MemberReader(parsed.Value, "$", faults, ["contract", "shows"]);
        if (members.Text("contract", 66, out var digest) && digest != contract.Digest.ToString())
        {
            return Verdict<AnswerDocument>.Refuse(RefusalReason.DigestMismatch, $"$.contract: wanted {contract.Digest}");
        }

        var shows = new Dictionary<string, AnswerField>(StringComparer.Ordinal);
        if (members.Element("shows", out var element))
        {
            var fields = new MemberReader(element, "$.shows", faults, [.. contract.Shows.Select(field => field.Name)]);
            foreach (var field in contract.Shows)
            {
                if (fields.Element(field.Name, out var given) && ReadField(given, field, fields.PathOf(field.Name), faults) is { } result)
                {
                    shows.Add(field.Name, new AnswerField(field.Form.Name, result));
                }
            }
        }

        if (faults.Any)
        {
            return faults.ToRefusal();
        }

        var answer = Of(contract, shows);
        return answer.Bytes.Span.SequenceEqual(bytes)
            ? answer
            : Verdict<AnswerDocument>.Refuse(RefusalReason.Malformed, "$: not in canonical form");
    }

    private static FormResult? ReadField(JsonElement element, ContractField field, string path, ContractFaults faults)
    {
        var members = new MemberReader(element, path, faults, ["form", "result"]);
        if (members.Text("form", 32, out var form) && form != field.Form.Name)
        {
            members.Fault("form", $"wanted {field.Form.Name}");
        }

        if (!members.Element("result", out var given))
        {
            return null;
        }

        if (!FormResult.TryRead(given, out var result) || !Fits(result.Kind, field))
        {
            members.Fault("result", $"wanted a result of the form {field.Form.Name}");
            return null;
        }

        return result;
    }

    private static bool Fits(FormResultKind kind, ContractField field) => kind switch
    {
        FormResultKind.NotGranted => field.Optional,
        FormResultKind.Absent => field.Form is not ExistsForm,
        FormResultKind.Value => field.Form is ValueForm,
        FormResultKind.YesNo => field.Form is ExistsForm or AgeAtLeastForm or CompareForm or InSetForm,
        FormResultKind.Band => field.Form is BandForm,
        FormResultKind.Number => field.Form is RoundForm,
        FormResultKind.Year => field.Form is YearForm,
        FormResultKind.Masked => field.Form is MaskForm,
        FormResultKind.Pseudonym => field.Form is PseudonymForm,
        _ => false,
    };
}
