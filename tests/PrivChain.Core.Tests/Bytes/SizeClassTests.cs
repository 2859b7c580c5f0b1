using PrivChain.Core.Bytes;

namespace PrivChain.Core.Tests.Bytes;

[TestClass]
public sealed class SizeClassTests
{
    [TestMethod]
    public void Pad_EveryLengthAroundAClass_RoundTripsInTheSmallestClass()
    {
        foreach (var size in SizeClass.Sizes.ToArray())
        {
            foreach (var length in new[] { size - 5, size - 4 })
            {
                var content = Enumerable.Repeat((byte)7, length).ToArray();
                var padded = SizeClass.Pad(content);
                Assert.HasCount(size, padded);
                Assert.IsTrue(SizeClass.TryUnpad(padded, out var back));
                Assert.IsTrue(back.SequenceEqual(content));
            }
        }
    }

    [TestMethod]
    public void TryUnpad_PaddingNotZeroOrLengthTooLarge_IsRefused()
    {
        var padded = SizeClass.Pad([1, 2, 3]);
        padded[^1] = 1;
        Assert.IsFalse(SizeClass.TryUnpad(padded, out _));

        padded = SizeClass.Pad([1, 2, 3]);
        padded[0] = 0xff;
        Assert.IsFalse(SizeClass.TryUnpad(padded, out _));
        Assert.IsFalse(SizeClass.TryUnpad(new byte[63], out _));
    }
}
