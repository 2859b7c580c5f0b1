using System.Collections.Immutable;
using System.Text.Json;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>The registered profile of a purpose: the widest forms it may ask for, and the longest limits. What it does not name, the purpose may not see.</summary>
public sealed class PurposeProfile
{
    private const int MaximumBytes = 64 * 1024;

    private static readonly string[] s_forms = ["value", "exists", "age-at-least", "compare", "in-set", "band", "round", "year", "mask", "pseudonym"];

    private PurposeProfile(string purpose, LocalText title, ContractLimits limits, ImmutableArray<ProfileRule> rules) =>
        (Purpose, Title, Limits, Rules) = (purpose, title, limits, rules);

    /// <summary>The DPV term.</summary>
    public string Purpose { get; }

    /// <summary>The purpose in words, both languages.</summary>
    public LocalText Title { get; }

    /// <summary>The longest limits; its price is not used.</summary>
    public ContractLimits Limits { get; }

    /// <summary>The rules.</summary>
    public ImmutableArray<ProfileRule> Rules { get; }

    /// <summary>The profiles that are part of this program, by purpose.</summary>
    public static IReadOnlyDictionary<string, PurposeProfile> BuiltIn { get; } =
        ContractJson.Embedded("profiles").Select(file => Parse(file.Bytes).OrThrow()).ToImmutableSortedDictionary(profile => profile.Purpose, profile => profile, StringComparer.Ordinal);

    /// <summary>The rule for a field: one that names the field, otherwise one that names its category, otherwise null.</summary>
    public ProfileRule? RuleFor(ContractField field)
    {
        ArgumentNullException.ThrowIfNull(field);
        return Rules.FirstOrDefault(rule => rule.Match == field.Name) ?? Rules.FirstOrDefault(rule => rule.Match == field.Field.Category);
    }

    /// <summary>Parses a profile; every fault is reported at once.</summary>
    public static Verdict<PurposeProfile> Parse(ReadOnlySpan<byte> text)
    {
        var parsed = StrictJson.ParseObject(text, MaximumBytes);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var faults = new ContractFaults();
        var members = new MemberReader(parsed.Value, "$", faults, ["purpose", "title", "limits", "allows"]);
        members.Text("purpose", 80, out var purpose);
        var title = new LocalText("", "");
        if (members.Element("title", out var titleElement))
        {
            var titles = new MemberReader(titleElement, "$.title", faults, ["en", "zh"]);
            titles.Text("en", 120, out var en);
            titles.Text("zh", 120, out var zh);
            title = new LocalText(en, zh);
        }

        var limits = new ContractLimits(0, 0, 0, 0);
        if (members.Element("limits", out var limitsElement))
        {
            var longest = new MemberReader(limitsElement, "$.limits", faults, ["validDays", "maxUses", "retainDays"]);
            longest.Integer("validDays", 1, 3650, out var validDays);
            longest.Integer("maxUses", 1, 10_000, out var maxUses);
            longest.Integer("retainDays", 0, 36_500, out var retainDays);
            limits = new ContractLimits((int)validDays, (int)maxUses, (int)retainDays, 0);
        }

        var rules = ImmutableArray.CreateBuilder<ProfileRule>();
        if (members.List("allows", 256, out var allows))
        {
            for (var i = 0; i < allows.Count; i++)
            {
                rules.Add(Rule(allows[i], $"$.allows[{i}]", faults));
            }
        }

        if (rules.Select(rule => rule.Match).Distinct(StringComparer.Ordinal).Count() != rules.Count)
        {
            faults.Add("$.allows", "a field or category is given twice");
        }

        return faults.Any ? faults.ToRefusal() : new PurposeProfile(purpose, title, limits, rules.ToImmutable());
    }

    private static ProfileRule Rule(JsonElement element, string path, ContractFaults faults)
    {
        var name = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("field", out _) ? "field" : "category";
        var members = new MemberReader(element, path, faults, [name, "forms"], ["minimumWidth", "maximumKeep"]);
        members.Text(name, 160, out var match);
        members.Texts("forms", s_forms.Length, 32, out var forms);
        foreach (var form in forms.Where(form => !s_forms.Contains(form)))
        {
            members.Fault("forms", $"unknown form {TerminalText.Neutralise(form, 32)}");
        }

        decimal? minimumWidth = null;
        if (members.Element("minimumWidth", out var width))
        {
            if (ExactNumber.TryRead(width, out var number) && number > 0)
            {
                minimumWidth = number;
            }
            else
            {
                members.Fault("minimumWidth", "wanted a number of more than zero");
            }
        }

        int? maximumKeep = members.Integer("maximumKeep", 1, MaskForm.MaximumKeep, out var keep) ? (int)keep : null;
        return new ProfileRule(match, [.. forms], minimumWidth, maximumKeep);
    }
}
