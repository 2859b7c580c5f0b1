using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.Core.Tests.Ledger;

/// <summary>The index against the obvious way of answering: looking at every entry.</summary>
[TestClass]
public sealed class TrailIndexTests
{
    private static readonly AccountAddress[] _accounts = [.. Enumerable.Range(1, 4).Select(number => new AccountAddress([.. Enumerable.Repeat((byte)number, AccountAddress.Size)]))];

    private readonly TrailIndex _index = new();
    private readonly List<Known> _all = [];
    private readonly Random _random = new(20261128);

    [TestMethod]
    public void Find_AnyQuery_FindsWhatLookingAtEveryEntryFinds()
    {
        // More than one chunk, with everything that happens to happen.
        while (_all.Count < 40_000)
        {
            AddSomething();
        }

        var published = _all.Where(known => known.Entry.Kind == EntryKind.Publish).Take(2).Select(ContractOf).ToList();
        var standing = new ContractStanding(published.ToHashSet(), published.Take(1).ToHashSet());
        var contracts = _all.Where(known => known.Entry.Kind == EntryKind.Publish).Select(ContractOf).ToList();
        for (var round = 0; round < 300; round++)
        {
            var size = (ulong)_random.Next(_all.Count + 2);
            var now = (ulong)_random.Next(_all.Count);
            var query = new TrailQuery
            {
                Institution = Maybe(() => _accounts[_random.Next(_accounts.Length)]),
                Contracts = _random.Next(3) == 0 ? contracts.Where(_ => _random.Next(2) == 0).ToHashSet() : null,
                About = _random.Next(4) == 0 ? (ulong)_random.Next(_all.Count) : null,
                Kind = _random.Next(2) == 0 ? (EntryKind)_random.Next(1, 13) : null,
                Outcome = _random.Next(3) == 0 ? (TrailOutcome)_random.Next(1, 10) : null,
                From = _random.Next(4) == 0 ? (ulong)_random.Next(_all.Count) * 1000 : null,
                Before = _random.Next(4) == 0 ? (ulong)_random.Next(_all.Count) * 1000 : null,
            };
            var expected = Enumerable.Range(0, (int)Math.Min(size, (ulong)_all.Count)).Reverse().Where(index => Matches(_all[index], query, size, now, standing)).Select(index => (ulong)index).ToList();
            var skip = _random.Next(3) == 0 ? (ulong)_random.Next(50) : 0;
            var found = _index.Find(query, size, skip, 20, now, standing);
            Assert.AreEqual((ulong)expected.Count, found.Count, query.ToString());
            CollectionAssert.AreEqual(expected.Skip((int)skip).Take(20).ToList(), found.Places.ToList(), query.ToString());
        }
    }

    [TestMethod]
    public void CaseOf_StopsAtTheUse_AndAtTheSize()
    {
        var contract = Add(new Entry { Kind = EntryKind.Publish, Signer = _accounts[0], Reference = Some(1) }, null);
        Add(new Entry { Kind = EntryKind.Approve, Signer = _accounts[3], Reference = Some(1) }, contract);
        var session = Add(new Entry { Kind = EntryKind.Session, Signer = _accounts[2], Party = _accounts[2] }, null);
        var consent = Add(new Entry { Kind = EntryKind.Grant, Signer = _accounts[1], Count = 5 }, contract);
        var use = Add(new Entry { Kind = EntryKind.Use, Signer = _accounts[3], Party = _accounts[2], Count = 1 }, consent);
        var other = Add(new Entry { Kind = EntryKind.Use, Signer = _accounts[3], Party = _accounts[2], Count = 1 }, consent);
        Add(new Entry { Kind = EntryKind.Withdraw, Signer = _accounts[3], Reference = Some(1) }, contract);
        var delivery = Add(new Entry { Kind = EntryKind.Deliver, Signer = _accounts[2] }, use);
        var revocation = Add(new Entry { Kind = EntryKind.Revoke, Signer = _accounts[1] }, consent);

        CollectionAssert.AreEqual(new[] { contract, 1UL, session, consent, use, delivery, revocation }, _index.CaseOf(delivery, 9).ToArray());
        CollectionAssert.AreEqual(new[] { contract, 1UL, session, consent, use }, _index.CaseOf(use, delivery).ToArray());
        CollectionAssert.AreEqual(new[] { contract, 1UL, session, consent, other, revocation }, _index.CaseOf(other, 9).ToArray());
        CollectionAssert.AreEqual(new[] { contract, 1UL, consent, revocation }, _index.CaseOf(revocation, 9).ToArray());
        CollectionAssert.AreEqual(new[] { contract }, _index.CaseOf(contract, 9).ToArray());
        CollectionAssert.AreEqual(new[] { session }, _index.CaseOf(session, 9).ToArray());
        CollectionAssert.AreEqual(new[] { use, consent, contract }, _index.RelatedTo(delivery, 9).ToArray());
        CollectionAssert.AreEqual(new[] { contract, revocation }, _index.RelatedTo(consent, 9).ToArray());
        CollectionAssert.AreEqual(new[] { contract }, _index.RelatedTo(consent, revocation).ToArray());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _index.CaseOf(9, 9));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _index.Add(new Entry { Kind = EntryKind.Revoke, Signer = _accounts[1] }, 9));
    }

    // Found while entries are added: each answer is right for the size that it was asked for.
    [TestMethod]
    public async Task Find_WhileEntriesAreAdded_AnswersForItsSize()
    {
        var contract = Add(new Entry { Kind = EntryKind.Publish, Signer = _accounts[0], Reference = Some(1) }, null);
        var size = 1L;
        var adding = Task.Run(() =>
        {
            for (var i = 0; i < 100_000; i++)
            {
                _index.Add(new Entry { Kind = i % 2 == 0 ? EntryKind.Grant : EntryKind.Anchor, Signer = _accounts[1], Count = 1 }, i % 2 == 0 ? contract : null);
                Interlocked.Increment(ref size);
            }
        });
        while (!adding.IsCompleted)
        {
            var seen = (ulong)Interlocked.Read(ref size);
            Assert.AreEqual(seen / 2, _index.Find(new TrailQuery { Kind = EntryKind.Grant }, seen, 0, 1, 0, ContractStanding.None).Count);
        }

        await adding;
    }

    private static Digest Some(int number) => Digest.OfSha256(BitConverter.GetBytes(number));

    private static Digest ContractOf(Known publication) => publication.Entry.Reference;

    private T? Maybe<T>(Func<T> value)
        where T : struct => _random.Next(3) == 0 ? value() : null;

    private ulong Add(Entry entry, ulong? parent)
    {
        var at = (ulong)_all.Count;
        _index.Add(entry with { Time = at * 1000 }, parent);
        _all.Add(new Known(entry with { Time = at * 1000 }, parent));
        return at;
    }

    private void AddSomething()
    {
        Entry entry;
        ulong? parent = null;
        switch (_random.Next(10))
        {
            case 0 when _random.Next(200) == 0 || _all.Count < 4:
                entry = new Entry { Kind = EntryKind.Publish, Signer = _accounts[_random.Next(3)], Reference = Some(_all.Count) };
                break;
            case 1:
                entry = new Entry { Kind = EntryKind.Enrol, Signer = _accounts[3], Party = _accounts[_random.Next(3)], Role = (LedgerRole)_random.Next(1, 4) };
                break;
            case 2 or 3 when Last(EntryKind.Publish) is { } contract:
                (entry, parent) = (new Entry { Kind = EntryKind.Grant, Signer = _accounts[3], Count = (uint)_random.Next(1, 4), NotAfter = (ulong)_random.Next(40_000) }, contract);
                break;
            case 4 or 5 when Last(EntryKind.Grant) is { } consent && _all[(int)consent].Left > 0:
                _all[(int)consent].Left--;
                (entry, parent) = (new Entry { Kind = EntryKind.Use, Signer = _accounts[3], Count = 1 }, consent);
                break;
            case 6 when Last(EntryKind.Grant) is { } consent && _all[(int)consent].End is null:
                _all[(int)consent].End = (ulong)_all.Count;
                (entry, parent) = (new Entry { Kind = EntryKind.Revoke, Signer = _accounts[3] }, consent);
                break;
            case 7 when Last(EntryKind.Use) is { } use && _all[(int)use].End is null:
                _all[(int)use].End = (ulong)_all.Count;
                (entry, parent) = (new Entry { Kind = EntryKind.Deliver, Signer = _accounts[3] }, use);
                break;
            case 8 when Last(EntryKind.Publish) is { } contract:
                (entry, parent) = (new Entry { Kind = EntryKind.Approve, Signer = _accounts[3] }, contract);
                break;
            default:
                entry = new Entry { Kind = EntryKind.Anchor, Signer = _accounts[3] };
                break;
        }

        Add(entry, parent);

        // One of the last few of a kind.
        ulong? Last(EntryKind kind)
        {
            for (var index = _all.Count - 1 - _random.Next(5); index >= 0; index--)
            {
                if (_all[index].Entry.Kind == kind)
                {
                    return (ulong)index;
                }
            }

            return null;
        }
    }

    private bool Matches(Known known, TrailQuery query, ulong size, ulong now, ContractStanding standing)
    {
        var publication = known;
        while (publication.Parent is { } above)
        {
            publication = _all[(int)above];
        }

        var isUnder = publication.Entry.Kind == EntryKind.Publish;
        AccountAddress? institution = isUnder ? publication.Entry.Signer
            : known.Entry is { Kind: EntryKind.Enrol, Role: LedgerRole.Institution } ? known.Entry.Party
            : null;
        var ended = known.End < size;
        var outcome = known.Entry.Kind switch
        {
            EntryKind.Publish => standing.Approved.Contains(ContractOf(known)) ? TrailOutcome.Approved : TrailOutcome.NotApproved,
            EntryKind.Grant => ended ? TrailOutcome.Revoked : known.Left == 0 ? TrailOutcome.Spent : known.Entry.NotAfter < now ? TrailOutcome.Over
                : isUnder && standing.Usable.Contains(ContractOf(publication)) ? TrailOutcome.Stands : TrailOutcome.Stopped,
            EntryKind.Use => ended ? TrailOutcome.Delivered : TrailOutcome.Undelivered,
            _ => TrailOutcome.None,
        };
        return (query.Institution is null || institution == query.Institution)
            && (query.Contracts is null || (isUnder && query.Contracts.Contains(ContractOf(publication))))
            && (query.About is null || known.Parent == query.About)
            && (query.Kind is null || known.Entry.Kind == query.Kind)
            && (query.Outcome is null || outcome == query.Outcome)
            && (query.From is null || known.Entry.Time >= query.From)
            && (query.Before is null || known.Entry.Time < query.Before);
    }

    private sealed class Known(Entry entry, ulong? parent)
    {
        public Entry Entry { get; } = entry;

        public ulong? Parent { get; } = parent;

        public ulong? End { get; set; }

        public uint Left { get; set; } = entry.Count;
    }
}
