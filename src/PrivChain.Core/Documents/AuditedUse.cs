using PrivChain.Core.Contracts;

namespace PrivChain.Core.Documents;

/// <summary>What went out in one use, by a regulator's copy that was verified against the ledger.</summary>
/// <param name="Core">What the worker attested.</param>
/// <param name="Contract">The contract: its purpose, its institution, and all constants of its forms; queries have none.</param>
/// <param name="Fields">Every field that the contract names, in ordinal order, with what became of it.</param>
public sealed record AuditedUse(ReceiptCore Core, PrivacyContract Contract, IReadOnlyList<AuditedField> Fields);
