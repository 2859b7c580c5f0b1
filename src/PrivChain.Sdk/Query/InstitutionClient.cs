using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;
using PrivChain.Attestation;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Evidence;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Receipts;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Query;

/// <summary>What an institution does: publish a contract, ask people, query, keep receipts. Every method can throw <see cref="RefusalException"/>. Safe for concurrent use.</summary>
public sealed class InstitutionClient
{
    private readonly EntrySigner _signer;
    private readonly InboxBox _inbox;

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="account">The institution's enrolled account; stays the caller's.</param>
    /// <param name="encryptionKey">The key whose fingerprint was enrolled: answers are sealed to it. Stays the caller's.</param>
    public InstitutionClient(PrivChainConnection connection, Account account, HpkePrivateKey encryptionKey)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(encryptionKey);
        Connection = connection;
        Account = account;
        EncryptionKey = encryptionKey;
        _signer = new EntrySigner(connection.Domain, account);
        _inbox = new InboxBox(connection, account, encryptionKey);
    }

    internal PrivChainConnection Connection { get; }

    internal Account Account { get; }

    internal HpkePrivateKey EncryptionKey { get; }

    /// <summary>
    /// Stores a contract in its canonical form and publishes it with the limits that the ledger enforces. Published before, it is found again. It can be consented to once enough regulators approved.
    /// </summary>
    /// <param name="contractJson">UTF-8 text of a privacy contract whose controller is this account.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.OverAsking"/> or <see cref="RefusalReason.UnsafeContract"/> when the checker finds an error, what the parser refuses, or the ledger's reason.</exception>
    public async Task<PrivacyContract> PublishAsync(ReadOnlyMemory<byte> contractJson, CancellationToken cancellationToken = default)
    {
        var contract = PrivacyContract.Parse(contractJson.Span, Connection.Schemas, Connection.Domain.Suite).OrThrow();
        if (contract.Controller != Account.Address)
        {
            throw Refused(RefusalReason.NotYours, $"the contract's controller is {contract.Controller}, this account is {Account.Address}");
        }

        // The node checks again; refused here, nothing over-asking ever leaves the house.
        if (ContractChecker.RefusalOf([.. ContractChecker.Check(contract, Connection.Options.Profiles)]) is { } refusal)
        {
            throw new RefusalException(refusal);
        }

        var limits = contract.Limits;
        var entry = _signer.Publish(contract.Digest, checked((ulong)limits.ValidDays * 86_400), (uint)limits.MaxUses, checked((uint)limits.Price));
        await Connection.PutDocumentAsync(Account, contract.CanonicalText, cancellationToken).ConfigureAwait(false);
        var proven = await Connection.Ledger.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
        return proven.Entry.Reference == contract.Digest ? contract : throw Refused(RefusalReason.Internal, "another contract was published");
    }

    /// <summary>True when enough regulators approve the contract now.</summary>
    public Task<bool> IsApprovedAsync(Digest contract, CancellationToken cancellationToken = default) =>
        Connection.Ledger.ReadStateAsync(state => state.IsApproved(contract), cancellationToken: cancellationToken);

    /// <summary>Asks a person for consent; the request waits, sealed, in the inbox.</summary>
    /// <param name="contact">As the person handed it over.</param>
    /// <param name="contract">Digest of a published contract of this institution.</param>
    /// <param name="uses">Uses asked for, at most the contract's.</param>
    /// <param name="validFor">Validity asked for, at most the contract's; whole seconds count.</param>
    /// <param name="message">A line to the person; may be empty.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException">What could never be answered is not sent: <see cref="RefusalReason.UnknownReference"/>, the contract is not published; <see cref="RefusalReason.NotYours"/>, by this
    /// institution; <see cref="RefusalReason.WrongRecipient"/>, the contact was made for somebody else; <see cref="RefusalReason.NotEnrolled"/>, which it no longer is; <see cref="RefusalReason.TermsOutsideContract"/>, more than the contract allows, or nothing.</exception>
    public async Task<PendingRequest> RequestAsync(
        CitizenContact contact, Digest contract, uint uses, TimeSpan validFor, string message = "", CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(contact);
        var (published, enrolled) = await Connection.Ledger.ReadStateAsync(
            state => (state.Contract(contract), state.Holds(LedgerRole.Institution, Account.Address, state.Time)), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (published is null)
        {
            throw Refused(RefusalReason.UnknownReference, $"no contract {contract} is published");
        }

        if (published.Controller != Account.Address)
        {
            throw Refused(RefusalReason.NotYours, $"the contract is of {published.Controller}, this account is {Account.Address}");
        }

        if (!enrolled)
        {
            throw Refused(RefusalReason.NotEnrolled, $"{Account.Address} is not enrolled as an institution");
        }

        if (contact.RefusalFor(Account.Address) is { } notOurs)
        {
            throw new RefusalException(notOurs);
        }

        if (uses == 0 || uses > published.MaxUses || validFor < TimeSpan.FromSeconds(1) || validFor.TotalSeconds > published.MaxSeconds)
        {
            throw Refused(RefusalReason.TermsOutsideContract, $"wanted 1 to {published.MaxUses} uses within {TimeSpan.FromSeconds(published.MaxSeconds).TotalDays:0.##} days");
        }

        var request = new ConsentRequest
        {
            Contract = contract,
            Uses = uses,
            ValidSeconds = (ulong)validFor.TotalSeconds,
            Message = message,
            Nonce = new Digest(RandomNumberGenerator.GetBytes(Digest.Size)),
            Suite = Connection.Domain.Suite,
        };
        await _inbox.SendAsync(contact.Account, contact.EncryptionKey, InboxMessageKind.Request, request.ToArray(), cancellationToken).ConfigureAwait(false);
        return new PendingRequest(this, contact, request.Digest);
    }

    /// <summary>A request sent earlier, perhaps by another process.</summary>
    public PendingRequest ResumeRequest(CitizenContact contact, Digest request)
    {
        ArgumentNullException.ThrowIfNull(contact);
        return new PendingRequest(this, contact, request);
    }

    /// <summary>Looks once for the answers to several requests: the inbox is read once for all.</summary>
    /// <returns>Those that were answered.</returns>
    public async Task<IReadOnlyList<RequestAnswer>> FindAnswersAsync(IEnumerable<PendingRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        var received = await _inbox.ReadAsync(cancellationToken).ConfigureAwait(false);
        var answers = new List<RequestAnswer>();
        foreach (var request in requests)
        {
            try
            {
                if (await AnswerAmongAsync(request, received, cancellationToken).ConfigureAwait(false) is { } consent)
                {
                    answers.Add(new RequestAnswer(request.Digest, consent, null));
                }
            }
            catch (RefusalException exception) when (exception.Reason == RefusalReason.RefusedByPerson)
            {
                answers.Add(new RequestAnswer(request.Digest, null, exception.Refusal));
            }
        }

        return answers;
    }

    /// <summary>A consent received earlier, from the notice that still lies in the inbox.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotFound"/> when no notice of it is there; what is wrong with the first, when none verifies.</exception>
    public async Task<GivenConsent> GetConsentAsync(Digest consent, CancellationToken cancellationToken = default)
    {
        Refusal? refusal = null;
        foreach (var received in await _inbox.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (received.Message.Kind == InboxMessageKind.Consented && ConsentNotice.TryParse(received.Message.Body.Span, out var notice) && notice.Consent == consent)
            {
                var verified = await VerifyConsentAsync(notice, cancellationToken).ConfigureAwait(false);
                if (verified.Accepted)
                {
                    return verified.Value;
                }

                // Another notice of it may be the person's own.
                refusal ??= verified.Refusal;
            }
        }

        throw refusal is not null ? new RefusalException(refusal) : Refused(RefusalReason.NotFound, $"no notice of consent {consent} in the inbox");
    }

    /// <summary>Every consent whose notice lies in the inbox and that verifies, revoked and expired ones included; not those under a contract that the node keeps back.</summary>
    public async Task<IReadOnlyList<GivenConsent>> ListConsentsAsync(CancellationToken cancellationToken = default)
    {
        var consents = new Dictionary<Digest, GivenConsent>();
        foreach (var received in await _inbox.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (received.Message.Kind == InboxMessageKind.Consented && ConsentNotice.TryParse(received.Message.Body.Span, out var notice) && !consents.ContainsKey(notice.Consent)
                && await ReadableAsync(() => VerifyConsentAsync(notice, cancellationToken)).ConfigureAwait(false) is { } consent)
            {
                consents.Add(notice.Consent, consent);
            }
        }

        return [.. consents.Values];
    }

    /// <summary>
    /// Contracts of this institution that regulators sent back, oldest first, with the newest note of each regulator. A note counts when the regulator who is enrolled now signed it, and it is about a contract that
    /// this institution published; whatever else lies there is noise, since anyone may write to this inbox.
    /// </summary>
    public async Task<IReadOnlyList<ReturnedContract>> ListReturnedAsync(CancellationToken cancellationToken = default)
    {
        var notes = new Dictionary<(AccountAddress, Digest), ReviewNote>();
        foreach (var received in await _inbox.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (received.Message.Kind == InboxMessageKind.SentBack && ReviewNote.Verify(Connection.Domain, received.Message.Body.Span) is { Accepted: true, Value: var note }
                && note.Regulator == received.Message.Sender && !(notes.TryGetValue((note.Regulator, note.Contract), out var known) && known.WrittenAt > note.WrittenAt))
            {
                notes[(note.Regulator, note.Contract)] = note;
            }
        }

        var returned = new List<ReturnedContract>();
        foreach (var note in notes.Values.OrderBy(note => note.WrittenAt))
        {
            var published = await Connection.Ledger.ReadStateAsync(state => state.Contract(note.Contract), cancellationToken: cancellationToken).ConfigureAwait(false);
            if (published?.Controller == Account.Address && await RegulatorNameAsync(note.Regulator, cancellationToken).ConfigureAwait(false) is { } name
                && await ReadableAsync<PrivacyContract>(async () => await Connection.GetContractAsync(note.Contract, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false) is { } contract)
            {
                returned.Add(new ReturnedContract(note, contract, name, published.ApprovedBy.Contains(note.Regulator)));
            }
        }

        return returned;
    }

    /// <summary>Attests a worker and opens a session to it, for many queries.</summary>
    /// <exception cref="RefusalException">Why the worker is not to be trusted, or why it refuses.</exception>
    public async Task<QuerySessionClient> OpenSessionAsync(CancellationToken cancellationToken = default)
    {
        var worker = await AttestWorkerAsync(cancellationToken).ConfigureAwait(false);
        return await QuerySessionClient.OpenAsync(this, worker, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One query over a session of its own; for more than a few, <see cref="OpenSessionAsync"/> is many times faster.</summary>
    public async Task<Answer> QueryAsync(GivenConsent consent, IEnumerable<string>? fields = null, CancellationToken cancellationToken = default)
    {
        if (Connection.Options.GrpcWeb)
        {
            return await QuerySessionClient.AskAsync(this, await AttestWorkerAsync(cancellationToken).ConfigureAwait(false), consent, fields, cancellationToken).ConfigureAwait(false);
        }

        var session = await OpenSessionAsync(cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            return await session.QueryAsync(consent, fields, cancellationToken).ConfigureAwait(false);
        }
    }

    internal async Task<GivenConsent> WaitAsync(PendingRequest request, CancellationToken cancellationToken)
    {
        await foreach (var received in _inbox.FollowAsync(cancellationToken).ConfigureAwait(false))
        {
            if (await AnswerToAsync(request, received.Message, cancellationToken).ConfigureAwait(false) is { } consent)
            {
                return consent;
            }
        }

        throw new OperationCanceledException(cancellationToken);
    }

    internal Task<Receipt> GetReceiptAsync(Answer answer, CancellationToken cancellationToken)
    {
        var core = answer.Core ?? throw new RefusalException(answer.Refusal!);
        var size = answer.Batch.Queries.Size;
        var query = new ReceiptQuery(answer.Query, answer.Position, checked((uint)size), answer.Batch.Queries.InclusionProof(answer.Position, size));
        return ReceiptBuilder.BuildAsync(
            Connection,
            new ReceiptSource(core, answer.Batch.Envelope, answer.Consent.Contract, answer.Worker.RecordedEvidence, answer.Worker.SessionKey.ToArray(), query),
            cancellationToken);
    }

    private async Task<GivenConsent?> AnswerAmongAsync(PendingRequest request, IEnumerable<InboxBox.Received> received, CancellationToken cancellationToken)
    {
        foreach (var item in received)
        {
            if (await AnswerToAsync(request, item.Message, cancellationToken).ConfigureAwait(false) is { } consent)
            {
                return consent;
            }
        }

        return null;
    }

    // The consent, when the message brings it; null when it is about something else. A no counts from the person asked only.
    private async Task<GivenConsent?> AnswerToAsync(PendingRequest request, InboxMessage message, CancellationToken cancellationToken) =>
        message.Kind == InboxMessageKind.Refused && message.Sender == request.Contact.Account && RequestRefusal.TryParse(message.Body.Span, out var refused) && refused.Request == request.Digest
            ? throw Refused(RefusalReason.RefusedByPerson, refused.Reason)
        : message.Kind == InboxMessageKind.Consented && ConsentNotice.TryParse(message.Body.Span, out var notice) && notice.Details.Request == request.Digest
            && await GranterOfAsync(notice.Consent, cancellationToken).ConfigureAwait(false) == request.Contact.Account
            ? (await VerifyConsentAsync(notice, cancellationToken).ConfigureAwait(false)).Value
        : null;

    // Null for who is no regulator now, or has a certificate that is not to be trusted: one of them must not hide what the others sent.
    private async Task<string?> RegulatorNameAsync(AccountAddress account, CancellationToken cancellationToken)
    {
        try
        {
            return (await Connection.Organisations.GetAsync(LedgerRole.Regulator, account, cancellationToken).ConfigureAwait(false)).Name;
        }
        catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
        {
            return null;
        }
    }

    // In a list, what cannot be read, such as under a contract that the node keeps back, hides nothing but itself.
    private static async Task<T?> ReadableAsync<T>(Func<Task<Verdict<T>>> read)
        where T : class
    {
        try
        {
            return (await read().ConfigureAwait(false)).OrThrow();
        }
        catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
        {
            return null;
        }
    }

    private Task<AccountAddress?> GranterOfAsync(Digest consent, CancellationToken cancellationToken) =>
        Connection.Ledger.ReadStateAsync(state => state.Consent(consent)?.Granter, cancellationToken: cancellationToken);

    // Whoever brings the notice: the consent is on the ledger under the person's signature, and the details are those that were signed. Anyone may write to this inbox: what is wrong with the notice itself
    // is a verdict, and hides no other notice.
    private async Task<Verdict<GivenConsent>> VerifyConsentAsync(ConsentNotice notice, CancellationToken cancellationToken)
    {
        if (await GranterOfAsync(notice.Consent, cancellationToken).ConfigureAwait(false) is not { } granter
            || await Connection.Ledger.FindAsync(notice.Consent, granter, cancellationToken).ConfigureAwait(false) is not { } entry)
        {
            return new Refusal(RefusalReason.UnknownReference, $"consent {notice.Consent} is not on the ledger");
        }

        if (entry.Entry.Kind != EntryKind.Grant || entry.Entry.Party != Account.Address || notice.Details.RecipientKey != EncryptionKey.PublicKey.Fingerprint)
        {
            return new Refusal(RefusalReason.NotYours, "the consent is for another institution or another key");
        }

        if (notice.Details.StructHash(Connection.Domain.Suite) != entry.Entry.Details)
        {
            return new Refusal(RefusalReason.DigestMismatch, "the details received are not those that were signed");
        }

        var contract = await Connection.GetContractAsync(entry.Entry.Reference, cancellationToken).ConfigureAwait(false);
        var selfAsserted = await Connection.Ledger.ReadStateAsync(
            state => contract.Records.Zip(notice.Details.Records).Where(pair => state.Record(pair.Second) is { IsSelfAsserted: true }).Select(pair => pair.First).ToList(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return new GivenConsent(entry, notice.Details, contract, selfAsserted);
    }

    private async Task<AttestedWorker> AttestWorkerAsync(CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(32);
        var reply = await Connection.EnclaveService.IdentifyAsync(
            new Wire.IdentifyRequest { Nonce = ByteString.CopyFrom(nonce) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (reply.Worker is not { } worker || worker.Account.Length != AccountAddress.Size || !HpkePublicKey.TryParse(worker.SessionKey.Span, out var key))
        {
            throw Refused(RefusalReason.Unavailable, "no worker answers at this node");
        }

        var account = new AccountAddress(worker.Account.Span);
        var recorded = worker.RecordedEvidence.ToByteArray();
        var details = new SessionDetails(key.Fingerprint, Connection.Domain.Suite.DigestOf(recorded));
        var (session, brokerHolds, measurements, ledgerTime) = await Connection.Ledger.ReadStateAsync(
            state => (
                state.Session(account),
                state.Session(account) is { } found && state.Holds(LedgerRole.Broker, found.Broker, state.Time),
                OrganisationDirectory.MeasurementsOf(state),
                state.Time),
            worker.SessionIndex < ulong.MaxValue ? worker.SessionIndex + 1 : 0,
            cancellationToken).ConfigureAwait(false);
        if (session is null || session.Details != details.StructHash(Connection.Domain.Suite) || !brokerHolds)
        {
            throw Refused(RefusalReason.NotEnrolled, "the worker's session does not stand on the ledger under an enrolled broker");
        }

        // The ledger's clock counts where it is ahead: brokers judge by it.
        var now = Math.Max(Connection.UnixSeconds, ledgerTime / 1000);
        if (now < session.NotBefore || now > session.NotAfter)
        {
            throw Refused(RefusalReason.Expired, "the worker's session is not valid now");
        }

        var isAccepted = (Digest measurement) => measurement == session.Measurement && measurements.Contains(measurement);
        var entry = await Connection.Ledger.GetEntryAsync(session.Index, cancellationToken: cancellationToken).ConfigureAwait(false);
        Connection.Enclaves.Appraise(isAccepted, SessionBinding.Worker, key, account, [], recorded, entry.Entry.Time, EnclaveAppraisal.FreshSeconds).OrThrow();
        var enclave = Connection.Enclaves.Appraise(
            isAccepted, SessionBinding.Worker, key, account, nonce, worker.Evidence.Span, Connection.UnixMilliseconds, EnclaveAppraisal.FreshSeconds).OrThrow();
        return new AttestedWorker(account, key, session, enclave, recorded);
    }

    private static RefusalException Refused(RefusalReason reason, string detail) => new(new Refusal(reason, detail));
}
