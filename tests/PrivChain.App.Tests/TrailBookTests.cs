using System.Text;
using System.Text.Json;
using PrivChain.App.Trails;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;

namespace PrivChain.App.Tests;

/// <summary>What is read out of entries: whom they belong to, what became of them, what is counted. Rules and signatures are tested where they are; these entries are only put together.</summary>
[TestClass]
public sealed class TrailBookTests
{
    private const ulong Start = 1_800_000_000;
    private const ulong Day = 86_400;

    private static readonly AccountAddress _bank = Account(1);
    private static readonly AccountAddress _other = Account(2);
    private static readonly Digest _contract = Digest.OfSha256("contract"u8);

    private readonly TrailBook _book = new();
    private ulong _seconds = Start;

    public TrailBookTests() => _book.SetContracts(new ContractStanding(new HashSet<Digest> { _contract }, new HashSet<Digest> { _contract }));

    [TestMethod]
    public void Entries_BelongToTheirInstitutionContractConsentAndUse()
    {
        var consent = Granted();
        var use = Used(consent);
        Delivered(use);
        Add(new Entry { Kind = EntryKind.Anchor, Signer = Account(9) });

        Assert.IsTrue(_book.Rows.Take(5).All(row => row.Institution == _bank && row.Contract == _contract));
        Assert.IsTrue(_book.Rows.Skip(2).Take(3).All(row => row.Consent == consent));
        Assert.AreEqual(use, _book.Rows[4].Use);
        Assert.IsTrue(_book.Rows[5].Institution.IsZero && _book.Rows[5].Contract.IsZero);
        Assert.ThrowsExactly<ArgumentException>(() => _book.Add(7, AuthenticEntry.DangerouslyAssumeAuthentic(new Entry { Kind = EntryKind.Anchor, Signer = _bank })));
    }

    [TestMethod]
    public void Outcome_FollowsWhatCameAfter()
    {
        var revoked = Granted();
        var spent = Granted(uses: 2);
        var stands = Granted(uses: 3, until: Start + Day);
        Used(stands, queries: 2);
        var undelivered = Used(spent, queries: 2);
        var delivered = Used(revoked);
        Delivered(delivered);
        Revoked(revoked);

        TrailOutcome Of(Digest consent, ulong now = Start) => _book.OutcomeOf(_book.Grant(consent)!, now);
        Assert.AreEqual(TrailOutcome.Revoked, Of(revoked));
        Assert.AreEqual(TrailOutcome.Spent, Of(spent));
        Assert.AreEqual(TrailOutcome.Stands, Of(stands, Start + Day));
        Assert.AreEqual(TrailOutcome.Over, Of(stands, Start + Day + 1));
        Assert.AreEqual(TrailOutcome.Undelivered, _book.OutcomeOf(_book.Use(undelivered)!, Start));
        Assert.AreEqual(TrailOutcome.Delivered, _book.OutcomeOf(_book.Use(delivered)!, Start));
        Assert.AreEqual(TrailOutcome.Stands, Of(stands));
        _book.SetContracts(new ContractStanding(new HashSet<Digest> { _contract }, new HashSet<Digest>()));
        Assert.AreEqual(TrailOutcome.Approved, _book.OutcomeOf(_book.Publication(_contract)!, Start));
        Assert.AreEqual(TrailOutcome.Stopped, Of(stands), "its institution is expelled");
        Assert.AreEqual(TrailOutcome.Revoked, Of(revoked));
        _book.SetContracts(ContractStanding.None);
        Assert.AreEqual(TrailOutcome.NotApproved, _book.OutcomeOf(_book.Publication(_contract)!, Start));
    }

    [TestMethod]
    public void Overview_CountsQueriesByDay_AndWhatWasUnderWayWhenAConsentWasTakenBack()
    {
        var consent = Granted(uses: 9);
        Used(consent, queries: 3);
        _seconds += Day;
        Delivered(Used(consent));
        var underWay = Used(consent, queries: 2);
        Revoked(consent);
        _seconds += 2;
        Delivered(underWay);

        var overview = new TrailOverview(_book, new Dictionary<Digest, PrivacyContract>());
        Assert.AreEqual(6UL, overview.Queries);
        Assert.AreEqual(1UL, overview.Undelivered);
        CollectionAssert.AreEqual(new[] { 3UL, 3UL }, overview.ByDay.Select(day => day.Queries).ToArray());
        Assert.AreEqual(TimeSpan.FromDays(1), overview.ByDay[0].Day - overview.ByDay[1].Day);
        var seen = overview.Revocations.Single();
        Assert.AreEqual(0, seen.UsesAfter);
        Assert.IsNull(seen.LastUse);
        Assert.AreEqual(1, seen.DeliveriesAfter);
        Assert.AreEqual(TimeSpan.FromSeconds(3), seen.LastDelivery);
        Assert.AreEqual(consent, seen.Grant.Consent);
        Assert.AreEqual(TimeSpan.FromSeconds(Day), TimeSpan.FromSeconds(Math.Round(seen.Stood.TotalSeconds / 60) * 60));
        Assert.IsEmpty(overview.Fields, "fields were counted without the contract's text");
    }

    [TestMethod]
    public void Filter_TakesTheFirstMomentOfADay_AndNotTheFirstOfTheNext()
    {
        Granted();
        var contracts = new Dictionary<Digest, PrivacyContract>();
        var time = _book.Rows[^1].Time;
        Assert.IsTrue(Matches(new TrailFilter { From = time }));
        Assert.IsFalse(Matches(new TrailFilter { From = time.AddMilliseconds(1) }));
        Assert.IsTrue(Matches(new TrailFilter { Before = time.AddMilliseconds(1) }));
        Assert.IsFalse(Matches(new TrailFilter { Before = time }));
        Assert.IsTrue(Matches(new TrailFilter { Institution = _bank, Contract = _contract, Kind = EntryKind.Grant, Outcome = TrailOutcome.Stands }));
        Assert.IsFalse(Matches(new TrailFilter { Institution = _other }));
        Assert.IsFalse(Matches(new TrailFilter { Purpose = "dpv:CreditChecking" }), "a purpose was found without the contract's text");

        bool Matches(TrailFilter filter) => _book.Find(filter.Over(contracts), 0, 1, Start).Rows is [var row] && row == _book.Rows[^1];
    }

    [TestMethod]
    public void Case_HasOneUse_AndNotTheOthersOfItsConsent()
    {
        var consent = Granted(uses: 3);
        Delivered(Used(consent));
        var use = Used(consent);
        Delivered(use);
        Granted();
        CollectionAssert.AreEqual(
            new[] { EntryKind.Publish, EntryKind.Approve, EntryKind.Grant, EntryKind.Use, EntryKind.Deliver }, _book.CaseOf(_book.Use(use)!).Select(row => row.Entry.Kind).ToArray());
        Assert.AreEqual(1, _book.CaseOf(_book.Use(use)!).Count(row => row.Entry.Kind == EntryKind.Use));
    }

    [TestMethod]
    public void Link_NamesWhatIsFiltered_AndHidesNothingInIt()
    {
        var filter = new TrailFilter { Institution = _bank, Field = "a&kind=Use", From = TrailLink.Day("2026-11-28"), Before = TrailLink.Day("2026-11-30") };
        Assert.AreEqual($"regulator/trail?institution={_bank}&field=a%26kind%3DUse&from=2026-11-28&until=2026-11-29", TrailLink.To(filter));
        Assert.AreEqual("regulator/trail", TrailLink.To(new TrailFilter()));
        Assert.AreEqual("regulator/trail?kind=Use&skip=50", TrailLink.To(new TrailFilter { Kind = EntryKind.Use }, 50));
        Assert.AreEqual("regulator/trail?kind=Use&skip=50", TrailLink.Back(new Uri("https://node/" + TrailLink.Entry(7, new TrailFilter { Kind = EntryKind.Use }, 50))));
        Assert.AreEqual("regulator/trail", TrailLink.Back(new Uri("https://node/" + TrailLink.Entry(7, new TrailFilter(), 0))));
        Assert.IsNull(TrailLink.Skip("-1"));
        Assert.IsNull(TrailLink.Skip("18446744073709551616"));
        Assert.IsNull(TrailLink.Day("2026-13-01"));
        Assert.IsNull(TrailLink.Day(" 2026-11-28"));
    }

    [TestMethod]
    public void Export_SaysTheSameAsCsvAndAsJson()
    {
        string[] columns = ["name", "number"];
        string[][] rows = [["=1+1", "2"], ["<b>\"x\"</b>", "3"]];
        Assert.AreEqual("\ufeffname,number\r\n'=1+1,2\r\n\"<b>\"\"x\"\"</b>\",3\r\n", Encoding.UTF8.GetString(ViewExport.Csv(columns, rows)));
        using var json = JsonDocument.Parse(ViewExport.Json(columns, rows));
        CollectionAssert.AreEqual(new[] { "=1+1", "<b>\"x\"</b>" }, json.RootElement.EnumerateArray().Select(row => row.GetProperty("name").GetString()).ToArray());
    }

    private static AccountAddress Account(byte number) => new([.. Enumerable.Repeat(number, AccountAddress.Size)]);

    private Digest Granted(uint uses = 1, ulong until = Start + (10 * Day))
    {
        if (_book.Publication(_contract) is null)
        {
            Add(new Entry { Kind = EntryKind.Publish, Signer = _bank, Reference = _contract });
            Add(new Entry { Kind = EntryKind.Approve, Signer = Account(8), Reference = _contract });
        }

        return Add(new Entry
        {
            Kind = EntryKind.Grant, Signer = Account(5), Party = _bank, Reference = _contract, Details = Digest.OfSha256(BitConverter.GetBytes(_seconds)), NotAfter = until, Count = uses,
        });
    }

    private Digest Used(Digest consent, uint queries = 1) =>
        Add(new Entry { Kind = EntryKind.Use, Signer = Account(6), Party = Account(7), Reference = consent, Details = Digest.OfSha256(BitConverter.GetBytes(_seconds)), Count = queries });

    private void Delivered(Digest use) => Add(new Entry { Kind = EntryKind.Deliver, Signer = Account(7), Reference = use });

    private void Revoked(Digest consent) => Add(new Entry { Kind = EntryKind.Revoke, Signer = Account(5), Reference = consent });

    private Digest Add(Entry entry)
    {
        var authentic = AuthenticEntry.DangerouslyAssumeAuthentic(entry with { Time = _seconds++ * 1000 });
        _book.Add((ulong)_book.Rows.Count, authentic);
        return authentic.Digest;
    }
}
