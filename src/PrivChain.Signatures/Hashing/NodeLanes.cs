using System.Runtime.CompilerServices;

namespace PrivChain.Signatures.Hashing;

/// <summary>Hashes the nodes of a tree side by side: messages of 64 bytes after a prefix of one, so that one byte of each is left for a second block that is known but for that byte.</summary>
internal static class NodeLanes<TVector, TLanes, THash>
    where TVector : struct
    where TLanes : struct, IHashLanes<TVector>
    where THash : struct, ICompression<TVector>
{
    public const int NodeSize = 64;

    private const int DigestSize = 32;
    private const int BlockWords = 16;

    [SkipLocalsInit]
    public static void Hash(byte prefix, ReadOnlySpan<byte> nodes, Span<byte> hashes)
    {
        Unsafe.SkipInit(out Working working);
        var vectors = OnStack.Align<TVector>(working);
        Span<TVector> state = vectors[..8], block = vectors[8..24], end = vectors[24..];
        end.Fill(TLanes.Broadcast(0));
        end[^1] = TLanes.Broadcast(8 * (1 + NodeSize));
        Span<byte> staging = stackalloc byte[1 + (TLanes.Count * NodeSize)], results = stackalloc byte[TLanes.Count * DigestSize];
        var count = nodes.Length / NodeSize;
        for (var first = 0; first < count; first += TLanes.Count)
        {
            // A block is the prefix and 63 bytes of the message, so it is read from one byte before it. The first message has none there, and the last ones may be too few: those are copied.
            var items = Math.Min(TLanes.Count, count - first);
            ReadOnlySpan<byte> bytes = staging;
            if (first > 0 && items == TLanes.Count)
            {
                bytes = nodes.Slice((first * NodeSize) - 1, staging.Length);
            }
            else
            {
                nodes.Slice(first * NodeSize, items * NodeSize).CopyTo(staging[1..]);
            }

            Load(bytes, block, ref end[0]);
            block[0] = TLanes.Xor(TLanes.And(block[0], TLanes.Broadcast(0x00ffffff)), TLanes.Broadcast((uint)prefix << 24));
            THash.Begin(state);
            THash.Compress(state, block);
            THash.CompressEnd(state, end);

            LaneBlocks<TVector, TLanes>.Store(state, hashes.Slice(first * DigestSize, items * DigestSize), results);
        }
    }

    // The words of the first block, and the first word of the second: the last byte, and the one bit that padding begins with. `bytes` begins one before the first message.
    private static void Load(ReadOnlySpan<byte> bytes, Span<TVector> block, ref TVector last)
    {
        Span<uint> own = stackalloc uint[TLanes.Count];
        for (var lane = 0; lane < own.Length; lane++)
        {
            own[lane] = ((uint)bytes[(lane + 1) * NodeSize] << 24) | 0x00800000;
        }

        last = TLanes.Load(in own[0]);
        LaneBlocks<TVector, TLanes>.Load(bytes, NodeSize, block);
    }

    // The state, the first block's words and the second's, and one more for alignment.
    [InlineArray(8 + BlockWords + BlockWords + 1)]
    private struct Working
    {
        private TVector _first;
    }
}
