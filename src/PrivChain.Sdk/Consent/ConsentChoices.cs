namespace PrivChain.Sdk.Consent;

/// <summary>What the person chose. Silence is the narrowest: no optional field, one use.</summary>
public sealed record ConsentChoices
{
    /// <summary>Optional fields granted, such as <c>property-certificate.address</c>.</summary>
    public IReadOnlyCollection<string> OptionalFields { get; init; } = [];

    /// <summary>Uses granted, 1 to <see cref="ConsentPreview.MaxUses"/>.</summary>
    public uint Uses { get; init; } = 1;

    /// <summary>How long it is valid, whole seconds, at most <see cref="ConsentPreview.MaxValidity"/>; null: that.</summary>
    public TimeSpan? Validity { get; init; }
}
