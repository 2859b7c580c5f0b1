using System.Text.Json.Nodes;
using PrivChain.Attestation.Cbor;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Cbor;

[TestClass]
public sealed class CborValueTests
{
    private static byte[] Hex(string hex) => Convert.FromHexString(hex);

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void TryParse_EveryItemOfTheRfc_GivesItsValueAndRefusesOtherLengths()
    {
        var cases = VectorFolder.Files("cbor", "*.json").SelectMany(path => JsonNode.Parse(File.ReadAllBytes(path))!.AsArray()).ToList();
        Assert.IsNotEmpty(cases);
        foreach (var item in cases)
        {
            var hex = item!["hex"]!.GetValue<string>();
            var bytes = Hex(hex);
            Assert.IsTrue(CborValue.TryParse(bytes, out var value), hex);
            Assert.IsTrue(value.Encoded.Span.SequenceEqual(bytes), hex);
            Assert.IsFalse(CborValue.TryParse((byte[])[.. bytes, 0], out _), hex);
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.IsFalse(CborValue.TryParse(bytes.AsMemory(0, length), out _), $"{hex}, {length} bytes");
            }

            if (item["decoded"] is { } decoded && value.Kind is not (CborKind.Tag or CborKind.Float))
            {
                Assert.IsTrue(JsonNode.DeepEquals(decoded, CborJson.Of(value)), $"{hex}: {CborJson.Of(value)?.ToJsonString()}");
            }
            else if (item["decoded"] is { } number && value.Kind == CborKind.Float)
            {
                Assert.AreEqual(number.GetValue<double>(), value.Float, hex);
            }
        }
    }

    [TestMethod]
    [DataRow("a201010102", "a key twice")]
    [DataRow("a20101180102", "a key twice, once longer than need be")]
    [DataRow("a2616101616102", "a text key twice")]
    [DataRow("a1f501", "a flag as key")]
    [DataRow("a1800101", "an array as key")]
    [DataRow("61ff", "text that is not UTF-8")]
    [DataRow("1c", "a reserved length")]
    [DataRow("9b7fffffffffffffff", "more elements than there are bytes")]
    [DataRow("5b7fffffffffffffff00", "more bytes than there are")]
    [DataRow("ff", "an end without a beginning")]
    [DataRow("0000", "two items")]
    [DataRow("", "nothing")]
    public void TryParse_WhatIsNotOneStrictItem_IsRefused(string hex, string why) => Assert.IsFalse(CborValue.TryParse(Hex(hex), out _), why);

    [TestMethod]
    public void TryParse_DeepestNestingAndOneMore()
    {
        Assert.IsTrue(CborValue.TryParse((byte[])[.. Enumerable.Repeat((byte)0x81, CborValue.MaxDepth), 0], out _));
        Assert.IsFalse(CborValue.TryParse((byte[])[.. Enumerable.Repeat((byte)0x81, CborValue.MaxDepth + 1), 0], out _));
        Assert.IsFalse(CborValue.TryParse(Enumerable.Repeat((byte)0x81, 100_000).ToArray(), out _), "no depth ends the process");
    }

    [TestMethod]
    public void Of_IntegerAndTextThatLookAlike_AreTwoMembers()
    {
        Assert.IsTrue(CborValue.TryParse(Hex("a20102613103"), out var value));
        Assert.AreEqual("""{"1":2,"1 (Text)":3}""", CborJson.Of(value)!.ToJsonString());
        Assert.AreEqual(2, (int)value.Get(1)!.Number);
        Assert.AreEqual(3, (int)value.Get("1")!.Number);
    }
}
