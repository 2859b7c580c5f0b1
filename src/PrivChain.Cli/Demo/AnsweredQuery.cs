using System.Text.Json;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Demo;

/// <summary>An answer, beside what the records hold.</summary>
/// <param name="Name">File name stem.</param>
/// <param name="Citizen">Whom it is about.</param>
/// <param name="Institution">Who asked.</param>
/// <param name="Answer">The answer.</param>
/// <param name="Held">Value by contract field name; missing where the record does not have it.</param>
internal sealed record AnsweredQuery(string Name, string Citizen, string Institution, Answer Answer, IReadOnlyDictionary<string, JsonElement> Held)
{
    /// <summary>Field, what the record holds, what the institution saw.</summary>
    public IEnumerable<(ContractField Field, string Held, string Seen)> Rows()
    {
        foreach (var field in Answer.Consent.Contract.Shows)
        {
            var held = Held.TryGetValue(field.Name, out var value) ? value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText() : "(nothing)";
            yield return (field, TerminalText.Neutralise(held, 120), ContractRendering.Describe(Answer[field.Name], field.Field, DisplayLanguage.English));
        }
    }

    /// <summary>Throws the refusal when there is no answer.</summary>
    public AnsweredQuery OrThrow() => Answer.Refusal is { } refusal ? throw new RefusalException(refusal) : this;
}
