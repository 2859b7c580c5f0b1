namespace PrivChain.Core.Consent;

/// <summary>One change of a consent's state.</summary>
/// <param name="State">The new state.</param>
/// <param name="Time">When, UTC, whole seconds: the ledger's time.</param>
/// <param name="IndicatedBy">The account or party that did it.</param>
/// <param name="Method">How, such as <c>wallet signature (EIP-712)</c>.</param>
/// <param name="LedgerIndex">Index of its entry, or null where the ledger has none (a request, a refusal).</param>
public sealed record ConsentEvent(ConsentState State, DateTimeOffset Time, string IndicatedBy, string Method, long? LedgerIndex);
