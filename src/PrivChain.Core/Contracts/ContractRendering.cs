using System.Globalization;
using System.Text.Json;
using PrivChain.Core.Records;

namespace PrivChain.Core.Contracts;

/// <summary>Puts a contract into words that its reader can check: what will be seen, with an example from the own record, and what will not.</summary>
public static class ContractRendering
{
    /// <summary>Renders a contract.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="language">The language.</param>
    /// <param name="controllerName">The institution's name as the ledger's registry has it, or null: then the account alone is shown, and never a name that only the contract claims.</param>
    /// <param name="ownRecords">The person's values by record id and field name, for examples; null for none.</param>
    /// <param name="context">Day and secret for the examples; null for none.</param>
    /// <param name="asked">Uses and validity that a request asks for, which are then told; null: the most that the contract allows.</param>
    public static RenderedContract Render(
        PrivacyContract contract,
        DisplayLanguage language,
        string? controllerName = null,
        IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>? ownRecords = null,
        FormContext? context = null,
        (uint Uses, TimeSpan Validity)? asked = null)
    {
        ArgumentNullException.ThrowIfNull(contract);
        var (uses, validity) = asked ?? ((uint)contract.Limits.MaxUses, TimeSpan.FromDays(contract.Limits.ValidDays));
        return new RenderedContract
        {
            Language = language,
            Title = TerminalText.Neutralise(ContractWords.Pick(language, contract.Title)),
            Who = controllerName is null ? contract.Controller.ToString() : $"{TerminalText.Neutralise(controllerName, 200)} ({contract.Controller})",
            Purpose = ContractWords.Term(language, contract.Purpose),
            LegalBasis = ContractWords.Term(language, contract.LegalBasis),
            Seen = [.. contract.Shows.Select(field => Field(field, language, ownRecords, context))],
            NotSeen = NotSeen(contract, language),
            Vouching = [.. contract.Records.Select(record => ContractWords.In(
                language, contract.AcceptsSelfAsserted(record) ? "vouching.self-asserted" : "vouching.issuer", Title(record.Title, language)))],
            Limits =
            [
                // Rounded up: a person is never told less than they sign.
                validity.Ticks % TimeSpan.TicksPerDay == 0
                    ? ContractWords.Count(language, "limit.days", (int)validity.TotalDays)
                    : ContractWords.Count(language, "limit.hours", (int)Math.Ceiling(validity.TotalHours)),
                ContractWords.Count(language, "limit.uses", uses),
                ContractWords.Count(language, "limit.retain", contract.Limits.RetainDays),
                ContractWords.Count(language, "limit.price", contract.Limits.Price),
                ContractWords.In(language, "limit.revoke"),
            ],
            Enclave = Enclave(contract.Enclave, language),
        };
    }

    /// <summary>What a form shows of a field, in words.</summary>
    public static string Describe(FieldForm form, RecordField field, DisplayLanguage language)
    {
        ArgumentNullException.ThrowIfNull(form);
        ArgumentNullException.ThrowIfNull(field);
        return form switch
        {
            AgeAtLeastForm age => ContractWords.In(language, "form.age-at-least", age.Years.ToString(CultureInfo.InvariantCulture)),
            CompareForm { Date: { } date } compare => ContractWords.In(language, $"form.compare-date.{CompareForm.NameOf(compare.Operator)}", CalendarDate.Text(date)),
            CompareForm compare => ContractWords.In(language, $"form.compare.{CompareForm.NameOf(compare.Operator)}", Number(compare.Number!.Value, field, language)),
            InSetForm set => ContractWords.In(language, field.Type == FieldType.TextList ? "form.in-set.list" : "form.in-set",
                Join(language, set.Texts.Select(text => Coded(text, field, language)).Concat(set.Numbers.Select(number => Number(number, field, language))))),
            BandForm band => ContractWords.In(language, "form.band", Join(language, Bands(band).Select(each => Band(each.From, each.Below, field, language)))),
            RoundForm round => ContractWords.In(language, "form.round", Number(round.Step, field, language)),
            MaskForm mask => ContractWords.In(language, mask.Last ? "form.mask.last" : "form.mask.first", mask.Keep.ToString(CultureInfo.InvariantCulture)),
            _ => ContractWords.In(language, "form." + form.Name),
        };
    }

    /// <summary>A result in words, safe to print.</summary>
    public static string Describe(FormResult result, RecordField field, DisplayLanguage language)
    {
        ArgumentNullException.ThrowIfNull(result);
        ArgumentNullException.ThrowIfNull(field);
        return result.Kind switch
        {
            FormResultKind.Absent => ContractWords.In(language, "result.absent"),
            FormResultKind.NotGranted => ContractWords.In(language, "result.not-granted"),
            FormResultKind.YesNo => ContractWords.In(language, result.YesNo!.Value ? "result.yes" : "result.no"),
            FormResultKind.Band => Band(result.From, result.Below, field, language),
            FormResultKind.Number => Number(result.Number!.Value, field, language),
            FormResultKind.Year => result.Year!.Value.ToString("0000", CultureInfo.InvariantCulture),
            FormResultKind.Value => Value(result.Value!.Value, field, language),
            _ => TerminalText.Neutralise(result.Text!),
        };
    }

    /// <summary>A number with its field's unit in words, safe to print: <c>12 months</c>, <c>1 month</c>; units without a word of ours stand as the schema writes them.</summary>
    public static string Measured(string number, RecordField field, DisplayLanguage language)
    {
        ArgumentNullException.ThrowIfNull(number);
        ArgumentNullException.ThrowIfNull(field);
        var text = TerminalText.Neutralise(number);
        return field.Unit is null ? text : $"{text} {UnitOf(field, language, number == "1")}";
    }

    /// <summary>The unit of a field that has one, in words and safe to print.</summary>
    public static string UnitOf(RecordField field, DisplayLanguage language, bool ofOne = false)
    {
        ArgumentNullException.ThrowIfNull(field);
        var unit = field.Unit ?? throw new ArgumentException("the field has no unit", nameof(field));
        var key = unit == "year" && field.Category == "dpv-pd:Age" ? "unit.year.age" : "unit." + unit;
        return ofOne && ContractWords.All.TryGetValue(key + ".one", out var one) ? ContractWords.Pick(language, one)
            : ContractWords.All.TryGetValue(key, out var words) ? ContractWords.Pick(language, words)
            : TerminalText.Neutralise(unit, 16);
    }

    private static RenderedField Field(
        ContractField field, DisplayLanguage language, IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>>? ownRecords, FormContext? context)
    {
        string? example = null;
        if (context is not null && ownRecords is not null && ownRecords.TryGetValue(field.Record.Id, out var record))
        {
            var result = field.Form.Apply(record.TryGetValue(field.Field.Name, out var value) ? value : null, context);
            example = result.Accepted ? Describe(result.Value, field.Field, language) : null;
        }

        return new RenderedField(field.Name, Title(field.Record.Title, language), Title(field.Field.Title, language), Describe(field.Form, field.Field, language), field.Optional, example);
    }

    private static List<string> NotSeen(PrivacyContract contract, DisplayLanguage language)
    {
        var lines = new List<string>();
        foreach (var record in contract.Records)
        {
            var hidden = record.Fields.Where(field => contract.Find($"{record.Name}.{field.Name}") is null).Select(field => Title(field.Title, language)).ToList();
            if (hidden.Count > 0)
            {
                lines.Add(ContractWords.In(language, "not-seen.record", Title(record.Title, language), Join(language, hidden)));
            }
        }

        if (contract.Shows.Any(field => field.Form is not ValueForm))
        {
            lines.Add(ContractWords.In(language, "not-seen.whole"));
        }

        lines.Add(ContractWords.In(language, "not-seen.else"));
        return lines;
    }

    private static List<string> Enclave(EnclaveDemand demand, DisplayLanguage language)
    {
        List<string> lines = [ContractWords.In(language, "enclave.kinds", string.Join(
            ContractWords.In(language, "list.separator"), demand.AcceptedEvidence.Select(kind => ContractWords.In(language, "evidence." + kind))))];
        if (demand.UnlikeRoots > 1)
        {
            lines.Add(ContractWords.In(language, "enclave.roots", demand.UnlikeRoots.ToString(CultureInfo.InvariantCulture)));
        }

        if (demand.AcceptsSimulated)
        {
            lines.Add(ContractWords.In(language, "enclave.simulated"));
        }

        return lines;
    }

    private static IEnumerable<(decimal? From, decimal? Below)> Bands(BandForm band)
    {
        for (var i = 0; i <= band.Edges.Length; i++)
        {
            yield return (i == 0 ? null : band.Edges[i - 1], i == band.Edges.Length ? null : band.Edges[i]);
        }
    }

    private static string Band(decimal? from, decimal? below, RecordField field, DisplayLanguage language) => (from, below) switch
    {
        (null, { } upper) => ContractWords.In(language, "band.below", Number(upper, field, language)),
        ({ } lower, null) => ContractWords.In(language, "band.from", Number(lower, field, language)),
        ({ } lower, { } upper) => ContractWords.In(language, "band.between", ExactNumber.Text(lower), Number(upper, field, language)),
        _ => throw new ArgumentException("a band has an edge", nameof(from)),
    };

    private static string Value(JsonElement value, RecordField field, DisplayLanguage language) => value.ValueKind switch
    {
        JsonValueKind.String => Coded(value.GetString()!, field, language),
        JsonValueKind.True => ContractWords.In(language, "result.yes"),
        JsonValueKind.False => ContractWords.In(language, "result.no"),
        JsonValueKind.Array => Join(language, value.EnumerateArray().Select(item => Value(item, field, language))),
        JsonValueKind.Number when field.ValueTitles.Count > 0 => Coded(value.GetRawText(), field, language),
        JsonValueKind.Number => Measured(value.GetRawText(), field, language),
        _ => TerminalText.Neutralise(value.GetRawText()),
    };

    // A code such as A11 says nothing to its owner: the title goes first.
    private static string Coded(string text, RecordField field, DisplayLanguage language) =>
        field.ValueTitles.TryGetValue(text, out var title) ? Title(title, language) : TerminalText.Neutralise(text);

    private static string Number(decimal number, RecordField field, DisplayLanguage language) => Measured(ExactNumber.Text(number), field, language);

    private static string Title(Json.LocalText title, DisplayLanguage language) => TerminalText.Neutralise(ContractWords.Pick(language, title), 200);

    private static string Join(DisplayLanguage language, IEnumerable<string> parts) => string.Join(ContractWords.In(language, "list.separator"), parts);
}
