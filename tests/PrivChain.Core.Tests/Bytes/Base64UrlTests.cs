using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tests.Bytes;

[TestClass]
public sealed class Base64UrlTests
{
    [TestMethod]
    [DataRow("AB")]
    [DataRow("AAB")]
    [DataRow("A")]
    [DataRow("AA==")]
    [DataRow("AA\n")]
    [DataRow("A+")]
    [DataRow("AAAAA")]
    public void TryDecode_AnotherFormOfTheBytes_IsRefused(string text) => Assert.IsFalse(Base64Url.TryDecode(text, 100, out _));

    [TestMethod]
    public void TryDecode_EncodedBytes_RoundTripsUpToTheLimit()
    {
        for (var length = 0; length < 70; length++)
        {
            var bytes = Enumerable.Range(0, length).Select(i => (byte)(i * 37 % 256)).ToArray();
            Assert.IsTrue(Base64Url.TryDecode(Base64Url.Encode(bytes), length, out var back));
            CollectionAssert.AreEqual(bytes, back);
            Assert.IsFalse(length > 0 && Base64Url.TryDecode(Base64Url.Encode(bytes), length - 1, out _));
        }
    }
}
