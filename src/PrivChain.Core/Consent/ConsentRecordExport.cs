using System.Collections.Immutable;

namespace PrivChain.Core.Consent;

/// <summary>Writes a consent in the formats of the outside world, each as canonical JSON, and says what each cannot carry.</summary>
public static class ConsentRecordExport
{
    /// <summary>Writes a consent.</summary>
    /// <param name="facts">The consent.</param>
    /// <param name="format">The format.</param>
    /// <exception cref="ArgumentException">The consent has no event, or a required part is not initialised.</exception>
    public static byte[] Write(ConsentFacts facts, ConsentExportFormat format)
    {
        ArgumentNullException.ThrowIfNull(facts);
        if (facts.Events.IsDefaultOrEmpty || facts.Items.IsDefault || facts.Sources.IsDefault || facts.Recipients.IsDefault || facts.StorageLocations.IsDefault)
        {
            throw new ArgumentException("a consent has at least one event, and its lists are initialised", nameof(facts));
        }

        return ConsentText.Canonical(format switch
        {
            ConsentExportFormat.Iso27560Dpv => DpvConsentWriter.Write(facts),
            ConsentExportFormat.Kantara => KantaraConsentWriter.Write(facts),
            ConsentExportFormat.AccountAggregator => AccountAggregatorWriter.Write(facts),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        });
    }

    /// <summary>
    /// The loss table: the members of <see cref="ConsentFacts"/>, and of its parts (<c>Events.Method</c>), that the format has no place for.
    /// A test changes each member and looks.
    /// </summary>
    public static ImmutableArray<string> LostBy(ConsentExportFormat format) => format switch
    {
        ConsentExportFormat.Iso27560Dpv => [],

        // A receipt knows the moment of consent, and no ledger.
        ConsentExportFormat.Kantara =>
        [
            "ConsentManager", "Events.IndicatedBy", "Events.LedgerIndex", "Events.Method", "Events.State", "Items.Optional", "LedgerIndex", "LedgerOrigin",
            "LegalBasis", "Limits.Price", "Limits.ValidDays", "Recipients.Address", "Recipients.Contact", "Recipients.Id", "StorageLocations", "Supersedes",
            "ValidFrom", "WithdrawalMethod",
        ],

        // The artefact steers machines: it has the limits, and nothing of what the person was told.
        ConsentExportFormat.AccountAggregator =>
        [
            "Contract", "Controller.Address", "Controller.Contact", "Controller.Name", "Events.IndicatedBy", "Events.LedgerIndex", "Events.Method",
            "Events.Time", "Items.Category", "Items.Form", "Items.Optional", "Items.Sensitivity", "Jurisdiction", "LegalBasis",
            "Limits.Price", "Limits.ValidDays", "NoticeDigest", "NoticeLanguage", "Recipients.Address", "Recipients.Contact", "Recipients.Id",
            "Recipients.Name", "StorageLocations", "Supersedes", "WithdrawalMethod",
        ],
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };
}
