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
            // Lanes after the last message keep what was in them.
            var items = Math.Min(TLanes.Count, count - first);
            for (var lane = 0; lane < items; lane++)
            {
                messages.Slice((first + lane) * size, size).CopyTo(staging.AsSpan((lane * padded) + 1));
            }

            THash.Begin(state);
            for (var block = 0; block < padded; block += BlockSize)
            {
                for (var part = 0; part < BlockWords; part += TLanes.Count)
                {
                    for (var lane = 0; lane < TLanes.Count; lane++)
                    {
                        words[part + lane] = TLanes.LoadBigEndian(in staging[(lane * padded) + block + (part * sizeof(uint))]);
                    }

                    TLanes.Transpose(ref words[part]);
                }

                THash.Compress(state, words);
            }

            Store(state, words, hashes.Slice(first * DigestSize, items * DigestSize));
        }
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
