using System.Collections.Immutable;
using System.Text.Json;

namespace PrivChain.Core.Contracts;

/// <summary>Reads one member of <c>shows</c>: the form's name, exactly its parameters, and whether the field is optional.</summary>
internal static class FormParser
{
    private const int MaximumTextLength = 200;

    /// <summary>The form, or null with the faults reported.</summary>
    public static (FieldForm? Form, bool Optional) Read(JsonElement element, string path, ContractFaults faults)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add(path, "wanted an object");
            return (null, false);
        }

        if (!element.TryGetProperty("form", out var nameElement) || nameElement.ValueKind != JsonValueKind.String)
        {
            faults.Add($"{path}.form", "wanted the name of a form");
            return (null, false);
        }

        var name = nameElement.GetString()!;
        string[]? parameters = name switch
        {
            "value" or "exists" or "year" or "pseudonym" => [],
            "age-at-least" => ["years"],
            "compare" => ["op", "against"],
            "in-set" => ["values"],
            "band" => ["edges"],
            "round" => ["to"],
            "mask" => element.TryGetProperty("keepFirst", out _) ? ["keepFirst"] : ["keepLast"],
            _ => null,
        };
        if (parameters is null)
        {
            faults.Add($"{path}.form", name is "aggregate" or "module"
                ? $"the form {name} is not supported by this version"
                : $"unknown form {TerminalText.Neutralise(name, 32)}");
            return (null, false);
        }

        var members = new MemberReader(element, path, faults, ["form", .. parameters], ["optional"]);
        members.Flag("optional", out var optional);
        FieldForm? form = name switch
        {
            "value" => new ValueForm(),
            "exists" => new ExistsForm(),
            "year" => new YearForm(),
            "pseudonym" => new PseudonymForm(),
            "age-at-least" => members.Integer("years", 1, AgeAtLeastForm.MaximumYears, out var years) ? new AgeAtLeastForm((int)years) : null,
            "compare" => Compare(members),
            "in-set" => InSet(members, faults),
            "band" => Band(members, faults),
            "round" => Number(members, "to", out var step) ? Round(members, step) : null,
            _ => members.Integer(parameters[0], 1, MaskForm.MaximumKeep, out var keep) ? new MaskForm((int)keep, parameters[0] == "keepLast") : null,
        };
        return (form, optional);
    }

    private static CompareForm? Compare(MemberReader members)
    {
        var known = members.Text("op", 16, out var name) & CompareForm.TryOperator(name, out var comparison);
        if (name.Length > 0 && !known)
        {
            members.Fault("op", "wanted less-than, at-most, equals, at-least or more-than");
        }

        if (!members.Element("against", out var against))
        {
            return null;
        }

        if (against.ValueKind == JsonValueKind.String)
        {
            if (CalendarDate.TryRead(against, out var date))
            {
                return known ? new CompareForm(comparison, date) : null;
            }

            members.Fault("against", "wanted a number or a date such as 2031-05-17");
            return null;
        }

        return Number(members, "against", out var number) && known ? new CompareForm(comparison, number) : null;
    }

    private static InSetForm? InSet(MemberReader members, ContractFaults faults)
    {
        if (!members.List("values", InSetForm.MaximumValues, out var values))
        {
            return null;
        }

        if (values[0].ValueKind == JsonValueKind.String)
        {
            return members.Texts("values", InSetForm.MaximumValues, MaximumTextLength, out var texts) ? new InSetForm([.. texts]) : null;
        }

        var numbers = Numbers(members, "values", values, faults);
        if (numbers.Distinct().Count() != numbers.Length)
        {
            members.Fault("values", "a number is given twice");
            return null;
        }

        return numbers.Length == values.Count ? new InSetForm(numbers) : null;
    }

    private static BandForm? Band(MemberReader members, ContractFaults faults)
    {
        if (!members.List("edges", BandForm.MaximumEdges, out var values))
        {
            return null;
        }

        var edges = Numbers(members, "edges", values, faults);
        if (edges.Length != values.Count)
        {
            return null;
        }

        for (var i = 1; i < edges.Length; i++)
        {
            if (edges[i] <= edges[i - 1])
            {
                members.Fault("edges", "wanted edges in strictly ascending order");
                return null;
            }
        }

        return new BandForm(edges);
    }

    private static RoundForm? Round(MemberReader members, decimal step)
    {
        if (step > 0)
        {
            return new RoundForm(step);
        }

        members.Fault("to", "wanted a step of more than zero");
        return null;
    }

    private static bool Number(MemberReader members, string name, out decimal number)
    {
        number = 0;
        if (!members.Element(name, out var element))
        {
            return false;
        }

        if (ExactNumber.TryRead(element, out number) && ExactNumber.IsPortable(number))
        {
            return true;
        }

        members.Fault(name, NumberWanted);
        return false;
    }

    private static ImmutableArray<decimal> Numbers(MemberReader members, string name, IReadOnlyList<JsonElement> values, ContractFaults faults)
    {
        var numbers = ImmutableArray.CreateBuilder<decimal>();
        for (var i = 0; i < values.Count; i++)
        {
            if (ExactNumber.TryRead(values[i], out var number) && ExactNumber.IsPortable(number))
            {
                numbers.Add(number);
            }
            else
            {
                faults.Add($"{members.PathOf(name)}[{i}]", NumberWanted);
            }
        }

        return numbers.ToImmutable();
    }

    private const string NumberWanted = "wanted a number of at most 15 digits, six of them decimals";
}
