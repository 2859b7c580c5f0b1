namespace PrivChain.Core.Consent;

/// <summary>The formats in which a consent can leave PrivChain.</summary>
public enum ConsentExportFormat
{
    /// <summary>ISO/IEC TS 27560:2023 as JSON-LD with the W3C Data Privacy Vocabulary.</summary>
    Iso27560Dpv,

    /// <summary>The field names of the Kantara Consent Receipt 1.1.</summary>
    Kantara,

    /// <summary>The consent artefact of India's Account Aggregator framework (ReBIT 2.0.0).</summary>
    AccountAggregator,
}
