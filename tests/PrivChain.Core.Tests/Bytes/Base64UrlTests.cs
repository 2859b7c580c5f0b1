using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tests.Bytes;

[TestClass]
public sealed class Base64UrlTests
{
    [TestMethod]
    public void TryDecode_WhatEncodeWrites_RoundTrips()
    {
        for (var length = 0; length < 70; length++)
        {
            var bytes = Enumerable.Range(0, length).Select(i => (byte)((i * 37) & 255)).ToArray();
            Assert.IsTrue(Base64Url.TryDecode(Base64Url.Encode(bytes), length, out var back));
            Assert.IsTrue(back.AsSpan().SequenceEqual(bytes));
            Assert.IsTrue(length == 0 || !Base64Url.TryDecode(Base64Url.Encode(bytes), length - 1, out _));
        }
    }

    [TestMethod]
    [DataRow("A")]
    [DataRow("AB")]
    [DataRow("AAB")]
    [DataRow("AA==")]
    [DataRow("AA A")]
    [DataRow("AAA\n")]
    [DataRow("AA+A")]
    [DataRow("AA/A")]
    public void TryDecode_LooseTailPaddingOrWhiteSpace_IsRefused(string text) => Assert.IsFalse(Base64Url.TryDecode(text, 100, out _));
}
