using PrivChain.App.Trails;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Trail;

namespace PrivChain.App.Wallets;

/// <summary>
/// The ledger as a regulator reads it, over a connection of its own: nothing is taken over from what a wallet keeps. A short one is read whole and verified in this page from the first entry on. Of a
/// long one the node's pages are shown, every row of them verified, until the regulator asks for all of it (<see cref="FollowAsync"/>).
/// </summary>
internal sealed class RegulatorLedger(Session session) : IDisposable
{
    /// <summary>Entries up to which a ledger is read whole unasked: a few seconds.</summary>
    public const ulong Short = 2_000;

    // Measured are 2,400 in a second (tests/BENCHMARKS.md); a telephone may take twice as long.
    private const ulong EntriesInAMinute = 72_000;

    private static readonly LedgerRole[] _roles = [LedgerRole.Institution, LedgerRole.Issuer, LedgerRole.Regulator];

    private readonly SemaphoreSlim _gate = new(1);

    // Held for as long as the first reading of all takes.
    private readonly SemaphoreSlim _whole = new(1);
    private PrivChainConnection? _connection;

    // What pages were read over before the whole was: one of them may still be on its way.
    private PrivChainConnection? _former;
    private GovernanceView? _governance;

    // Whichever connection reads: each name is a document, and there may be hundreds.
    private readonly PageStore _documents = new();

    /// <summary>How far reading all of it has come.</summary>
    public Reading Reading { get; } = new();

    /// <summary>Every entry; null while the ledger was not read whole.</summary>
    public TrailBook? Book { get; private set; }

    /// <summary>Texts of all contracts.</summary>
    public Dictionary<Digest, PrivacyContract> Contracts { get; } = [];

    /// <summary>Contracts whose text could not be read: purposes and fields do not find their entries.</summary>
    public int Unread { get; private set; }

    /// <summary>Names of the organisations that are admitted now.</summary>
    public Dictionary<AccountAddress, VerifiedOrganisation> Organisations { get; } = [];

    /// <summary>Every institution that entries are about.</summary>
    public IReadOnlyList<AccountAddress> Institutions => Book?.Institutions ?? _governance?.Institutions ?? [];

    /// <summary>What the node hands out of who holds which role and which contracts are approved; null where the whole ledger says it.</summary>
    public GovernanceView? Governance => Book is null ? _governance : null;

    public PrivChainConnection Connection => _connection!;

    /// <summary>Entries of the ledger, as seen last.</summary>
    public ulong Size => _connection?.Ledger.Head?.Checkpoint.Size ?? 0;

    /// <summary>When witnesses saw it last.</summary>
    public DateTimeOffset Time => UnixTime.Date(_connection?.Ledger.Head?.CurrentAt ?? 0);

    /// <summary>True when it is too long to be read unasked, and was not read whole.</summary>
    public bool IsPaged => Book is null && Size > Short;

    /// <summary>Why the last reading of all broke off: whoever began it may have left its page meanwhile.</summary>
    public Refusal? WholeRefused { get; private set; }

    /// <summary>About how many minutes reading the whole ledger takes.</summary>
    public ulong MinutesToRead => MinutesFor(Size);

    /// <summary>About how many minutes it takes to read and verify that many entries.</summary>
    public static ulong MinutesFor(ulong entries) => Math.Max(1, entries / EntriesInAMinute);

    /// <summary>Makes ready to look into the trail: reads what is new where the ledger is short or was read whole, and otherwise roles, contracts and approvals.</summary>
    public async Task OpenAsync()
    {
        if (await IsLongAsync())
        {
            await LockedAsync(ReadGovernanceAsync);
        }
        else
        {
            await FollowAsync();
        }
    }

    /// <summary>True when the ledger was not read whole and reading it would take long.</summary>
    public async Task<bool> IsLongAsync()
    {
        await LockedAsync(async () =>
        {
            if (Book is null)
            {
                _connection ??= await session.OpenAnotherAsync(Reading, _documents);
                await _connection.Ledger.RefreshAsync();
                session.RequireFresh(_connection);
            }
        });
        return IsPaged;
    }

    /// <summary>Reads and verifies what is new, from the first entry on at the first time, and refuses an old state.</summary>
    public Task FollowAsync() => LockedAsync(ReadWholeAsync, _whole);

    /// <summary>The accounts that hold a role now.</summary>
    public async Task<IReadOnlySet<AccountAddress>> HoldersOfAsync(LedgerRole role) => Governance?.HoldersOf(role)
        ?? await Connection.Ledger.ReadStateAsync(state => state.EnrolledIn(role, state.Time).Select(enrolment => enrolment.Account).ToHashSet());

    /// <summary>Looks for entries.</summary>
    /// <param name="query">Which.</param>
    /// <param name="skip">How many of the newest to leave out.</param>
    /// <param name="count">How many to show, at most <see cref="TrailPages.MaxRows"/>.</param>
    /// <param name="before">The page before, whose search this goes on with; null for a new one.</param>
    public async Task<TrailSight> FindAsync(TrailQuery query, ulong skip, int count, TrailSight? before = null)
    {
        if (Book is { } book && before?.Page is null)
        {
            var now = TrailText.Now(session.Time);
            var (found, rows) = book.Find(query, skip, count, now);
            return new TrailSight((ulong)book.Rows.Count, found, [.. rows.Select(row => new SeenRow(row, book.OutcomeOf(row, now), Known: true))], null);
        }

        var page = await Connection.Trail.FindAsync(query, skip, count, before?.Page);
        return new TrailSight(page.Checkpoint.Checkpoint.Size, page.Found, [.. page.Rows.Select(SeenRow.Of)], page);
    }

    /// <summary>An entry and what belongs to the same use; null when the ledger has no such entry.</summary>
    public async Task<IReadOnlyList<SeenRow>?> CaseAsync(ulong index)
    {
        if (Book is { } book)
        {
            var now = TrailText.Now(session.Time);
            return index < (ulong)book.Rows.Count ? [.. book.CaseOf(book.Rows[(int)index]).Select(row => new SeenRow(row, book.OutcomeOf(row, now), Known: true))] : null;
        }

        var head = await Connection.Ledger.RefreshAsync();
        return index < head.Checkpoint.Size ? [.. (await Connection.Trail.CaseAsync(index, head)).Select(SeenRow.Of)] : null;
    }

    public void Dispose()
    {
        _former?.Dispose();
        _connection?.Dispose();
        _gate.Dispose();
        _whole.Dispose();
    }

    private async Task LockedAsync(Func<Task> act, SemaphoreSlim? gate = null)
    {
        gate ??= _gate;
        await gate.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            gate.Release();
        }
    }

    // Over a connection of its own until all is read: what breaks on the way is read anew the next time, and pages that are shown meanwhile go on.
    private async Task ReadWholeAsync()
    {
        if (Book is { } known)
        {
            await LockedAsync(() => ReadAsync(_connection!, known));
            return;
        }

        WholeRefused = null;
        var connection = await session.OpenAnotherAsync(Reading, _documents);
        try
        {
            var book = new TrailBook();
            connection.Ledger.EntryVerified += book.Add;
            await connection.Ledger.FollowStateAsync();
            await LockedAsync(async () =>
            {
                await ReadAsync(connection, book);
                _former = _connection;
                (_connection, Book) = (connection, book);
            });
        }
        catch (Exception exception)
        {
            WholeRefused = (exception as RefusalException)?.Refusal;
            connection.Dispose();
            throw;
        }
    }

    private async Task ReadAsync(PrivChainConnection connection, TrailBook book)
    {
        var (published, standing) = await connection.Ledger.ReadStateAsync(state => (state.Contracts.Select(contract => contract.Digest).ToList(), ContractStanding.Of(state)));
        session.RequireFresh(connection);
        book.SetContracts(standing);
        await ReadContractsAsync(connection, published);
        Name(await connection.Organisations.ListAsync(_roles));
    }

    private async Task ReadGovernanceAsync()
    {
        // All may have been read meanwhile; and where no checkpoint came, nothing else did.
        if (Book is not null || ReferenceEquals(_governance?.Checkpoint, _connection!.Ledger.Head))
        {
            return;
        }

        var view = await GovernanceView.ReadAsync(_connection!);
        await ReadContractsAsync(_connection!, view.Contracts.Select(contract => contract.Digest));
        Name(view.Organisations);
        _governance = view;
    }

    private async Task ReadContractsAsync(PrivChainConnection connection, IEnumerable<Digest> published)
    {
        Unread = 0;
        foreach (var digest in published.Where(digest => !Contracts.ContainsKey(digest)))
        {
            try
            {
                Contracts[digest] = await connection.GetContractAsync(digest);
            }
            catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
            {
                // One text that the node does not hand out, or that is no contract: its entries stand, under its digest.
                Unread++;
            }
        }
    }

    private void Name(IEnumerable<VerifiedOrganisation> organisations)
    {
        Organisations.Clear();
        foreach (var organisation in organisations)
        {
            Organisations[organisation.Profile.Account] = organisation;
        }
    }
}
