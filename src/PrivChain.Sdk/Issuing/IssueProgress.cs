namespace PrivChain.Sdk.Issuing;

/// <summary>How far an import has come.</summary>
/// <param name="Issued">Records stored and anchored by this run.</param>
/// <param name="Skipped">Records that an earlier run had issued.</param>
/// <param name="Refused">Records refused.</param>
public sealed record IssueProgress(ulong Issued, ulong Skipped, ulong Refused);
