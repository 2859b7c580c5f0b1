using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Query;

namespace PrivChain.App.Wallets;

/// <summary>An institution's keys while the page stands, and what was asked and answered meanwhile: an answer has spent a use, so it outlives the page that asked for it.</summary>
internal sealed class InstitutionSession(Session session) : OrganisationSession(session, LedgerRole.Institution)
{
    private HpkePrivateKey? _encryptionKey;

    /// <summary>Made anew for whatever connection stands: it holds nothing.</summary>
    public InstitutionClient? Client => Account is null ? null : new InstitutionClient(Session.Connection!, Account, _encryptionKey!);

    public AccountAddress Address => Account!.Address;

    /// <summary>Requests sent since the keys were opened, newest first.</summary>
    public List<SentRequest> Sent { get; } = [];

    /// <summary>Consents found in the inbox, oldest first.</summary>
    public List<GivenConsent> Consents { get; } = [];

    /// <summary>Contracts that regulators sent back and have not approved since, oldest first.</summary>
    public List<ReturnedContract> Returned { get; } = [];

    /// <summary>Answers by consent, oldest first.</summary>
    public Dictionary<Digest, List<KeptAnswer>> Answers { get; } = [];

    /// <summary>Reads the consents that lie in the inbox.</summary>
    public async Task LoadConsentsAsync()
    {
        var found = await Client!.ListConsentsAsync();
        Consents.Clear();
        Consents.AddRange(found.OrderBy(consent => consent.Entry.Index));
    }

    /// <summary>Reads what regulators sent back.</summary>
    public async Task LoadReturnedAsync()
    {
        var found = await Client!.ListReturnedAsync();
        Returned.Clear();
        Returned.AddRange(found.Where(item => !item.ApprovedSince));
    }

    /// <summary>Looks once for answers to the requests that still wait.</summary>
    public async Task LookAsync()
    {
        foreach (var request in Sent.Where(request => request.IsWaiting).ToList())
        {
            try
            {
                if (await Client!.ResumeRequest(request.Contact, request.Digest).FindConsentAsync() is { } consent)
                {
                    request.Consent = consent.Digest;
                    Consents.RemoveAll(known => known.Digest == consent.Digest);
                    Consents.Add(consent);
                }
            }
            catch (RefusalException exception) when (exception.Reason == RefusalReason.RefusedByPerson)
            {
                request.Refused = exception.Refusal;
            }
        }
    }

    /// <summary>Asks, and keeps the answer before the receipt is gathered: the use is spent whatever comes after.</summary>
    public async Task<KeptAnswer> AskAsync(GivenConsent consent)
    {
        var answer = await Client!.QueryAsync(consent);
        if (answer.Refusal is { } refusal)
        {
            throw new RefusalException(refusal);
        }

        var kept = new KeptAnswer(answer, Session.Time.GetUtcNow());
        if (!Answers.TryGetValue(consent.Digest, out var answers))
        {
            Answers[consent.Digest] = answers = [];
        }

        answers.Add(kept);
        return kept;
    }

    public override void Close()
    {
        Sent.Clear();
        Consents.Clear();
        Returned.Clear();
        Answers.Clear();
        _encryptionKey?.Dispose();
        _encryptionKey = null;
        base.Close();
    }

    protected override void Take(Wallet wallet) => _encryptionKey = OrganisationKeys.EncryptionKey(wallet, Account!.Address);
}
