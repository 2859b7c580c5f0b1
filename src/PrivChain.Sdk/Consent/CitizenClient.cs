using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Consent;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Receipts;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Consent;

/// <summary>
/// What a person does: hand out contacts, read records and requests, consent, refuse, revoke, erase. Each counterparty sees an account and a key of its own; all of them, and everything the
/// person needs later, come back from the phrase. Every method can throw <see cref="RefusalException"/>. Safe for concurrent use.
/// </summary>
public sealed class CitizenClient : IDisposable
{
    private const ulong MaxClockSlackSeconds = 60;

    /// <summary>The counterparty of what a person states of themselves: the account that it is about is made for nobody.</summary>
    public static AccountAddress Nobody => AccountAddress.Zero;

    private readonly PrivChainConnection _connection;
    private readonly Wallet _wallet;
    private readonly IAccountSigner? _signer;
    private readonly ConcurrentDictionary<AccountAddress, Lazy<PairwiseIdentity>> _identities = new();
    private readonly ConcurrentDictionary<AccountAddress, InboxBox> _inboxes = new();

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="wallet">The person's keys; stays the caller's, and must live as long as this client.</param>
    /// <param name="signer">A wallet outside that signs for the person; its one account is then shown to everybody. Null: each counterparty sees an account of its own, from the wallet. Encryption keys are the wallet's in either case.</param>
    public CitizenClient(PrivChainConnection connection, Wallet wallet, IAccountSigner? signer = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(wallet);
        _connection = connection;
        _wallet = wallet;
        _signer = signer;
    }

    /// <summary>The person's account that a counterparty sees.</summary>
    public AccountAddress AddressFor(AccountAddress counterparty) => _signer?.Address ?? IdentityFor(counterparty).Account.Address;

    /// <summary>How an institution or issuer reaches this person: the account made for it alone. Hand it over as text.</summary>
    /// <exception cref="InvalidOperationException">A wallet outside signs: use <see cref="ContactForAsync"/>.</exception>
    public CitizenContact ContactFor(AccountAddress counterparty)
    {
        var identity = IdentityFor(counterparty);
        return identity.Account is Account account
            ? new CitizenContact(KeyStatement.Sign(_connection.Domain, account, identity.Key.PublicKey, _connection.UnixSeconds))
            : throw new InvalidOperationException("a wallet outside signs: it has to be waited for");
    }

    /// <summary>As <see cref="ContactFor"/>, whoever signs.</summary>
    public async Task<CitizenContact> ContactForAsync(AccountAddress counterparty, CancellationToken cancellationToken = default)
    {
        var identity = IdentityFor(counterparty);
        return new CitizenContact(await KeyStatement.SignAsync(_connection.Domain, identity.Account, identity.Key.PublicKey, _connection.UnixSeconds, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>
    /// Keeps what the person states of themselves as a record: sealed, anchored, and marked everywhere as vouched for by nobody. Institutions get answers from it only under contracts that say that this will do.
    /// </summary>
    /// <param name="schema">Schema id, such as <c>contact-details/1</c>.</param>
    /// <param name="claimsJson">The record in the clear: a JSON object by the schema, UTF-8.</param>
    /// <param name="cancellationToken">Cancels; when the record was sent before, it may stand all the same.</param>
    /// <returns>The anchor, proven; its reference is the record's digest.</returns>
    /// <exception cref="RefusalException"><see cref="RefusalReason.SchemaViolation"/> naming fields and rules, <see cref="RefusalReason.Overloaded"/> when the node keeps no more of them, or another reason of the node's.</exception>
    public async Task<ProvenEntry> StateAsync(string schema, ReadOnlyMemory<byte> claimsJson, CancellationToken cancellationToken = default)
    {
        var claims = StrictJson.ParseObject(claimsJson.Span).OrThrow();
        if (!_connection.Schemas.TryFind(schema, out var known))
        {
            throw Refused(RefusalReason.SchemaViolation, $"no schema {schema}");
        }

        // The key signs this once: that the record is the person's is what the anchor says, which the account signs.
        using var key = IssuerKey.Generate(_connection.Domain.Suite.IssuerAlgorithm);
        var identity = IdentityFor(Nobody);
        var holder = identity.Account.Address;
        var record = SealedRecord.Create(known, claims, key, holder.ToString(), holder, identity.Key.PublicKey, checked((long)_connection.UnixSeconds)).OrThrow();
        var details = new AnchorDetails(known.Id, RandomDigest());
        var entry = await new PersonalEntrySigner(_connection.Domain, identity.Account).AnchorOwnAsync(record.Digest, details, cancellationToken).ConfigureAwait(false);
        var request = new Wire.PutRecordsRequest
        {
            Records = { new Wire.AnchoredRecord { SealedRecord = ByteString.CopyFrom(record.Bytes.Span), AnchorEntry = ByteString.CopyFrom(entry.ToArray()) } },
        };
        var reply = await _connection.VaultService.PutRecordsAsync(
            request, await _connection.HeadersAsync(identity.Account, cancellationToken).ConfigureAwait(false), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (reply.Verdicts.Count != 1)
        {
            throw Refused(RefusalReason.Malformed, "the node answered for another number of records");
        }

        var verdict = reply.Verdicts[0];
        return verdict.Reason == 0
            ? await _connection.Ledger.ProveAppendedAsync(entry, verdict.Index, verdict.Time, cancellationToken).ConfigureAwait(false)
            : throw new RefusalException(IssuerClient.RefusalOf(verdict));
    }

    /// <summary>
    /// The person's records, opened and verified: anchored to the person, not erased, signed by their issuer. The ledger says which there are, so none can be kept back unnoticed. Those of an
    /// issuer that is not enrolled any more stay the person's (<see cref="HeldRecord.Standing"/>). The caller disposes them.
    /// </summary>
    /// <exception cref="RefusalException">A record does not verify, or (<see cref="RefusalReason.RecordMissing"/>) the node does not hand it out.</exception>
    public async Task<IReadOnlyList<HeldRecord>> RecordsAsync(CancellationToken cancellationToken = default)
    {
        var records = new List<HeldRecord>();
        try
        {
            foreach (var issuer in (await EverEnrolledAsync(LedgerRole.Issuer, cancellationToken).ConfigureAwait(false)).Append(Nobody))
            {
                var identity = IdentityFor(issuer);
                var vouching = issuer == Nobody ? identity.Account.Address : issuer;
                var anchored = await _connection.Ledger.ReadStateAsync(
                    state => _connection.Ledger.History.RecordsOf(identity.Account.Address)
                        .Select(digest => (Digest: digest, Record: state.Record(digest)!.Value))
                        .Where(item => !item.Record.Erased && item.Record.Issuer == vouching)
                        .ToList(),
                    cancellationToken: cancellationToken).ConfigureAwait(false);
                if (anchored.Count == 0)
                {
                    continue;
                }

                var enrolments = issuer == Nobody ? null : await _connection.Organisations.HistoryAsync(LedgerRole.Issuer, issuer, cancellationToken).ConfigureAwait(false);
                foreach (var (digest, record) in anchored)
                {
                    records.Add(await OpenAsync(identity, enrolments, digest, record.Index, cancellationToken).ConfigureAwait(false));
                }
            }

            return records;
        }
        catch
        {
            records.ForEach(record => record.Dispose());
            throw;
        }
    }

    /// <summary>Requests of enrolled institutions that wait in the inbox, oldest first; those answered are removed by answering.</summary>
    public async Task<IReadOnlyList<ReceivedRequest>> RequestsAsync(CancellationToken cancellationToken = default)
    {
        var requests = new List<ReceivedRequest>();
        foreach (var institution in await InstitutionsAsync(cancellationToken).ConfigureAwait(false))
        {
            foreach (var received in await InboxOf(IdentityFor(institution)).ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                // Only the counterparty that this account was made for: another's request would link the two.
                if (received.Message.Kind == InboxMessageKind.Request && received.Message.Sender == institution && ConsentRequest.TryParse(received.Message.Body.Span, out var request, _connection.Domain.Suite))
                {
                    requests.Add(new ReceivedRequest(institution, request, DateTimeOffset.FromUnixTimeSeconds(checked((long)received.Message.SentAt)), received.Id));
                }
            }
        }

        return [.. requests.OrderBy(request => request.SentAt)];
    }

    /// <summary>
    /// Verifies and gathers everything to read before signing: institution, contract and its approval, checker findings, brokers' evidence, and what would be seen today, computed here from the
    /// own records. The caller disposes it.
    /// </summary>
    /// <exception cref="RefusalException">Something does not verify; what merely stands in the way is in <see cref="ConsentPreview.Obstacles"/>.</exception>
    public async Task<ConsentPreview> PreviewAsync(ReceivedRequest request, DisplayLanguage language, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var institution = await _connection.Organisations.GetAsync(LedgerRole.Institution, request.Institution, cancellationToken).ConfigureAwait(false);
        var contract = await _connection.GetContractAsync(request.Request.Contract, cancellationToken).ConfigureAwait(false);
        if (contract.Controller != request.Institution)
        {
            throw Refused(RefusalReason.NotYours, "the institution asks under another's contract");
        }

        var (published, approved) = await _connection.Ledger.ReadStateAsync(
            state => (state.Contract(contract.Digest), state.IsApproved(contract.Digest)), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (published is null || published.Controller != contract.Controller)
        {
            throw Refused(RefusalReason.UnknownReference, "the contract is not published");
        }

        var brokers = await _connection.Organisations.BrokersAsync(cancellationToken).ConfigureAwait(false);
        var (records, unusable) = await NewestRecordsAsync(contract, cancellationToken).ConfigureAwait(false);
        var values = records.ToDictionary(pair => pair.Key, pair => ValuesOf(pair.Value), StringComparer.Ordinal);
        var secret = PseudonymSecret();
        try
        {
            var context = new FormContext { Today = DateOnly.FromDateTime(_connection.Time.GetUtcNow().UtcDateTime), Controller = contract.Controller, PseudonymSecret = secret, Suite = _connection.Domain.Suite };
            var optional = contract.Shows.Where(field => field.Optional).Select(field => field.Name).ToList();
            var held = optional.Where(name => records.ContainsKey(contract.Find(name)!.Record.Id)).ToList();
            var wouldSee = ContractEvaluator.Evaluate(contract, held, values, context);
            var missing = contract.Records.Select(record => record.Id).Where(id => !records.ContainsKey(id)).ToList();
            var findings = ContractChecker.Check(contract, _connection.Options.Profiles);
            var uses = Math.Min(request.Request.Uses, published.MaxUses);
            var validity = TimeSpan.FromSeconds(Math.Min(request.Request.ValidSeconds, published.MaxSeconds));
            return new ConsentPreview
            {
                Request = request,
                Institution = institution,
                Contract = contract,
                Rendering = ContractRendering.Render(contract, language, institution.Name, values, context, (uses, validity)),
                WouldSee = wouldSee.Accepted ? wouldSee.Value : null,
                OptionalFields = optional,
                MissingRecords = missing,
                Findings = findings,
                Brokers = brokers,
                Records = records,
                MaxUses = uses,
                MaxValidity = validity,
                Obstacles = [.. ObstaclesOf(approved, wouldSee, findings, brokers, contract), .. wouldSee.Accepted ? [] : unusable],
                Title = language == DisplayLanguage.Chinese ? contract.Title.Zh : contract.Title.En,
            };
        }
        catch
        {
            foreach (var record in records.Values)
            {
                record.Dispose();
            }

            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>
    /// Consents: hands the keys of the chosen fields, and no others, to the brokers that were previewed, and records the consent. Waits for a witnessed checkpoint, then tells the institution.
    /// </summary>
    /// <param name="preview">What the person read.</param>
    /// <param name="choices">What the person chose.</param>
    /// <param name="cancellationToken">Cancels; when it was sent before, the consent may stand all the same: see <see cref="ConsentsAsync"/>.</param>
    /// <returns>Digest of the consent.</returns>
    public async Task<Digest> ConsentAsync(ConsentPreview preview, ConsentChoices choices, CancellationToken cancellationToken = default) =>
        await SendAsync(await SignConsentAsync(preview, choices, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>Signs a consent without sending it: for <see cref="SendAsync"/>, now or when the node is back. What it holds of keys is sealed to the brokers that were previewed.</summary>
    /// <param name="preview">What the person read.</param>
    /// <param name="choices">What the person chose.</param>
    /// <param name="cancellationToken">Stops waiting for who signs.</param>
    public async Task<SignedConsent> SignConsentAsync(ConsentPreview preview, ConsentChoices choices, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(preview);
        ArgumentNullException.ThrowIfNull(choices);
        if (preview.Obstacles.Count > 0)
        {
            throw Refused(RefusalReason.TermsOutsideContract, string.Join("; ", preview.Obstacles));
        }

        var validity = checked((ulong)(long)(choices.Validity ?? preview.MaxValidity).TotalSeconds);
        if (choices.Uses == 0 || choices.Uses > preview.MaxUses || validity == 0 || validity > (ulong)preview.MaxValidity.TotalSeconds)
        {
            throw Refused(RefusalReason.TermsOutsideContract, $"wanted 1 to {preview.MaxUses} uses within {preview.MaxValidity}");
        }

        var contract = preview.Contract;
        var fields = ContractEvaluator.FieldsNeeded(contract, choices.OptionalFields).OrThrow();
        var identity = IdentityFor(contract.Controller);
        var salt = RandomDigest();
        var boxes = SealKeys(preview, identity, fields, salt);
        var details = new ConsentDetails
        {
            ControllerName = preview.Institution.Name,
            Title = preview.Title,
            Purpose = contract.Purpose,
            Fields = [.. fields.Select(field => field.Name).Order(StringComparer.Ordinal)],
            Records = [.. contract.Records.Select(schema => fields.Any(field => field.Record.Id == schema.Id) ? preview.Records[schema.Id].Digest : Digest.Zero)],
            RecipientKey = preview.Institution.Profile.EncryptionKey.Fingerprint,
            CitizenKey = identity.Key.PublicKey.Fingerprint,
            KeyPackage = ConsentPackage.DigestOf(_connection.Domain.Suite, boxes.Select(box => (box.Broker.Profile.Account, box.KeyBox))),
            Brokers = [.. boxes.Select(box => box.Broker.Profile.Account)],
            Threshold = 1,
            Request = preview.Request.Request.Digest,
            Salt = salt,
        };

        // The ledger's and the witnesses' clocks may be a little behind this one: a hundredth of the validity, at most a minute, lies in the past.
        var notBefore = _connection.UnixSeconds - Math.Min(MaxClockSlackSeconds, validity / 100);
        var entry = await new PersonalEntrySigner(_connection.Domain, identity.Account).GrantAsync(
            contract.Digest, contract.Controller, notBefore, notBefore + validity, choices.Uses, checked((uint)contract.Limits.Price), details, cancellationToken).ConfigureAwait(false);
        var consent = entry.DocumentDigest;
        var package = new ConsentPackage([.. boxes.Select(box => new BrokerBoxes(
            box.Broker.Profile.Account,
            box.KeyBox,
            SealedBox.Seal(
                box.Broker.Profile.EncryptionKey, Labels.ConsentDetails, ConsentPackage.DetailsContext(_connection.LedgerId, consent), details.ToArray())))]);
        return new SignedConsent(contract.Controller, entry, package.ToArray(), details, preview.Request.MessageId);
    }

    /// <summary>Sends a signed consent and waits for a witnessed checkpoint, then tells the institution. Sent again, it counts once.</summary>
    /// <returns>Digest of the consent.</returns>
    /// <exception cref="RefusalException">The rule that it breaks by now, such as <see cref="RefusalReason.Expired"/>; or why the node was not reached.</exception>
    public async Task<Digest> SendAsync(SignedConsent consent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(consent);
        var identity = IdentityFor(consent.Institution);
        var institution = await _connection.Organisations.GetAsync(LedgerRole.Institution, consent.Institution, cancellationToken).ConfigureAwait(false);
        var reply = await _connection.VaultService.PutConsentAsync(
            new Wire.PutConsentRequest { ConsentEntry = ByteString.CopyFrom(consent.Entry.ToArray()), Package = ByteString.CopyFrom(consent.Package.Span) },
            await _connection.HeadersAsync(identity.Account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        await _connection.Ledger.ProveAppendedAsync(consent.Entry, reply.Index, reply.Time, cancellationToken).ConfigureAwait(false);

        // The own copy first: should the rest fail, the person can still show what was agreed.
        var notice = new ConsentNotice(consent.Digest, consent.Details).ToArray();
        var inbox = InboxOf(identity);
        await inbox.SendAsync(
            [
                await inbox.SealAsync(identity.Messenger, identity.Account.Address, identity.Key.PublicKey, InboxMessageKind.Consented, notice, cancellationToken).ConfigureAwait(false),
                await inbox.SealAsync(identity.Messenger, consent.Institution, institution.Profile.EncryptionKey, InboxMessageKind.Consented, notice, cancellationToken).ConfigureAwait(false),
            ],
            cancellationToken).ConfigureAwait(false);
        await inbox.RemoveAsync(consent.MessageId, cancellationToken).ConfigureAwait(false);
        return consent.Digest;
    }

    /// <summary>Refuses a request and tells the institution so.</summary>
    /// <param name="request">The request.</param>
    /// <param name="reason">In the person's own words; may be empty.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task RefuseAsync(ReceivedRequest request, string reason = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        var institution = await _connection.Organisations.GetAsync(LedgerRole.Institution, request.Institution, cancellationToken).ConfigureAwait(false);
        var inbox = InboxOf(IdentityFor(request.Institution));
        await inbox.SendAsync(
            request.Institution, institution.Profile.EncryptionKey, InboxMessageKind.Refused, new RequestRefusal(request.Request.Digest, reason).ToArray(), cancellationToken).ConfigureAwait(false);
        await inbox.RemoveAsync(request.MessageId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Every consent of this person, with uses and copies of answers, oldest first by institution; those towards institutions that are not enrolled any more included.</summary>
    public async Task<IReadOnlyList<OwnConsent>> ConsentsAsync(CancellationToken cancellationToken = default)
    {
        var consents = new List<OwnConsent>();
        foreach (var institution in await EverEnrolledAsync(LedgerRole.Institution, cancellationToken).ConfigureAwait(false))
        {
            consents.AddRange(await ConsentsToAsync(institution, cancellationToken).ConfigureAwait(false));
        }

        return consents;
    }

    /// <summary>Revokes a consent: once this returns, no use can be recorded under it any more, and a release that is under way stops as soon as its enclave has seen the revocation. An answer given before stays given.</summary>
    /// <param name="consent">Its digest.</param>
    /// <param name="reason">In the person's own words; only a salted hash goes to the ledger.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ProvenEntry> RevokeAsync(Digest consent, string reason = "", CancellationToken cancellationToken = default)
    {
        var controller = await _connection.Ledger.ReadStateAsync(state => state.Consent(consent)?.Controller, cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw Refused(RefusalReason.UnknownReference, $"consent {consent} is not on the ledger");
        var entry = await new PersonalEntrySigner(_connection.Domain, IdentityFor(controller).Account).RevokeAsync(consent, new StatedReason(reason, RandomDigest()), cancellationToken).ConfigureAwait(false);
        return await _connection.Ledger.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Signs a revocation without sending it: <see cref="VerifiedLedger.AppendAsync"/> does so, now or when the node is back. It takes effect where it stands on the ledger, not before.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="reason">In the person's own words; only a salted hash goes to the ledger.</param>
    /// <param name="cancellationToken">Stops waiting for who signs.</param>
    public Task<Entry> SignRevocationAsync(OwnConsent consent, string reason = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(consent);
        var signer = new PersonalEntrySigner(_connection.Domain, IdentityFor(consent.Grant.Controller).Account);
        return signer.RevokeAsync(consent.Digest, new StatedReason(reason, RandomDigest()), cancellationToken);
    }

    /// <summary>Erases a record: its tombstone stands on the ledger and the node destroys the ciphertext. Answers given before stay with those who got them.</summary>
    /// <param name="record">Its digest.</param>
    /// <param name="reason">In the person's own words; only a salted hash goes to the ledger.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ProvenEntry> EraseAsync(Digest record, string reason = "", CancellationToken cancellationToken = default)
    {
        var issuer = await _connection.Ledger.ReadStateAsync(state => state.Record(record)?.Issuer, cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw Refused(RefusalReason.UnknownReference, $"record {record} is not on the ledger");
        var account = IdentityFor(issuer == AddressFor(Nobody) ? Nobody : issuer).Account;
        var entry = await new PersonalEntrySigner(_connection.Domain, account).EraseAsync(record, new StatedReason(reason, RandomDigest()), cancellationToken).ConfigureAwait(false);
        var reply = await _connection.VaultService.EraseRecordAsync(
            new Wire.EraseRecordRequest { EraseEntry = ByteString.CopyFrom(entry.ToArray()) },
            await _connection.HeadersAsync(account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        if (_connection.Options.Kept is { } store)
        {
            await store.RemoveAsync(NameOf(record), cancellationToken).ConfigureAwait(false);
        }

        return await _connection.Ledger.ProveAppendedAsync(entry, reply.Index, reply.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One consent as a document of the outside world: ISO/IEC TS 27560 with DPV, a Kantara receipt, or an Account Aggregator artefact; canonical JSON.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.UnknownReference"/>, or <see cref="RefusalReason.NotFound"/> when the own copy of the details is gone.</exception>
    public async Task<byte[]> ExportConsentAsync(Digest consent, ConsentExportFormat format, CancellationToken cancellationToken = default)
    {
        var own = (await ConsentsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(item => item.Digest == consent)
            ?? throw Refused(RefusalReason.UnknownReference, $"no consent {consent} of this person");
        return ConsentRecordExport.Write(await ConsentFactsReader.ReadAsync(_connection, own, cancellationToken).ConfigureAwait(false), format);
    }

    /// <summary>
    /// The receipt of one use, as the institution has it, but for the query: the person's copy names all queries of the use by their root alone. Verified before it is handed out; whoever gets it
    /// needs nobody to verify it again.
    /// </summary>
    /// <param name="copy">A copy of an answer, from <see cref="ConsentsAsync"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotFound"/>: the worker's evidence or key is not among the node's documents; or the first check that does not hold.</exception>
    public async Task<Receipt> GetReceiptAsync(AnswerCopy copy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(copy);
        var core = copy.Core;
        return await ReceiptBuilder.BuildAsync(
            _connection,
            new ReceiptSource(
                core,
                copy.Envelope ?? throw new ArgumentException("made by hand, not by opening an inbox", nameof(copy)),
                await _connection.GetContractAsync(core.Contract, cancellationToken).ConfigureAwait(false),
                await _connection.GetDocumentAsync(core.Evidence, cancellationToken).ConfigureAwait(false),
                await _connection.GetDocumentAsync(core.SessionKey, cancellationToken).ConfigureAwait(false),
                null),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Everything about this person, in the clear, as one JSON document (<see cref="CitizenExport"/>): keep it as you would keep the papers themselves.</summary>
    public async Task<byte[]> ExportAsync(CancellationToken cancellationToken = default)
    {
        var records = await RecordsAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var consents = await ConsentsAsync(cancellationToken).ConfigureAwait(false);
            var receipts = new Dictionary<Digest, byte[]>();
            foreach (var consent in consents.Where(consent => consent.Details is not null))
            {
                var facts = await ConsentFactsReader.ReadAsync(_connection, consent, cancellationToken).ConfigureAwait(false);
                receipts[consent.Digest] = ConsentRecordExport.Write(facts, ConsentExportFormat.Iso27560Dpv);
            }

            return CitizenExport.ToJson(_connection.LedgerId, _connection.Time.GetUtcNow(), records, consents, receipts);
        }
        finally
        {
            foreach (var record in records)
            {
                record.Dispose();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var identity in _identities.Values.Where(identity => identity.IsValueCreated))
        {
            identity.Value.Dispose();
        }
    }

    private PairwiseIdentity IdentityFor(AccountAddress counterparty) =>
        _identities.GetOrAdd(counterparty, account => new Lazy<PairwiseIdentity>(() => new PairwiseIdentity(_wallet, account, _signer))).Value;

    private InboxBox InboxOf(PairwiseIdentity identity) => _inboxes.GetOrAdd(identity.Account.Address, _ => new InboxBox(_connection, identity.Account, identity.Key));

    private Task<List<AccountAddress>> InstitutionsAsync(CancellationToken cancellationToken) =>
        _connection.Ledger.ReadStateAsync(
            state => state.EnrolledIn(LedgerRole.Institution, state.Time).Select(enrolment => enrolment.Account).Distinct().ToList(), cancellationToken: cancellationToken);

    private Task<List<AccountAddress>> EverEnrolledAsync(LedgerRole role, CancellationToken cancellationToken) =>
        _connection.Ledger.ReadStateAsync(
            state => state.EverEnrolledIn(role).Select(enrolment => enrolment.Account).Distinct().ToList(), cancellationToken: cancellationToken);

    private async Task<SealedRecord> FetchAsync(PairwiseIdentity identity, Digest digest, CancellationToken cancellationToken)
    {
        if (await _connection.LoadKeptAsync(NameOf(digest), cancellationToken).ConfigureAwait(false) is { } kept && SealedRecord.TryParse(kept, out var before) && before.Digest == digest)
        {
            return before;
        }

        var reply = await _connection.VaultService.GetRecordAsync(
            new Wire.GetRecordRequest { Digest = PrivChainConnection.Bytes(digest) },
            await _connection.HeadersAsync(identity.Account, cancellationToken).ConfigureAwait(false),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        if (!SealedRecord.TryParse(reply.SealedRecord.Span, out var sealedRecord) || sealedRecord.Digest != digest)
        {
            throw Refused(RefusalReason.DigestMismatch, $"the node sent another record for {digest}");
        }

        await _connection.KeepAsync(NameOf(digest), reply.SealedRecord.Memory, cancellationToken).ConfigureAwait(false);
        return sealedRecord;
    }

    private static string NameOf(Digest record) => "record:" + record;

    private async Task<HeldRecord> OpenAsync(
        PairwiseIdentity identity, IReadOnlyList<FormerOrganisation>? issuers, Digest digest, ulong index, CancellationToken cancellationToken)
    {
        var sealedRecord = await FetchAsync(identity, digest, cancellationToken).ConfigureAwait(false);
        if (!_connection.Schemas.TryFind(sealedRecord.SchemaId, out var schema))
        {
            throw Refused(RefusalReason.SchemaViolation, $"no schema {sealedRecord.SchemaId}");
        }

        var keys = sealedRecord.OpenBundle(schema, identity.Key).OrThrow();
        if (issuers is null)
        {
            var stated = sealedRecord.OpenSelfAsserted(schema, keys);
            if (stated.Accepted)
            {
                return new HeldRecord(sealedRecord, keys, schema, stated.Value, null, index);
            }

            keys.Dispose();
            throw new RefusalException(stated.Refusal);
        }

        var refusal = new Refusal(RefusalReason.IssuerNotTrusted, "no profile of the issuer has a record key");
        foreach (var issuer in issuers)
        {
            // An issuer that changed its key has an enrolment for each: the record is by one of them.
            if (!JwsKey.TryParse(issuer.Profile.IssuerAlgorithm, issuer.Profile.IssuerKey.Span, out var issuerKey))
            {
                continue;
            }

            var content = sealedRecord.Open(schema, keys, issuerKey);
            if (content.Accepted)
            {
                return new HeldRecord(sealedRecord, keys, schema, content.Value, issuer, index);
            }

            refusal = content.Refusal;
        }

        keys.Dispose();
        throw new RefusalException(refusal);
    }

    // Of several records of one kind the newest counts: issuers correct by issuing anew. What somebody vouches for goes before what the person states.
    private async Task<(IReadOnlyDictionary<string, HeldRecord> Chosen, IReadOnlyList<Refusal> Unusable)> NewestRecordsAsync(PrivacyContract contract, CancellationToken cancellationToken)
    {
        var unusable = new Dictionary<string, Refusal>(StringComparer.Ordinal);
        var chosen = new Dictionary<string, HeldRecord>(StringComparer.Ordinal);
        foreach (var record in (await RecordsAsync(cancellationToken).ConfigureAwait(false)).OrderBy(record => record.Standing == IssuerStanding.SelfAsserted).ThenByDescending(record => record.Index))
        {
            var isAsked = contract.Records.Any(schema => schema.Id == record.Schema.Id);
            var counts = isAsked && record.CountsFor(contract);
            if (isAsked && !counts)
            {
                var whose = record.IssuerName.Length > 0 ? $"{record.Schema.Id} of {record.IssuerName}" : record.Schema.Id;
                unusable.TryAdd(record.Schema.Id, new Refusal(RefusalReason.IssuerNotTrusted, $"{whose}: {record.Caveat}"));
            }

            if (!counts || !chosen.TryAdd(record.Schema.Id, record))
            {
                record.Dispose();
            }
        }

        return (chosen, [.. unusable.Where(pair => !chosen.ContainsKey(pair.Key)).Select(pair => pair.Value)]);
    }

    private static IReadOnlyDictionary<string, JsonElement> ValuesOf(HeldRecord record) =>
        record.Values.Where(value => value.Value is not null).ToDictionary(value => value.Key, value => value.Value!.Value, StringComparer.Ordinal);

    private static IEnumerable<Refusal> ObstaclesOf(
        bool approved, Verdict<AnswerDocument> wouldSee, IReadOnlyList<ContractFinding> findings, IReadOnlyList<VerifiedBroker> brokers, PrivacyContract contract)
    {
        if (!approved)
        {
            yield return new Refusal(RefusalReason.NotApproved, "the contract is not approved by the regulators");
        }

        if (!wouldSee.Accepted)
        {
            yield return wouldSee.Refusal;
        }

        if (ContractChecker.RefusalOf([.. findings]) is { } refusal)
        {
            yield return refusal;
        }

        if (brokers.Any(broker => !contract.Enclave.AcceptedEvidence.Contains(broker.Enclave.Claims.Kind)))
        {
            yield return new Refusal(RefusalReason.EvidenceNotAccepted, "the contract does not accept the enclaves' kind of evidence");
        }

        if (PrivChain.Attestation.EvidenceVerifier.CountUnlikeRoots(brokers.Select(broker => broker.Enclave)) < contract.Enclave.UnlikeRoots)
        {
            yield return new Refusal(RefusalReason.TooFewRoots, $"the contract wants enclaves under {contract.Enclave.UnlikeRoots} unlike roots");
        }
    }

    private List<(VerifiedBroker Broker, byte[] KeyBox)> SealKeys(ConsentPreview preview, PairwiseIdentity identity, List<ContractField> fields, Digest salt)
    {
        var keys = new List<(Digest Record, ushort Part, byte[] Key)>();
        var secret = PseudonymSecret();
        var plaintext = Array.Empty<byte>();
        try
        {
            foreach (var group in fields.GroupBy(field => field.Record.Id))
            {
                var record = preview.Records.TryGetValue(group.Key, out var held) ? held : throw Refused(RefusalReason.RecordMissing, group.Key);
                keys.Add((record.Digest, RecordKeys.IssuerPart, record.Keys.KeyOf(RecordKeys.IssuerPart).ToArray()));
                keys.AddRange(group.Select(field => (
                    record.Digest, checked((ushort)(record.Schema.IndexOf(field.Field.Name) + 1)), record.Keys.KeyOf(field.Field.Name).ToArray())));
            }

            using var share = KeyShare.Create(identity.Key.PublicKey, secret, salt, keys);
            plaintext = share.ToArray();
            var context = ConsentPackage.KeyContext(_connection.LedgerId, preview.Contract.Digest, identity.Account.Address);
            return [.. preview.Brokers.Select(broker => (broker, SealedBox.Seal(broker.Profile.EncryptionKey, Labels.KeyPackage, context, plaintext)))];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            CryptographicOperations.ZeroMemory(plaintext);
            foreach (var (_, _, key) in keys)
            {
                CryptographicOperations.ZeroMemory(key);
            }
        }
    }

    private async Task<IReadOnlyList<OwnConsent>> ConsentsToAsync(AccountAddress institution, CancellationToken cancellationToken)
    {
        var identity = IdentityFor(institution);
        var ledger = _connection.Ledger;
        var grants = await ledger.ReadStateAsync(
            state => ledger.History.ConsentsOf(identity.Account.Address)
                .Select(digest => (Digest: digest, Grant: state.Consent(digest)!, Uses: ledger.History.UsesOf(digest).ToList()))
                .Where(consent => consent.Grant.Controller == institution).ToList(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        if (grants.Count == 0)
        {
            return [];
        }

        var details = new Dictionary<Digest, ConsentDetails>();
        var copies = new Dictionary<Digest, List<(AnswerEnvelope Envelope, ReceiptCore Core, InboxMessage Message)>>();
        foreach (var received in await InboxOf(identity).ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            var message = received.Message;
            if (message.Kind == InboxMessageKind.Consented && message.Sender == identity.Messenger.Address && ConsentNotice.TryParse(message.Body.Span, out var notice))
            {
                details[notice.Consent] = notice.Details;
            }
            else if (message.Kind == InboxMessageKind.AnswerCopy && AnswerEnvelope.TryParse(message.Body.Span, out var envelope) && envelope.Reason == RefusalReason.None
                && ReceiptCore.Parse(envelope.ReceiptCore.Span) is { Accepted: true } core && core.Value.Worker == message.Sender)
            {
                (copies.TryGetValue(core.Value.Consent, out var list) ? list : copies[core.Value.Consent] = []).Add((envelope, core.Value, message));
            }
        }

        var consents = new List<OwnConsent>();
        foreach (var (digest, grant, uses) in grants)
        {
            var known = details.TryGetValue(digest, out var found) && found.StructHash(_connection.Domain.Suite) == grant.Details ? found : null;
            var answers = await AnswersOfAsync(digest, grant, copies.GetValueOrDefault(digest) ?? [], cancellationToken).ConfigureAwait(false);
            consents.Add(new OwnConsent(digest, grant, known, uses, answers));
        }

        return consents;
    }

    // A copy counts when the use on the ledger is this worker's and its delivery names this very receipt.
    private async Task<IReadOnlyList<AnswerCopy>> AnswersOfAsync(
        Digest consent, Grant grant, List<(AnswerEnvelope Envelope, ReceiptCore Core, InboxMessage Message)> copies, CancellationToken cancellationToken)
    {
        var answers = new List<AnswerCopy>();
        if (copies.Count == 0)
        {
            return answers;
        }

        var contract = await _connection.GetContractAsync(grant.Contract, cancellationToken).ConfigureAwait(false);
        foreach (var (envelope, core, message) in copies.DistinctBy(copy => copy.Core.Use))
        {
            var (use, receipt) = await _connection.Ledger.ReadStateAsync(
                state => (state.Use(core.Use), _connection.Ledger.History.ReceiptOf(core.Use)), cancellationToken: cancellationToken).ConfigureAwait(false);
            if (use is null || use.Consent != consent || use.Worker != message.Sender || receipt != ReceiptCore.DigestOf(_connection.Domain.Suite, envelope.ReceiptCore.Span)
                || core.Output != AnswerEnvelope.OutputDigest(_connection.Domain.Suite, envelope.OutputSalt, envelope.Answer.Span)
                || AnswerDocument.Parse(envelope.Answer.Span, contract) is not { Accepted: true } document)
            {
                continue;
            }

            answers.Add(new AnswerCopy(core, document.Value, DateTimeOffset.FromUnixTimeSeconds(checked((long)message.SentAt))) { Envelope = envelope });
        }

        return answers;
    }

    private byte[] PseudonymSecret()
    {
        var secret = new byte[KeyShare.KeySize];
        _wallet.DeriveSecret(Labels.PseudonymSecret, secret);
        return secret;
    }

    private static Digest RandomDigest() => new(RandomNumberGenerator.GetBytes(Digest.Size));

    private static RefusalException Refused(RefusalReason reason, string detail) => new(new Refusal(reason, detail));
}
