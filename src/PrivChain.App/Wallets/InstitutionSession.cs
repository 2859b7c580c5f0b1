using PrivChain.App.Browser;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Query;

namespace PrivChain.App.Wallets;

/// <summary>An institution's keys while the page stands, and what was asked and answered meanwhile: an answer has spent a use, so it outlives the page that asked for it.</summary>
internal sealed class InstitutionSession(Session session) : OrganisationSession(session, LedgerRole.Institution)
{
    private const string SentName = "sent-requests";

    // More than a clerk has under way; older ones are forgotten first.
    private const int MaxKept = 500;

    private HpkePrivateKey? _encryptionKey;
    private SealedStore? _kept;
    private PrivChainConnection? _connection;
    private InstitutionClient? _client;
    private int _asking;

    /// <summary>For whatever connection stands. It knows the messages that it has opened, so it is kept.</summary>
    public InstitutionClient Client
    {
        get
        {
            if (_client is null || _connection != Session.Connection)
            {
                (_connection, _client) = (Session.Connection!, new InstitutionClient(Session.Connection!, Account, _encryptionKey!));
            }

            return _client;
        }
    }

    public AccountAddress Address => Account.Address;

    /// <summary>Requests sent since the keys were opened, and those that this browser kept because nobody had said yes to them; newest first.</summary>
    public List<SentRequest> Sent { get; } = [];

    /// <summary>Consents found in the inbox, oldest first.</summary>
    public List<GivenConsent> Consents { get; } = [];

    /// <summary>Contracts that regulators sent back and have not approved since, oldest first.</summary>
    public List<ReturnedContract> Returned { get; } = [];

    /// <summary>Answers by consent, oldest first.</summary>
    public Dictionary<Digest, List<KeptAnswer>> Answers { get; } = [];

    /// <summary>True while a question is under way: with the keys its answer would be lost, and the use is spent.</summary>
    public bool IsAsking => _asking > 0;

    /// <summary>Consents with answers that no file has, oldest first.</summary>
    public IEnumerable<GivenConsent> Unsaved => Answers.Values.SelectMany(answers => answers).Where(answer => !answer.IsSaved).Select(answer => answer.Answer.Consent).DistinctBy(consent => consent.Digest);

    /// <summary>Reads the consents that lie in the inbox.</summary>
    public async Task LoadConsentsAsync()
    {
        var found = await Client.ListConsentsAsync();
        Consents.Clear();
        Consents.AddRange(found.OrderBy(consent => consent.Entry.Index));
    }

    /// <summary>Reads what regulators sent back.</summary>
    public async Task LoadReturnedAsync()
    {
        var found = await Client.ListReturnedAsync();
        Returned.Clear();
        Returned.AddRange(found.Where(item => !item.ApprovedSince));
    }

    /// <summary>Finds the requests again that waited when the keys were put away: kept here, sealed under a key from the same phrase.</summary>
    public async Task LoadSentAsync(IReadOnlyList<PrivacyContract> contracts)
    {
        if (_kept is not { } store || await store.LoadAsync(SentName) is not { } bytes || !WaitingRequest.TryRead(bytes, out var waiting))
        {
            return;
        }

        foreach (var request in waiting.Where(request => !Sent.Exists(known => known.Digest == request.Request)))
        {
            if (CitizenContact.TryParse(request.Contact, Session.Connection!.Domain, out var contact) && contracts.FirstOrDefault(contract => contract.Digest == request.Contract) is { } contract)
            {
                Sent.Add(new SentRequest(contact, request.Request, contract, request.At, request.Message));
            }
        }

        Sent.Sort((left, right) => right.At.CompareTo(left.At));
    }

    /// <summary>Asks a person, and keeps that it was asked.</summary>
    public async Task SendAsync(CitizenContact contact, PrivacyContract contract, uint uses, TimeSpan validFor, string message)
    {
        var asking = Account;
        await Session.ConfirmFreshAsync();
        var pending = await Client.RequestAsync(contact, contract.Digest, uses, validFor, message);
        if (!StillHas(asking))
        {
            // It went out; the keys were put away meanwhile, and whoever has opened others must not find it among theirs.
            return;
        }

        var sent = new SentRequest(contact, pending.Digest, contract, Session.Time.GetUtcNow(), message);
        await KeepAsync(waiting => waiting.Insert(0, new WaitingRequest(sent.Contact.ToString(), sent.Digest, sent.Contract.Digest, sent.At, sent.Message)));
        Sent.Insert(0, sent);
    }

    /// <summary>Does not look for an answer any more. The request stays with the person.</summary>
    public async Task DropAsync(SentRequest request)
    {
        await ForgetAsync([request.Digest]);
        Sent.Remove(request);
    }

    /// <summary>Looks once for answers to the requests that still wait.</summary>
    public async Task LookAsync()
    {
        var waiting = Sent.Where(request => request.IsWaiting).ToList();
        var client = Client;
        var answers = await client.FindAnswersAsync([.. waiting.Select(request => client.ResumeRequest(request.Contact, request.Digest))]);
        foreach (var answer in answers)
        {
            var request = waiting.First(request => request.Digest == answer.Request);
            request.Refused = answer.Refused;
            if (answer.Consent is { } consent)
            {
                request.Consent = consent.Digest;
                Consents.RemoveAll(known => known.Digest == consent.Digest);
                Consents.Add(consent);
            }
        }

        // Kept before it is answered, taken out after: who dies in between looks once more. A no stands nowhere else: it is kept, and found again, until the clerk takes it off.
        var consented = answers.Where(answer => answer.Consent is not null).Select(answer => answer.Request).ToList();
        if (consented.Count > 0)
        {
            await ForgetAsync(consented);
        }
    }

    /// <summary>Asks, and keeps the answer before the receipt is gathered: the use is spent whatever comes after.</summary>
    /// <param name="consent">The consent.</param>
    /// <param name="fields">Fields wanted; null: all that the consent names.</param>
    public async Task<KeptAnswer> AskAsync(GivenConsent consent, IReadOnlyCollection<string>? fields = null)
    {
        var asking = Account;
        _asking++;
        GuardAnswers();
        try
        {
            await Session.ConfirmFreshAsync();
            var answer = await Client.QueryAsync(consent, fields);
            if (answer.Refusal is { } refusal)
            {
                throw new RefusalException(refusal);
            }

            var kept = new KeptAnswer(answer, Session.Time.GetUtcNow());
            if (StillHas(asking))
            {
                if (!Answers.TryGetValue(consent.Digest, out var answers))
                {
                    Answers[consent.Digest] = answers = [];
                }

                answers.Add(kept);
            }

            return kept;
        }
        finally
        {
            _asking--;
            GuardAnswers();
        }
    }

    /// <summary>The clerk has saved an answer to a file.</summary>
    public void Saved(KeptAnswer answer)
    {
        answer.IsSaved = true;
        GuardAnswers();
    }

    public override void Close()
    {
        Sent.Clear();
        Consents.Clear();
        Returned.Clear();
        Answers.Clear();
        GuardAnswers();
        (_connection, _client) = (null, null);
        _kept?.Dispose();
        _kept = null;
        _encryptionKey?.Dispose();
        _encryptionKey = null;
        base.Close();
    }

    protected override void Take(Wallet wallet)
    {
        _encryptionKey = OrganisationKeys.EncryptionKey(wallet, Account.Address);
        _kept = new SealedStore(Session.Genesis!.LedgerId, Session.ReportNotKept);
        _kept.Open(wallet);
    }

    private bool StillHas(Account account) => IsOpen && ReferenceEquals(Account, account);

    // Each has spent a use, and only this page has it.
    private void GuardAnswers()
    {
        Page.GuardLeaving("answers", IsAsking || Unsaved.Any());
        Session.TellOfKeys();
    }

    private Task ForgetAsync(IReadOnlyCollection<Digest> requests) => KeepAsync(waiting => waiting.RemoveAll(request => requests.Contains(request.Request)));

    // The list is this browser's, not this page's: another page may have changed it since it was read. Where it cannot be kept, the request went out all the same, and this page knows it while it stands.
    private Task KeepAsync(Action<List<WaitingRequest>> change) => _kept?.ChangeAsync(SentName, SealedStore.WaitingRequests, bytes =>
    {
        List<WaitingRequest>? waiting = [];
        if (bytes is not null && !WaitingRequest.TryRead(bytes, out waiting))
        {
            // Of a later version of this app, which another window may have open.
            return null;
        }

        change(waiting);
        var kept = waiting.Take(MaxKept).ToList();
        return (WaitingRequest.Write(kept), kept.Count);
    }) ?? Task.CompletedTask;
}
