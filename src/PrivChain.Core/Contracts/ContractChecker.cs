using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>
/// Looks for over-asking, for forms that pin a value down, and for missing or long limits, before anyone is asked to sign. It sees what the
/// contracts of one controller tell together; what that controller learned elsewhere it cannot see.
/// </summary>
public static class ContractChecker
{
    /// <summary>Checks a text: what the parser would refuse comes back as findings, otherwise the contract is checked.</summary>
    public static IReadOnlyList<ContractFinding> CheckText(
        ReadOnlySpan<byte> text,
        SchemaCatalog catalog,
        IReadOnlyDictionary<string, PurposeProfile> profiles,
        IReadOnlyCollection<PrivacyContract>? approved = null)
    {
        var faults = new ContractFaults();
        if (PrivacyContract.Parse(text, catalog, faults) is { } contract)
        {
            return Check(contract, profiles, approved);
        }

        return
        [
            .. faults.All.Select(fault => fault.Path.StartsWith("$.limits", StringComparison.Ordinal)
                ? new ContractFinding("limit-missing", FindingSeverity.Error, fault.Path, fault.Text, $"期限或次数限制缺失或无效：{fault.Text}")
                : new ContractFinding("malformed", FindingSeverity.Error, fault.Path, fault.Text, $"格式不符：{fault.Text}")),
        ];
    }

    /// <summary>Checks a contract.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="profiles">The registered profiles by purpose.</param>
    /// <param name="approved">Other contracts in force; those of the same controller are looked at together with this one.</param>
    public static IReadOnlyList<ContractFinding> Check(
        PrivacyContract contract, IReadOnlyDictionary<string, PurposeProfile> profiles, IReadOnlyCollection<PrivacyContract>? approved = null)
    {
        ArgumentNullException.ThrowIfNull(contract);
        ArgumentNullException.ThrowIfNull(profiles);
        var findings = new List<ContractFinding>();
        var profile = profiles.GetValueOrDefault(contract.Purpose);
        if (profile is null)
        {
            findings.Add(Error("no-profile", "$.purpose", $"no profile is registered for {contract.Purpose}", $"用途 {contract.Purpose} 没有登记的档案"));
        }

        CheckTitle(contract, findings);
        foreach (var field in contract.Shows)
        {
            CheckForm(field, profile, findings);
        }

        CheckLimits(contract, profile, findings);
        CheckEnclave(contract, findings);
        CheckCombinations(contract, profile, approved ?? [], findings);
        foreach (var record in contract.Records.Where(record => contract.Shows.All(field => field.Record != record)))
        {
            findings.Add(Warning("record-unused", "$.records", $"{record.Id} is named but no field of it is shown", $"列出了 {record.Id}，但未显示其任何字段"));
        }

        return findings;
    }

    /// <summary>The refusal for a contract with errors: <see cref="RefusalReason.OverAsking"/> before all others. Null when there are only warnings.</summary>
    public static Refusal? RefusalOf(IReadOnlyCollection<ContractFinding> findings)
    {
        var errors = findings.Where(finding => finding.Severity == FindingSeverity.Error).ToList();
        if (errors.Count == 0)
        {
            return null;
        }

        var reason = errors.Any(error => error.Reason == RefusalReason.OverAsking) ? RefusalReason.OverAsking : errors[0].Reason;
        return new Refusal(reason, string.Join("; ", errors.Select(error => $"{error.Path}: {error.Code}: {error.En}")));
    }

    private static void CheckTitle(PrivacyContract contract, List<ContractFinding> findings)
    {
        foreach (var (path, title) in new[] { ("$.title.en", contract.Title.En), ("$.title.zh", contract.Title.Zh) })
        {
            if (LookalikeText.HasHidden(title))
            {
                findings.Add(Error("title-hidden", path, "the title has characters that are not seen or turn the writing direction", "标题含有不可见或改变书写方向的字符"));
            }

            if (LookalikeText.MixesAlphabets(title))
            {
                findings.Add(Error("title-lookalike", path, "the title mixes alphabets that look alike", "标题混用了外形相似的字母"));
            }
        }
    }

    private static void CheckForm(ContractField field, PurposeProfile? profile, List<ContractFinding> findings)
    {
        var rule = profile?.RuleFor(field);
        if (profile is not null && !IsAllowed(field.Form, rule))
        {
            var allowed = rule is null ? "nothing of it" : string.Join(", ", rule.Forms);
            var allowedZh = rule is null ? "不得查看" : string.Join("、", rule.Forms);
            Add("over-asking", $"{profile.Purpose} may see {allowed}, asked for {field.Form.Name}", $"用途 {profile.Purpose} 允许：{allowedZh}；请求：{field.Form.Name}");
        }

        // Of a whole number in bands of one, nothing is hidden; without a floor in the profile that much is still refused.
        var floor = rule?.MinimumWidth ?? (field.Field.Type == FieldType.Integer ? 2 : null);
        if (floor is { } minimum && rule?.Forms.Contains("value") != true && Width(field.Form) is { } width && width < minimum)
        {
            Add("too-narrow", $"{ExactNumber.Text(width)} wide, at least {ExactNumber.Text(minimum)} wanted", $"区间宽 {ExactNumber.Text(width)}，至少应为 {ExactNumber.Text(minimum)}");
        }

        if (field.Form is MaskForm mask && rule?.MaximumKeep is { } most && mask.Keep > most)
        {
            Add("mask-too-wide", $"keeps {mask.Keep} characters, at most {most} allowed", $"保留 {mask.Keep} 个字符，最多允许 {most} 个");
        }

        // Where the purpose may see the value itself, asking whether it is a certain one tells less.
        if (AsksForOneValue(field) && rule?.Forms.Contains("value") != true)
        {
            Add("one-value", "a yes would tell the exact value", "回答“是”即等于给出准确值");
        }

        void Add(string code, string en, string zh) => findings.Add(Error(code, PathOf(field), $"{NameOf(field).En}: {en}", $"{NameOf(field).Zh}：{zh}"));
    }

    private static bool IsAllowed(FieldForm form, ProfileRule? rule) =>
        rule is not null && (rule.Forms.Contains(form.Name) || rule.Forms.Contains("value") || form is ExistsForm);

    private static bool AsksForOneValue(ContractField field) => field.Form switch
    {
        CompareForm { Operator: CompareOperator.Equals } => true,
        InSetForm set => set.Texts.Length + set.Numbers.Length is var count
            && (count == 1 || (field.Field.AllowedValues.Count > 2 && count == field.Field.AllowedValues.Count - 1)),
        _ => false,
    };

    private static decimal? Width(FieldForm form) => form switch
    {
        BandForm { Edges.Length: > 1 } band => band.Edges.Zip(band.Edges.Skip(1), (lower, upper) => upper - lower).Min(),
        RoundForm round => round.Step,
        _ => null,
    };

    private static void CheckLimits(PrivacyContract contract, PurposeProfile? profile, List<ContractFinding> findings)
    {
        if (profile is null)
        {
            return;
        }

        foreach (var (name, en, zh, given, longest) in new[]
        {
            ("validDays", "days of validity", "有效天数", contract.Limits.ValidDays, profile.Limits.ValidDays),
            ("maxUses", "uses", "次数", contract.Limits.MaxUses, profile.Limits.MaxUses),
            ("retainDays", "days of keeping the answer", "结果留存天数", contract.Limits.RetainDays, profile.Limits.RetainDays),
        })
        {
            if (given > longest)
            {
                findings.Add(Error("limit-too-long", $"$.limits.{name}", $"{en}: {given}, at most {longest} for this purpose", $"{zh}：{given}，该用途最多 {longest}"));
            }
        }
    }

    private static void CheckEnclave(PrivacyContract contract, List<ContractFinding> findings)
    {
        var simulated = contract.Enclave.AcceptsSimulated;
        if (simulated)
        {
            findings.Add(Warning("simulated-evidence", "$.enclave.acceptedEvidence", "machines without protected hardware are accepted: whoever runs them could read along", "接受没有受保护硬件的机器：运营者可能看到内容"));
        }

        if (contract.Shows.FirstOrDefault(field => field.Field.Sensitivity == Sensitivity.S3) is not { } sensitive)
        {
            return;
        }

        // While only simulated brokers exist there is one kind of root; a contract for real hardware has no such excuse.
        if (contract.Enclave.UnlikeRoots < 2)
        {
            findings.Add(new ContractFinding("one-root", simulated ? FindingSeverity.Warning : FindingSeverity.Error, "$.enclave.unlikeRoots",
                $"“{sensitive.Field.Title.En}” is among the most sensitive data: the machines should be of two different makers, so that no maker alone could open it",
                $"“{sensitive.Field.Title.Zh}”属于最敏感的数据：参与计算的机器应来自两个不同的厂商，使任何一家都无法单独打开"));
        }

        if (contract.LegalBasis is not ("dpv:ExplicitConsent" or "dpv:ExplicitlyExpressedConsent" or "eu-gdpr:A9-2-a"))
        {
            findings.Add(Warning("legal-basis", "$.legalBasis", "for the most sensitive data, explicit consent is wanted as the legal basis", "最敏感的数据应以明示同意为法律依据"));
        }
    }

    private static void CheckCombinations(
        PrivacyContract contract, PurposeProfile? profile, IReadOnlyCollection<PrivacyContract> approved, List<ContractFinding> findings)
    {
        for (var i = 0; i < contract.Shows.Length; i++)
        {
            for (var j = i + 1; j < contract.Shows.Length; j++)
            {
                Compare(contract.Shows[j], contract.Shows[i], contract.Id);
            }
        }

        foreach (var other in approved.Where(other => other.Controller == contract.Controller && other.Digest != contract.Digest))
        {
            foreach (var field in contract.Shows)
            {
                foreach (var known in other.Shows)
                {
                    Compare(field, known, $"{other.Id}/{other.Version}");
                }
            }
        }

        void Compare(ContractField field, ContractField known, string where)
        {
            // Fields of one name and category in two records are one fact: a date of birth is the same on every card.
            if (field.Field.Name == known.Field.Name && field.Field.Category == known.Field.Category
                && FormCombination.Harm(field.Form, known.Form, profile?.RuleFor(field)?.MinimumWidth) is var (severity, en, zh))
            {
                findings.Add(new ContractFinding("combination", severity, PathOf(field), $"{NameOf(field).En} with {NameOf(known).En} of {where}: {en}", $"{NameOf(field).Zh}与 {where} 的{NameOf(known).Zh}：{zh}"));
            }

            if (IsNumberMask(field) && IsBirth(known) || IsNumberMask(known) && IsBirth(field))
            {
                findings.Add(Error("mask-and-year", PathOf(field), $"{NameOf(field).En} with {NameOf(known).En} of {where}: an identity number holds the date of birth, so a mask plus a year pins it down",
                    $"{NameOf(field).Zh}与 {where} 的{NameOf(known).Zh}：证件号码含出生日期，掩码加年份可推断出完整号码"));
            }
        }

        static bool IsNumberMask(ContractField field) => field.Form is MaskForm && field.Field.Category == "dpv-pd:OfficialID";
        static bool IsBirth(ContractField field) => field.Form is YearForm or ValueForm && field.Field.Category == "dpv-pd:BirthDate";
    }

    // As a person reads it; the path beside it is for programs.
    private static (string En, string Zh) NameOf(ContractField field) => ($"“{field.Record.Title.En}, {field.Field.Title.En}”", $"“{field.Record.Title.Zh}·{field.Field.Title.Zh}”");

    private static string PathOf(ContractField field) => $"$.shows['{field.Name}']";

    private static ContractFinding Error(string code, string path, string en, string zh) => new(code, FindingSeverity.Error, path, en, zh);

    private static ContractFinding Warning(string code, string path, string en, string zh) => new(code, FindingSeverity.Warning, path, en, zh);
}
