namespace PrivChain.Sdk.Consent;

/// <summary>What a person grants of what was asked: at most that.</summary>
public sealed record ConsentChoices
{
    /// <summary>Optional fields granted, <c>record.field</c>; none by default.</summary>
    public IReadOnlyCollection<string> OptionalFields { get; init; } = [];

    /// <summary>Uses, at most those asked for; null: as asked.</summary>
    public uint? Uses { get; init; }

    /// <summary>Validity, at most what was asked for; null: as asked.</summary>
    public TimeSpan? ValidFor { get; init; }

    /// <summary>True for titles in Chinese in the signed document.</summary>
    public bool Chinese { get; init; }
}
