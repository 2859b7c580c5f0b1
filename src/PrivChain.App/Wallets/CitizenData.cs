using System.Buffers.Binary;
using PrivChain.App.Browser;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
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
    /// <summary>How long after a use the sealed copies of it can be on their way.</summary>
    public static readonly TimeSpan CopiesTake = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan _interval = TimeSpan.FromSeconds(3);

    // How old the kept ledger may be: writing it takes a moment when it is long.
    private static readonly TimeSpan _keepsEvery = TimeSpan.FromSeconds(30);

    // What did not open may open another time; reading all of it keeps a browser busy.
    private static readonly TimeSpan _triesAgainEvery = TimeSpan.FromSeconds(30);
    private const string LookedName = "looked";

    private readonly Session _session;
    private readonly Dictionary<Digest, PrivacyContract> _contracts = [];
    private Turns _turns = new();

    // Every inbox, since the wallet was opened.
    private bool _hasReadAll;
    private CancellationTokenSource? _stop;
    private CitizenClient? _client;
    private string? _seen;
    private DateTimeOffset _keptAt;
    private DateTimeOffset _readAgainAt = DateTimeOffset.MaxValue;

    public CitizenData(Session session, Outbox outbox)
    {
        _session = session;
        Outbox = outbox;
        session.Changed += Follow;
        outbox.Changed += TellOfWaiting;
    }

    /// <summary>What was signed here and waits for the ledger.</summary>
    public Outbox Outbox { get; }

    /// <summary>Told when something here changed.</summary>
    public event Action? Changed;

    /// <summary>Null until read once.</summary>
    public IReadOnlyList<HeldRecord>? Records { get; private set; }

    /// <summary>Records that the ledger names and that do not open or verify, with the reason of each.</summary>
    public IReadOnlyList<UnreadableRecord> Unreadable { get; private set; } = [];

    /// <summary>Why the records could not be read the last time; null when they could.</summary>
    public Refusal? RecordsProblem { get; private set; }

    /// <summary>Null until read once.</summary>
    public IReadOnlyList<ReceivedRequest>? Requests { get; private set; }

    /// <summary>Why the requests could not be read the last time; null when they could.</summary>
    public Refusal? RequestsProblem { get; private set; }

    /// <summary>Null until read once.</summary>
    public IReadOnlyList<OwnConsent>? Consents { get; private set; }

    /// <summary>Why the consents could not be read the last time; null when they could.</summary>
    public Refusal? ConsentsProblem { get; private set; }

    /// <summary>Points of all the person's accounts that consents are of.</summary>
    public ulong Points { get; private set; }

    /// <summary>Institutions and issuers by account, verified.</summary>
    public IReadOnlyDictionary<AccountAddress, VerifiedOrganisation> Organisations { get; private set; } = new Dictionary<AccountAddress, VerifiedOrganisation>();

    /// <summary>True once <see cref="Organisations"/> was read; there may be none.</summary>
    public bool KnowsOrganisations { get; private set; }

    /// <summary>The time of the ledger that was read last: by it, and not by this device's clock, a consent is in force or over.</summary>
    public DateTimeOffset LedgerTime { get; private set; }

    /// <summary>True when something that the ledger names could not be read, or the last look did not read everything.</summary>
    public bool LacksSomething => Unreadable.Count > 0 || (RecordsProblem ?? ConsentsProblem ?? RequestsProblem) is not null || Consents?.Any(consent => consent.Trouble is not null || consent.CopiesDue.Any()) == true;

    /// <summary>Texts of the contracts of requests and consents, as far as the node hands them out.</summary>
    public IReadOnlyDictionary<Digest, PrivacyContract> Contracts => _contracts;

    /// <summary>When everything shown was verified last.</summary>
    public DateTimeOffset? VerifiedAt { get; private set; }

    /// <summary>Why the last look at the ledger failed; null when it did not. What is shown is then as old as <see cref="VerifiedAt"/>.</summary>
    public Refusal? Problem { get; private set; }

    /// <summary>True while a part is on its way: it is not known yet, and nothing has said why not.</summary>
    public bool IsReading(object? known, Refusal? problem) => known is null && problem is null && Problem is null;

    /// <summary>Reads <see cref="LedgerTime"/>, for a page that may be opened before the first look has ended.</summary>
    public async Task ReadLedgerTimeAsync() => LedgerTime = await LedgerClock.ReadAsync(_session.Connection!);

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
            await _session.ConfirmFreshAsync(cancellation: cancellation);

            // Before anything is read that somebody could keep back: what takes a consent back must not wait for it.
            await Outbox.SendWaitingAsync(cancellation);
            var seen = await StandingAsync(connection, cancellation);
            var isNew = seen != _seen || _session.Time.GetUtcNow() >= _readAgainAt;
            if (isNew)
            {
                RecordsProblem = await TryAsync(async () => Show(await client.ReadRecordsAsync(cancellation), client));
                ConsentsProblem = await TryAsync(async () => Show(await client.ConsentsAsync(cancellation), client));
                _seen = RecordsProblem is null && ConsentsProblem is null && !IsOnItsWay(Consents ?? []) ? seen : null;
                _readAgainAt = LacksSomething ? _session.Time.GetUtcNow() + _triesAgainEvery : DateTimeOffset.MaxValue;
                Changed?.Invoke();
            }

            RequestsProblem = await TryAsync(async () =>
            {
                var requests = await ReadRequestsAsync(client, connection, cancellation);
                isNew |= requests.Any(request => Requests?.Any(known => known.Request.Digest == request.Request.Digest) != true);
                Requests = client == _client ? requests : Requests;
            });
            if (isNew)
            {
                await ReadContractsAsync(connection, cancellation);
            }

            Problem = null;
            if (client == _client)
            {
                var isWhole = RecordsProblem is null && ConsentsProblem is null && RequestsProblem is null;
                VerifiedAt = isWhole ? _session.Time.GetUtcNow() : VerifiedAt;
                await KeepAsync(isNew, isWhole);
            }
        }
        catch (RefusalException exception)
        {
            Problem = exception.Refusal;
            if (Records is null)
            {
                await LookBackAsync(cancellation);
            }
        }

        Changed?.Invoke();
    }

    /// <summary>An institution got a contact of the person's, and may write at any moment.</summary>
    public void Expect(AccountAddress institution) => _turns.Expect(institution);

    /// <summary>Signs that a consent is taken back, for the <see cref="Outbox"/> to send.</summary>
    /// <exception cref="RefusalException">The wallet outside does not sign.</exception>
    public async Task<WaitingAct> SignRevocationAsync(OwnConsent consent, string who, string what)
    {
        var entry = await _session.Citizen.SignRevocationAsync(consent);
        return new WaitingAct(false, consent.Digest, who, what, _session.Time.GetUtcNow(), entry.ToArray());
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
        Outbox.Changed -= TellOfWaiting;
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
        if (client is null)
        {
            Outbox.Clear();
        }
        else
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
                // Nobody looks; but what waits is sent.
                if (Page.IsVisible() || Outbox.HasWaiting)
                {
                    await LookOnceAsync(stop);
                }
            }
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException)
        {
            // Locked.
        }
    }

    // A look that fails in a way that nobody foresaw is told and tried again: ending would show an old state for good and send nothing any more.
    private async Task LookOnceAsync(CancellationToken stop)
    {
        try
        {
            await RefreshAsync(stop);
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !stop.IsCancellationRequested)
        {
            Problem = new Refusal(RefusalReason.Internal, exception.GetType().Name);
            Changed?.Invoke();
        }
    }

    // A wallet that signs nobody in keeps back every part, and is asked again above them all.
    private static async Task<Refusal?> TryAsync(Func<Task> read)
    {
        try
        {
            await read();
            return null;
        }
        catch (RefusalException exception) when (!Reachability.IsTheWallet(exception.Reason))
        {
            return exception.Refusal;
        }
    }

    // What was verified last, from what is kept here: to be looked at until the node is back, or its word is good again. Nothing is sent on the strength of it.
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
            var owner = _client;
            await StandingAsync(connection, cancellation);
            Show(await client.ReadRecordsAsync(cancellation), owner);
            Show(await client.ConsentsAsync(cancellation), owner);
            var requests = await client.RequestsAsync(cancellation);
            if (owner != _client)
            {
                return;
            }

            Requests = requests;
            await ReadContractsAsync(connection, cancellation);
            VerifiedAt = UnixTime.Date(BinaryPrimitives.ReadInt64BigEndian(looked));
        }
        catch (RefusalException)
        {
            // Something is not kept, or not any more: then there is nothing to show, and the first refusal stands.
        }
    }

    // All of them once; then those of whom something is to be expected, and the others by turns.
    private async Task<IReadOnlyList<ReceivedRequest>> ReadRequestsAsync(CitizenClient client, PrivChainConnection connection, CancellationToken cancellation)
    {
        if (!_hasReadAll || Requests is not { } known)
        {
            var requests = await client.RequestsAsync(cancellation);
            _hasReadAll = client == _client;
            return requests;
        }

        var all = await connection.Ledger.ReadStateAsync(
            state => state.EnrolledIn(LedgerRole.Institution, state.Time).Select(enrolment => enrolment.Account).Distinct().ToList(), cancellationToken: cancellation);
        var near = known.Select(request => request.Institution).Concat((Consents ?? []).Select(consent => consent.Grant.Controller));
        return await client.RequestsOfAsync(_turns.Next(all, near), cancellation);
    }

    // For their titles in the reader's language: without them everything is there all the same.
    private async Task ReadContractsAsync(PrivChainConnection connection, CancellationToken cancellation)
    {
        var wanted = (Requests ?? []).Select(request => request.Request.Contract).Concat((Consents ?? []).Select(consent => consent.Grant.Contract));
        foreach (var digest in wanted.Distinct().Where(digest => !_contracts.ContainsKey(digest)).ToList())
        {
            if (await TryAsync(async () => _contracts[digest] = await connection.GetContractAsync(digest, cancellation)) is not null)
            {
                _readAgainAt = _session.Time.GetUtcNow() + _triesAgainEvery;
            }
        }
    }

    private async Task KeepAsync(bool isNew, bool isWhole)
    {
        var now = _session.Time.GetUtcNow();
        if (!isNew && now - _keptAt < _keepsEvery)
        {
            return;
        }

        _keptAt = now;
        await _session.KeepLedgerAsync();
        if (isWhole)
        {
            var looked = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(looked, now.ToUnixTimeSeconds());
            await _session.Kept!.SaveAsync(LookedName, looked);
        }
    }

    // Locked meanwhile, it is nobody's to be shown.
    private void Show(OwnRecords records, CitizenClient? client)
    {
        foreach (var old in (client == _client ? Records : records.Held) ?? [])
        {
            old.Dispose();
        }

        if (client == _client)
        {
            (Records, Unreadable) = (records.Held, records.Unreadable);
        }
    }

    private void Show(IReadOnlyList<OwnConsent> consents, CitizenClient? client)
    {
        if (client != _client)
        {
            return;
        }

        // Copies that were read once do not vanish when the node keeps them back.
        var before = (Consents ?? []).ToDictionary(consent => consent.Digest);
        Consents = [.. consents.Select(consent => consent.Trouble is not null && before.TryGetValue(consent.Digest, out var known)
            ? consent with { Details = consent.Details ?? known.Details, Answers = consent.Answers.Count < known.Answers.Count ? known.Answers : consent.Answers }
            : consent)];
    }

    private void TellOfWaiting()
    {
        Page.GuardLeaving("acts", Outbox.HasUnkept);
        Changed?.Invoke();
    }

    // Everything on the verified ledger that concerns this person, as one text: when it stays the same there is nothing to read anew.
    private async Task<string> StandingAsync(PrivChainConnection connection, CancellationToken cancellation)
    {
        LedgerTime = await LedgerClock.ReadAsync(connection, cancellation);
        var (issuers, institutions) = await connection.Ledger.ReadStateAsync(state => (Ever(state, LedgerRole.Issuer), Ever(state, LedgerRole.Institution)), cancellationToken: cancellation);
        var organisations = new Dictionary<AccountAddress, VerifiedOrganisation>();
        foreach (var (role, accounts) in new[] { (LedgerRole.Issuer, issuers), (LedgerRole.Institution, institutions) })
        {
            foreach (var account in accounts)
            {
                try
                {
                    organisations[account] = await connection.Organisations.GetAsync(role, account, cancellation);
                }
                catch (RefusalException exception)
                {
                    // Not enrolled any more, or not as its certificate or its profile should be: shown by its account, and no reason to show nothing of the others.
                    if (Reachability.IsAway(exception.Reason) && Organisations.TryGetValue(account, out var known))
                    {
                        organisations[account] = known;
                    }
                }
            }
        }

        (Organisations, KnowsOrganisations) = (organisations, true);
        Points = await connection.Ledger.ReadStateAsync(
            state => institutions.Select(_session.Citizen.AddressFor).Distinct().Where(account => connection.Ledger.History.ConsentsOf(account).Any()).Aggregate(0UL, (sum, account) => sum + state.Points(account)),
            cancellationToken: cancellation);
        return await connection.Ledger.ReadStateAsync(
            state => string.Join('\n', issuers.Append(CitizenClient.Nobody).Select(_session.Citizen.AddressFor).Distinct().SelectMany(connection.Ledger.History.RecordsOf).Select(digest => $"{digest} {state.Record(digest)?.Erased}")
                .Concat(institutions.Select(_session.Citizen.AddressFor).Distinct().SelectMany(connection.Ledger.History.ConsentsOf)
                    .Select(digest => $"{digest} {state.Consent(digest)?.RevokedAt} {state.Consent(digest)?.UsesLeft} {connection.Ledger.History.UsesOf(digest).Count(use => use.DeliveredAt is not null)}"))
                .Append(string.Join(' ', organisations.Keys))),
            cancellationToken: cancellation);
    }

    // As long as copies can be on their way, by the clock that dates the uses, the next look reads again.
    private bool IsOnItsWay(IReadOnlyList<OwnConsent> consents) => consents.Any(consent => consent.CopiesDue.Any(use => LedgerTime - use.Time < CopiesTake));

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
        (RecordsProblem, RequestsProblem, ConsentsProblem, Unreadable, Points, KnowsOrganisations, _readAgainAt, _turns, _hasReadAll) = (null, null, null, [], 0, false, DateTimeOffset.MaxValue, new Turns(), false);
    }
}
