using System.Numerics;
using System.Runtime.CompilerServices;

namespace PrivChain.Signatures.Hashing;

/// <summary>SM3's compression (GB/T 32905-2016 section 5.3) of one block in each lane. Nothing branches on a value.</summary>
internal readonly struct Sm3Lanes<TVector, TLanes> : ICompression<TVector>
    where TVector : struct
    where TLanes : struct, IHashLanes<TVector>
{
    private static ReadOnlySpan<uint> Initial => [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

    public static void Begin(Span<TVector> state)
    {
        for (var i = 0; i < Initial.Length; i++)
        {
            state[i] = TLanes.Broadcast(Initial[i]);
        }
    }

    public static void Compress(Span<TVector> state, ReadOnlySpan<TVector> block)
    {
        Unsafe.SkipInit(out Working working);
        Span<TVector> words = working;
        state.CopyTo(words);
        block.CopyTo(words[8..]);
        Rounds<Early>(words, 0);
        for (var round = 16; round < 64; round += 16)
        {
            Rounds<Late>(words, round);
        }

        for (var i = 0; i < state.Length; i++)
        {
            state[i] = TLanes.Xor(state[i], words[i]);
        }
    }

    // Sixteen rounds on the registers A to H and the words W of these rounds. W' needs four words of the next sixteen, so those are expanded before the last four rounds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rounds<TFunctions>(Span<TVector> words, int round)
        where TFunctions : struct, IFunctions
    {
        TVector a = words[0], b = words[1], c = words[2], d = words[3], e = words[4], f = words[5], g = words[6], h = words[7];
        TVector w0 = words[8], w1 = words[9], w2 = words[10], w3 = words[11], w4 = words[12], w5 = words[13], w6 = words[14], w7 = words[15];
        TVector w8 = words[16], w9 = words[17], w10 = words[18], w11 = words[19], w12 = words[20], w13 = words[21], w14 = words[22], w15 = words[23];
        if (round > 0)
        {
            w4 = Expand(w4, w11, w1, w7, w14);
            w5 = Expand(w5, w12, w2, w8, w15);
            w6 = Expand(w6, w13, w3, w9, w0);
            w7 = Expand(w7, w14, w4, w10, w1);
            w8 = Expand(w8, w15, w5, w11, w2);
            w9 = Expand(w9, w0, w6, w12, w3);
            w10 = Expand(w10, w1, w7, w13, w4);
            w11 = Expand(w11, w2, w8, w14, w5);
            w12 = Expand(w12, w3, w9, w15, w6);
            w13 = Expand(w13, w4, w10, w0, w7);
            w14 = Expand(w14, w5, w11, w1, w8);
            w15 = Expand(w15, w6, w12, w2, w9);
        }

        Round<TFunctions>(a, ref b, c, ref d, e, ref f, g, ref h, w0, w4, round + 0);
        Round<TFunctions>(d, ref a, b, ref c, h, ref e, f, ref g, w1, w5, round + 1);
        Round<TFunctions>(c, ref d, a, ref b, g, ref h, e, ref f, w2, w6, round + 2);
        Round<TFunctions>(b, ref c, d, ref a, f, ref g, h, ref e, w3, w7, round + 3);
        Round<TFunctions>(a, ref b, c, ref d, e, ref f, g, ref h, w4, w8, round + 4);
        Round<TFunctions>(d, ref a, b, ref c, h, ref e, f, ref g, w5, w9, round + 5);
        Round<TFunctions>(c, ref d, a, ref b, g, ref h, e, ref f, w6, w10, round + 6);
        Round<TFunctions>(b, ref c, d, ref a, f, ref g, h, ref e, w7, w11, round + 7);
        Round<TFunctions>(a, ref b, c, ref d, e, ref f, g, ref h, w8, w12, round + 8);
        Round<TFunctions>(d, ref a, b, ref c, h, ref e, f, ref g, w9, w13, round + 9);
        Round<TFunctions>(c, ref d, a, ref b, g, ref h, e, ref f, w10, w14, round + 10);
        Round<TFunctions>(b, ref c, d, ref a, f, ref g, h, ref e, w11, w15, round + 11);
        w0 = Expand(w0, w7, w13, w3, w10);
        w1 = Expand(w1, w8, w14, w4, w11);
        w2 = Expand(w2, w9, w15, w5, w12);
        w3 = Expand(w3, w10, w0, w6, w13);
        Round<TFunctions>(a, ref b, c, ref d, e, ref f, g, ref h, w12, w0, round + 12);
        Round<TFunctions>(d, ref a, b, ref c, h, ref e, f, ref g, w13, w1, round + 13);
        Round<TFunctions>(c, ref d, a, ref b, g, ref h, e, ref f, w14, w2, round + 14);
        Round<TFunctions>(b, ref c, d, ref a, f, ref g, h, ref e, w15, w3, round + 15);

        (words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]) = (a, b, c, d, e, f, g, h);
        (words[8], words[9], words[10], words[11], words[12], words[13], words[14], words[15]) = (w0, w1, w2, w3, w4, w5, w6, w7);
        (words[16], words[17], words[18], words[19], words[20], words[21], words[22], words[23]) = (w8, w9, w10, w11, w12, w13, w14, w15);
    }

    // The registers are renamed instead of moved: what D was becomes A, what H was becomes E.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TFunctions>(TVector a, ref TVector b, TVector c, ref TVector d, TVector e, ref TVector f, TVector g, ref TVector h, TVector w, TVector later, int round)
        where TFunctions : struct, IFunctions
    {
        var turned = TLanes.RotateRight(a, 32 - 12);
        var first = TLanes.RotateRight(TLanes.Add(TLanes.Add(turned, e), TLanes.Broadcast(BitOperations.RotateLeft(TFunctions.T, round))), 32 - 7);
        var t1 = TLanes.Add(TLanes.Add(TFunctions.Ff(a, b, c), d), TLanes.Add(TLanes.Xor(first, turned), TLanes.Xor(w, later)));
        var t2 = TLanes.Add(TLanes.Add(TFunctions.Gg(e, f, g), h), TLanes.Add(first, w));
        b = TLanes.RotateRight(b, 32 - 9);
        d = t1;
        f = TLanes.RotateRight(f, 32 - 19);
        h = TLanes.Xor(t2, TLanes.RotateRight(t2, 32 - 9), TLanes.RotateRight(t2, 32 - 17));
    }

    // W[j] from W[j-16], W[j-9], W[j-3], W[j-13], W[j-6].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Expand(TVector w16, TVector w9, TVector w3, TVector w13, TVector w6)
    {
        var x = TLanes.Xor(w16, w9, TLanes.RotateRight(w3, 32 - 15));
        var p1 = TLanes.Xor(x, TLanes.RotateRight(x, 32 - 15), TLanes.RotateRight(x, 32 - 23));
        return TLanes.Xor(p1, TLanes.RotateRight(w13, 32 - 7), w6);
    }

    private interface IFunctions
    {
        static abstract uint T { get; }

        static abstract TVector Ff(TVector x, TVector y, TVector z);

        static abstract TVector Gg(TVector x, TVector y, TVector z);
    }

    private readonly struct Early : IFunctions
    {
        public static uint T => 0x79cc4519;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Ff(TVector x, TVector y, TVector z) => TLanes.Xor(x, y, z);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Gg(TVector x, TVector y, TVector z) => TLanes.Xor(x, y, z);
    }

    private readonly struct Late : IFunctions
    {
        public static uint T => 0x7a879d8a;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Ff(TVector x, TVector y, TVector z) => TLanes.Majority(x, y, z);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Gg(TVector x, TVector y, TVector z) => TLanes.Choose(x, y, z);
    }

    // Eight registers and sixteen words.
    [InlineArray(24)]
    private struct Working
    {
        private TVector _first;
    }
}
