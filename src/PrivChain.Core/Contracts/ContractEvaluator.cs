using System.Text.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>Computes an answer. It reads the fields that the contract names and no others, whatever else it is handed.</summary>
public static class ContractEvaluator
{
    /// <summary>
    /// Exactly the fields whose keys the citizen must release: those required, and of the optional ones those chosen. Refused with
    /// <see cref="RefusalReason.FieldNotInContract"/> when something chosen is not an optional field of the contract.
    /// </summary>
    /// <param name="contract">The contract.</param>
    /// <param name="chosenOptional">Names such as <c>property-certificate.address</c>.</param>
    public static Verdict<List<ContractField>> FieldsNeeded(PrivacyContract contract, IReadOnlyCollection<string> chosenOptional)
    {
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(chosenOptional);
        foreach (var name in chosenOptional)
        {
            if (contract.Find(name) is not { Optional: true })
            {
                return Verdict<List<ContractField>>.Refuse(
                    RefusalReason.FieldNotInContract, $"{TerminalText.Neutralise(name, 128)} is not an optional field of {contract.Id}");
            }
        }

        var needed = contract.Shows.Where(field => !field.Optional || chosenOptional.Contains(field.Name, StringComparer.Ordinal)).ToList();
        return needed;
    }

    /// <summary>
    /// Puts the values into the contract's forms. A field that the record leaves out is absent; a record that is not there at all is
    /// refused as <see cref="RefusalReason.RecordMissing"/>, a value that is not of its field's type as
    /// <see cref="RefusalReason.SchemaViolation"/>. A refusal names the field and never its value.
    /// </summary>
    /// <param name="contract">The contract.</param>
    /// <param name="grantedOptional">The optional fields that the citizen granted.</param>
    /// <param name="records">Values by record id (<c>identity-card/1</c>) and field name (<c>birthDate</c>).</param>
    /// <param name="context">The day, the controller (which must be the contract's) and the pseudonym secret.</param>
    public static Verdict<AnswerDocument> Evaluate(
        PrivacyContract contract,
        IReadOnlyCollection<string> grantedOptional,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> records,
        FormContext context)
    {
        ArgumentNullException.ThrowIfNull(records);
        ArgumentNullException.ThrowIfNull(context);
        var needed = FieldsNeeded(contract, grantedOptional);
        if (!needed.Accepted)
        {
            return needed.Refusal;
        }

        // A pseudonym made for another controller would link the person across both.
        if (context.Controller != contract.Controller)
        {
            return Verdict<AnswerDocument>.Refuse(RefusalReason.WrongRecipient, "the context names another controller than the contract");
        }

        var shows = new Dictionary<string, AnswerField>(StringComparer.Ordinal);
        foreach (var field in contract.Shows)
        {
            if (!needed.Value.Contains(field))
            {
                shows.Add(field.Name, new AnswerField(field.Form.Name, FormResult.NotGranted));
                continue;
            }

            if (!records.TryGetValue(field.Record.Id, out var record))
            {
                return Verdict<AnswerDocument>.Refuse(RefusalReason.RecordMissing, field.Record.Id);
            }

            JsonElement? value = record.TryGetValue(field.Field.Name, out var given) ? given : null;
            if (value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } present && field.Field.BrokenRule(present) is { } rule)
            {
                return Verdict<AnswerDocument>.Refuse(RefusalReason.SchemaViolation, $"{field.Name}: {rule}");
            }

            var result = field.Form.Apply(value, context);
            if (!result.Accepted)
            {
                return Verdict<AnswerDocument>.Refuse(result.Reason, $"{field.Name}: {result.Refusal.Detail}");
            }

            shows.Add(field.Name, new AnswerField(field.Form.Name, result.Value));
        }

        return AnswerDocument.Of(contract, shows);
    }
}
