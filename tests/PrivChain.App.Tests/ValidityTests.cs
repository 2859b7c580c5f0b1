using PrivChain.App.Wallets;

namespace PrivChain.App.Tests;

/// <summary>What a person reads before saying yes is what is signed: never longer.</summary>
[TestClass]
public sealed class ValidityTests
{
    [TestMethod]
    [DataRow("1.23:59:00", 1, "1.00:00:00")]
    [DataRow("1.23:59:00", 9, "1.00:00:00")]
    [DataRow("3.00:00:00", 3, "3.00:00:00")]
    [DataRow("3.00:00:00", 2, "2.00:00:00")]
    [DataRow("3.00:00:00", 0, "1.00:00:00")]
    [DataRow("23:59:59", 1, "23:00:00")]
    [DataRow("00:59:59", 1, "00:59:00")]
    [DataRow("00:00:59", 1, "00:00:59")]
    [DataRow("36500.01:00:00", 36500, "36500.00:00:00")]
    public void Of_AnyRequest_IsWhatCanBeSaidInWholeUnits(string asked, int days, string wanted) => Assert.AreEqual(Span(wanted), Validity.Of(Span(asked), days));

    // In hours from now.
    [TestMethod]
    [DataRow(-1, 1, true)]
    [DataRow(-3, -2, true)]
    [DataRow(-500, 23, true)]
    [DataRow(-500, 25, false)]
    [DataRow(-500, -2, false)]
    [DataRow(0, 24, false)]
    public void IsByTheMinute_OfLessThanADay_OrWithinOneOfItsEnd(int from, int until, bool wanted)
    {
        const ulong Now = 2_000_000_000;
        Assert.AreEqual(wanted, Validity.IsByTheMinute(Hours(from), Hours(until), DateTimeOffset.FromUnixTimeSeconds((long)Now)));

        static ulong Hours(int hours) => checked((ulong)((long)Now + (hours * 3600L)));
    }

    private static TimeSpan Span(string text) => TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
