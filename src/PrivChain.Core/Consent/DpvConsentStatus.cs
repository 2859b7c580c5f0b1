namespace PrivChain.Core.Consent;

/// <summary>One status in a DPV consent record.</summary>
/// <param name="Term">The DPV term, such as <c>dpv:ConsentGiven</c>.</param>
/// <param name="Time">The time as written, or null.</param>
public sealed record DpvConsentStatus(string Term, string? Time);
