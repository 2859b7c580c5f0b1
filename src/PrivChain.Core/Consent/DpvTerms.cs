using System.Collections.Immutable;

namespace PrivChain.Core.Consent;

/// <summary>Terms of the Data Privacy Vocabulary 2.3 that the export and the reader need.</summary>
internal static class DpvTerms
{
    public const string ConsentRecord = "dpv:ConsentRecord";
    public const string ConsentReceipt = "dpv:ConsentReceipt";
    public const string Process = "dpv:Process";
    public const string Profile = "https://w3id.org/dpv/schema/dpv-27560#record";

    /// <summary>All terms for the state of a consent.</summary>
    public static ImmutableArray<string> Statuses { get; } =
    [
        "dpv:ConsentExpired", "dpv:ConsentGiven", "dpv:ConsentInvalidated", "dpv:ConsentRefused", "dpv:ConsentRequestDeferred", "dpv:ConsentRequested",
        "dpv:ConsentRevoked", "dpv:ConsentStatus", "dpv:ConsentStatusInvalidForProcessing", "dpv:ConsentStatusValidForProcessing", "dpv:ConsentUnknown",
        "dpv:ConsentWithdrawn", "dpv:RenewedConsentGiven",
    ];

    public static string StatusOf(ConsentState state) => "dpv:Consent" + state;

    /// <summary>
    /// The vocabulary's nearest term for a purpose. DPV 2.3 has no CreditChecking in its main part any more; the parent that it had is
    /// written as the broader term, and the contract's own term beside it.
    /// </summary>
    public static string BroaderPurpose(string purpose) => purpose == "dpv:CreditChecking" ? "dpv:CustomerSolvencyMonitoring" : purpose;

    /// <summary>DPV 2.3 calls explicit consent by the way in which it is expressed.</summary>
    public static string LegalBasis(string basis) => basis == "dpv:ExplicitConsent" ? "dpv:ExplicitlyExpressedConsent" : basis;
}
