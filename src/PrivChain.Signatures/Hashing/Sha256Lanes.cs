using System.Runtime.CompilerServices;

namespace PrivChain.Signatures.Hashing;

/// <summary>SHA-256's compression (FIPS 180-4 section 6.2.2) of one block in each lane. Nothing branches on a value.</summary>
internal readonly struct Sha256Lanes<TVector, TLanes> : ICompression<TVector>
    where TVector : struct
    where TLanes : struct, IHashLanes<TVector>
{
    public const int StateWords = 8;

    public const int BlockWords = 16;

    private static ReadOnlySpan<uint> K =>
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    private static ReadOnlySpan<uint> Initial => [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    public static void Begin(Span<TVector> state)
    {
        for (var i = 0; i < StateWords; i++)
        {
            state[i] = TLanes.Broadcast(Initial[i]);
        }
    }

    // Its words are sums, whose carries leave no table of them: the block is taken as any other.
    public static void CompressEnd(Span<TVector> state, ReadOnlySpan<TVector> block) => Compress(state, block);

    // Four times sixteen rounds in a loop: unrolled altogether it is beyond what the JIT optimizes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(Span<TVector> state, ReadOnlySpan<TVector> block)
    {
        TVector a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
        TVector w0 = block[0], w1 = block[1], w2 = block[2], w3 = block[3], w4 = block[4], w5 = block[5], w6 = block[6], w7 = block[7], w8 = block[8], w9 = block[9], w10 = block[10], w11 = block[11], w12 = block[12], w13 = block[13], w14 = block[14], w15 = block[15];
        for (var round = 0; round < 64; round += 16)
        {
            if (round > 0)
            {
                w0 = Schedule(w0, w1, w9, w14);
                w1 = Schedule(w1, w2, w10, w15);
                w2 = Schedule(w2, w3, w11, w0);
                w3 = Schedule(w3, w4, w12, w1);
                w4 = Schedule(w4, w5, w13, w2);
                w5 = Schedule(w5, w6, w14, w3);
                w6 = Schedule(w6, w7, w15, w4);
                w7 = Schedule(w7, w8, w0, w5);
                w8 = Schedule(w8, w9, w1, w6);
                w9 = Schedule(w9, w10, w2, w7);
                w10 = Schedule(w10, w11, w3, w8);
                w11 = Schedule(w11, w12, w4, w9);
                w12 = Schedule(w12, w13, w5, w10);
                w13 = Schedule(w13, w14, w6, w11);
                w14 = Schedule(w14, w15, w7, w12);
                w15 = Schedule(w15, w0, w8, w13);
            }

            Round(a, b, c, ref d, e, f, g, ref h, w0, K[round + 0]);
            Round(h, a, b, ref c, d, e, f, ref g, w1, K[round + 1]);
            Round(g, h, a, ref b, c, d, e, ref f, w2, K[round + 2]);
            Round(f, g, h, ref a, b, c, d, ref e, w3, K[round + 3]);
            Round(e, f, g, ref h, a, b, c, ref d, w4, K[round + 4]);
            Round(d, e, f, ref g, h, a, b, ref c, w5, K[round + 5]);
            Round(c, d, e, ref f, g, h, a, ref b, w6, K[round + 6]);
            Round(b, c, d, ref e, f, g, h, ref a, w7, K[round + 7]);
            Round(a, b, c, ref d, e, f, g, ref h, w8, K[round + 8]);
            Round(h, a, b, ref c, d, e, f, ref g, w9, K[round + 9]);
            Round(g, h, a, ref b, c, d, e, ref f, w10, K[round + 10]);
            Round(f, g, h, ref a, b, c, d, ref e, w11, K[round + 11]);
            Round(e, f, g, ref h, a, b, c, ref d, w12, K[round + 12]);
            Round(d, e, f, ref g, h, a, b, ref c, w13, K[round + 13]);
            Round(c, d, e, ref f, g, h, a, ref b, w14, K[round + 14]);
            Round(b, c, d, ref e, f, g, h, ref a, w15, K[round + 15]);
        }

        state[0] = TLanes.Add(state[0], a);
        state[1] = TLanes.Add(state[1], b);
        state[2] = TLanes.Add(state[2], c);
        state[3] = TLanes.Add(state[3], d);
        state[4] = TLanes.Add(state[4], e);
        state[5] = TLanes.Add(state[5], f);
        state[6] = TLanes.Add(state[6], g);
        state[7] = TLanes.Add(state[7], h);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round(TVector a, TVector b, TVector c, ref TVector d, TVector e, TVector f, TVector g, ref TVector h, TVector w, uint k)
    {
        var sum = TLanes.Xor(TLanes.RotateRight(e, 6), TLanes.RotateRight(e, 11), TLanes.RotateRight(e, 25));
        var choice = TLanes.Choose(e, f, g);
        var t = TLanes.Add(TLanes.Add(h, sum), TLanes.Add(choice, TLanes.Add(w, TLanes.Broadcast(k))));
        var other = TLanes.Xor(TLanes.RotateRight(a, 2), TLanes.RotateRight(a, 13), TLanes.RotateRight(a, 22));
        var majority = TLanes.Majority(a, b, c);
        d = TLanes.Add(d, t);
        h = TLanes.Add(t, TLanes.Add(other, majority));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Schedule(TVector w0, TVector w1, TVector w9, TVector w14)
    {
        var early = TLanes.Xor(TLanes.RotateRight(w1, 7), TLanes.RotateRight(w1, 18), TLanes.ShiftRight(w1, 3));
        var late = TLanes.Xor(TLanes.RotateRight(w14, 17), TLanes.RotateRight(w14, 19), TLanes.ShiftRight(w14, 10));
        return TLanes.Add(TLanes.Add(w0, early), TLanes.Add(w9, late));
    }
}
