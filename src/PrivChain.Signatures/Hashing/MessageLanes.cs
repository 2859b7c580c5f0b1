using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace PrivChain.Signatures.Hashing;

/// <summary>Hashes messages of one length side by side, each after a prefix of one byte.</summary>
internal static class MessageLanes<TVector, TLanes, THash>
    where TVector : struct
    where TLanes : struct, IHashLanes<TVector>
    where THash : struct, ICompression<TVector>
{
    private const int BlockSize = 64;
    private const int BlockWords = BlockSize / sizeof(uint);
    private const int StateWords = 8;
    private const int DigestSize = StateWords * sizeof(uint);

    [SkipLocalsInit]
    public static void Hash(byte prefix, ReadOnlySpan<byte> messages, int size, Span<byte> hashes)
    {
        // A padded message: the prefix, the message, 0x80, zeros, and the length in bits in the last eight bytes.
        var padded = ((1 + size + 1 + sizeof(ulong) + BlockSize - 1) / BlockSize) * BlockSize;
        var staging = new byte[TLanes.Count * padded];
        for (var lane = 0; lane < TLanes.Count; lane++)
        {
            var message = staging.AsSpan(lane * padded, padded);
            message[0] = prefix;
            message[1 + size] = 0x80;
            BinaryPrimitives.WriteUInt64BigEndian(message[^sizeof(ulong)..], 8UL * (ulong)(1 + size));
        }

        var digests = new byte[TLanes.Count * DigestSize];
        Unsafe.SkipInit(out Working working);
        var vectors = OnStack.Align<TVector>(working);
        Span<TVector> state = vectors[..StateWords], words = vectors[StateWords..];
        var count = hashes.Length / DigestSize;
        for (var first = 0; first < count; first += TLanes.Count)
        {
            // Lanes after the last message keep what was in them. Before the first message there is no byte that its prefix could stand for.
            var items = Math.Min(TLanes.Count, count - first);
            var inPlace = first == 0 || items < TLanes.Count ? 0 : (1 + size) / BlockSize * BlockSize;
            var copied = Math.Max(inPlace - 1, 0);
            for (var lane = 0; lane < items; lane++)
            {
                messages.Slice(((first + lane) * size) + copied, size - copied).CopyTo(staging.AsSpan((lane * padded) + 1 + copied));
            }

            THash.Begin(state);
            for (var block = 0; block < padded; block += BlockSize)
            {
                if (block < inPlace)
                {
                    // Blocks without padding lie in the messages, one byte further on.
                    LaneBlocks<TVector, TLanes>.Load(messages[((first * size) + block - 1)..], size, words);
                    if (block == 0)
                    {
                        words[0] = TLanes.Xor(TLanes.And(words[0], TLanes.Broadcast(0x00ffffff)), TLanes.Broadcast((uint)prefix << 24));
                    }
                }
                else
                {
                    LaneBlocks<TVector, TLanes>.Load(staging.AsSpan(block), padded, words);
                }

                THash.Compress(state, words);
            }

            LaneBlocks<TVector, TLanes>.Store(state, hashes.Slice(first * DigestSize, items * DigestSize), digests);
        }
    }

    // The state and a block's words, and one more for alignment.
    [InlineArray(StateWords + BlockWords + 1)]
    private struct Working
    {
        private TVector _first;
    }
}
