using System.Buffers.Binary;
using PrivChain.App.Browser;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Organisations;

namespace PrivChain.App.Wallets;

/// <summary>
/// The person's records, requests and consents as they were verified last, and a look every few seconds for what is new. Records and consents are read anew only when the verified ledger says that
/// something of this person's has changed.
/// </summary>
internal sealed class CitizenData : IDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(3);

    // How old the kept ledger may be: writing it takes a moment when it is long.
    private static readonly TimeSpan _keepsEvery = TimeSpan.FromSeconds(30);
    private const string LookedName = "looked";

    private readonly Session _session;
    private CancellationTokenSource? _stop;
    private CitizenClient? _client;
    private string? _seen;
    private DateTimeOffset _keptAt;

    public CitizenData(Session session, Outbox outbox)
    {
        _session = session;
        Outbox = outbox;
        session.Changed += Follow;
        outbox.Changed += Tell;
    }

    /// <summary>What was signed here and waits for the ledger.</summary>
    public Outbox Outbox { get; }

    /// <summary>Told when something here changed.</summary>
    public event Action? Changed;

    /// <summary>Null until read once.</summary>
    public IReadOnlyList<HeldRecord>? Records { get; private set; }

    /// <summary>Null until read once.</summary>
    public IReadOnlyList<ReceivedRequest>? Requests { get; private set; }

    /// <summary>Null until read once.</summary>
    public IReadOnlyList<OwnConsent>? Consents { get; private set; }

    /// <summary>Institutions and issuers by account, verified.</summary>
    public IReadOnlyDictionary<AccountAddress, VerifiedOrganisation> Organisations { get; private set; } = new Dictionary<AccountAddress, VerifiedOrganisation>();

    /// <summary>When everything shown was verified last.</summary>
    public DateTimeOffset? VerifiedAt { get; private set; }

    /// <summary>Why the last look failed; null when it did not. What is shown is then as old as <see cref="VerifiedAt"/>.</summary>
    public Refusal? Problem { get; private set; }

    /// <summary>Looks now.</summary>
    public async Task RefreshAsync(CancellationToken cancellation = default)
    {
        try
        {
            if (_client is not { } client)
            {
                return;
            }

            var connection = _session.Connection!;
            await connection.Ledger.RefreshAsync(cancellationToken: cancellation);
            var seen = await StandingAsync(connection, cancellation);
            _session.RequireFresh();
            var isNew = seen != _seen;
            if (isNew)
            {
                var records = await client.RecordsAsync(cancellation);
                var consents = await client.ConsentsAsync(cancellation);
                Show(records, consents);
                _seen = IsOnItsWay(consents) ? null : seen;
                Changed?.Invoke();
            }

            Requests = await client.RequestsAsync(cancellation);
            VerifiedAt = _session.Time.GetUtcNow();
            Problem = null;
            await KeepAsync(isNew);
            if (await Outbox.SendWaitingAsync(cancellation))
            {
                await RefreshAsync(cancellation);
            }
        }
        catch (RefusalException exception)
        {
            Problem = exception.Refusal;
            if (Records is null && Outbox.IsAway(exception.Reason))
            {
                await LookBackAsync(cancellation);
            }
        }

        Changed?.Invoke();
    }

    /// <summary>Takes a request off the list that was answered here, before the next look finds so.</summary>
    public void Answered(ReceivedRequest request)
    {
        Requests = Requests?.Where(other => other.Request.Digest != request.Request.Digest).ToList();
        Changed?.Invoke();
    }

    public void Dispose()
    {
        _session.Changed -= Follow;
        Outbox.Changed -= Tell;
        Clear();
    }

    private void Follow()
    {
        var client = _session.State == SessionState.Open ? _session.Citizen : null;
        if (client == _client)
        {
            return;
        }

        Clear();
        _client = client;
        if (client is not null)
        {
            _stop = new CancellationTokenSource();
            _ = LookAsync(_stop.Token);
        }
    }

    private async Task LookAsync(CancellationToken stop)
    {
        try
        {
            await Outbox.LoadAsync();

            // The page that has been opened stands first: reading keeps this thread busy.
            await Page.YieldToPaintAsync();
            using var timer = new PeriodicTimer(_interval, _session.Time);
            do
            {
                if (Page.IsVisible())
                {
                    await RefreshAsync(stop);
                }
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            // Locked.
        }
    }

    // What was verified last, from what is kept here: to be looked at until the node is back.
    private async Task LookBackAsync(CancellationToken cancellation)
    {
        try
        {
            using var connection = await _session.OpenOfflineAsync();
            if (connection is null || await _session.Kept!.LoadAsync(LookedName, cancellation) is not { Length: sizeof(long) } looked)
            {
                return;
            }

            using var client = new CitizenClient(connection, _session.Wallet, _session.Signer);
            await StandingAsync(connection, cancellation);
            Show(await client.RecordsAsync(cancellation), await client.ConsentsAsync(cancellation));
            Requests = await client.RequestsAsync(cancellation);
            VerifiedAt = DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadInt64BigEndian(looked));
        }
        catch (RefusalException)
        {
            // Something is not kept, or not any more: then there is nothing to show, and the first refusal stands.
        }
    }

    private async Task KeepAsync(bool isNew)
    {
        var now = _session.Time.GetUtcNow();
        if (!isNew && now - _keptAt < _keepsEvery)
        {
            return;
        }

        _keptAt = now;
        await _session.KeepLedgerAsync();
        var looked = new byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(looked, now.ToUnixTimeSeconds());
        await _session.Kept!.SaveAsync(LookedName, looked);
    }

    private void Show(IReadOnlyList<HeldRecord> records, IReadOnlyList<OwnConsent> consents)
    {
        foreach (var old in Records ?? [])
        {
            old.Dispose();
        }

        (Records, Consents) = (records, consents);
    }

    private void Tell() => Changed?.Invoke();

    // Everything on the verified ledger that concerns this person, as one text: when it stays the same there is nothing to read anew.
    private async Task<string> StandingAsync(PrivChainConnection connection, CancellationToken cancellation)
    {
        var (issuers, institutions) = await connection.Ledger.ReadStateAsync(
            state => (Ever(state, LedgerRole.Issuer), Ever(state, LedgerRole.Institution)), cancellationToken: cancellation);
        var organisations = new Dictionary<AccountAddress, VerifiedOrganisation>();
        foreach (var (role, accounts) in new[] { (LedgerRole.Issuer, issuers), (LedgerRole.Institution, institutions) })
        {
            foreach (var account in accounts)
            {
                try
                {
                    organisations[account] = await connection.Organisations.GetAsync(role, account, cancellation);
                }
                catch (RefusalException exception) when (exception.Reason is RefusalReason.NotEnrolled)
                {
                    // Not enrolled any more: shown by its account.
                }
            }
        }

        Organisations = organisations;
        return await connection.Ledger.ReadStateAsync(
            state => string.Join('\n', issuers.Append(CitizenClient.Nobody).Select(_session.Citizen.AddressFor).Distinct().SelectMany(connection.Ledger.History.RecordsOf).Select(digest => $"{digest} {state.Record(digest)?.Erased}")
                .Concat(institutions.Select(_session.Citizen.AddressFor).Distinct().SelectMany(connection.Ledger.History.ConsentsOf)
                    .Select(digest => $"{digest} {state.Consent(digest)?.RevokedAt} {state.Consent(digest)?.UsesLeft} {connection.Ledger.History.UsesOf(digest).Count(use => state.Use(use.Use)?.DeliveredAt is not null)}"))
                .Append(string.Join(' ', organisations.Keys))),
            cancellationToken: cancellation);
    }

    // The copy of an answer comes a moment after its delivery: as long as that can be, the next look reads again.
    private bool IsOnItsWay(IReadOnlyList<OwnConsent> consents)
    {
        var since = _session.Time.GetUtcNow() - TimeSpan.FromMinutes(1);
        return consents.Any(consent => consent.Uses.Count(use => use.Time > since) > consent.Answers.Count(answer => answer.SentAt > since));
    }

    private static List<AccountAddress> Ever(LedgerState state, LedgerRole role) => [.. state.EverEnrolledIn(role).Select(enrolment => enrolment.Account).Distinct()];

    private void Clear()
    {
        _stop?.Cancel();
        _stop?.Dispose();
        _stop = null;
        foreach (var record in Records ?? [])
        {
            record.Dispose();
        }

        (Records, Requests, Consents, VerifiedAt, Problem, _seen, _client, _keptAt) = (null, null, null, null, null, null, null, default);
        Outbox.Clear();
    }
}
