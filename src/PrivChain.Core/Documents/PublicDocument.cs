using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Documents;

/// <summary>
/// The public document that an entry names by its digest: a contract's text, the profile of an organisation or a broker, or the manifest of the app. One judgement for who sends the entry, for the node that takes it,
/// and for whoever checks the trail after: what one of them took and another refused would spoil the trail for good.
/// </summary>
public static class PublicDocument
{
    /// <summary>Digest of the document that must be published with the entry; null for a kind that names none.</summary>
    public static Digest? DigestOf(Entry entry) => entry.Kind switch
    {
        EntryKind.Publish => entry.Reference,
        EntryKind.Enrol when entry.Role != LedgerRole.Measurement => entry.Details,
        _ => null,
    };

    /// <summary>Whether a document is what the entry says it is; null when it is. Certificates and evidence in it are not judged here.</summary>
    /// <param name="entry">An entry for which <see cref="DigestOf"/> is not null.</param>
    /// <param name="document">Content of that digest.</param>
    /// <param name="catalog">Schemas that a contract may name.</param>
    public static Refusal? Judge(Entry entry, ReadOnlySpan<byte> document, SchemaCatalog catalog) =>
        entry.Kind == EntryKind.Publish ? JudgeContract(entry, document, catalog)
        : entry.Role == LedgerRole.Broker ? JudgeBroker(entry, document)
        : entry.Role == LedgerRole.App ? JudgeApp(entry, document)
        : JudgeOrganisation(entry, document);

    private static Refusal? JudgeContract(Entry entry, ReadOnlySpan<byte> document, SchemaCatalog catalog)
    {
        var contract = PrivacyContract.Parse(document, catalog, entry.Suite);
        return !contract.Accepted ? contract.Refusal
            : contract.Value.Controller != entry.Signer ? new Refusal(RefusalReason.NotYours, "the contract names another controller")
            : contract.Value.Limits.MaxUses != entry.Count || contract.Value.Limits.Price != entry.Price || (ulong)contract.Value.Limits.ValidDays * 86_400 != entry.NotAfter
                ? new Refusal(RefusalReason.TermsOutsideContract, "the publication's limits are not the contract's")
            : null;
    }

    private static Refusal? JudgeBroker(Entry entry, ReadOnlySpan<byte> document) =>
        !BrokerProfile.TryParse(document, out var profile) ? new Refusal(RefusalReason.Malformed, "the broker's profile is not in its form")
        : !entry.Suite.Uses(profile.EncryptionKey.Kem) ? entry.Suite.Refusal("the broker's key")
        : profile.Account != entry.Party || profile.EncryptionKey.Fingerprint != entry.Reference ? new Refusal(RefusalReason.DigestMismatch, "the broker's profile is of another account or key")
        : null;

    private static Refusal? JudgeApp(Entry entry, ReadOnlySpan<byte> document) =>
        !AppManifest.TryParse(document, out var manifest) ? new Refusal(RefusalReason.Malformed, "the app's manifest is not in its form")
        : manifest.Digest != entry.Reference ? new Refusal(RefusalReason.DigestMismatch, "the manifest is of another app")
        : null;

    private static Refusal? JudgeOrganisation(Entry entry, ReadOnlySpan<byte> document) =>
        !OrganisationProfile.TryParse(document, out var profile) ? new Refusal(RefusalReason.Malformed, "the organisation's profile is not in its form, or has no name in English or Chinese")
        : !entry.Suite.Uses(profile.EncryptionKey.Kem) ? entry.Suite.Refusal("the organisation's encryption key")
        : profile.IssuerAlgorithm.Length > 0 && !entry.Suite.UsesIssuerAlgorithm(profile.IssuerAlgorithm) ? entry.Suite.Refusal("the issuer's algorithm")
        : profile.Account != entry.Party ? new Refusal(RefusalReason.DigestMismatch, "the profile is of another account")
        : null;
}
