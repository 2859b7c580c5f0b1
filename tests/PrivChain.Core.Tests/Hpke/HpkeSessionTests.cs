using System.Text;
using PrivChain.Core.Hpke;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.HpkeSessions;

[TestClass]
public sealed class HpkeSessionTests
{
    private static readonly byte[] Info = "privchain/test/v1"u8.ToArray();

    [TestMethod]
    [DataRow(HpkeKem.X25519)]
    [DataRow(HpkeKem.XWing)]
    public void Session_MessagesAcross255To256_OpenInOrderAndByNumber(HpkeKem kem)
    {
        using var key = HpkePrivateKey.Generate(kem);
        using var sender = Core.Hpke.Hpke.SetupSender(key.PublicKey, Info, out var encapsulated);
        Assert.IsTrue(Core.Hpke.Hpke.TrySetupReceiver(key, encapsulated, Info, out var receiver));
        using var owned = receiver;

        var messages = new List<byte[]>();
        for (var i = 0; i < 258; i++)
        {
            messages.Add(sender.Seal([(byte)(i & 0xff)], Encoding.ASCII.GetBytes($"message {i}")));
        }

        Assert.AreEqual(258UL, sender.Sequence);
        foreach (var i in new[] { 257, 256, 255, 0 })
        {
            Assert.IsTrue(receiver.TryOpenAt((ulong)i, [(byte)(i & 0xff)], messages[i], out var plaintext));
            Assert.AreEqual($"message {i}", Encoding.ASCII.GetString(plaintext));
            Assert.IsFalse(receiver.TryOpenAt((ulong)i + 1, [(byte)(i & 0xff)], messages[i], out _));
        }

        Assert.AreEqual(0UL, receiver.Sequence);
        for (var i = 0; i < messages.Count; i++)
        {
            Assert.IsTrue(receiver.TryOpen([(byte)(i & 0xff)], messages[i], out _), $"message {i}");
            Assert.IsFalse(receiver.TryOpen([(byte)(i & 0xff)], messages[i], out _), $"message {i} opened twice");
        }
    }

    [TestMethod]
    public void Seal_AtTheMessageLimit_Throws()
    {
        using var last = new HpkeSender(Context(), HpkeSender.MessageLimit - 1);
        var sealedBytes = last.Seal([], "last"u8);
        Assert.ThrowsExactly<InvalidOperationException>(() => last.Seal([], "one more"u8));
        Assert.AreEqual(HpkeSender.MessageLimit, last.Sequence);

        using var context = Context();
        Assert.IsTrue(context.TryOpenAt(HpkeSender.MessageLimit - 1, [], sealedBytes, out _));
        Assert.IsFalse(context.TryOpenAt(HpkeSender.MessageLimit, [], sealedBytes, out _));
        Assert.IsFalse(context.TryOpenAt(ulong.MaxValue, [], sealedBytes, out _));
    }

    [TestMethod]
    public void WriteNonce_LargeNumbers_TouchTheLastEightBytesOnly()
    {
        using var context = Context();
        var nonce = new byte[12];
        context.WriteNonce(0x0102030405060708, nonce);
        for (var i = 0; i < nonce.Length; i++)
        {
            Assert.AreEqual((byte)(context.BaseNonce[i] ^ (i < 4 ? 0 : i - 3)), nonce[i]);
        }
    }

    [TestMethod]
    public async Task Seal_ManyThreads_NoNumberIsUsedTwice()
    {
        using var sender = new HpkeSender(Context());
        var sealedBytes = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(() => Convert.ToHexString(sender.Seal([], new byte[16])))));
        Assert.AreEqual(64, sealedBytes.Distinct().Count());
        Assert.AreEqual(64UL, sender.Sequence);
    }

    [TestMethod]
    [DataRow(HpkeKem.X25519)]
    [DataRow(HpkeKem.XWing)]
    public void TrySetupReceiver_WrongLengthOrOtherSession_OpensNothing(HpkeKem kem)
    {
        using var key = HpkePrivateKey.Generate(kem);
        using var sender = Core.Hpke.Hpke.SetupSender(key.PublicKey, Info, out var encapsulated);
        var sealedBytes = sender.Seal([], "secret"u8);

        Assert.IsFalse(Core.Hpke.Hpke.TrySetupReceiver(key, encapsulated.AsSpan(1), Info, out _));
        Assert.IsFalse(Core.Hpke.Hpke.TrySetupReceiver(key, [.. encapsulated, 0], Info, out _));
        Assert.IsFalse(Core.Hpke.Hpke.TrySetupReceiver(key, [], Info, out _));

        using var other = HpkePrivateKey.Generate(kem);
        foreach (var (reader, info) in new[] { (other, Info), (key, "privchain/other/v1"u8.ToArray()) })
        {
            Assert.IsTrue(Core.Hpke.Hpke.TrySetupReceiver(reader, encapsulated, info, out var receiver));
            Assert.IsFalse(receiver.TryOpen([], sealedBytes, out _));
            receiver.Dispose();
        }
    }

    [TestMethod]
    public void TrySetupReceiver_SmallOrderEncapsulation_IsRefused()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var point = new byte[32];
        Assert.IsFalse(Core.Hpke.Hpke.TrySetupReceiver(key, point, Info, out _));
        point[0] = 1;
        Assert.IsFalse(Core.Hpke.Hpke.TrySetupReceiver(key, point, Info, out _));
    }

    [TestMethod]
    public void Schedule_PskWithoutIdOrTooShort_Throws()
    {
        var secret = new byte[32];
        Assert.ThrowsExactly<ArgumentException>(() => HpkeContext.Schedule(0x20, HpkeAead.Aes256Gcm, secret, Info, new byte[32], []));
        Assert.ThrowsExactly<ArgumentException>(() => HpkeContext.Schedule(0x20, HpkeAead.Aes256Gcm, secret, Info, [], [1]));
        Assert.ThrowsExactly<ArgumentException>(() => HpkeContext.Schedule(0x20, HpkeAead.Aes256Gcm, secret, Info, new byte[31], [1]));
        HpkeContext.Schedule(0x20, HpkeAead.Aes256Gcm, secret, Info, new byte[32], [1]).Dispose();
    }

    [TestMethod]
    public void Export_BothSides_AgreeByContextAndRefuseTooMuch()
    {
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        using var sender = Core.Hpke.Hpke.SetupSender(key.PublicKey, Info, out var encapsulated);
        Assert.IsTrue(Core.Hpke.Hpke.TrySetupReceiver(key, encapsulated, Info, out var receiver));
        using var owned = receiver;
        byte[] one = new byte[48], two = new byte[48], other = new byte[48];
        sender.Export("a"u8, one);
        receiver.Export("a"u8, two);
        receiver.Export("b"u8, other);
        Assert.IsTrue(one.SequenceEqual(two));
        Assert.IsFalse(one.SequenceEqual(other));

        // A context longer than the stack buffer gives the same on both sides too.
        sender.Export(new byte[5000], one);
        receiver.Export(new byte[5000], two);
        Assert.IsTrue(one.SequenceEqual(two));
        sender.Export([], new byte[8160]);
        Assert.ThrowsExactly<ArgumentException>(() => sender.Export([], new byte[8161]));
    }

    [TestMethod]
    public void Everything_AfterDisposal_Throws()
    {
        var key = HpkePrivateKey.Generate(HpkeKem.XWing);
        var sender = Core.Hpke.Hpke.SetupSender(key.PublicKey, Info, out var encapsulated);
        Assert.IsTrue(Core.Hpke.Hpke.TrySetupReceiver(key, encapsulated, Info, out var receiver));
        sender.Dispose();
        receiver.Dispose();
        key.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => sender.Seal([], []));
        Assert.ThrowsExactly<ObjectDisposedException>(() => sender.Export([], new byte[32]));
        Assert.ThrowsExactly<ObjectDisposedException>(() => receiver.TryOpen([], new byte[16], out _));
        Assert.ThrowsExactly<ObjectDisposedException>(() => Core.Hpke.Hpke.TrySetupReceiver(key, encapsulated, Info, out _));
    }

    private static HpkeContext Context() => HpkeContext.Schedule(0x20, HpkeAead.Aes256Gcm, new byte[32], Info);
}
