using System.Text.Json;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>
/// The form in which one field is shown. The set is closed: an auditor reads ten files and has seen everything that can leave an
/// enclave. <c>aggregate</c> and <c>module</c> are known by name and refused in this version.
/// </summary>
public abstract class FieldForm
{
    private protected FieldForm()
    {
    }

    /// <summary>The name in a contract's <c>form</c> member.</summary>
    public abstract string Name { get; }

    /// <summary>How many answers can be told apart, "absent" not counted; null where there is no small bound.</summary>
    public abstract int? DistinguishableAnswers { get; }

    /// <summary>True when the form makes sense for such a field.</summary>
    public abstract bool AppliesTo(FieldType type);

    /// <summary>
    /// Puts a value into this form. Null and JSON <c>null</c> are an absent value. Refused with
    /// <see cref="RefusalReason.FormNotApplicable"/> when the value is not of the kind that the form needs; the detail never holds the value.
    /// </summary>
    public Verdict<FormResult> Apply(JsonElement? value, FormContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } present ? ApplyTo(present, context) : WhenAbsent;
    }

    /// <summary>The form and its parameters as canonical JSON, without <c>optional</c>.</summary>
    public byte[] ToJson() => ContractJson.Canonical(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("form", Name);
        WriteParameters(writer);
        writer.WriteEndObject();
    });

    /// <summary>A length in bytes that no result of this form exceeds: kind and, here, two numbers or one short name.</summary>
    internal virtual int LongestResult(RecordField field) => 128;

    private protected virtual FormResult WhenAbsent => FormResult.Absent;

    private protected abstract Verdict<FormResult> ApplyTo(JsonElement value, FormContext context);

    private protected virtual void WriteParameters(Utf8JsonWriter writer)
    {
    }

    private protected Verdict<FormResult> NotApplicable(string wanted) =>
        Verdict<FormResult>.Refuse(RefusalReason.FormNotApplicable, $"{Name}: wanted {wanted}");
}
