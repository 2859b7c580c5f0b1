namespace PrivChain.Core.Records;

/// <summary>How much harm a field does in the wrong hands; the number is part of the schema, never renumbered.</summary>
public enum Sensitivity
{
    /// <summary>Ordinary personal data.</summary>
    S1 = 1,
    /// <summary>Data that identify a person or tell of their means.</summary>
    S2 = 2,
    /// <summary>Special categories: health, origin, official identifiers.</summary>
    S3 = 3,
}
