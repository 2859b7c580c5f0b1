using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>
/// Each entry of a ledger beside what it belongs to, in 48 bytes, so that entries are found by what they are about: by the node that serves a million of them, and by whoever followed the ledger.
/// It believes whoever adds to it. Safe for one that adds and any number that read.
/// </summary>
public sealed class TrailIndex
{
    // Searching lets go of the gate after each chunk, so that whoever adds waits for one and not for all.
    private const int ChunkSize = 1 << 14;
    private const int Nothing = -1;

    private readonly Lock _gate = new();
    private readonly List<Place[]> _chunks = [];
    private readonly List<AccountAddress> _institutions = [];
    private readonly Dictionary<AccountAddress, int> _numbers = [];
    private readonly Dictionary<Digest, int> _publications = [];
    private readonly Dictionary<int, (Digest Contract, List<int> Opinions)> _contracts = [];
    private readonly Dictionary<AccountAddress, int> _sessions = [];
    private int _size;

    /// <summary>Every institution that an entry is about, in the order in which they appeared.</summary>
    public IReadOnlyList<AccountAddress> Institutions
    {
        get
        {
            lock (_gate)
            {
                return [.. _institutions];
            }
        }
    }

    /// <summary>Index of the entry that an entry refers to, in a state that has both; null when it refers to none.</summary>
    public static ulong? ParentOf(Entry entry, LedgerState state)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentNullException.ThrowIfNull(state);
        return entry.Kind switch
        {
            EntryKind.Approve or EntryKind.Withdraw or EntryKind.Grant => state.Contract(entry.Reference)?.Index,
            EntryKind.Revoke or EntryKind.Use => state.Consent(entry.Reference)?.Index,
            EntryKind.Deliver => state.Use(entry.Reference)?.Index,
            _ => null,
        };
    }

    /// <summary>Adds the next entry.</summary>
    /// <param name="entry">It, as the rules admitted it.</param>
    /// <param name="parent">Index of the entry that it refers to, null when there is none.</param>
    /// <exception cref="ArgumentOutOfRangeException">The parent does not come before it.</exception>
    public void Add(Entry entry, ulong? parent)
    {
        ArgumentNullException.ThrowIfNull(entry);
        lock (_gate)
        {
            if (parent >= (ulong)_size)
            {
                throw new ArgumentOutOfRangeException(nameof(parent), $"{parent} does not come before {_size}");
            }

            var above = parent is { } known ? (int)known : Nothing;
            var place = new Place
            {
                Kind = entry.Kind,
                Time = entry.Time,
                NotAfter = entry.NotAfter,
                Left = entry.Count,
                Institution = above == Nothing ? Nothing : At(above).Institution,
                Contract = above == Nothing ? Nothing : At(above).Contract,
                Parent = above,
                End = Nothing,
                Session = Nothing,
            };
            switch (entry.Kind)
            {
                case EntryKind.Publish:
                    place.Institution = NumberOf(entry.Signer);
                    place.Contract = _size;
                    _publications[entry.Reference] = _size;
                    _contracts[_size] = (entry.Reference, []);
                    break;
                case EntryKind.Approve or EntryKind.Withdraw when above != Nothing:
                    _contracts[place.Contract].Opinions.Add(_size);
                    break;
                case EntryKind.Revoke or EntryKind.Deliver when above != Nothing:
                    At(above).End = _size;
                    break;
                case EntryKind.Use:
                    place.Session = _sessions.GetValueOrDefault(entry.Party, Nothing);
                    if (above != Nothing)
                    {
                        At(above).Left -= Math.Min(At(above).Left, entry.Count);
                    }

                    break;
                case EntryKind.Session:
                    // A worker's account is made for one session.
                    _sessions.TryAdd(entry.Party, _size);
                    break;
                case EntryKind.Enrol or EntryKind.Expel when entry.Role == LedgerRole.Institution:
                    place.Institution = NumberOf(entry.Party);
                    break;
            }

            if (_size % ChunkSize == 0)
            {
                _chunks.Add(new Place[ChunkSize]);
            }

            At(_size) = place;
            _size = checked(_size + 1);
        }
    }

    /// <summary>Finds entries, newest first.</summary>
    /// <param name="query">Which.</param>
    /// <param name="size">As if the ledger ended there; what came later is not looked at, but for uses that spent a consent.</param>
    /// <param name="skip">How many of the newest that match to leave out.</param>
    /// <param name="count">How many to name at most.</param>
    /// <param name="now">Unix seconds by which a consent is over.</param>
    /// <param name="contracts">Which contracts are approved, and which can be used.</param>
    public TrailFound Find(TrailQuery query, ulong size, ulong skip, int count, ulong now, ContractStanding contracts)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        var found = new List<ulong>();
        var matching = 0UL;
        if (Narrow(query) is not { } wanted)
        {
            return new TrailFound(0, found);
        }

        var end = SizeWithin(size);
        while (end > 0)
        {
            var start = (end - 1) / ChunkSize * ChunkSize;
            lock (_gate)
            {
                for (var index = end - 1; index >= start; index--)
                {
                    ref var place = ref At(index);
                    if (place.Time < query.From)
                    {
                        // Ledger time never goes back.
                        return new TrailFound(matching, found);
                    }

                    if (Matches(place, query, wanted, size, now, contracts))
                    {
                        if (matching >= skip && found.Count < count)
                        {
                            found.Add((ulong)index);
                        }

                        matching++;
                    }
                }
            }

            end = start;
        }

        return new TrailFound(matching, found);
    }

    /// <summary>What became of an entry, as if the ledger ended at <paramref name="size"/>; the other values as in <see cref="Find"/>.</summary>
    public TrailOutcome OutcomeOf(ulong index, ulong size, ulong now, ContractStanding contracts)
    {
        lock (_gate)
        {
            return OutcomeOf(At(Within(index)), size, now, contracts);
        }
    }

    /// <summary>Indices of what an entry belongs to, nearest first (of a delivery: use, consent, publication), and last that of what ended it: a revocation or a delivery before <paramref name="size"/>.</summary>
    public IReadOnlyList<ulong> RelatedTo(ulong index, ulong size)
    {
        lock (_gate)
        {
            var related = new List<ulong>();
            ref var place = ref At(Within(index));
            for (var above = place.Parent; above != Nothing; above = At(above).Parent)
            {
                related.Add((ulong)above);
            }

            if (IsBefore(place.End, size))
            {
                related.Add((ulong)place.End);
            }

            return related;
        }
    }

    /// <summary>
    /// The way from a contract's publication to the delivery of one use, as indices in their order: publication, opinions on it that came before the consent or use, consent, the worker's session, use,
    /// delivery, and what ended it. For an entry that belongs to no use, as much of it as there is; at least the entry itself.
    /// </summary>
    public IReadOnlyList<ulong> CaseOf(ulong index, ulong size)
    {
        lock (_gate)
        {
            var found = new SortedSet<int>();
            var (use, consent) = (Nothing, Nothing);
            for (var at = Within(index); at != Nothing; at = At(at).Parent)
            {
                ref var place = ref At(at);
                found.Add(at);
                if (place.Kind is EntryKind.Use or EntryKind.Grant)
                {
                    found.Add(place.End);
                    found.Add(place.Session);
                    use = place.Kind == EntryKind.Use ? at : use;
                    consent = place.Kind == EntryKind.Grant ? at : consent;
                }
            }

            var relied = use != Nothing ? use : consent != Nothing ? consent : Within(index);
            if (At(relied).Contract is not Nothing and var contract)
            {
                found.UnionWith(_contracts[contract].Opinions.TakeWhile(opinion => opinion < relied));
            }

            return [.. found.Where(place => IsBefore(place, size)).Select(static place => (ulong)place)];
        }
    }

    private static bool IsBefore(int index, ulong size) => index != Nothing && (ulong)index < size;

    private bool Matches(in Place place, TrailQuery query, Narrowed wanted, ulong size, ulong now, ContractStanding contracts) =>
        (query.Kind is null || place.Kind == query.Kind)
        && (wanted.Institution is null || place.Institution == wanted.Institution)
        && (query.About is null || (place.Parent != Nothing && (ulong)place.Parent == query.About))
        && (query.Before is null || place.Time < query.Before)
        && (wanted.Contracts is null || wanted.Contracts.Contains(place.Contract))
        && (query.Outcome is null || OutcomeOf(place, size, now, contracts) == query.Outcome);

    private TrailOutcome OutcomeOf(in Place place, ulong size, ulong now, ContractStanding contracts) => place.Kind switch
    {
        EntryKind.Publish => contracts.Approved.Contains(_contracts[place.Contract].Contract) ? TrailOutcome.Approved : TrailOutcome.NotApproved,
        EntryKind.Grant => IsBefore(place.End, size) ? TrailOutcome.Revoked
            : place.Left == 0 ? TrailOutcome.Spent
            : place.NotAfter < now ? TrailOutcome.Over
            : place.Contract == Nothing || !contracts.Usable.Contains(_contracts[place.Contract].Contract) ? TrailOutcome.Stopped
            : TrailOutcome.Stands,
        EntryKind.Use => IsBefore(place.End, size) ? TrailOutcome.Delivered : TrailOutcome.Undelivered,
        _ => TrailOutcome.None,
    };

    // Names as the numbers that places carry; null where no entry can match.
    private Narrowed? Narrow(TrailQuery query)
    {
        lock (_gate)
        {
            int? institution = null;
            if (query.Institution is { } account)
            {
                if (!_numbers.TryGetValue(account, out var number))
                {
                    return null;
                }

                institution = number;
            }

            return new Narrowed(institution, query.Contracts is null ? null : [.. query.Contracts.Where(_publications.ContainsKey).Select(contract => _publications[contract])]);
        }
    }

    private int SizeWithin(ulong size)
    {
        lock (_gate)
        {
            return (int)Math.Min(size, (ulong)_size);
        }
    }

    private int Within(ulong index) =>
        index < (ulong)_size ? (int)index : throw new ArgumentOutOfRangeException(nameof(index), $"{index} of {_size} entries");

    private ref Place At(int index) => ref _chunks[index / ChunkSize][index % ChunkSize];

    private int NumberOf(AccountAddress institution)
    {
        if (!_numbers.TryGetValue(institution, out var number))
        {
            _numbers[institution] = number = _institutions.Count;
            _institutions.Add(institution);
        }

        return number;
    }

    private sealed record Narrowed(int? Institution, HashSet<int>? Contracts);

    // Indices of entries and numbers of institutions; Nothing where there is none.
    private struct Place
    {
        public ulong Time;
        public ulong NotAfter;
        public int Institution;
        public int Contract;
        public int Parent;
        public int End;
        public int Session;
        public uint Left;
        public EntryKind Kind;
    }
}
