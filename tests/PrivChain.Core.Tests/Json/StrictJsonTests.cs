using System.Text;
using System.Text.Json;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tests.Json;

[TestClass]
public sealed class StrictJsonTests
{
    [TestMethod]
    [DataRow("""{"a":1,"a":2}""")]
    [DataRow("""{"a":1,"\u0061":2}""")]
    [DataRow("""{"x":[{"a":1,"b":0,"a":1}]}""")]
    [DataRow("""["\ud800"]""")]
    [DataRow("""["\udc00\ud800"]""")]
    [DataRow("""["\ud800\ud800\udc00"]""")]
    [DataRow("""["\ud800x\udc00"]""")]
    [DataRow("""{"\ud83d":1}""")]
    [DataRow("[1e400]")]
    [DataRow("[-1e400]")]
    [DataRow("[NaN]")]
    [DataRow("[Infinity]")]
    [DataRow("[9007199254740993]")]
    [DataRow("[123456789012345678901234567890]")]
    [DataRow("[01]")]
    [DataRow("[+1]")]
    [DataRow("[1.]")]
    [DataRow("[1,]")]
    [DataRow("[1]//x")]
    [DataRow("/*x*/[1]")]
    [DataRow("[1][2]")]
    [DataRow("[1] x")]
    [DataRow("\uFEFF[1]")]
    [DataRow("")]
    [DataRow(" ")]
    [DataRow("['a']")]
    [DataRow("[\"\u0001\"]")]
    [DataRow("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]")]
    public void Parse_NotIJson_IsMalformed(string text)
    {
        Assert.AreEqual(RefusalReason.Malformed, StrictJson.Parse(Encoding.UTF8.GetBytes(text)).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Jcs.Canonicalize(Encoding.UTF8.GetBytes(text)).Reason);
    }

    [TestMethod]
    [DataRow(new byte[] { (byte)'"', 0xff, (byte)'"' })]
    [DataRow(new byte[] { (byte)'"', 0xed, 0xa0, 0x80, (byte)'"' })]
    [DataRow(new byte[] { (byte)'"', 0xc0, 0xaf, (byte)'"' })]
    public void Parse_NotUtf8_IsMalformed(byte[] text) =>
        Assert.AreEqual(RefusalReason.Malformed, StrictJson.Parse(text).Reason);

    [TestMethod]
    public void Parse_DepthAndSize_AreAllowedUpToTheLimitOnly()
    {
        var deep = Encoding.ASCII.GetBytes(new string('[', 16) + new string(']', 16));
        Assert.IsTrue(StrictJson.Parse(deep).Accepted);
        Assert.AreEqual(RefusalReason.Malformed, StrictJson.Parse(deep, maxDepth: 15).Reason);
        Assert.IsTrue(StrictJson.Parse(deep, maxBytes: 32).Accepted);
        Assert.AreEqual(RefusalReason.TooLarge, StrictJson.Parse(deep, maxBytes: 31).Reason);
    }

    [TestMethod]
    public void Parse_ValidText_GivesItsValue()
    {
        var value = StrictJson.Parse("""{"a":"\ud83d\ude00","b":[1,2.5,9007199254740992,1E30,-0],"c":null}"""u8).OrThrow();
        Assert.AreEqual("😀", value.GetProperty("a").GetString());
        Assert.AreEqual(5, value.GetProperty("b").GetArrayLength());
        Assert.AreEqual(RefusalReason.Malformed, StrictJson.ParseObject("[1]"u8).Reason);
        Assert.AreEqual(1, StrictJson.ParseObjectNode("""{"a":1}"""u8).OrThrow()["a"]!.GetValue<int>());
    }

    [TestMethod]
    public void Parse_RefusedText_NeverQuotesIt()
    {
        foreach (var text in new[] { """{"secretName":1,"secretName":2}""", """["secret\ud800"]""", "[secret]" })
        {
            var refusal = StrictJson.Parse(Encoding.UTF8.GetBytes(text)).Refusal!;
            Assert.DoesNotContain("secret", refusal.Detail);
        }
    }

    // Whatever arrives: a verdict, never another exception; what is accepted is stable under canonicalisation.
    [TestMethod]
    public void Parse_TruncatedAndMutatedText_GivesAVerdict()
    {
        var valid = Encoding.UTF8.GetBytes("""{"a":"\u20ac \ud83d\ude00 ü","b":[1,-2.5e3,true,null,{"c":{}}]}""");
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(StrictJson.Parse(valid.AsSpan(0, length)).Accepted, $"accepted {length} bytes");
        }

        Seeded.Mutations(valid, seed: 1, count: 3000, mutated =>
        {
            var canonical = Jcs.Canonicalize(mutated);
            if (canonical.Accepted)
            {
                CollectionAssert.AreEqual(canonical.Value, Jcs.Canonicalize(canonical.Value).OrThrow());
            }
        });
    }
}
