using PrivChain.Core.Records;

namespace PrivChain.Core.Consent;

/// <summary>One data item of a consent.</summary>
/// <param name="Name">Such as <c>identity-card.birthDate</c>.</param>
/// <param name="Category">DPV category, such as <c>dpv-pd:BirthDate</c>.</param>
/// <param name="Form">Canonical JSON of the form in which it is shown.</param>
/// <param name="Optional">True when the citizen could have left it out.</param>
/// <param name="Granted">False for an optional item that was left out.</param>
/// <param name="Sensitivity">S1 to S3.</param>
public sealed record ConsentItem(string Name, string Category, string Form, bool Optional, bool Granted, Sensitivity Sensitivity);
