using PrivChain.Core.Contracts;

namespace PrivChain.Core.Documents;

/// <summary>A field of a contract in one use.</summary>
/// <param name="Field">The field and its form.</param>
/// <param name="Outcome">What became of it.</param>
public sealed record AuditedField(ContractField Field, FieldOutcome Outcome);
