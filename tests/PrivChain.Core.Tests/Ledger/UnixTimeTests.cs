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
}
