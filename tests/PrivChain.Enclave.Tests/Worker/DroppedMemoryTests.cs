using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using PrivChain.Enclave.Worker;

namespace PrivChain.Enclave.Tests.Worker;

/// <summary>What was dropped is not in the process any more: neither in what the collector gave back nor in what it keeps to go on with.</summary>
[TestClass]
public sealed class DroppedMemoryTests
{
    private const int Size = 32;
    private const int Chunk = 1 << 20;

    // Whoever looks for a key must not hold it: each byte is kept with these bits turned.
    private const byte Turned = 0x5a;

    [TestMethod]
    public void GiveBack_LeavesNoDroppedKey()
    {
        var turned = RandomNumberGenerator.GetBytes(Size);
        for (var round = 0; round < 3; round++)
        {
            var threads = Enumerable.Range(0, 4).Select(_ => new Thread(() => Work(turned))).ToList();
            threads.ForEach(thread => thread.Start());
            threads.ForEach(thread => thread.Join());
            if (round == 0)
            {
                Assert.IsGreaterThan(0, Count(turned), "the search is blind");
            }

            // Other tests of this process hold objects in place for a moment; the enclave comes back a second time as well.
            var left = int.MaxValue;
            for (var times = 0; times < 3 && left > 0; times++)
            {
                DroppedMemory.GiveBack();
                left = Count(turned);
            }

            Assert.AreEqual(0, left);
        }
    }

    // Keys among what is garbage as well, as in queries.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Work(byte[] turned)
    {
        for (var i = 0; i < 3000; i++)
        {
            GC.KeepAlive(new byte[16 + (i * 37 % 2000)]);
            if (i % 20 == 0)
            {
                var key = new byte[Size];
                for (var at = 0; at < Size; at++)
                {
                    key[at] = (byte)(turned[at] ^ Turned);
                }

                GC.KeepAlive(key);
            }
        }
    }

    private static unsafe int Count(byte[] turned)
    {
        // In memory of its own, which is left out of the search.
        var buffer = (byte*)NativeMemory.Alloc(Chunk + Size);
        try
        {
            var count = 0;
            using var memory = File.OpenHandle("/proc/self/mem");
            foreach (var columns in File.ReadAllLines("/proc/self/maps").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                var range = columns[0].Split('-').Select(hex => ulong.Parse(hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
                if (!columns[1].StartsWith("rw", StringComparison.Ordinal) || (range[0] <= (ulong)buffer && (ulong)buffer < range[1]))
                {
                    continue;
                }

                for (var at = range[0]; at < range[1]; at += Chunk)
                {
                    count += CountIn(Read(memory, new Span<byte>(buffer, (int)Math.Min(Chunk + Size - 1, range[1] - at)), at), turned);
                }
            }

            return count;
        }
        finally
        {
            NativeMemory.Clear(buffer, Chunk + Size);
            NativeMemory.Free(buffer);
        }
    }

    private static ReadOnlySpan<byte> Read(Microsoft.Win32.SafeHandles.SafeFileHandle memory, Span<byte> into, ulong at)
    {
        try
        {
            return into[..RandomAccess.Read(memory, into, (long)at)];
        }
        catch (IOException)
        {
            // Unmapped since the list was read.
            return [];
        }
    }

    private static int CountIn(ReadOnlySpan<byte> memory, byte[] turned)
    {
        var count = 0;
        for (var at = 0; at + Size <= memory.Length; at++)
        {
            var same = 0;
            while (same < Size && memory[at + same] == (byte)(turned[same] ^ Turned))
            {
                same++;
            }

            count += same / Size;
        }

        return count;
    }
}
