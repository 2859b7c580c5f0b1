using PrivChain.Core.Ledger;

namespace PrivChain.Core.Tests.Ledger;

[TestClass]
public sealed class UnixTimeTests
{
    [TestMethod]
    [DataRow("0001-01-01T00:00:00Z", 0UL)]
    [DataRow("1969-12-31T23:59:59.999Z", 0UL)]
    [DataRow("1970-01-01T00:00:00.001Z", 1UL)]
    [DataRow("2026-03-29T03:30:00+02:00", 1_774_747_800_000UL)]
    [DataRow("2026-03-29T01:30:00Z", 1_774_747_800_000UL)]
    [DataRow("9999-12-31T23:59:59.999Z", 253_402_300_799_999UL)]
    public void Milliseconds_AnyClockAndZone_AreThoseOfTheMoment(string moment, ulong wanted)
    {
        var time = DateTimeOffset.Parse(moment, System.Globalization.CultureInfo.InvariantCulture);
        Assert.AreEqual(wanted, UnixTime.Milliseconds(time));
        Assert.AreEqual(wanted / 1000, UnixTime.Seconds(time));
    }

    // What a stranger writes as a time can be shown everywhere, and stays what it is wherever it is one.
    [TestMethod]
    [DataRow(0UL, "1970-01-01T00:00:00Z")]
    [DataRow(1_774_747_800UL, "2026-03-29T01:30:00Z")]
    [DataRow(253_402_214_399UL, "9999-12-30T23:59:59Z")]
    [DataRow(253_402_214_400UL, "9999-12-30T23:59:59Z")]
    [DataRow(1UL << 63, "9999-12-30T23:59:59Z")]
    [DataRow(ulong.MaxValue, "9999-12-30T23:59:59Z")]
    public void Date_OfAnyNumber_CanBeShownInAnyZone(ulong seconds, string wanted)
    {
        var date = UnixTime.Date(seconds);
        Assert.AreEqual(DateTimeOffset.Parse(wanted, System.Globalization.CultureInfo.InvariantCulture), new DateTimeOffset(date.Year, date.Month, date.Day, date.Hour, date.Minute, date.Second, TimeSpan.Zero));
        Assert.AreEqual(date, date.ToOffset(TimeSpan.FromHours(14)));
        Assert.AreEqual(date, date.ToOffset(TimeSpan.FromHours(-14)));
        Assert.AreEqual(seconds == UnixTime.Seconds(date), UnixTime.IsDate(seconds));
        Assert.AreEqual(date, UnixTime.DateOfMilliseconds(seconds > ulong.MaxValue / 1000 ? ulong.MaxValue : seconds * 1000));
    }

    [TestMethod]
    [DataRow(long.MinValue, "0001-01-02T00:00:00Z")]
    [DataRow(-1L, "1969-12-31T23:59:59Z")]
    [DataRow(long.MaxValue, "9999-12-30T23:59:59Z")]
    public void Date_OfANumberBefore1970_CanBeShownInAnyZone(long seconds, string wanted)
    {
        Assert.AreEqual(DateTimeOffset.Parse(wanted, System.Globalization.CultureInfo.InvariantCulture), UnixTime.Date(seconds));
        Assert.AreEqual(UnixTime.Date(seconds), UnixTime.Date(seconds).ToOffset(TimeSpan.FromHours(-14)));
        Assert.AreEqual(UnixTime.Date(seconds), UnixTime.Date(seconds).ToOffset(TimeSpan.FromHours(14)));
    }
}
