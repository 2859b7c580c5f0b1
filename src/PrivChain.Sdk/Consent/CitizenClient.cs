using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Consent;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Evidence;
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
    private readonly PersonalRecords _records;

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
        _records = new PersonalRecords(connection, IdentityFor);
    }

    /// <summary>The person's account that a counterparty sees.</summary>
    public AccountAddress AddressFor(AccountAddress counterparty) => _signer?.Address ?? IdentityFor(counterparty).Account.Address;

    /// <summary>How an institution or issuer reaches this person: the account made for it alone. Hand it over as text.</summary>
    /// <exception cref="InvalidOperationException">A wallet outside signs: use <see cref="ContactForAsync"/>.</exception>
    public CitizenContact ContactFor(AccountAddress counterparty)
    {
        var identity = IdentityFor(counterparty);
        return identity.Account is Account account
            ? new CitizenContact(KeyStatement.Sign(_connection.Domain, account, identity.Key.PublicKey, _connection.UnixSeconds), counterparty)
            : throw new InvalidOperationException("a wallet outside signs: it has to be waited for");
    }

    /// <summary>As <see cref="ContactFor"/>, whoever signs.</summary>
    public async Task<CitizenContact> ContactForAsync(AccountAddress counterparty, CancellationToken cancellationToken = default)
    {
        var identity = IdentityFor(counterparty);
        var statement = await KeyStatement.SignAsync(_connection.Domain, identity.Account, identity.Key.PublicKey, _connection.UnixSeconds, cancellationToken).ConfigureAwait(false);
        return new CitizenContact(statement, _signer is null ? counterparty : null);
    }

    /// <summary>
    /// Keeps what the person states of themselves as a record: sealed, anchored, and marked everywhere as vouched for by nobody. Institutions get answers from it only under contracts that say that this will do.
    /// </summary>
    /// <param name="schema">Schema id, such as <c>contact-details/1</c>.</param>
    /// <param name="claimsJson">The record in the clear: a JSON object by the schema, UTF-8.</param>
    /// <param name="cancellationToken">Cancels; when the record was sent before, it may stand all the same.</param>
    /// <returns>The anchor, proven; its reference is the record's digest.</returns>
    /// <exception cref="RefusalException"><see cref="RefusalReason.SchemaViolation"/> naming fields and rules, <see cref="RefusalReason.Overloaded"/> when the node keeps no more of them, or another reason of the node's.</exception>
    public Task<ProvenEntry> StateAsync(string schema, ReadOnlyMemory<byte> claimsJson, CancellationToken cancellationToken = default) => _records.StateAsync(schema, claimsJson, cancellationToken);

    /// <summary>
    /// The person's records, opened and verified: anchored to the person, not erased, signed by their issuer. The ledger says which there are, so none can be kept back unnoticed. Those of an
    /// issuer that is not enrolled any more stay the person's (<see cref="HeldRecord.Standing"/>). The caller disposes them.
    /// </summary>
    /// <exception cref="RefusalException">A record does not verify, or (<see cref="RefusalReason.RecordMissing"/>) the node does not hand it out.</exception>
    public Task<IReadOnlyList<HeldRecord>> RecordsAsync(CancellationToken cancellationToken = default) => _records.OpenAllAsync(cancellationToken);

    /// <summary>As <see cref="RecordsAsync"/>, one by one: a record that does not verify, or that the node keeps back, is named with the reason and hides no other. The caller disposes those held.</summary>
    /// <exception cref="RefusalException">The node does not answer, or a wallet outside does not sign in.</exception>
    public Task<OwnRecords> ReadRecordsAsync(CancellationToken cancellationToken = default) => _records.ReadAllAsync(cancellationToken);

    /// <summary>Requests of enrolled institutions that wait in the inbox, oldest first; those answered are removed by answering, and one that a consent on the ledger answers is none, whatever the node still hands out.</summary>
    public async Task<IReadOnlyList<ReceivedRequest>> RequestsAsync(CancellationToken cancellationToken = default) =>
        await RequestsOfAsync(await InstitutionsAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

    /// <summary>As <see cref="RequestsAsync"/>, of some institutions alone: each has an inbox of its own to write to, and each inbox is a call.</summary>
    public async Task<IReadOnlyList<ReceivedRequest>> RequestsOfAsync(IReadOnlyCollection<AccountAddress> institutions, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(institutions);
        var requests = new List<ReceivedRequest>();

        // A wallet outside has one account for all.
        var read = new Dictionary<AccountAddress, List<InboxBox.Received>>();
        foreach (var institution in (await InstitutionsAsync(cancellationToken).ConfigureAwait(false)).Where(institutions.Contains))
        {
            var identity = IdentityFor(institution);
            if (!read.TryGetValue(identity.Account.Address, out var messages))
            {
                read[identity.Account.Address] = messages = await InboxOf(identity).ReadAsync(cancellationToken).ConfigureAwait(false);
            }

            var waiting = new List<ReceivedRequest>();
            foreach (var received in messages)
            {
                // Only the counterparty that this account was made for: another's request would link the two. And no request is from a day that there is not.
                if (received.Message.Kind == InboxMessageKind.Request && received.Message.Sender == institution && UnixTime.IsDate(received.Message.SentAt)
                    && ConsentRequest.TryParse(received.Message.Body.Span, out var request, _connection.Domain.Suite))
                {
                    waiting.Add(new ReceivedRequest(institution, request, UnixTime.Date(received.Message.SentAt), received.Id));
                }
            }

            // Consented to once more, the uses would be doubled.
            var answered = waiting.Count == 0 ? [] : await AnsweredAsync(identity, messages, cancellationToken).ConfigureAwait(false);
            requests.AddRange(waiting.Where(request => !answered.Contains(request.Request.Digest)));
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

        var appraisedAt = _connection.UnixSeconds;
        var brokers = await _connection.Organisations.BrokersAsync(cancellationToken).ConfigureAwait(false);
        var choice = await _records.ChooseAsync(contract, cancellationToken).ConfigureAwait(false);
        var records = choice.Counting;
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

            // What was published is a number that nobody compared with the text: the least of the three can be granted.
            var uses = Math.Min(request.Request.Uses, Math.Min(published.MaxUses, (uint)contract.Limits.MaxUses));
            var validity = TimeSpan.FromSeconds(Math.Min(request.Request.ValidSeconds, Math.Min(published.MaxSeconds, (ulong)contract.Limits.ValidDays * 86_400)));
            return new ConsentPreview
            {
                Request = request,
                Institution = institution,
                Contract = contract,
                Rendering = ContractRendering.Render(contract, language, institution.Name, values, context, (uses, validity)),
                WouldSee = wouldSee.Accepted ? wouldSee.Value : null,
                OptionalFields = optional,
                MissingRecords = missing,
                UncountedRecords = choice.Uncounted.ToDictionary(pair => pair.Key, pair => pair.Value.Standing, StringComparer.Ordinal),
                UnreadableRecords = choice.Unreadable,
                Findings = findings,
                Brokers = brokers,
                AppraisedAt = appraisedAt,
                Records = records,
                MaxUses = uses,
                MaxValidity = validity,
                Obstacles = [.. ObstaclesOf(approved, wouldSee, findings, brokers, contract), .. ObstaclesOf(choice, contract)],
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
        return new SignedConsent(contract.Controller, entry, package.ToArray(), details, preview.Request.MessageId, preview.AppraisedAt);
    }

    /// <summary>Sends a signed consent and waits for a witnessed checkpoint, then tells the institution. Sent again, it counts once.</summary>
    /// <returns>Digest of the consent.</returns>
    /// <exception cref="RefusalException">The rule that it breaks by now, such as <see cref="RefusalReason.Expired"/>; or why the node was not reached.</exception>
    public async Task<Digest> SendAsync(SignedConsent consent, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(consent);
        var identity = IdentityFor(consent.Institution);
        var institution = await _connection.Organisations.GetAsync(LedgerRole.Institution, consent.Institution, cancellationToken).ConfigureAwait(false);
        await RequireBrokersAsync(consent, cancellationToken).ConfigureAwait(false);
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
        await RemoveAsync(inbox, consent.MessageId, cancellationToken).ConfigureAwait(false);
        return consent.Digest;
    }

    // It may have waited, to be signed or to be sent: keys that are sealed to a broker that was expelled meanwhile, or whose evidence does not hold any more, must not leave. What stands already has left.
    private async Task RequireBrokersAsync(SignedConsent consent, CancellationToken cancellationToken)
    {
        var (stands, gone) = await _connection.Ledger.ReadStateAsync(
            state => (state.Consent(consent.Digest) is not null, consent.Details.Brokers.Where(broker => !state.Holds(LedgerRole.Broker, broker, state.Time)).ToList()),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        if (stands)
        {
            return;
        }

        if (gone.Count > 0)
        {
            throw Refused(RefusalReason.NotEnrolled, $"the keys were sealed to broker {gone[0]}, which is no longer enrolled: the consent has to be signed anew");
        }

        // A time that is still to come says nothing: this device's clock was set back.
        var now = _connection.UnixSeconds;
        if (consent.AppraisedAt <= now && now - consent.AppraisedAt <= EnclaveAppraisal.FreshSeconds)
        {
            return;
        }

        var answering = await _connection.Organisations.BrokersAsync(cancellationToken).ConfigureAwait(false);
        var silent = consent.Details.Brokers.Except(answering.Select(broker => broker.Profile.Account)).ToList();
        if (silent.Count > 0)
        {
            throw Refused(RefusalReason.NotEnrolled, $"the keys were sealed to broker {silent[0]}, for which nothing answers any more: the consent has to be signed anew");
        }
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
        await RemoveAsync(inbox, request.MessageId, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Every consent of this person, with uses and copies of answers, oldest first by institution; those towards institutions that are not enrolled any more included. They are the ledger's; where the own copies cannot be read, <see cref="OwnConsent.Trouble"/> says why.</summary>
    public async Task<IReadOnlyList<OwnConsent>> ConsentsAsync(CancellationToken cancellationToken = default)
    {
        var consents = new List<OwnConsent>();
        foreach (var institution in await _connection.Organisations.EverEnrolledAsync(LedgerRole.Institution, cancellationToken).ConfigureAwait(false))
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

    /// <summary>Records of this person that are erased, newest tombstone first.</summary>
    public Task<IReadOnlyList<ErasedRecord>> ErasedRecordsAsync(CancellationToken cancellationToken = default) => _records.ErasedAsync(cancellationToken);

    /// <summary>Erases a record: its tombstone stands on the ledger and the node destroys the ciphertext. Answers given before stay with those who got them.</summary>
    /// <param name="record">Its digest.</param>
    /// <param name="reason">In the person's own words; only a salted hash goes to the ledger.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<ProvenEntry> EraseAsync(Digest record, string reason = "", CancellationToken cancellationToken = default) => _records.EraseAsync(record, reason, cancellationToken);

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

    /// <summary>Everything about this person, in the clear, as one JSON document (<see cref="CitizenExport"/>): keep it as you would keep the papers themselves. What the node keeps back is named in it and hides nothing else.</summary>
    /// <exception cref="RefusalException">The node does not answer, or a wallet outside does not sign in.</exception>
    public async Task<OwnExport> ExportAsync(CancellationToken cancellationToken = default)
    {
        var records = await ReadRecordsAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var consents = await ConsentsAsync(cancellationToken).ConfigureAwait(false);
            var receipts = new Dictionary<Digest, Verdict<byte[]>>();
            foreach (var consent in consents)
            {
                try
                {
                    var facts = await ConsentFactsReader.ReadAsync(_connection, consent, cancellationToken).ConfigureAwait(false);
                    receipts[consent.Digest] = ConsentRecordExport.Write(facts, ConsentExportFormat.Iso27560Dpv);
                }
                catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
                {
                    // Its contract or its details are kept back: the rest is worth having without this one.
                    receipts[consent.Digest] = exception.Refusal;
                }
            }

            var missing = records.Unreadable.Select(record => record.Refusal)
                .Concat(consents.Select(consent => consent.Trouble).OfType<Refusal>())
                .Concat(receipts.Values.Select(receipt => receipt.Refusal).OfType<Refusal>())
                .Concat(consents.SelectMany(consent => consent.CopiesDue).Select(use => new Refusal(RefusalReason.NotFound, $"no copy of the answer that entry {use.DeliveredAt} delivered")))
                .FirstOrDefault();
            return new OwnExport(CitizenExport.ToJson(_connection.LedgerId, _connection.Time.GetUtcNow(), records, consents, receipts), missing);
        }
        finally
        {
            foreach (var record in records.Held)
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

    // What is gone was removed by another window, or before by this one: the request is out of the way all the same.
    private static async Task RemoveAsync(InboxBox inbox, ulong message, CancellationToken cancellationToken)
    {
        try
        {
            await inbox.RemoveAsync(message, cancellationToken).ConfigureAwait(false);
        }
        catch (RefusalException exception) when (exception.Reason == RefusalReason.NotFound)
        {
        }
    }

    private InboxBox InboxOf(PairwiseIdentity identity) => _inboxes.GetOrAdd(identity.Account.Address, _ => new InboxBox(_connection, identity.Account, identity.Key));

    private Task<List<AccountAddress>> InstitutionsAsync(CancellationToken cancellationToken) =>
        _connection.Ledger.ReadStateAsync(
            state => state.EnrolledIn(LedgerRole.Institution, state.Time).Select(enrolment => enrolment.Account).Distinct().ToList(), cancellationToken: cancellationToken);

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

    // Only what is needed stands in the way: fields that may be left out are left out.
    private static IEnumerable<Refusal> ObstaclesOf(RecordChoice choice, PrivacyContract contract)
    {
        foreach (var kind in contract.Shows.Where(field => !field.Optional).Select(field => field.Record.Id).Distinct())
        {
            if (choice.Uncounted.TryGetValue(kind, out var uncounted))
            {
                var whose = uncounted.IssuerName.Length > 0 ? $"{kind} of {uncounted.IssuerName}" : kind;
                yield return new Refusal(RefusalReason.IssuerNotTrusted, $"{whose}: {uncounted.Caveat}");
            }
            else if (choice.Unreadable.TryGetValue(kind, out var unreadable))
            {
                yield return new Refusal(RefusalReason.RecordMissing, $"{kind}: record {unreadable.Digest}, which may be the one, cannot be read: {unreadable.Refusal}");
            }
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

    // The requests that the person's consents on the ledger name in their details.
    private async Task<HashSet<Digest>> AnsweredAsync(PairwiseIdentity identity, IEnumerable<InboxBox.Received> messages, CancellationToken cancellationToken)
    {
        var notices = messages.Select(received => NoticeIn(received.Message, identity)).OfType<ConsentNotice>().ToList();
        return notices.Count == 0 ? [] : await _connection.Ledger.ReadStateAsync(
            state => notices.Where(notice => state.Consent(notice.Consent)?.Details == notice.Details.StructHash(_connection.Domain.Suite)).Select(notice => notice.Details.Request).ToHashSet(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
    }

    // The own copy of what was agreed.
    private static ConsentNotice? NoticeIn(InboxMessage message, PairwiseIdentity identity) =>
        message.Kind == InboxMessageKind.Consented && message.Sender == identity.Messenger.Address && ConsentNotice.TryParse(message.Body.Span, out var notice) ? notice : null;

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
        Refusal? inboxTrouble = null;
        try
        {
            foreach (var received in await InboxOf(identity).ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                var message = received.Message;
                if (NoticeIn(message, identity) is { } notice)
                {
                    details[notice.Consent] = notice.Details;
                }
                else if (message.Kind == InboxMessageKind.AnswerCopy && AnswerEnvelope.TryParse(message.Body.Span, out var envelope) && envelope.Reason == RefusalReason.None
                    && ReceiptCore.Parse(envelope.ReceiptCore.Span) is { Accepted: true } core && core.Value.Worker == message.Sender)
                {
                    (copies.TryGetValue(core.Value.Consent, out var list) ? list : copies[core.Value.Consent] = []).Add((envelope, core.Value, message));
                }
            }
        }
        catch (RefusalException exception)
        {
            // The consents are the ledger's: whoever keeps messages back must not keep them from being seen and revoked.
            inboxTrouble = exception.Refusal;
        }

        var consents = new List<OwnConsent>();
        foreach (var (digest, grant, uses) in grants)
        {
            var known = details.TryGetValue(digest, out var found) && found.StructHash(_connection.Domain.Suite) == grant.Details ? found : null;
            var (answers, trouble) = await AnswersOfAsync(digest, grant, copies.GetValueOrDefault(digest) ?? [], cancellationToken).ConfigureAwait(false);
            consents.Add(new OwnConsent(digest, grant, known, uses, answers) { Trouble = inboxTrouble ?? trouble });
        }

        return consents;
    }

    // A copy counts when the use on the ledger is this worker's and its delivery names this very receipt.
    private async Task<(IReadOnlyList<AnswerCopy> Answers, Refusal? Trouble)> AnswersOfAsync(
        Digest consent, Grant grant, List<(AnswerEnvelope Envelope, ReceiptCore Core, InboxMessage Message)> copies, CancellationToken cancellationToken)
    {
        var answers = new List<AnswerCopy>();
        if (copies.Count == 0)
        {
            return (answers, null);
        }

        PrivacyContract contract;
        try
        {
            contract = await _connection.GetContractAsync(grant.Contract, cancellationToken).ConfigureAwait(false);
        }
        catch (RefusalException exception)
        {
            return (answers, exception.Refusal);
        }

        foreach (var (envelope, core, message) in copies)
        {
            var (use, receipt) = await _connection.Ledger.ReadStateAsync(
                state => (state.Use(core.Use), _connection.Ledger.History.ReceiptOf(core.Use)), cancellationToken: cancellationToken).ConfigureAwait(false);
            if (use is null || use.Consent != consent || use.Worker != message.Sender || receipt != ReceiptCore.DigestOf(_connection.Domain.Suite, envelope.ReceiptCore.Span)
                || core.Output != AnswerEnvelope.OutputDigest(_connection.Domain.Suite, envelope.OutputSalt, envelope.Answer.Span)
                || AnswerDocument.Parse(envelope.Answer.Span, contract) is not { Accepted: true } document)
            {
                continue;
            }

            answers.Add(new AnswerCopy(core, document.Value, UnixTime.Date(message.SentAt)) { Envelope = envelope });
        }

        // Only now: anybody can name a use, and would hide the worker's own copy.
        return ([.. answers.DistinctBy(answer => answer.Core.Use)], null);
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
