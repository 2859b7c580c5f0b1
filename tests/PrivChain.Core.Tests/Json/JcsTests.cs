using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Json;

[TestClass]
public sealed class JcsTests
{
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Canonicalize_PublishedInputs_GiveThePublishedBytes()
    {
        foreach (var input in VectorFolder.Files("jcs/input", "*.json"))
        {
            var text = File.ReadAllBytes(input);
            var expected = File.ReadAllBytes(input.Replace("/input/", "/output/", StringComparison.Ordinal));
            CollectionAssert.AreEqual(expected, Jcs.Canonicalize(text).OrThrow(), input);
            CollectionAssert.AreEqual(expected, Jcs.Canonicalize(expected).OrThrow(), input);
            CollectionAssert.AreEqual(expected, Jcs.Canonicalize(JsonNode.Parse(text)).OrThrow(), input);

            var hex = input.Replace("/input/", "/outhex/", StringComparison.Ordinal).Replace(".json", ".txt", StringComparison.Ordinal);
            if (File.Exists(hex))
            {
                var digits = string.Concat(File.ReadAllText(hex).Where(char.IsAsciiHexDigit));
                CollectionAssert.AreEqual(Convert.FromHexString(digits), expected, hex);
            }
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Format_PublishedNumbers_GiveThePublishedText()
    {
        var lines = VectorFolder.Files("jcs", "es6_numbers*.txt").SelectMany(File.ReadLines).ToList();
        var written = new StringBuilder();
        Span<byte> text = stackalloc byte[EcmaNumber.MaxLength];
        foreach (var line in lines)
        {
            var parts = line.Split(',');
            var value = BitConverter.UInt64BitsToDouble(ulong.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture));
            var formatted = Encoding.ASCII.GetString(text[..EcmaNumber.Format(value, text)]);
            Assert.AreEqual(parts[1], formatted, parts[0]);
            Assert.AreEqual(formatted, Encoding.ASCII.GetString(Jcs.Canonicalize(Encoding.ASCII.GetBytes(formatted)).OrThrow()));
            written.Append(parts[0]).Append(',').Append(formatted).Append('\n');
        }

        // The checksum that the authors publish for the first 10,000 lines; with part of the file only, the lines alone are compared.
        if (lines.Count == 10000)
        {
            Assert.AreEqual(
                "b9f7a8e75ef22a835685a52ccba7f7d6bdc99e34b010992cbc5864cd12be6892",
                Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(written.ToString()))));
        }
    }

    [TestMethod]
    [DataRow("0", "0")]
    [DataRow("-0", "0")]
    [DataRow("-0.0", "0")]
    [DataRow("1e-400", "0")]
    [DataRow("1E21", "1e+21")]
    [DataRow("1E20", "100000000000000000000")]
    [DataRow("1e-7", "1e-7")]
    [DataRow("0.000001", "0.000001")]
    [DataRow("-1.50", "-1.5")]
    [DataRow("5e-324", "5e-324")]
    [DataRow("1.7976931348623157e308", "1.7976931348623157e+308")]
    [DataRow("123456789012345680", "123456789012345680")]
    [DataRow("4.35", "4.35")]
    [DataRow("120", "120")]
    public void Canonicalize_Number_IsEcmaScriptText(string number, string expected) =>
        Assert.AreEqual(expected, Encoding.ASCII.GetString(Jcs.Canonicalize(Encoding.ASCII.GetBytes(number)).OrThrow()));

    // U+1F600 is above U+FB33 as a code point and in UTF-8, and below it as UTF-16: the order that ordinary tests never see.
    [TestMethod]
    public void Canonicalize_NamesAboveTheBasicPlane_AreSortedByUtf16()
    {
        var canonical = Jcs.Canonicalize(Encoding.UTF8.GetBytes("{\"\uFB33\":1,\"\U0001F600\":2,\"\u00f6\":3,\"1\":4,\"\\r\":5}")).OrThrow();
        Assert.AreEqual("{\"\\r\":5,\"1\":4,\"\u00f6\":3,\"\U0001F600\":2,\"\uFB33\":1}", Encoding.UTF8.GetString(canonical));
    }

    [TestMethod]
    public void Canonicalize_Strings_EscapeOnlyWhatMustBe()
    {
        var canonical = Jcs.Canonicalize(Encoding.UTF8.GetBytes("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\\\/<>&'+\\u007f\\u2028\\u20ac\\ud83d\\ude00\"")).OrThrow();
        Assert.AreEqual("\"\\u0000\\u001f\\b\\t\\n\\f\\r\\\"\\\\/<>&'+\u007f\u2028€😀\"", Encoding.UTF8.GetString(canonical));
    }

    [TestMethod]
    public void Canonicalize_TreesBuiltInCode_GiveTheSameBytesOrARefusal()
    {
        var tree = new JsonObject { ["b"] = 1.0, ["a"] = new JsonArray(true, null, "ü<", 5L, 1e21, 0.1m), ["c"] = new JsonObject() };
        Assert.AreEqual("""{"a":[true,null,"ü<",5,1e+21,0.1],"b":1,"c":{}}""", Encoding.UTF8.GetString(Jcs.Canonicalize(tree).OrThrow()));
        Assert.AreEqual("null", Encoding.UTF8.GetString(Jcs.Canonicalize((JsonNode?)null).OrThrow()));
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(new JsonArray(double.NaN)).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(new JsonArray(double.PositiveInfinity)).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(new JsonArray(long.MaxValue)).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(new JsonArray("\ud800")).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(new JsonObject { ["\udc00"] = 1 }).Reason);
    }

    [TestMethod]
    public void Canonicalize_LooselyParsedElement_IsRefused()
    {
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(JsonElement.Parse("""{"a":1,"a":2}""")).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(JsonElement.Parse("""["\ud800"]""")).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(JsonElement.Parse("[1e400]")).Reason);
    }
}
