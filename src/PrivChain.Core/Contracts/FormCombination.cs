namespace PrivChain.Core.Contracts;

/// <summary>What two forms of one value tell together that neither tells alone.</summary>
internal static class FormCombination
{
    /// <summary>Two date questions closer than this pin a date down to a span in which few people of a family or class differ.</summary>
    private const int MinimumYears = 5;

    /// <summary>The harm of both forms together: an explanation and how grave it is, or null when there is none.</summary>
    /// <param name="left">One form.</param>
    /// <param name="right">The other form, of the same value.</param>
    /// <param name="floor">The narrowest width that the purpose may see, or null.</param>
    public static (FindingSeverity Severity, string En, string Zh)? Harm(FieldForm left, FieldForm right, decimal? floor)
    {
        if (left.ToJson().AsSpan().SequenceEqual(right.ToJson()) || left is ExistsForm || right is ExistsForm)
        {
            return null;
        }

        if (left is ValueForm || right is ValueForm)
        {
            return (FindingSeverity.Warning, "the exact value is shown elsewhere, so this form protects nothing", "别处已显示准确值，此形式不再起保护作用");
        }

        if (Cuts(left) is { } leftCuts && Cuts(right) is { } rightCuts)
        {
            return HarmOfCuts(leftCuts, rightCuts, floor);
        }

        return (left, right) switch
        {
            (RoundForm one, RoundForm other) => Nested(one.Step, other.Step) ? null : Pinned("two different roundings", "两种不同的取整"),
            (RoundForm round, _) when Cuts(right) is { } cuts => HarmOfRound(round.Step, cuts),
            (_, RoundForm round) when Cuts(left) is { } cuts => HarmOfRound(round.Step, cuts),
            (AgeAtLeastForm one, AgeAtLeastForm other) => Math.Abs(one.Years - other.Years) < MinimumYears ? Pinned("two age limits close together", "两个相近的年龄界限") : null,
            (CompareForm { Date: { } one }, CompareForm { Date: { } other }) =>
                Math.Abs(one.DayNumber - other.DayNumber) < MinimumYears * 365 ? Pinned("two dates close together", "两个相近的日期界限") : null,
            (YearForm, CompareForm { Date: { Month: 1, Day: 1 }, Operator: CompareOperator.LessThan or CompareOperator.AtLeast })
                or (CompareForm { Date: { Month: 1, Day: 1 }, Operator: CompareOperator.LessThan or CompareOperator.AtLeast }, YearForm) => null,
            (YearForm, _) or (_, YearForm) => Pinned("the year and a question about the day", "年份加上关于日期的提问"),
            (AgeAtLeastForm, CompareForm) or (CompareForm, AgeAtLeastForm) => Pinned("an age limit and a date", "年龄界限加上日期界限"),
            (MaskForm one, MaskForm other) => one.Last == other.Last ? null : Pinned("the first and the last characters", "前几位加上后几位"),
            (MaskForm, InSetForm) or (InSetForm, MaskForm) => Pinned("a mask and a list of values", "掩码加上取值列表"),
            (InSetForm one, InSetForm other) => Isolates(one, other) ? Pinned("two lists that differ in one value", "两个仅差一个值的列表") : null,
            (InSetForm set, _) when !set.Numbers.IsEmpty => Pinned("a list of numbers and another question", "数字列表加上另一提问"),
            (_, InSetForm set) when !set.Numbers.IsEmpty => Pinned("a list of numbers and another question", "数字列表加上另一提问"),
            _ => null,
        };
    }

    private static (FindingSeverity, string, string)? Pinned(string en, string zh) =>
        (FindingSeverity.Error, $"{en} together pin the value down", $"{zh}，合起来可以推断出具体值");

    // Where the answer changes. The second part tells whether the value itself lies below the cut (0) or above it (1).
    private static List<(decimal At, int Side)>? Cuts(FieldForm form) => form switch
    {
        BandForm band => [.. band.Edges.Select(edge => (edge, 0))],
        CompareForm { Number: { } number, Operator: CompareOperator.LessThan or CompareOperator.AtLeast } => [(number, 0)],
        CompareForm { Number: { } number, Operator: CompareOperator.AtMost or CompareOperator.MoreThan } => [(number, 1)],
        CompareForm { Number: { } number } => [(number, 0), (number, 1)],
        _ => null,
    };

    private static (FindingSeverity, string, string)? HarmOfCuts(List<(decimal At, int Side)> left, List<(decimal At, int Side)> right, decimal? floor)
    {
        var alone = Min(Narrowest(left), Narrowest(right));
        var together = Narrowest([.. left.Union(right)]);
        if (together is not { } width || (alone is { } least && width >= least))
        {
            return null;
        }

        return floor is { } minimum && width >= minimum
            ? (FindingSeverity.Warning, $"together they show the value within {ExactNumber.Text(width)}", $"合起来可将数值限定在 {ExactNumber.Text(width)} 以内")
            : Pinned("overlapping limits", "相互交叠的界限");
    }

    private static (FindingSeverity, string, string)? HarmOfRound(decimal step, List<(decimal At, int Side)> cuts) =>
        cuts.All(cut => (cut.At + (step / 2)) % step == 0) ? null : Pinned("a rounded number and a limit inside its span", "取整值加上其范围内的界限");

    private static decimal? Min(decimal? left, decimal? right) => left is { } l && right is { } r ? Math.Min(l, r) : left ?? right;

    private static decimal? Narrowest(List<(decimal At, int Side)> cuts)
    {
        var sorted = cuts.Distinct().Order().ToList();
        decimal? narrowest = null;
        for (var i = 1; i < sorted.Count; i++)
        {
            var width = sorted[i].At - sorted[i - 1].At;
            narrowest = narrowest is { } least ? Math.Min(least, width) : width;
        }

        return narrowest;
    }

    // An odd multiple has its boundaries among those of the smaller step, so it tells nothing new.
    private static bool Nested(decimal one, decimal other)
    {
        var (small, large) = one < other ? (one, other) : (other, one);
        return large % small == 0 && large / small % 2 == 1;
    }

    private static bool Isolates(InSetForm one, InSetForm other)
    {
        var left = one.Texts.Concat(one.Numbers.Select(ExactNumber.Text)).ToHashSet(StringComparer.Ordinal);
        var right = other.Texts.Concat(other.Numbers.Select(ExactNumber.Text)).ToHashSet(StringComparer.Ordinal);
        return left.Intersect(right).Count() == 1 || left.Except(right).Count() == 1 || right.Except(left).Count() == 1;
    }
}
