using PrivChain.Core.Records;

namespace PrivChain.Core.Contracts;

/// <summary>One field that a contract shows.</summary>
/// <param name="Record">The record's schema, such as <c>identity-card/1</c>.</param>
/// <param name="Field">The field of that schema.</param>
/// <param name="Form">The form in which it is shown.</param>
/// <param name="Optional">True when the citizen may leave it out.</param>
public sealed record ContractField(RecordSchema Record, RecordField Field, FieldForm Form, bool Optional)
{
    /// <summary>The name in the contract, such as <c>identity-card.birthDate</c>.</summary>
    public string Name => $"{Record.Name}.{Field.Name}";
}
