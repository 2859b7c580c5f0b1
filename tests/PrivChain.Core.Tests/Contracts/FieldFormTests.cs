using CsCheck;
using PrivChain.Core.Contracts;
using PrivChain.Core.Records;
using static PrivChain.Core.Tests.Contracts.ContractFixtures;

namespace PrivChain.Core.Tests.Contracts;

[TestClass]
public sealed class FieldFormTests
{
    public static IEnumerable<(string Form, FieldType Type, string Value)> Every =>
    [
        ("""{"form":"value"}""", FieldType.Text, "\"x\""),
        ("""{"form":"exists"}""", FieldType.Text, "\"x\""),
        ("""{"form":"age-at-least","years":18}""", FieldType.Date, "\"2000-01-01\""),
        ("""{"form":"compare","op":"at-least","against":5}""", FieldType.Integer, "5"),
        ("""{"form":"compare","op":"less-than","against":"2020-01-01"}""", FieldType.Date, "\"2000-01-01\""),
        ("""{"form":"in-set","values":["a","b"]}""", FieldType.Text, "\"a\""),
        ("""{"form":"in-set","values":[1,2]}""", FieldType.Number, "1"),
        ("""{"form":"band","edges":[1,2.5]}""", FieldType.Number, "1"),
        ("""{"form":"round","to":100}""", FieldType.Number, "149"),
        ("""{"form":"year"}""", FieldType.Date, "\"2000-01-01\""),
        ("""{"form":"mask","keepLast":4}""", FieldType.Text, "\"123456789\""),
        ("""{"form":"mask","keepFirst":1}""", FieldType.Text, "\"123456789\""),
        ("""{"form":"pseudonym"}""", FieldType.Text, "\"x\""),
    ];

    [TestMethod]
    [DataRow("""{"form":"value"}""", "\"a\\u0001é\"", """{"kind":"value","value":"a\u0001é"}""")]
    [DataRow("""{"form":"value"}""", "1e2", """{"kind":"value","value":100}""")]
    [DataRow("""{"form":"value"}""", "[\"b\",\"a\"]", """{"kind":"value","value":["b","a"]}""")]
    [DataRow("""{"form":"value"}""", null, """{"kind":"absent"}""")]
    [DataRow("""{"form":"value"}""", "null", """{"kind":"absent"}""")]
    [DataRow("""{"form":"exists"}""", "\"\"", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", "\" \"", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", "[]", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", "[\"\"]", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", "{}", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", "{\"a\":null}", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", "0", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", "false", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", null, """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"exists"}""", "null", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"at-least","against":0.3}""", "0.3", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"at-least","against":0.3}""", "0.29999999999999999", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"more-than","against":5}""", "5", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"more-than","against":5}""", "5.000001", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"at-most","against":5}""", "5", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"less-than","against":5}""", "5", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"equals","against":5}""", "5.0", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"equals","against":5}""", "5.1", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"less-than","against":"2020-01-01"}""", "\"2019-12-31\"", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"less-than","against":"2020-01-01"}""", "\"2020-01-01\"", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"compare","op":"less-than","against":"2020-01-01"}""", "5", "FormNotApplicable")]
    [DataRow("""{"form":"compare","op":"less-than","against":5}""", "\"5\"", "FormNotApplicable")]
    [DataRow("""{"form":"in-set","values":["a","b"]}""", "\"b\"", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"in-set","values":["a","b"]}""", "\"B\"", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"in-set","values":["é"]}""", "\"e\\u0301\"", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"in-set","values":["a","b"]}""", "[\"x\",\"b\"]", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"in-set","values":["a","b"]}""", "[]", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"in-set","values":["a","b"]}""", "[\"a\",1]", "FormNotApplicable")]
    [DataRow("""{"form":"in-set","values":["a","b"]}""", "1", "FormNotApplicable")]
    [DataRow("""{"form":"in-set","values":[1,2.5]}""", "2.50", """{"answer":true,"kind":"yes-no"}""")]
    [DataRow("""{"form":"in-set","values":[1,2.5]}""", "2", """{"answer":false,"kind":"yes-no"}""")]
    [DataRow("""{"form":"in-set","values":[1,2.5]}""", "\"1\"", "FormNotApplicable")]
    [DataRow("""{"form":"in-set","values":[1,2.5]}""", "[\"1\"]", "FormNotApplicable")]
    [DataRow("""{"form":"band","edges":[5000,10000]}""", "4999.99", """{"below":5000,"kind":"band"}""")]
    [DataRow("""{"form":"band","edges":[5000,10000]}""", "5000", """{"below":10000,"from":5000,"kind":"band"}""")]
    [DataRow("""{"form":"band","edges":[5000,10000]}""", "9999.999999", """{"below":10000,"from":5000,"kind":"band"}""")]
    [DataRow("""{"form":"band","edges":[5000,10000]}""", "10000", """{"from":10000,"kind":"band"}""")]
    [DataRow("""{"form":"band","edges":[0.1,0.3]}""", "0.30000000000000004", """{"from":0.3,"kind":"band"}""")]
    [DataRow("""{"form":"band","edges":[5]}""", "true", "FormNotApplicable")]
    [DataRow("""{"form":"round","to":100}""", "149", """{"kind":"number","number":100}""")]
    [DataRow("""{"form":"round","to":100}""", "150", """{"kind":"number","number":200}""")]
    [DataRow("""{"form":"round","to":100}""", "-149", """{"kind":"number","number":-100}""")]
    [DataRow("""{"form":"round","to":100}""", "-150", """{"kind":"number","number":-200}""")]
    [DataRow("""{"form":"round","to":100}""", "-49", """{"kind":"number","number":0}""")]
    [DataRow("""{"form":"round","to":0.1}""", "0.25", """{"kind":"number","number":0.3}""")]
    [DataRow("""{"form":"round","to":3}""", "4", """{"kind":"number","number":3}""")]
    [DataRow("""{"form":"round","to":1}""", "1e15", "FormNotApplicable")]
    [DataRow("""{"form":"round","to":1}""", "1e300", "FormNotApplicable")]
    [DataRow("""{"form":"round","to":0.000001}""", "999999999999999.1234564", "FormNotApplicable")]
    [DataRow("""{"form":"year"}""", "\"1990-12-31\"", """{"kind":"year","year":1990}""")]
    [DataRow("""{"form":"year"}""", "\"1990-13-01\"", "FormNotApplicable")]
    [DataRow("""{"form":"year"}""", "\" 1990-12-31\"", "FormNotApplicable")]
    [DataRow("""{"form":"year"}""", "\"1990-12-31T00:00:00Z\"", "FormNotApplicable")]
    [DataRow("""{"form":"year"}""", "1990", "FormNotApplicable")]
    [DataRow("""{"form":"mask","keepLast":4}""", "\"320106199001011234\"", """{"kind":"masked","text":"••••1234"}""")]
    [DataRow("""{"form":"mask","keepFirst":1}""", "\"王小明\"", """{"kind":"masked","text":"王••••"}""")]
    [DataRow("""{"form":"mask","keepLast":4}""", "\"12345\"", """{"kind":"masked","text":"••••45"}""")]
    [DataRow("""{"form":"mask","keepLast":4}""", "\"1\"", """{"kind":"masked","text":"••••"}""")]
    [DataRow("""{"form":"mask","keepLast":4}""", "\"\"", """{"kind":"masked","text":"••••"}""")]
    [DataRow("""{"form":"mask","keepLast":1}""", "\"a😀\"", """{"kind":"masked","text":"••••😀"}""")]
    [DataRow("""{"form":"mask","keepLast":1}""", "\"be\\u0301\"", "{\"kind\":\"masked\",\"text\":\"••••e\u0301\"}")]
    [DataRow("""{"form":"mask","keepFirst":1}""", "\"👨‍👩‍👧x\"", """{"kind":"masked","text":"👨‍👩‍👧••••"}""")]
    [DataRow("""{"form":"mask","keepFirst":1}""", "5", "FormNotApplicable")]
    [DataRow("""{"form":"pseudonym"}""", "true", "FormNotApplicable")]
    [DataRow("""{"form":"pseudonym"}""", null, """{"kind":"absent"}""")]
    public void Apply_Value_GivesTheTypedResult(string form, string? value, string expected) =>
        Assert.AreEqual(expected, Apply(form, value));

    // Just inside and just outside: the birthday counts on the day itself, 29 February on 1 March.
    [TestMethod]
    [DataRow("2013-05-18", false)]
    [DataRow("2013-05-17", true)]
    [DataRow("2013-05-16", true)]
    [DataRow("2014-05-16", false)]
    public void AgeAtLeast_AroundTheBirthday_CountsFullYears(string birth, bool expected) =>
        Assert.Contains(expected ? "true" : "false", Apply("""{"form":"age-at-least","years":18}""", $"\"{birth}\"", Context("2031-05-17")));

    [TestMethod]
    [DataRow("2026-02-28", false)]
    [DataRow("2026-03-01", true)]
    public void AgeAtLeast_BornOnLeapDay_CommonYearCountsOnFirstOfMarch(string today, bool expected) =>
        Assert.Contains(expected ? "true" : "false", Apply("""{"form":"age-at-least","years":18}""", "\"2008-02-29\"", Context(today)));

    [TestMethod]
    public void AgeAtLeast_BornOnLeapDay_LeapYearCountsOnTheDay()
    {
        Assert.Contains("true", Apply("""{"form":"age-at-least","years":20}""", "\"2008-02-29\"", Context("2028-02-29")));
        Assert.Contains("false", Apply("""{"form":"age-at-least","years":20}""", "\"2008-02-29\"", Context("2028-02-28")));
    }

    [TestMethod]
    public void AgeAtLeast_BirthInTheFuture_IsRefused()
    {
        Assert.AreEqual("FormNotApplicable", Apply("""{"form":"age-at-least","years":1}""", "\"2031-05-18\""));
        Assert.Contains("false", Apply("""{"form":"age-at-least","years":1}""", "\"2031-05-17\""));
    }

    [TestMethod]
    public void Pseudonym_OneController_IsStable_AndTwoCannotBeLinked()
    {
        var first = Apply("""{"form":"pseudonym"}""", "\"320106199001011234\"");
        Assert.AreEqual(first, Apply("""{"form":"pseudonym"}""", "\"320106199001011234\"", Context("2040-01-01")));
        Assert.AreNotEqual(first, Apply("""{"form":"pseudonym"}""", "\"320106199001011235\""));
        Assert.AreNotEqual(first, Apply("""{"form":"pseudonym"}""", "\"320106199001011234\"", Context(controller: OtherController)));
        StringAssert.Matches(first, new System.Text.RegularExpressions.Regex("\"text\":\"[a-z2-7]{26}\""));
    }

    // The bytes, computed once by hand from the definition: HMAC over label, zero byte, controller and canonical value.
    [TestMethod]
    public void Pseudonym_KnownInputs_FollowsTheLayout()
    {
        byte[] message = [.. "privchain/pseudonym/v1\0"u8, .. Convert.FromHexString(Controller[2..]), .. "\"x\""u8];
        var mac = System.Security.Cryptography.HMACSHA256.HashData(Context().PseudonymSecret.Span, message);
        var bits = string.Concat(mac.Take(16).Select(b => Convert.ToString(b, 2).PadLeft(8, '0'))).PadRight(130, '0');
        var wanted = string.Concat(Enumerable.Range(0, 26).Select(i => "abcdefghijklmnopqrstuvwxyz234567"[Convert.ToInt32(bits.Substring(5 * i, 5), 2)]));
        Assert.AreEqual($$"""{"kind":"pseudonym","text":"{{wanted}}"}""", Apply("""{"form":"pseudonym"}""", "\"x\""));
    }

    [TestMethod]
    public void Pseudonym_SecretMissingOrShort_IsRefused()
    {
        foreach (var length in new[] { 0, 15 })
        {
            var context = new FormContext { Today = default, Controller = default, PseudonymSecret = new byte[length] };
            Assert.AreEqual("FormNotApplicable", Apply("""{"form":"pseudonym"}""", "\"x\"", context));
        }
    }

    [TestMethod]
    public void AppliesTo_EveryFormAndType_IsWhatApplyAccepts()
    {
        var values = new Dictionary<FieldType, string>
        {
            [FieldType.Text] = "\"text\"",
            [FieldType.Integer] = "7",
            [FieldType.Number] = "7.5",
            [FieldType.Boolean] = "true",
            [FieldType.TextList] = "[\"text\"]",
            [FieldType.Date] = "\"2000-02-29\"",
        };
        foreach (var (form, _, _) in Every)
        {
            foreach (var (type, value) in values)
            {
                if (Form(form).AppliesTo(type))
                {
                    Assert.AreNotEqual("FormNotApplicable", Apply(form, value), $"{form} on {type}");
                }
            }

            Assert.AreEqual(form.Contains("value\"") || form.Contains("exists"), Form(form).AppliesTo(FieldType.Boolean), form);
        }
    }

    [TestMethod]
    public void ToJson_EveryForm_RoundTripsThroughTheParser()
    {
        foreach (var (form, type, value) in Every)
        {
            var parsed = Form(form);
            Assert.IsTrue(parsed.AppliesTo(type), form);
            var again = Form(System.Text.Encoding.UTF8.GetString(parsed.ToJson()));
            Assert.AreEqual(System.Text.Encoding.UTF8.GetString(parsed.ToJson()), System.Text.Encoding.UTF8.GetString(again.ToJson()));
            Assert.AreEqual(Apply(form, value), Apply(System.Text.Encoding.UTF8.GetString(again.ToJson()), value));
        }
    }

    [TestMethod]
    public void Result_EveryForm_RoundTripsThroughItsJson()
    {
        foreach (var (form, _, value) in Every)
        {
            foreach (var given in new[] { value, null })
            {
                var json = Apply(form, given);
                Assert.IsTrue(FormResult.TryRead(JsonOf(json), out var result), json);
                Assert.AreEqual(json, System.Text.Encoding.UTF8.GetString(result.ToJson()));
            }
        }

        string[] bad =
        [
            "5", "{}", """{"kind":"other"}""", """{"kind":"absent","x":1}""", """{"kind":"yes-no"}""", """{"kind":"yes-no","answer":1}""",
            """{"kind":"band"}""", """{"kind":"band","from":2,"below":2}""", """{"kind":"band","from":"2"}""", """{"kind":"year","year":0}""",
            """{"kind":"year","year":1.5}""", """{"kind":"number","number":1e15}""", """{"kind":"masked","text":1}""", """{"kind":"value","value":null}""",
        ];
        foreach (var json in bad)
        {
            Assert.IsFalse(FormResult.TryRead(JsonOf(json), out _), json);
        }
    }

    // Fewer edges never reveal more: whoever shares a band under all edges shares one under some of them.
    [TestMethod]
    public void Band_SubsetOfEdges_IsNeverFiner() =>
        Gen.Select(Gen.Int[-50, 50].Array[1, 8], Gen.Int[0, 255], Gen.Int[-60, 60], Gen.Int[-60, 60]).Sample((all, chosen, left, right) =>
        {
            var edges = all.Distinct().Order().ToArray();
            var some = edges.Where((_, i) => (chosen >> i & 1) == 1).ToArray();
            if (some.Length == 0)
            {
                return true;
            }

            string Band(int[] of, int value) => Apply($$"""{"form":"band","edges":[{{Joined(of)}}]}""", value.ToString(System.Globalization.CultureInfo.InvariantCulture));
            return Band(edges, left) != Band(edges, right) || Band(some, left) == Band(some, right);
        }, iter: 300);

    // The value lies in the band that is shown.
    [TestMethod]
    public void Band_AnyValue_LiesInItsBand() =>
        Gen.Select(Gen.Int[-500, 500].Array[1, 8], Gen.Int[-6000, 6000]).Sample((all, tenths) =>
        {
            var value = tenths / 10m;
            var form = Form($$"""{"form":"band","edges":[{{Joined(all.Distinct().Order())}}]}""");
            var band = form.Apply(JsonOf(value.ToString(System.Globalization.CultureInfo.InvariantCulture)), Context()).OrThrow();
            return (band.From is null || band.From <= value) && (band.Below is null || value < band.Below) && (band.From ?? band.Below) is not null;
        }, iter: 300);

    // A rounded number is a multiple of the step and at most half a step away.
    [TestMethod]
    public void Round_AnyValue_IsTheNearestMultiple() =>
        Gen.Select(Gen.Int[-1_000_000, 1_000_000], Gen.Int[1, 5000]).Sample((cents, step) =>
        {
            var value = cents / 100m;
            var result = Form($$"""{"form":"round","to":{{step}}}""").Apply(JsonOf(value.ToString(System.Globalization.CultureInfo.InvariantCulture)), Context()).OrThrow();
            return result.Number!.Value % step == 0 && Math.Abs(result.Number.Value - value) * 2 <= step;
        }, iter: 300);

    // A mask never shows more than half of a text, and nothing but its end.
    [TestMethod]
    public void Mask_AnyText_ShowsAtMostHalf() =>
        Gen.Select(Gen.String[Gen.Char['a', 'z'], 0, 40], Gen.Int[1, 32]).Sample((text, keep) =>
        {
            var shown = Form($$"""{"form":"mask","keepLast":{{keep}}}""").Apply(JsonOf($"\"{text}\""), Context()).OrThrow().Text!;
            return shown.StartsWith("••••", StringComparison.Ordinal) && text.EndsWith(shown[4..], StringComparison.Ordinal)
                && shown.Length - 4 <= Math.Min(keep, text.Length / 2);
        }, iter: 300);

    private static string Joined(IEnumerable<int> edges) => string.Join(',', edges.Select(edge => edge.ToString(System.Globalization.CultureInfo.InvariantCulture)));
}
