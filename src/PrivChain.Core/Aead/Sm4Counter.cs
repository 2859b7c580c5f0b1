using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace PrivChain.Core.Aead;

/// <summary>SM4 in counter mode, as many blocks at once as there are lanes. Nothing branches on or indexes by a secret.</summary>
internal static class Sm4Counter<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, ISm4Lanes<TVector>
{
    private const int BlockSize = 16;

    // More than any lanes need: 16 blocks.
    private const int LargestBatch = 256;

    /// <summary>
    /// The first blocks under a nonce, as many as there are lanes: block i is the cipher of (n0, n1, n2, i), and the first that of zeros. So for GCM the hash key, the mask of the tag and the beginning
    /// of the key stream come at once.
    /// </summary>
    public static void Begin(ReadOnlySpan<uint> roundKeys, uint n0, uint n1, uint n2, Span<byte> stream)
    {
        var (a, b, c, d) = Encrypt(
            roundKeys, TLanes.ClearFirst(TLanes.Broadcast(n0)), TLanes.ClearFirst(TLanes.Broadcast(n1)), TLanes.ClearFirst(TLanes.Broadcast(n2)), TLanes.Order);
        var size = TLanes.Count * BlockSize / 4;
        ref var destination = ref MemoryMarshal.GetReference(stream[..(4 * size)]);
        TLanes.Store(a, ref destination);
        TLanes.Store(b, ref Unsafe.Add(ref destination, size));
        TLanes.Store(c, ref Unsafe.Add(ref destination, 2 * size));
        TLanes.Store(d, ref Unsafe.Add(ref destination, 3 * size));
    }

    /// <summary>XORs the key stream of the counter blocks (n0, n1, n2, counter), (…, counter + 1), … over the input; the counter wraps at 2^32 as GCM's does.</summary>
    public static void Apply(ReadOnlySpan<uint> roundKeys, uint n0, uint n1, uint n2, uint counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        var batch = TLanes.Count * BlockSize;
        var whole = input.Length - (input.Length % batch);
        if (whole > 0)
        {
            Blocks(roundKeys, n0, n1, n2, counter, input[..whole], output);
        }

        if (whole == input.Length)
        {
            return;
        }

        Span<byte> rest = stackalloc byte[LargestBatch];
        rest = rest[..batch];
        rest.Clear();
        input[whole..].CopyTo(rest);
        Blocks(roundKeys, n0, n1, n2, unchecked(counter + (uint)(whole / BlockSize)), rest, rest);
        rest[..(input.Length - whole)].CopyTo(output[whole..]);
        CryptographicOperations.ZeroMemory(rest);
    }

    private static void Blocks(ReadOnlySpan<uint> roundKeys, uint n0, uint n1, uint n2, uint counter, ReadOnlySpan<byte> input, Span<byte> output)
    {
        var size = TLanes.Count * BlockSize / 4;
        ref readonly var source = ref MemoryMarshal.GetReference(input);
        ref var destination = ref MemoryMarshal.GetReference(output[..input.Length]);
        var (w0, w1, w2) = (TLanes.Broadcast(n0), TLanes.Broadcast(n1), TLanes.Broadcast(n2));
        var count = TLanes.Add(TLanes.Broadcast(counter), TLanes.Order);
        var step = TLanes.Broadcast((uint)TLanes.Count);
        for (var offset = 0; offset < input.Length; offset += 4 * size)
        {
            var (a, b, c, d) = Encrypt(roundKeys, w0, w1, w2, count);
            count = TLanes.Add(count, step);
            Combine(a, in source, ref destination, offset);
            Combine(b, in source, ref destination, offset + size);
            Combine(c, in source, ref destination, offset + (2 * size));
            Combine(d, in source, ref destination, offset + (3 * size));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Combine(TVector stream, ref readonly byte source, ref byte destination, int offset) =>
        TLanes.Store(TLanes.Xor(TLanes.Load(in Unsafe.Add(ref Unsafe.AsRef(in source), offset)), stream), ref Unsafe.Add(ref destination, offset));

    // Section 7.1. The words come out in reverse and in the byte order of memory, and then from one word of each block in a vector to one block after the other.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TVector A, TVector B, TVector C, TVector D) Encrypt(ReadOnlySpan<uint> roundKeys, TVector x0, TVector x1, TVector x2, TVector x3)
    {
        for (var i = 0; i < Sm4.Rounds; i += 4)
        {
            x0 = Round(x0, x1, x2, x3, roundKeys[i]);
            x1 = Round(x1, x2, x3, x0, roundKeys[i + 1]);
            x2 = Round(x2, x3, x0, x1, roundKeys[i + 2]);
            x3 = Round(x3, x0, x1, x2, roundKeys[i + 3]);
        }

        var (a, b, c, d) = (TLanes.ReverseBytes(x3), TLanes.ReverseBytes(x2), TLanes.ReverseBytes(x1), TLanes.ReverseBytes(x0));
        var (ab, abHigh) = (TLanes.UnpackLow32(a, b), TLanes.UnpackHigh32(a, b));
        var (cd, cdHigh) = (TLanes.UnpackLow32(c, d), TLanes.UnpackHigh32(c, d));
        return (TLanes.UnpackLow64(ab, cd), TLanes.UnpackHigh64(ab, cd), TLanes.UnpackLow64(abHigh, cdHigh), TLanes.UnpackHigh64(abHigh, cdHigh));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Round(TVector a, TVector b, TVector c, TVector d, uint key) =>
        TLanes.Xor(a, Sm4.Mix<TVector, TLanes>(TLanes.Xor(TLanes.Xor(b, c), TLanes.Xor(d, TLanes.Broadcast(key)))));
}
