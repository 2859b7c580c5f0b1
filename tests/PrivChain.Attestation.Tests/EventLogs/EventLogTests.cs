using System.Buffers.Binary;
using System.Security.Cryptography;
using PrivChain.Attestation.EventLogs;

namespace PrivChain.Attestation.Tests.EventLogs;

[TestClass]
public sealed class EventLogTests
{
    private const uint Register = 1;

    private static readonly byte[] _data = "what was measured"u8.ToArray();

    private static byte[] Valid => [.. Header(EventLogHash.Sha256), .. Event(Register, LoggedEventType.Separator, SHA256.HashData(_data), _data), .. Event(Register, 0xd, SHA256.HashData("a file"u8), _data)];

    [TestMethod]
    public void TryReplay_TwoEvents_ExtendsInOrder()
    {
        Assert.IsTrue(EventLog.TryParse(Valid, out var log));
        Assert.IsTrue(log.TryReplay(EventLogHash.Sha256, out var registers));

        var first = SHA256.HashData([.. new byte[32], .. SHA256.HashData(_data)]);
        CollectionAssert.AreEqual(SHA256.HashData([.. first, .. SHA256.HashData("a file"u8)]), registers[Register].ToArray());
        Assert.HasCount(1, registers);
        Assert.IsTrue(log.Events[0].IsDataMeasured(EventLogHash.Sha256));
        Assert.IsFalse(log.Events[1].IsDataMeasured(EventLogHash.Sha256), "the data only describes what was measured");
        Assert.IsFalse(log.TryReplay(EventLogHash.Sha384, out _), "a bank that the log does not have");
    }

    [TestMethod]
    public void TryParse_EveryTruncation_IsRefusedExceptAtEvents()
    {
        var valid = Valid;
        var header = Header(EventLogHash.Sha256).Length;
        int[] ends = [header, header + ((valid.Length - header) / 2), valid.Length];
        for (var length = 0; length <= valid.Length; length++)
        {
            Assert.AreEqual(ends.Contains(length), EventLog.TryParse(valid.AsMemory(0, length), out _), $"{length} bytes");
        }
    }

    [TestMethod]
    [DataRow((byte)0xff, true)]
    [DataRow((byte)0x00, true)]
    [DataRow((byte)0x01, false)]
    public void TryParse_BytesAfterTheLastEvent_AreFillOrRefused(byte fill, bool accepted) =>
        Assert.AreEqual(accepted, EventLog.TryParse((byte[])[.. Valid, .. Enumerable.Repeat(fill, 64)], out _));

    [TestMethod]
    public void TryParse_FillThatEndsInSomethingElse_IsRefused() =>
        Assert.IsFalse(EventLog.TryParse((byte[])[.. Valid, .. Enumerable.Repeat((byte)0xff, 64), 1], out _));

    /// <summary>A log of nothing but small events is read once: looking for fill behind each of them took a second for this one.</summary>
    [TestMethod]
    public void TryParse_MegabyteOfSmallEvents_IsReadInOneGo()
    {
        var log = new byte[EventLog.MaxSize];
        log[^5] = 1;
        var clock = System.Diagnostics.Stopwatch.StartNew();
        Assert.IsTrue(EventLog.TryParse(log, out var read));
        Assert.HasCount(log.Length / 32, read.Events);
        Assert.IsLessThan(200, clock.ElapsedMilliseconds);
    }

    [TestMethod]
    public void TryParse_DigestOfABankThatTheHeaderLacks_IsRefused() =>
        Assert.IsFalse(EventLog.TryParse((byte[])[.. Header(EventLogHash.Sha384), .. Event(Register, LoggedEventType.Separator, SHA256.HashData(_data), _data)], out _));

    [TestMethod]
    public void TryParse_HeaderWithAnotherDigestSize_IsRefused()
    {
        var header = Header(EventLogHash.Sha256);
        header[^3] = 48;
        Assert.IsFalse(EventLog.TryParse(header, out _));
    }

    [TestMethod]
    public void TryParse_LengthsBeyondTheEnd_AreRefused()
    {
        var valid = Valid;
        var length = valid.Length - _data.Length - 4;
        BinaryPrimitives.WriteUInt32LittleEndian(valid.AsSpan(length), uint.MaxValue);
        Assert.IsFalse(EventLog.TryParse(valid, out _));
    }

    [TestMethod]
    public void TryReplay_NoAction_ChangesNothing()
    {
        Assert.IsTrue(EventLog.TryParse((byte[])[.. Header(EventLogHash.Sha256), .. Event(0, LoggedEventType.NoAction, new byte[32], _data)], out var log));
        Assert.IsTrue(log.TryReplay(EventLogHash.Sha256, out var registers));
        Assert.IsEmpty(registers);
    }

    [TestMethod]
    [DataRow((byte)0)]
    [DataRow((byte)3)]
    public void TryReplay_StartupLocality_IsTheFirstValueOfPcr0(byte locality)
    {
        byte[] startup = [.. "StartupLocality\0"u8, locality];
        var digest = SHA256.HashData(_data);
        Assert.IsTrue(EventLog.TryParse((byte[])[.. Header(EventLogHash.Sha256), .. Event(0, LoggedEventType.NoAction, new byte[32], startup), .. Event(0, 8, digest, _data)], out var log));
        Assert.IsTrue(log.TryReplay(EventLogHash.Sha256, out var registers));
        CollectionAssert.AreEqual(SHA256.HashData([.. new byte[31], locality, .. digest]), registers[0].ToArray());
    }

    [TestMethod]
    public void TryReplay_Sha1Form_IsReadWithoutHeader()
    {
        var digest = Convert.FromHexString("da39a3ee5e6b4b0d3255bfef95601890afd80709");
        Assert.IsTrue(EventLog.TryParse((byte[])[.. UInt32(7), .. UInt32(LoggedEventType.Separator), .. digest, .. UInt32(0)], out var log));
        Assert.IsFalse(log.IsCryptoAgile);
        Assert.IsTrue(log.TryReplay(EventLogHash.Sha1, out var registers));
        Assert.AreEqual(20, registers[7].Length);
    }

    internal static byte[] Header(ushort algorithm)
    {
        byte[] spec =
        [
            .. "Spec ID Event03\0"u8, .. UInt32(0), 0, 2, 0, 2, .. UInt32(1), .. BitConverter.GetBytes(algorithm), .. BitConverter.GetBytes((ushort)EventLogHash.SizeOf(algorithm)!.Value), 0,
        ];
        return [.. UInt32(1), .. UInt32(LoggedEventType.NoAction), .. new byte[20], .. UInt32((uint)spec.Length), .. spec];
    }

    internal static byte[] Event(uint register, uint type, byte[] digest, byte[] data) =>
        [.. UInt32(register), .. UInt32(type), .. UInt32(1), .. BitConverter.GetBytes(digest.Length == 32 ? EventLogHash.Sha256 : EventLogHash.Sha384), .. digest, .. UInt32((uint)data.Length), .. data];

    private static byte[] UInt32(uint value) => BitConverter.GetBytes(value);
}
