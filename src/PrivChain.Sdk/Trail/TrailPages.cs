using System.Runtime.CompilerServices;
using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Trail;

/// <summary>
/// Pages of a ledger that is too long to be followed from its first entry. The node searches; the signature and place of every row, and each link to what it belongs to, are verified here. What a
/// node says by leaving something out is its word until the ledger was followed (<see cref="VerifiedLedger.FollowStateAsync"/>), and the rules are not replayed. Safe for concurrent use.
/// </summary>
public sealed class TrailPages
{
    /// <summary>Rows of a page at most.</summary>
    public const int MaxRows = 100;

    // Publications and consents come back with every page.
    private const int MaxKept = 4096;

    private readonly VerifiedLedger _ledger;
    private readonly Wire.Ledger.LedgerClient _client;
    private readonly LedgerDomain _domain;
    private readonly ConnectionOptions _options;
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, ProvenEntry> _kept = [];

    internal TrailPages(VerifiedLedger ledger, Wire.Ledger.LedgerClient client, LedgerDomain domain, ConnectionOptions options)
    {
        _ledger = ledger;
        _client = client;
        _domain = domain;
        _options = options;
    }

    private ulong Now => UnixTime.Seconds(_options.Time.GetUtcNow());

    /// <summary>The newest entries that match, without the first <paramref name="skip"/>.</summary>
    /// <param name="query">Which.</param>
    /// <param name="skip">How many of the newest to leave out.</param>
    /// <param name="count">How many rows, at most <see cref="MaxRows"/>.</param>
    /// <param name="before">Another page of the same search: then this one is under the same checkpoint and at the same time, and has to fit to it. Null: a new search.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException">
    /// <see cref="RefusalReason.Incomplete"/>: the node left out what it must have, or says another number than for the page before; <see cref="RefusalReason.DigestMismatch"/>: it sent what was not asked for; <see cref="RefusalReason.Malformed"/>: rows out
    /// of their order, or a second time; what <see cref="ProvenEntry.Verify"/> and
    /// <see cref="VerifiedLedger.RefreshAsync"/> refuse, or the node's reason.
    /// </exception>
    public Task<TrailPage> FindAsync(TrailQuery query, ulong skip, int count, TrailPage? before = null, CancellationToken cancellationToken = default) =>
        ReadAsync(query, skip, count, before, before?.Checkpoint, cancellationToken);

    /// <summary>Every entry that matches, newest first, page after page under one checkpoint.</summary>
    /// <param name="query">Which.</param>
    /// <param name="under">A checkpoint of this ledger; null: the newest.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async IAsyncEnumerable<ListedRow> AllAsync(TrailQuery query, WitnessedCheckpoint? under = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var skip = 0UL;
        TrailPage? page = null;
        do
        {
            page = await ReadAsync(query, skip, MaxRows, page, page?.Checkpoint ?? under, cancellationToken).ConfigureAwait(false);
            skip += (ulong)page.Rows.Count;
            foreach (var row in page.Rows)
            {
                yield return row;
            }
        }
        while (skip < page.Found);
    }

    /// <summary>
    /// One entry and what belongs to the same use, in their order: publication, approvals before it, consent, the worker's session, use, delivery, revocation. Every one is proved and belongs there;
    /// that there is not more is the node's word.
    /// </summary>
    /// <param name="index">Where the entry stands.</param>
    /// <param name="under">A checkpoint that covers it; null: the newest.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotFound"/>: the ledger has no such entry; or as in <see cref="FindAsync"/>.</exception>
    public async Task<IReadOnlyList<ListedRow>> CaseAsync(ulong index, WitnessedCheckpoint? under = null, CancellationToken cancellationToken = default)
    {
        PrivChainConnection.RequireNode(_options);
        var checkpoint = under ?? await _ledger.RefreshAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        if (index >= checkpoint.Checkpoint.Size)
        {
            throw Refused(RefusalReason.NotFound, $"the ledger has {checkpoint.Checkpoint.Size} entries, and none at {index}");
        }

        var reply = await _client.GetTrailCaseAsync(
            new Wire.GetTrailCaseRequest { Index = index, Size = checkpoint.Checkpoint.Size }, cancellationToken: cancellationToken).ConfigureAwait(false);
        var links = Links.Of(Prove(reply.Entries, checkpoint));
        var row = links.RowOf(index);
        var now = Now;
        return
        [
            .. links.All.OrderBy(entry => entry.Index).Select(entry =>
            {
                if (!links.BelongsTo(entry.Authentic, row))
                {
                    throw Refused(RefusalReason.DigestMismatch, $"the node sent entry {entry.Index}, which does not belong to {index}");
                }

                // What nothing shows has no outcome here: the node was not asked for its word.
                var other = links.RowOf(entry.Index);
                var (outcome, proved) = links.OutcomeOf(other, TrailOutcome.None, now);
                return new ListedRow(other, entry, outcome, proved);
            }),
        ];
    }

    private async Task<TrailPage> ReadAsync(TrailQuery query, ulong skip, int count, TrailPage? before, WitnessedCheckpoint? under, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MaxRows);
        PrivChainConnection.RequireNode(_options);
        var checkpoint = under ?? await _ledger.RefreshAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var now = before?.At ?? Now;
        var request = new Wire.SearchTrailRequest
        {
            Size = checkpoint.Checkpoint.Size,
            Institution = query.Institution is { } account ? PrivChainConnection.Bytes(account) : ByteString.Empty,
            ByContract = query.Contracts is not null,
            HasAbout = query.About is not null,
            About = query.About ?? 0,
            Kind = (uint)(query.Kind ?? 0),
            Outcome = (uint)(query.Outcome ?? 0),
            From = query.From ?? 0,
            Before = query.Before ?? 0,
            Skip = skip,
            Count = (uint)count,
            Now = now,
        };
        request.Contracts.AddRange((query.Contracts ?? new HashSet<Digest>()).Select(PrivChainConnection.Bytes));
        var reply = await _client.SearchTrailAsync(request, cancellationToken: cancellationToken).ConfigureAwait(false);
        var expected = (int)Math.Min((ulong)count, reply.Found - Math.Min(reply.Found, skip));
        if (reply.Rows.Count != expected || reply.Found > request.Size || (query.IsEverything && reply.Found != request.Size) || (before is not null && reply.Found != before.Found))
        {
            throw Refused(RefusalReason.Incomplete, $"the node says that {reply.Found} entries match, and sent {reply.Rows.Count} of {count} after the first {skip}");
        }

        var links = Links.Of(Prove(reply.Entries, checkpoint));
        var rows = new List<ListedRow>();
        foreach (var place in reply.Rows)
        {
            if (rows.Count > 0 && place.Index >= rows[^1].Row.Index)
            {
                throw Refused(RefusalReason.Malformed, "the node's rows are not in order");
            }

            // Where everything is wanted, what has to come next is known.
            if (query.IsEverything && place.Index != request.Size - 1 - skip - (ulong)rows.Count)
            {
                throw Refused(RefusalReason.Incomplete, $"the node left out entry {request.Size - 1 - skip - (ulong)rows.Count}");
            }

            var row = links.RowOf(place.Index);
            var (outcome, proved) = links.OutcomeOf(row, (TrailOutcome)place.Outcome, now);
            if (!Matches(row, query) || (query.Outcome is { } wanted && outcome != wanted) || (query.About is { } about && links.ParentOf(row.Entry)?.Index != about))
            {
                throw Refused(RefusalReason.DigestMismatch, $"the node sent entry {row.Index}, which is not what was asked for");
            }

            rows.Add(new ListedRow(row, links[place.Index], outcome, proved));
        }

        var page = new TrailPage(checkpoint, now, skip, reply.Found, rows);
        return before is null || (Follows(before, page) && Follows(page, before))
            ? page
            : throw Refused(RefusalReason.Malformed, "the node sent rows of one page in another one");
    }

    // False when the later one of two pages has rows that are not older than all of the earlier one's.
    private static bool Follows(TrailPage earlier, TrailPage later) =>
        later.Skipped < earlier.Skipped + (ulong)earlier.Rows.Count || earlier.Rows.Count == 0 || later.Rows.Count == 0 || later.Rows[0].Row.Index < earlier.Rows[^1].Row.Index;

    private static bool Matches(TrailRow row, TrailQuery query) =>
        (query.Institution is null || row.Institution == query.Institution)
        && (query.Contracts is null || query.Contracts.Contains(row.Contract))
        && (query.Kind is null || row.Entry.Kind == query.Kind)
        && (query.From is null || row.Entry.Time >= query.From)
        && (query.Before is null || row.Entry.Time < query.Before);

    private List<ProvenEntry> Prove(IReadOnlyCollection<Wire.ProvedEntry> entries, WitnessedCheckpoint checkpoint)
    {
        if (entries.Count > 5 * MaxRows)
        {
            throw Refused(RefusalReason.TooLarge, $"the node sent {entries.Count} entries for one page");
        }

        var proven = new List<ProvenEntry>(entries.Count);
        foreach (var entry in entries)
        {
            proven.Add(Prove(entry, checkpoint));
        }

        return proven;
    }

    private ProvenEntry Prove(Wire.ProvedEntry entry, WitnessedCheckpoint checkpoint)
    {
        lock (_gate)
        {
            // Every checkpoint of this connection was proved to follow from the one before.
            if (_kept.TryGetValue(entry.Index, out var kept) && kept.Bytes.Span.SequenceEqual(entry.Entry.Span) && entry.Index < checkpoint.Checkpoint.Size)
            {
                return kept;
            }
        }

        var proven = ProvenEntry.Verify(entry.Index, entry.Entry.ToByteArray(), VerifiedLedger.HashesOf(entry.Hashes), checkpoint, _domain).OrThrow();
        lock (_gate)
        {
            if (_kept.Count >= MaxKept)
            {
                _kept.Clear();
            }

            _kept[entry.Index] = proven;
        }

        return proven;
    }

    private static RefusalException Refused(RefusalReason reason, string detail) => new(new Refusal(reason, detail));

    // Entries of one reply by what other entries call them.
    private sealed class Links
    {
        private readonly Dictionary<ulong, ProvenEntry> _entries = [];
        private readonly Dictionary<(EntryKind Kind, Digest Name), ProvenEntry> _named = [];

        public static Links Of(IEnumerable<ProvenEntry> entries)
        {
            var links = new Links();
            foreach (var entry in entries)
            {
                links._entries[entry.Index] = entry;
                links._named[(entry.Entry.Kind, NameOf(entry))] = entry;
            }

            return links;
        }

        public IEnumerable<ProvenEntry> All => _entries.Values;

        public ProvenEntry this[ulong index] => _entries.TryGetValue(index, out var entry) ? entry : throw Refused(RefusalReason.Incomplete, $"the node named entry {index} and did not send it");

        public ProvenEntry? ParentOf(Entry entry) => entry.Kind switch
        {
            EntryKind.Approve or EntryKind.Withdraw or EntryKind.Grant => Named(EntryKind.Publish, entry.Reference),
            EntryKind.Revoke or EntryKind.Use => Named(EntryKind.Grant, entry.Reference),
            EntryKind.Deliver => Named(EntryKind.Use, entry.Reference),
            _ => null,
        };

        public TrailRow RowOf(ulong index)
        {
            var proven = this[index];
            var (institution, contract, consent, use) = (AccountAddress.Zero, default(Digest), default(Digest), default(Digest));
            for (var above = proven; above is not null; above = ParentOf(above.Entry))
            {
                var entry = above.Entry;
                switch (entry.Kind)
                {
                    case EntryKind.Publish:
                        (institution, contract) = (entry.Signer, entry.Reference);
                        break;
                    case EntryKind.Grant:
                        consent = above.Digest;
                        break;
                    case EntryKind.Use:
                        use = above.Digest;
                        break;
                    case EntryKind.Enrol or EntryKind.Expel when entry.Role == LedgerRole.Institution:
                        institution = entry.Party;
                        break;
                }
            }

            return new TrailRow(index, proven.Entry, proven.Digest, institution, contract, consent, use);
        }

        // What the node says of what nothing shows; what an entry shows it need not say, but it may not claim it without that entry.
        public (TrailOutcome Outcome, bool Proved) OutcomeOf(TrailRow row, TrailOutcome said, ulong now)
        {
            (TrailOutcome Outcome, bool Proved) outcome = row.Entry.Kind switch
            {
                EntryKind.Grant when _named.ContainsKey((EntryKind.Revoke, row.Digest)) => (TrailOutcome.Revoked, true),
                EntryKind.Use when _named.ContainsKey((EntryKind.Deliver, row.Digest)) => (TrailOutcome.Delivered, true),
                EntryKind.Publish when said is TrailOutcome.Approved or TrailOutcome.NotApproved => (said, false),
                EntryKind.Grant when said is TrailOutcome.Spent => (said, false),
                EntryKind.Grant when said is TrailOutcome.Stands or TrailOutcome.Stopped or TrailOutcome.Over => (row.Entry.NotAfter < now ? TrailOutcome.Over : said is TrailOutcome.Stopped ? said : TrailOutcome.Stands, false),
                EntryKind.Use when said is TrailOutcome.Undelivered => (said, false),
                _ => (TrailOutcome.None, true),
            };
            return said is TrailOutcome.None || said == outcome.Outcome
                ? outcome
                : throw Refused(RefusalReason.Incomplete, $"the node says {said} of entry {row.Index} and shows nothing that makes it so");
        }

        public bool BelongsTo(AuthenticEntry other, TrailRow row)
        {
            var entry = other.Entry;
            return other.Digest == row.Digest || entry.Kind switch
            {
                EntryKind.Publish or EntryKind.Approve or EntryKind.Withdraw => !row.Contract.IsZero && entry.Reference == row.Contract,
                EntryKind.Grant => other.Digest == row.Consent,
                EntryKind.Revoke => !row.Consent.IsZero && entry.Reference == row.Consent,
                EntryKind.Use => other.Digest == row.Use,
                EntryKind.Deliver => !row.Use.IsZero && entry.Reference == row.Use,
                EntryKind.Session => !row.Use.IsZero && Named(EntryKind.Use, row.Use).Entry.Party == entry.Party,
                _ => false,
            };
        }

        private ProvenEntry Named(EntryKind kind, Digest name) =>
            _named.TryGetValue((kind, name), out var entry) ? entry : throw Refused(RefusalReason.Incomplete, $"the node did not send the {kind} entry that another one refers to");

        // A contract is called by the digest of its text, what ended something by what it ended, all else by its document.
        private static Digest NameOf(ProvenEntry entry) =>
            entry.Entry.Kind is EntryKind.Publish or EntryKind.Revoke or EntryKind.Deliver ? entry.Entry.Reference : entry.Digest;
    }
}
