using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>Only whether the value compares so with one number or date. A date that is more is a later date.</summary>
public sealed class CompareForm : FieldForm
{
    internal CompareForm(CompareOperator comparison, decimal number) => (Operator, Number) = (comparison, number);

    internal CompareForm(CompareOperator comparison, DateOnly date) => (Operator, Date) = (comparison, date);

    /// <summary>How it compares.</summary>
    public CompareOperator Operator { get; }

    /// <summary>The number to compare with, or null when it is a date.</summary>
    public decimal? Number { get; }

    /// <summary>The date to compare with, or null when it is a number.</summary>
    public DateOnly? Date { get; }

    /// <inheritdoc/>
    public override string Name => "compare";

    /// <inheritdoc/>
    public override int? DistinguishableAnswers => 2;

    /// <inheritdoc/>
    public override bool AppliesTo(FieldType type) => Date is null ? type is FieldType.Number or FieldType.Integer : type == FieldType.Date;

    internal static bool TryOperator(string? name, out CompareOperator comparison)
    {
        comparison = name switch
        {
            "less-than" => CompareOperator.LessThan,
            "at-most" => CompareOperator.AtMost,
            "equals" => CompareOperator.Equals,
            "at-least" => CompareOperator.AtLeast,
            "more-than" => CompareOperator.MoreThan,
            _ => (CompareOperator)(-1),
        };
        return comparison >= 0;
    }

    internal static string NameOf(CompareOperator comparison) => comparison switch
    {
        CompareOperator.LessThan => "less-than",
        CompareOperator.AtMost => "at-most",
        CompareOperator.Equals => "equals",
        CompareOperator.AtLeast => "at-least",
        CompareOperator.MoreThan => "more-than",
        _ => throw new ArgumentOutOfRangeException(nameof(comparison)),
    };

    private protected override Verdict<FormResult> ApplyTo(JsonElement value, FormContext context)
    {
        int order;
        if (Date is { } date)
        {
            if (!CalendarDate.TryRead(value, out var given))
            {
                return NotApplicable("a date");
            }

            order = given.CompareTo(date);
        }
        else
        {
            if (!ExactNumber.TryRead(value, out var given))
            {
                return NotApplicable("a number");
            }

            order = given.CompareTo(Number!.Value);
        }

        return FormResult.OfYesNo(Operator switch
        {
            CompareOperator.LessThan => order < 0,
            CompareOperator.AtMost => order <= 0,
            CompareOperator.Equals => order == 0,
            CompareOperator.AtLeast => order >= 0,
            _ => order > 0,
        });
    }

    private protected override void WriteParameters(Utf8JsonWriter writer)
    {
        writer.WriteString("op", NameOf(Operator));
        writer.WritePropertyName("against");
        if (Date is { } date)
        {
            writer.WriteStringValue(CalendarDate.Text(date));
        }
        else
        {
            writer.WriteRawValue(ExactNumber.Text(Number!.Value));
        }
    }
}
