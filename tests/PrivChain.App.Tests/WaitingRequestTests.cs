using PrivChain.App.Wallets;
using PrivChain.Core.Bytes;

namespace PrivChain.App.Tests;

/// <summary>What a clerk's browser keeps of requests that wait: read back as it was written, or not at all.</summary>
[TestClass]
public sealed class WaitingRequestTests
{
    // A text is its length in four bytes and its UTF-8.
    private const int EmptySize = 4;
    private const int MessageSize = EmptySize + 6;

    private static readonly WaitingRequest[] _requests =
    [
        new("privchain:contact:AA", Digest.OfSha256("one"u8), Digest.OfSha256("contract"u8), DateTimeOffset.FromUnixTimeSeconds(1_800_000_000), string.Empty),
        new("联系码", Digest.OfSha256("two"u8), Digest.OfSha256("contract"u8), DateTimeOffset.UnixEpoch, "购票"),
    ];

    [TestMethod]
    public void Written_IsReadBack()
    {
        Assert.IsTrue(WaitingRequest.TryRead(WaitingRequest.Write(_requests), out var read));
        CollectionAssert.AreEqual(_requests, read);
        Assert.IsTrue(WaitingRequest.TryRead(WaitingRequest.Write([]), out read));
        Assert.IsEmpty(read);
    }

    [TestMethod]
    public void NotWhole_IsRefused()
    {
        var bytes = WaitingRequest.Write(_requests);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(WaitingRequest.TryRead(bytes.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(WaitingRequest.TryRead([.. bytes, 0], out _), "accepted a byte left over");
        Assert.IsFalse(WaitingRequest.TryRead([3, .. bytes.AsSpan(1)], out _), "accepted another layout");

        // A time that no date has: the eight bytes before the second request's message.
        bytes.AsSpan(bytes.Length - 8 - MessageSize, 8).Fill(255);
        Assert.IsFalse(WaitingRequest.TryRead(bytes, out _), "accepted a time that no date has");
    }

    // Lists that were kept before there was a message in them.
    [TestMethod]
    public void FirstLayout_IsReadWithoutMessages()
    {
        WaitingRequest request = _requests[0];
        var bytes = WaitingRequest.Write([request]);
        bytes[0] = 1;
        Assert.IsTrue(WaitingRequest.TryRead(bytes.AsSpan(0, bytes.Length - EmptySize), out var read));
        Assert.AreEqual(request, read.Single());
    }
}
