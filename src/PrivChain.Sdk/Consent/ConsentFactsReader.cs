using System.Collections.Immutable;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Consent;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Consent;

/// <summary>Gathers what the formats of the outside world say about a consent: from ledger, contract, registry and the person's own copy of the details.</summary>
internal static class ConsentFactsReader
{
    private const string Withdrawal = "Revoke it in the wallet: once the revocation stands on the ledger, no key is released any more.";
    private const string WalletMethod = "wallet signature (EIP-712)";

    public static async Task<ConsentFacts> ReadAsync(PrivChainConnection connection, OwnConsent consent, CancellationToken cancellationToken)
    {
        var details = consent.Details
            ?? throw new RefusalException(new Refusal(RefusalReason.NotFound, $"the own copy of the details of consent {consent.Digest} is not in the inbox"));
        var grant = consent.Grant;
        var contract = await connection.GetContractAsync(grant.Contract, cancellationToken).ConfigureAwait(false);
        var (party, jurisdiction) = await ControllerAsync(connection, grant.Controller, details.ControllerName, cancellationToken).ConfigureAwait(false);
        var issuers = await connection.Ledger.ReadStateAsync(
            state => details.Records.Select(record => state.Record(record)?.Issuer).OfType<AccountAddress>().Distinct().Select(issuer => issuer.ToString()).ToImmutableArray(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return new ConsentFacts
        {
            RecordId = consent.Digest.ToString(),
            Principal = grant.Granter.ToString(),
            Controller = party,
            ConsentManager = $"{details.Threshold} of {details.Brokers.Count}: {string.Join(", ", details.Brokers)}",
            Sources = issuers,
            Contract = $"{contract.Id}/{contract.Version}",
            NoticeDigest = contract.Digest.ToString(),
            NoticeLanguage = details.Title == contract.Title.Zh ? "zh" : "en",
            Purpose = contract.Purpose,
            PurposeText = details.Title,
            Items = [.. contract.Shows.Select(field => new ConsentItem(
                field.Name, field.Field.Category, Encoding.UTF8.GetString(field.Form.ToJson()), field.Optional, details.Fields.Contains(field.Name, StringComparer.Ordinal), field.Field.Sensitivity))],
            Limits = contract.Limits,
            StorageLocations = [jurisdiction],
            Recipients = [],
            LegalBasis = contract.LegalBasis,
            Jurisdiction = jurisdiction,
            WithdrawalMethod = Withdrawal,
            ValidFrom = UnixTime.Date(grant.NotBefore),
            ValidUntil = UnixTime.Date(grant.NotAfter),
            Events = await EventsAsync(connection, consent, cancellationToken).ConfigureAwait(false),
            LedgerOrigin = connection.Genesis.Origin,
            LedgerIndex = checked((long)grant.Index),
        };
    }

    private static async Task<(ConsentParty Party, string Jurisdiction)> ControllerAsync(
        PrivChainConnection connection, AccountAddress controller, string signedName, CancellationToken cancellationToken)
    {
        try
        {
            var organisation = await connection.Organisations.GetAsync(LedgerRole.Institution, controller, cancellationToken).ConfigureAwait(false);
            var profile = organisation.Profile;
            return (new ConsentParty(controller.ToString(), organisation.Name, profile.PostalAddress, profile.Contact), "loc:" + profile.Jurisdiction);
        }
        catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
        {
            // Expelled since, or its profile or certificate does not verify any more: what the person signed is what is left.
            return (new ConsentParty(controller.ToString(), signedName, string.Empty, string.Empty), string.Empty);
        }
    }

    private static async Task<ImmutableArray<ConsentEvent>> EventsAsync(PrivChainConnection connection, OwnConsent consent, CancellationToken cancellationToken)
    {
        var grant = consent.Grant;
        var given = await connection.Ledger.GetEntryAsync(grant.Index, cancellationToken: cancellationToken).ConfigureAwait(false);
        List<ConsentEvent> events = [new(ConsentState.Given, UnixTime.Date(given.Entry.Time / 1000), grant.Granter.ToString(), WalletMethod, checked((long)grant.Index))];
        if (grant.RevokedAt is { } revokedAt)
        {
            var revoked = await connection.Ledger.GetEntryAsync(revokedAt, cancellationToken: cancellationToken).ConfigureAwait(false);
            events.Add(new ConsentEvent(ConsentState.Withdrawn, UnixTime.Date(revoked.Entry.Time / 1000), grant.Granter.ToString(), WalletMethod, checked((long)revokedAt)));
        }
        else if (grant.UsesLeft == 0 && consent.Uses.Count > 0)
        {
            var last = consent.Uses[^1];
            events.Add(new ConsentEvent(ConsentState.Expired, last.Time, "ledger", "last use spent", checked((long)last.Index)));
        }
        else if (connection.UnixSeconds > grant.NotAfter)
        {
            events.Add(new ConsentEvent(ConsentState.Expired, UnixTime.Date(grant.NotAfter), "ledger", "end of validity", null));
        }

        return [.. events];
    }
}
