using System.Buffers.Binary;

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

        var memory = new TVector[StateWords + BlockWords];
        Span<TVector> state = memory.AsSpan(0, StateWords), words = memory.AsSpan(StateWords);
        var count = hashes.Length / DigestSize;
        for (var first = 0; first < count; first += TLanes.Count)
        {
            // Lanes after the last message keep what was in them. Before the first message there is no byte that its prefix could stand for.
            var items = Math.Min(TLanes.Count, count - first);
            var inPlace = first == 0 || items < TLanes.Count ? 0 : (1 + size) / BlockSize * BlockSize;
            if (inPlace == 0 || (1 + size) - inPlace >= sizeof(uint))
            {
                var copied = Math.Max(inPlace - 1, 0);
                for (var lane = 0; lane < items; lane++)
                {
                    messages.Slice(((first + lane) * size) + copied, size - copied).CopyTo(staging.AsSpan((lane * padded) + 1 + copied));
                }
            }

            THash.Begin(state);
            for (var block = 0; block < padded; block += BlockSize)
            {
                if (block < inPlace)
                {
                    // Blocks without padding lie in the messages, one byte further on.
                    Load(messages[((first * size) + block - 1)..], size, words);
                    if (block == 0)
                    {
                        words[0] = TLanes.Xor(TLanes.And(words[0], TLanes.Broadcast(0x00ffffff)), TLanes.Broadcast((uint)prefix << 24));
                    }
                }
                else if (inPlace > 0 && (1 + size) - inPlace < sizeof(uint))
                {
                    LoadLast(messages.Slice(first * size, TLanes.Count * size), size, (1 + size) - inPlace, words);
                }
                else
                {
                    Load(staging.AsSpan(block), padded, words);
                }

                THash.Compress(state, words);
            }

            Store(state, words, hashes.Slice(first * DigestSize, items * DigestSize));
        }
    }

    // A block of each lane, `stride` bytes apart.
    private static void Load(ReadOnlySpan<byte> blocks, int stride, Span<TVector> words)
    {
        for (var part = 0; part < BlockWords; part += TLanes.Count)
        {
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                words[part + lane] = TLanes.LoadBigEndian(in blocks[(lane * stride) + (part * sizeof(uint))]);
            }

            TLanes.Transpose(ref words[part]);
        }
    }

    // The last block where fewer than four bytes of the message are in it, as in a node of a tree: but for its first word it is the same in all lanes.
    private static void LoadLast(ReadOnlySpan<byte> messages, int size, int rest, Span<TVector> words)
    {
        Span<uint> own = stackalloc uint[TLanes.Count];
        for (var lane = 0; lane < own.Length; lane++)
        {
            var end = BinaryPrimitives.ReadUInt32BigEndian(messages[(((lane + 1) * size) - sizeof(uint))..]);
            own[lane] = (uint)((((ulong)end << 8) | 0x80) << (24 - (8 * rest)));
        }

        words.Fill(TLanes.Broadcast(0));
        words[0] = TLanes.Load(in own[0]);
        words[^1] = TLanes.Broadcast((uint)(8 * (1 + size)));
    }

    private static void Store(ReadOnlySpan<TVector> state, Span<TVector> square, Span<byte> hashes)
    {
        state.CopyTo(square);
        for (var part = 0; part < StateWords; part += TLanes.Count)
        {
            TLanes.Transpose(ref square[part]);
            for (var lane = 0; lane * DigestSize < hashes.Length; lane++)
            {
                TLanes.StoreBigEndian(square[part + lane], ref hashes[(lane * DigestSize) + (part * sizeof(uint))]);
            }
        }
    }
}
