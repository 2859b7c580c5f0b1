using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Organisations;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Consent;

/// <summary>
/// What a person does: hold records, read requests, consent, look at what was seen, revoke, erase. Keys come from the wallet and stay in this process. Towards each institution and issuer the person is another
/// account, so that nobody but the person can put the pieces together.
/// </summary>
public sealed class CitizenClient
{
    private readonly PrivChainConnection _connection;
    private readonly Wallet _wallet;

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="wallet">The person's wallet; stays the caller's.</param>
    public CitizenClient(PrivChainConnection connection, Wallet wallet)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(wallet);
        _connection = connection;
        _wallet = wallet;
    }

    /// <summary>What to hand to an issuer or institution so that it can reach this person.</summary>
    public CitizenContact ContactFor(AccountAddress counterparty)
    {
        using var identity = new PairwiseIdentity(_wallet, counterparty);
        return new CitizenContact(KeyStatement.Sign(_connection.Domain, identity.Account, identity.Key.PublicKey, _connection.UnixSeconds));
    }

    /// <summary>All records that enrolled issuers have anchored to this person and that are not erased, opened and verified.</summary>
    /// <exception cref="RefusalException">A record does not open or does not verify: the vault or its issuer is at fault.</exception>
    public async Task<IReadOnlyList<HeldRecord>> RecordsAsync(CancellationToken cancellationToken = default)
    {
        var held = new List<HeldRecord>();
        foreach (var issuer in await _connection.Organisations.ListAsync(LedgerRole.Issuer, cancellationToken).ConfigureAwait(false))
        {
            using var identity = new PairwiseIdentity(_wallet, issuer.Profile.Account);
            var anchored = await _connection.Ledger.ReadStateAsync(
                state => _connection.Ledger.History.RecordsOf(identity.Account.Address)
                    .Select(digest => (Digest: digest, Anchor: state.Record(digest)!)).Where(record => !record.Anchor.Erased).ToList(),
                cancellationToken: cancellationToken).ConfigureAwait(false);
            foreach (var (digest, anchor) in anchored.Where(record => record.Anchor.Issuer == issuer.Profile.Account))
            {
                held.Add(await OpenAsync(identity, issuer, digest, anchor.Index, cancellationToken).ConfigureAwait(false));
            }
        }

        return held;
    }

    /// <summary>Requests from enrolled institutions that lie in the inbox, oldest first.</summary>
    public async Task<IReadOnlyList<ReceivedRequest>> RequestsAsync(CancellationToken cancellationToken = default)
    {
        var requests = new List<ReceivedRequest>();
        foreach (var institution in await _connection.Organisations.ListAsync(LedgerRole.Institution, cancellationToken).ConfigureAwait(false))
        {
            using var identity = new PairwiseIdentity(_wallet, institution.Profile.Account);
            var inbox = new InboxBox(_connection, identity.Account, identity.Key);
            foreach (var received in await inbox.ReadAsync(0, cancellationToken).ConfigureAwait(false))
            {
                if (received.Message.Kind == InboxMessageKind.Request && received.Message.Sender == institution.Profile.Account
                    && ConsentRequest.TryParse(received.Message.Body.Span, out var request))
                {
                    requests.Add(new ReceivedRequest(received.Id, institution, request, DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(received.Message.SentAt, 253_402_300_799))));
                }
            }
        }

        return [.. requests.OrderBy(request => request.SentAt)];
    }

    /// <summary>Works out what a yes would mean, without telling anybody.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotApproved"/>, <see cref="RefusalReason.NotYours"/> when the contract is another institution's, or why the enclaves are not to be trusted.</exception>
    public async Task<ConsentPreview> PreviewAsync(ReceivedRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var (published, isApproved) = await _connection.Ledger.ReadStateAsync(
            state => (state.Contract(request.Request.Contract), state.IsApproved(request.Request.Contract)), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (published is null || !isApproved)
        {
            throw Refused(published is null ? RefusalReason.UnknownReference : RefusalReason.NotApproved, "no regulator stands behind this contract");
        }

        var contract = await _connection.GetContractAsync(published.Digest, cancellationToken).ConfigureAwait(false);
        if (contract.Controller != request.From.Profile.Account || published.Controller != contract.Controller)
        {
            throw Refused(RefusalReason.NotYours, "the contract is another institution's");
        }

        var brokers = await _connection.Organisations.BrokersAsync(cancellationToken).ConfigureAwait(false);
        var kind = brokers[0].Enclave.Claims.Kind;
        if (!contract.Enclave.AcceptedEvidence.Contains(kind))
        {
            throw Refused(RefusalReason.EvidenceNotAccepted, $"the contract does not accept {kind} evidence");
        }

        var records = await RecordsAsync(cancellationToken).ConfigureAwait(false);
        var chosen = contract.Records.Select(schema => records.LastOrDefault(record => record.Schema.Id == schema.Id)).ToList();
        var values = chosen.OfType<HeldRecord>().ToDictionary(record => record.Schema.Id, record => record.Values);
        using var identity = new PairwiseIdentity(_wallet, contract.Controller);
        var context = new FormContext
        {
            Today = DateOnly.FromDateTime(_connection.Time.GetUtcNow().UtcDateTime), Controller = contract.Controller, PseudonymSecret = PseudonymSecret(identity.Account.Address),
        };
        return new ConsentPreview
        {
            Request = request,
            Contract = contract,
            English = ContractRendering.Render(contract, DisplayLanguage.English, request.From.CertifiedName ?? request.From.Profile.NameEn, values, context),
            Chinese = ContractRendering.Render(contract, DisplayLanguage.Chinese, request.From.CertifiedName ?? request.From.Profile.NameZh, values, context),
            Findings = ContractChecker.Check(contract, _connection.Options.Profiles),
            Records = [.. chosen.OfType<HeldRecord>()],
            Missing = [.. contract.Records.Where(schema => !values.ContainsKey(schema.Id)).Select(schema => schema.Id)],
            Brokers = brokers,
            Published = published,
        };
    }

    /// <summary>Says yes: seals the keys of the named fields, and no others, to the broker, signs, and tells the institution.</summary>
    /// <returns>The consent, witnessed.</returns>
    /// <exception cref="RefusalException"><see cref="RefusalReason.RecordMissing"/>, <see cref="RefusalReason.TooFewRoots"/>, <see cref="RefusalReason.TermsOutsideContract"/>, or the ledger's reason.</exception>
    public async Task<ProvenEntry> ConsentAsync(ConsentPreview preview, ConsentChoices? choices = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preview);
        choices ??= new ConsentChoices();
        var contract = preview.Contract;
        var asked = preview.Request.Request;
        var uses = choices.Uses ?? asked.Uses;
        var seconds = choices.ValidFor is { } span ? (ulong)(long)span.TotalSeconds : asked.ValidSeconds;
        if (preview.Missing.Count > 0)
        {
            throw Refused(RefusalReason.RecordMissing, string.Join(", ", preview.Missing));
        }

        if (uses > asked.Uses || seconds > asked.ValidSeconds || uses == 0 || seconds == 0)
        {
            throw Refused(RefusalReason.TermsOutsideContract, "more than was asked for");
        }

        // One broker holds whole keys: a contract that wants unlike roots cannot be served by it.
        if (contract.Enclave.UnlikeRoots > 1 || preview.Brokers.Count != 1)
        {
            throw Refused(RefusalReason.TooFewRoots, $"wanted {contract.Enclave.UnlikeRoots} unlike roots and one broker, given {preview.Brokers.Count} brokers");
        }

        var fields = ContractEvaluator.FieldsNeeded(contract, choices.OptionalFields).OrThrow();
        var broker = preview.Brokers[0].Profile;
        using var identity = new PairwiseIdentity(_wallet, contract.Controller);
        var salt = new Digest(RandomNumberGenerator.GetBytes(Digest.Size));
        var keyBox = SealKeys(identity, preview, fields, salt, broker);
        var details = new ConsentDetails
        {
            ControllerName = preview.Request.From.CertifiedName ?? (choices.Chinese ? preview.Request.From.Profile.NameZh : preview.Request.From.Profile.NameEn),
            Title = choices.Chinese ? contract.Title.Zh : contract.Title.En,
            Purpose = contract.Purpose,
            Fields = [.. fields.Select(field => field.Name).Order(StringComparer.Ordinal)],
            Records = [.. preview.Records.Select(record => record.Digest)],
            RecipientKey = preview.Request.From.Profile.EncryptionKey.Fingerprint,
            CitizenKey = identity.Key.PublicKey.Fingerprint,
            KeyPackage = ConsentPackage.DigestOf([(broker.Account, keyBox)]),
            Brokers = [broker.Account],
            Threshold = 1,
            Request = asked.Digest,
            Salt = salt,
        };

        // Valid from the ledger's time where that is behind our clock: the node judges by its own.
        var notBefore = await _connection.Ledger.ReadStateAsync(state => Math.Min(_connection.UnixSeconds, state.Time / 1000), cancellationToken: cancellationToken).ConfigureAwait(false);
        var entry = new EntrySigner(_connection.Domain, identity.Account).Grant(
            contract.Digest, contract.Controller, notBefore, notBefore + seconds, uses, preview.Published.Price, details);
        var detailsBox = Core.Hpke.SealedBox.Seal(
            broker.EncryptionKey, Labels.ConsentDetails, ConsentPackage.DetailsContext(_connection.LedgerId, entry.DocumentDigest), details.ToArray());
        var reply = await _connection.VaultService.PutConsentAsync(
            new Wire.PutConsentRequest
            {
                ConsentEntry = ByteString.CopyFrom(entry.ToArray()),
                Package = ByteString.CopyFrom(new ConsentPackage([new BrokerBoxes(broker.Account, keyBox, detailsBox)]).ToArray()),
            },
            await _connection.HeadersAsync(identity.Account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var proven = await _connection.Ledger.ProveAppendedAsync(entry, reply.Index, reply.Time, cancellationToken).ConfigureAwait(false);
        await TellAsync(identity, preview.Request, InboxMessageKind.Consented, new ConsentNotice(entry.DocumentDigest, details).ToArray(), cancellationToken).ConfigureAwait(false);
        return proven;
    }

    /// <summary>Says no, and why if the person likes.</summary>
    public async Task RefuseAsync(ReceivedRequest request, string reason = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var identity = new PairwiseIdentity(_wallet, request.From.Profile.Account);
        await TellAsync(identity, request, InboxMessageKind.Refused, new RequestRefusal(request.Request.Digest, reason).ToArray(), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All consents given to enrolled institutions, with uses and what was seen.</summary>
    public async Task<IReadOnlyList<OwnConsent>> ConsentsAsync(CancellationToken cancellationToken = default)
    {
        var consents = new List<OwnConsent>();
        foreach (var institution in await _connection.Organisations.ListAsync(LedgerRole.Institution, cancellationToken).ConfigureAwait(false))
        {
            using var identity = new PairwiseIdentity(_wallet, institution.Profile.Account);
            var given = await _connection.Ledger.ReadStateAsync(
                state => _connection.Ledger.History.ConsentsOf(identity.Account.Address)
                    .Select(digest => (Digest: digest, Grant: state.Consent(digest)!, Uses: _connection.Ledger.History.UsesOf(digest))).ToList(),
                cancellationToken: cancellationToken).ConfigureAwait(false);
            if (given.Count == 0)
            {
                continue;
            }

            var seen = await SeenAsync(identity, cancellationToken).ConfigureAwait(false);
            consents.AddRange(given.Select(consent => new OwnConsent(
                consent.Digest, consent.Grant, institution, consent.Uses, [.. seen.Where(answer => answer.Core.Consent == consent.Digest)])));
        }

        return consents;
    }

    /// <summary>Takes a consent back; when this returns, the revocation is witnessed and no later release can happen.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotYours"/>, or the ledger's reason.</exception>
    public async Task<ProvenEntry> RevokeAsync(Digest consent, string reason = "", CancellationToken cancellationToken = default)
    {
        var grant = await _connection.Ledger.ReadStateAsync(state => state.Consent(consent), cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw Refused(RefusalReason.UnknownReference, $"no consent {consent}");
        using var identity = new PairwiseIdentity(_wallet, grant.Controller);
        var stated = new StatedReason(reason, new Digest(RandomNumberGenerator.GetBytes(Digest.Size)));
        return grant.Granter == identity.Account.Address
            ? await _connection.Ledger.AppendAsync(new EntrySigner(_connection.Domain, identity.Account).Revoke(consent, stated), cancellationToken).ConfigureAwait(false)
            : throw Refused(RefusalReason.NotYours, "another wallet gave this consent");
    }

    /// <summary>Erases a record: the node destroys its ciphertext, the ledger keeps a tombstone.</summary>
    public async Task<ProvenEntry> EraseAsync(Digest record, string reason = "", CancellationToken cancellationToken = default)
    {
        var anchor = await _connection.Ledger.ReadStateAsync(state => state.Record(record), cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw Refused(RefusalReason.UnknownReference, $"no record {record}");
        using var identity = new PairwiseIdentity(_wallet, anchor.Issuer);
        if (anchor.Holder != identity.Account.Address)
        {
            throw Refused(RefusalReason.NotYours, "another wallet holds this record");
        }

        var entry = new EntrySigner(_connection.Domain, identity.Account).Erase(record, new StatedReason(reason, new Digest(RandomNumberGenerator.GetBytes(Digest.Size))));
        var reply = await _connection.VaultService.EraseRecordAsync(
            new Wire.EraseRecordRequest { EraseEntry = ByteString.CopyFrom(entry.ToArray()) },
            await _connection.HeadersAsync(identity.Account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return await _connection.Ledger.ProveAppendedAsync(entry, reply.Index, reply.Time, cancellationToken).ConfigureAwait(false);
    }

    private async Task<HeldRecord> OpenAsync(PairwiseIdentity identity, VerifiedOrganisation issuer, Digest digest, ulong index, CancellationToken cancellationToken)
    {
        var record = await FetchAsync(identity, digest, cancellationToken).ConfigureAwait(false);
        if (!_connection.Schemas.TryFind(record.SchemaId, out var schema))
        {
            throw Refused(RefusalReason.SchemaViolation, $"no schema {record.SchemaId}");
        }

        if (!JwsKey.TryParse(issuer.Profile.IssuerAlgorithm, issuer.Profile.IssuerKey.Span, out var issuerKey))
        {
            throw Refused(RefusalReason.IssuerNotTrusted, "the issuer's profile has no record signing key");
        }

        using var keys = record.OpenBundle(schema, identity.Key).OrThrow();
        return new HeldRecord(record, schema, issuer, index, record.Open(schema, keys, issuerKey).OrThrow());
    }

    private async Task<SealedRecord> FetchAsync(PairwiseIdentity identity, Digest digest, CancellationToken cancellationToken)
    {
        var reply = await _connection.VaultService.GetRecordAsync(
            new Wire.GetRecordRequest { Digest = PrivChainConnection.Bytes(digest) },
            await _connection.HeadersAsync(identity.Account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return SealedRecord.TryParse(reply.SealedRecord.Span, out var record) && record.Digest == digest
            ? record
            : throw Refused(RefusalReason.DigestMismatch, $"the vault gave something else for record {digest}");
    }

    private byte[] SealKeys(PairwiseIdentity identity, ConsentPreview preview, List<ContractField> fields, Digest salt, BrokerProfile broker)
    {
        var handed = new List<(Digest Record, ushort Part, byte[] Key)>();
        try
        {
            foreach (var record in preview.Records)
            {
                using var holder = new PairwiseIdentity(_wallet, record.Issuer.Profile.Account);
                using var keys = record.Sealed.OpenBundle(record.Schema, holder.Key).OrThrow();
                handed.Add((record.Digest, RecordKeys.IssuerPart, keys.KeyOf(RecordKeys.IssuerPart).ToArray()));
                foreach (var field in fields.Where(field => field.Record.Id == record.Schema.Id))
                {
                    var part = record.Schema.IndexOf(field.Field.Name) + 1;
                    handed.Add((record.Digest, (ushort)part, keys.KeyOf(part).ToArray()));
                }
            }

            using var share = KeyShare.Create(identity.Key.PublicKey, PseudonymSecret(identity.Account.Address), salt, handed);
            var plaintext = share.ToArray();
            try
            {
                return Core.Hpke.SealedBox.Seal(
                    broker.EncryptionKey, Labels.KeyPackage, ConsentPackage.KeyContext(_connection.LedgerId, preview.Contract.Digest, identity.Account.Address), plaintext);
            }
            finally
            {
                CryptographicOperations.ZeroMemory(plaintext);
            }
        }
        finally
        {
            handed.ForEach(item => CryptographicOperations.ZeroMemory(item.Key));
        }
    }

    private async Task<List<SeenAnswer>> SeenAsync(PairwiseIdentity identity, CancellationToken cancellationToken)
    {
        var seen = new List<SeenAnswer>();
        foreach (var received in await new InboxBox(_connection, identity.Account, identity.Key).ReadAsync(0, cancellationToken).ConfigureAwait(false))
        {
            if (received.Message.Kind != InboxMessageKind.AnswerCopy || !AnswerEnvelope.TryParsePadded(received.Message.Body.Span, out var envelope)
                || ReceiptCore.Parse(envelope.ReceiptCore.Span) is not { Accepted: true } core)
            {
                continue;
            }

            // Anyone may write to an inbox: only a copy that a delivered use on the ledger names counts.
            var delivered = await _connection.Ledger.ReadStateAsync(
                state => state.Use(core.Value.Use) is { DeliveredAt: not null } use && use.Worker == received.Message.Sender && use.Consent == core.Value.Consent
                    && state.Consent(use.Consent)?.Granter == identity.Account.Address,
                cancellationToken: cancellationToken).ConfigureAwait(false);
            if (!delivered || AnswerEnvelope.OutputDigest(envelope.OutputSalt, envelope.Answer.Span) != core.Value.Output)
            {
                continue;
            }

            var contract = await _connection.GetContractAsync(core.Value.Contract, cancellationToken).ConfigureAwait(false);
            if (AnswerDocument.Parse(envelope.Answer.Span, contract) is { Accepted: true } answer)
            {
                seen.Add(new SeenAnswer(core.Value, answer.Value, DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(received.Message.SentAt, 253_402_300_799))));
            }
        }

        return seen;
    }

    private async Task TellAsync(PairwiseIdentity identity, ReceivedRequest request, InboxMessageKind kind, byte[] body, CancellationToken cancellationToken) =>
        await new InboxBox(_connection, identity.Account, identity.Key)
            .SendAsync(request.From.Profile.Account, request.From.Profile.EncryptionKey, kind, body, cancellationToken).ConfigureAwait(false);

    // Stable for one institution, and unlike for every other.
    private byte[] PseudonymSecret(AccountAddress account)
    {
        var secret = new byte[KeyShare.KeySize];
        _wallet.DeriveSecret($"{Labels.PseudonymSecret}/{account}", secret);
        return secret;
    }

    private static RefusalException Refused(RefusalReason reason, string detail) => new(new Refusal(reason, detail));
}
