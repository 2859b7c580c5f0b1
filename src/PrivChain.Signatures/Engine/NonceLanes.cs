using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using PrivChain.Signatures.Hashing;

namespace PrivChain.Signatures.Engine;

/// <summary>The first candidates of <see cref="Nonces"/> for many digests under one key, without extra randomness, side by side: HMAC by HMAC the same bytes.</summary>
internal static class NonceLanes
{
    /// <summary>Writes 32 bytes for each digest; false where this instruction set has no lanes for it.</summary>
    public static bool TryFirst(InstructionSet instructions, ReadOnlySpan<byte> key, ReadOnlySpan<ulong> digests, Span<ulong> candidates)
    {
        switch (instructions)
        {
            case InstructionSet.Avx512:
                Lanes<Vector512<uint>, HashLanes512>.First(key, digests, candidates);
                return true;
            case InstructionSet.Avx2:
                Lanes<Vector256<uint>, HashLanes256>.First(key, digests, candidates);
                return true;
            default:
                return false;
        }
    }

    private static class Lanes<TVector, TLanes>
        where TVector : struct
        where TLanes : struct, IHashLanes<TVector>
    {
        private const int Words = Sha256Lanes<TVector, TLanes>.StateWords;

        public static void First(ReadOnlySpan<byte> key, ReadOnlySpan<ulong> digests, Span<ulong> candidates)
        {
            // K, V, two chaining states, one block, and the parts of the seed.
            const int Length = (6 * Words) + Sha256Lanes<TVector, TLanes>.BlockWords;
            using var rented = SecretMemory<TVector>.Rent(Length, Length);
            var memory = rented.Span;
            Span<TVector> k = memory[..Words], v = memory.Slice(Words, Words), inner = memory.Slice(2 * Words, Words), outer = memory.Slice(3 * Words, Words);
            Span<TVector> secret = memory.Slice(4 * Words, Words), digest = memory.Slice(5 * Words, Words), block = memory[(6 * Words)..];
            Span<uint> lane = stackalloc uint[TLanes.Count];
            for (var i = 0; i < Words; i++)
            {
                secret[i] = TLanes.Broadcast(BinaryPrimitives.ReadUInt32BigEndian(key[(4 * i)..]));
            }

            var count = digests.Length / 4;
            for (var first = 0; first < count; first += TLanes.Count)
            {
                for (var i = 0; i < Words; i++)
                {
                    for (var l = 0; l < TLanes.Count; l++)
                    {
                        var word = digests[(Math.Min(first + l, count - 1) * 4) + 3 - (i / 2)];
                        lane[l] = (uint)(i % 2 == 0 ? word >> 32 : word);
                    }

                    digest[i] = TLanes.Load(in lane[0]);
                    k[i] = TLanes.Broadcast(0);
                    v[i] = TLanes.Broadcast(0x01010101);
                }

                for (var step = 0U; step <= 1; step++)
                {
                    // K = HMAC(K, V || step || key || digest): 97 bytes, so all after the first 33 is shifted by one byte.
                    Pads(k, inner, outer, block);
                    v.CopyTo(block);
                    var before = TLanes.Broadcast(step);
                    for (var i = 0; i < Words; i++)
                    {
                        block[Words + i] = Shifted(before, secret[i]);
                        before = secret[i];
                    }

                    Sha256Lanes<TVector, TLanes>.Compress(inner, block);
                    for (var i = 0; i < Words; i++)
                    {
                        block[i] = Shifted(before, digest[i]);
                        before = digest[i];
                    }

                    block[Words] = Shifted(before, TLanes.Broadcast(0x80000000));
                    Finish(block, Words + 1, 64 + 97);
                    Sha256Lanes<TVector, TLanes>.Compress(inner, block);
                    Outer(inner, outer, block, k);
                    Pads(k, inner, outer, block);
                    Again(inner, outer, block, v);
                }

                // The last K stands, so its pads do.
                Pads(k, inner, outer, block);
                Again(inner, outer, block, v);
                for (var i = 0; i < Words; i++)
                {
                    TLanes.Store(v[i], ref lane[0]);
                    for (var l = 0; l < TLanes.Count && first + l < count; l++)
                    {
                        ref var word = ref candidates[((first + l) * 4) + 3 - (i / 2)];
                        word = i % 2 == 0 ? (ulong)lane[l] << 32 : word | lane[l];
                    }
                }
            }

            lane.Clear();
        }

        // Bytes one place further: the last byte of what was before, then three of this.
        private static TVector Shifted(TVector before, TVector word) => TLanes.Xor(ByteToTop(before), TLanes.ShiftRight(word, 8));

        private static TVector ByteToTop(TVector word) => TLanes.RotateRight(TLanes.And(word, TLanes.Broadcast(0xff)), 8);

        private static void Pads(Span<TVector> key, Span<TVector> inner, Span<TVector> outer, Span<TVector> block)
        {
            Pad(0x36363636, key, inner, block);
            Pad(0x5c5c5c5c, key, outer, block);
        }

        private static void Pad(uint pad, Span<TVector> key, Span<TVector> state, Span<TVector> block)
        {
            var value = TLanes.Broadcast(pad);
            for (var i = 0; i < Words; i++)
            {
                block[i] = TLanes.Xor(key[i], value);
                block[Words + i] = value;
            }

            Sha256Lanes<TVector, TLanes>.Begin(state);
            Sha256Lanes<TVector, TLanes>.Compress(state, block);
        }

        // V = HMAC(K, V)
        private static void Again(Span<TVector> inner, Span<TVector> outer, Span<TVector> block, Span<TVector> v)
        {
            v.CopyTo(block);
            block[Words] = TLanes.Broadcast(0x80000000);
            Finish(block, Words + 1, 64 + 32);
            Sha256Lanes<TVector, TLanes>.Compress(inner, block);
            Outer(inner, outer, block, v);
        }

        private static void Outer(Span<TVector> inner, Span<TVector> outer, Span<TVector> block, Span<TVector> result)
        {
            inner.CopyTo(block);
            block[Words] = TLanes.Broadcast(0x80000000);
            Finish(block, Words + 1, 64 + 32);
            Sha256Lanes<TVector, TLanes>.Compress(outer, block);
            outer.CopyTo(result);
        }

        private static void Finish(Span<TVector> block, int used, uint bytes)
        {
            block[used..].Fill(TLanes.Broadcast(0));
            block[^1] = TLanes.Broadcast(8 * bytes);
        }
    }
}
