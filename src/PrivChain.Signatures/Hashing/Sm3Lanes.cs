using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PrivChain.Signatures.Hashing;

/// <summary>SM3's compression (GB/T 32905-2016 section 5.3) of one block in each lane. Nothing branches on a value.</summary>
internal readonly struct Sm3Lanes<TVector, TLanes> : ICompression<TVector>
    where TVector : struct
    where TLanes : struct, IHashLanes<TVector>
{
    // T_j, turned by j.
    private static ReadOnlySpan<uint> T =>
    [
        0x79cc4519, 0xf3988a32, 0xe7311465, 0xce6228cb, 0x9cc45197, 0x3988a32f, 0x7311465e, 0xe6228cbc,
        0xcc451979, 0x988a32f3, 0x311465e7, 0x6228cbce, 0xc451979c, 0x88a32f39, 0x11465e73, 0x228cbce6,
        0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
        0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
        0x7a879d8a, 0xf50f3b14, 0xea1e7629, 0xd43cec53, 0xa879d8a7, 0x50f3b14f, 0xa1e7629e, 0x43cec53d,
        0x879d8a7a, 0x0f3b14f5, 0x1e7629ea, 0x3cec53d4, 0x79d8a7a8, 0xf3b14f50, 0xe7629ea1, 0xcec53d43,
        0x9d8a7a87, 0x3b14f50f, 0x7629ea1e, 0xec53d43c, 0xd8a7a879, 0xb14f50f3, 0x629ea1e7, 0xc53d43ce,
        0x8a7a879d, 0x14f50f3b, 0x29ea1e76, 0x53d43cec, 0xa7a879d8, 0x4f50f3b1, 0x9ea1e762, 0x3d43cec5,
    ];

    private static ReadOnlySpan<uint> Initial => [0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e];

    public static void Begin(Span<TVector> state)
    {
        for (var i = 0; i < Initial.Length; i++)
        {
            state[i] = TLanes.Broadcast(Initial[i]);
        }
    }

    [SkipLocalsInit]
    public static void Compress(Span<TVector> state, ReadOnlySpan<TVector> block)
    {
        Unsafe.SkipInit(out Working working);
        var words = OnStack.Align<TVector>(working);
        Rounds<Early>(state, block, words, 0);
        for (var round = 16; round < 64; round += 16)
        {
            Rounds<Late>(words, words[8..], words, round);
        }

        for (var i = 0; i < state.Length; i++)
        {
            state[i] = TLanes.Xor(state[i], words[i]);
        }
    }

    // After the first sixteen rounds the words come from a table.
    [SkipLocalsInit]
    public static void CompressEnd(Span<TVector> state, ReadOnlySpan<TVector> block)
    {
        Unsafe.SkipInit(out Working working);
        var words = OnStack.Align<TVector>(working);
        Rounds<Early>(state, block, words, 0);
        EndRounds(words, block[0], in Sm3NodeEnd.Words[0]);
        for (var i = 0; i < state.Length; i++)
        {
            state[i] = TLanes.Xor(state[i], words[i]);
        }
    }

    // Sixteen rounds on the registers A to H and the words W of these rounds. W' needs four words of the next sixteen, so those are expanded before the last four rounds.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rounds<TFunctions>(ReadOnlySpan<TVector> registers, ReadOnlySpan<TVector> block, Span<TVector> words, int round)
        where TFunctions : struct, IFunctions
    {
        TVector a = registers[0], b = registers[1], c = registers[2], d = registers[3], e = registers[4], f = registers[5], g = registers[6], h = registers[7];
        TVector w0 = block[0], w1 = block[1], w2 = block[2], w3 = block[3], w4 = block[4], w5 = block[5], w6 = block[6], w7 = block[7];
        TVector w8 = block[8], w9 = block[9], w10 = block[10], w11 = block[11], w12 = block[12], w13 = block[13], w14 = block[14], w15 = block[15];
        if (TFunctions.ExpandFirst)
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

        // Without a bounds check the compiler adds the constant straight from memory to all lanes.
        ref var t = ref Unsafe.Add(ref MemoryMarshal.GetReference(T), round);
        Round<TFunctions>(a, ref b, c, ref d, e, ref f, g, ref h, w0, w4, in Unsafe.Add(ref t, 0));
        Round<TFunctions>(d, ref a, b, ref c, h, ref e, f, ref g, w1, w5, in Unsafe.Add(ref t, 1));
        Round<TFunctions>(c, ref d, a, ref b, g, ref h, e, ref f, w2, w6, in Unsafe.Add(ref t, 2));
        Round<TFunctions>(b, ref c, d, ref a, f, ref g, h, ref e, w3, w7, in Unsafe.Add(ref t, 3));
        Round<TFunctions>(a, ref b, c, ref d, e, ref f, g, ref h, w4, w8, in Unsafe.Add(ref t, 4));
        Round<TFunctions>(d, ref a, b, ref c, h, ref e, f, ref g, w5, w9, in Unsafe.Add(ref t, 5));
        Round<TFunctions>(c, ref d, a, ref b, g, ref h, e, ref f, w6, w10, in Unsafe.Add(ref t, 6));
        Round<TFunctions>(b, ref c, d, ref a, f, ref g, h, ref e, w7, w11, in Unsafe.Add(ref t, 7));
        Round<TFunctions>(a, ref b, c, ref d, e, ref f, g, ref h, w8, w12, in Unsafe.Add(ref t, 8));
        Round<TFunctions>(d, ref a, b, ref c, h, ref e, f, ref g, w9, w13, in Unsafe.Add(ref t, 9));
        Round<TFunctions>(c, ref d, a, ref b, g, ref h, e, ref f, w10, w14, in Unsafe.Add(ref t, 10));
        Round<TFunctions>(b, ref c, d, ref a, f, ref g, h, ref e, w11, w15, in Unsafe.Add(ref t, 11));
        w0 = Expand(w0, w7, w13, w3, w10);
        w1 = Expand(w1, w8, w14, w4, w11);
        w2 = Expand(w2, w9, w15, w5, w12);
        w3 = Expand(w3, w10, w0, w6, w13);
        Round<TFunctions>(a, ref b, c, ref d, e, ref f, g, ref h, w12, w0, in Unsafe.Add(ref t, 12));
        Round<TFunctions>(d, ref a, b, ref c, h, ref e, f, ref g, w13, w1, in Unsafe.Add(ref t, 13));
        Round<TFunctions>(c, ref d, a, ref b, g, ref h, e, ref f, w14, w2, in Unsafe.Add(ref t, 14));
        Round<TFunctions>(b, ref c, d, ref a, f, ref g, h, ref e, w15, w3, in Unsafe.Add(ref t, 15));

        (words[0], words[1], words[2], words[3], words[4], words[5], words[6], words[7]) = (a, b, c, d, e, f, g, h);
        (words[8], words[9], words[10], words[11], words[12], words[13], words[14], words[15]) = (w0, w1, w2, w3, w4, w5, w6, w7);
        (words[16], words[17], words[18], words[19], words[20], words[21], words[22], words[23]) = (w8, w9, w10, w11, w12, w13, w14, w15);
    }

    // Rounds 16 to 63 on the registers A to H of a node's second block, whose first word begins with all that differs between nodes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void EndRounds(Span<TVector> registers, TVector first, ref readonly uint table)
    {
        TVector a = registers[0], b = registers[1], c = registers[2], d = registers[3], e = registers[4], f = registers[5], g = registers[6], h = registers[7];
        TVector high = TLanes.ShiftRight(first, 28), low = TLanes.ShiftRight(first, 24);
        ref var word = ref Unsafe.Add(ref Unsafe.AsRef(in table), 16 * Sm3NodeEnd.WordSize);
        TVector w0 = Word(in word, high, low, 0), w1 = Word(in word, high, low, 1), w2 = Word(in word, high, low, 2), w3 = Word(in word, high, low, 3);
        ref var t = ref Unsafe.Add(ref MemoryMarshal.GetReference(T), 16);
        for (var round = 16; round < 64; round += 4)
        {
            TVector w4 = Word(in word, high, low, 4), w5 = Word(in word, high, low, 5), w6 = Word(in word, high, low, 6), w7 = Word(in word, high, low, 7);
            Round<Late>(a, ref b, c, ref d, e, ref f, g, ref h, w0, w4, in t);
            Round<Late>(d, ref a, b, ref c, h, ref e, f, ref g, w1, w5, in Unsafe.Add(ref t, 1));
            Round<Late>(c, ref d, a, ref b, g, ref h, e, ref f, w2, w6, in Unsafe.Add(ref t, 2));
            Round<Late>(b, ref c, d, ref a, f, ref g, h, ref e, w3, w7, in Unsafe.Add(ref t, 3));
            (w0, w1, w2, w3) = (w4, w5, w6, w7);
            t = ref Unsafe.Add(ref t, 4);
            word = ref Unsafe.Add(ref word, 4 * Sm3NodeEnd.WordSize);
        }

        (registers[0], registers[1], registers[2], registers[3], registers[4], registers[5], registers[6], registers[7]) = (a, b, c, d, e, f, g, h);
    }

    // The registers are renamed instead of moved: what D was becomes A, what H was becomes E. What is ready first is added first, and B and F are turned before their last use, which then may
    // write over them: three-way logic writes over its first operand.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Round<TFunctions>(TVector a, ref TVector b, TVector c, ref TVector d, TVector e, ref TVector f, TVector g, ref TVector h, TVector w, TVector later, ref readonly uint t)
        where TFunctions : struct, IFunctions
    {
        var turned = TLanes.RotateRight(a, 32 - 12);
        var first = TLanes.RotateRight(TLanes.Add(TLanes.Add(turned, TLanes.Broadcast(t)), e), 32 - 7);
        var oldB = b;
        b = TLanes.RotateRight(b, 32 - 9);
        d = TLanes.Add(TLanes.Add(TLanes.Add(d, TLanes.Xor(w, later)), TFunctions.Ff(oldB, a, c)), TLanes.Xor(turned, first));
        var oldF = f;
        f = TLanes.RotateRight(f, 32 - 19);
        var t2 = TLanes.Add(TLanes.Add(TLanes.Add(h, w), TFunctions.Gg(oldF, e, g)), first);
        h = TLanes.Xor(t2, TLanes.RotateRight(t2, 32 - 9), TLanes.RotateRight(t2, 32 - 17));
    }

    // W[j] from W[j-16], W[j-9], W[j-3], W[j-13], W[j-6].
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Expand(TVector w16, TVector w9, TVector w3, TVector w13, TVector w6)
    {
        var x = TLanes.Xor(w16, w9, TLanes.RotateRight(w3, 32 - 15));
        var p1 = TLanes.Xor(x, TLanes.RotateRight(x, 32 - 15), TLanes.RotateRight(x, 32 - 23));
        return TLanes.Xor(p1, TLanes.RotateRight(w13, 32 - 7), w6);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Word(ref readonly uint word, TVector high, TVector low, [ConstantExpected] int ahead)
    {
        ref var words = ref Unsafe.Add(ref Unsafe.AsRef(in word), ahead * Sm3NodeEnd.WordSize);
        return TLanes.Xor(TLanes.Lookup(in words, high), TLanes.Lookup(in Unsafe.Add(ref words, 16), low));
    }

    private interface IFunctions
    {
        // The first rounds have their words from the block, all others expand them.
        static abstract bool ExpandFirst { get; }

        static abstract TVector Ff(TVector b, TVector a, TVector c);

        static abstract TVector Gg(TVector f, TVector e, TVector g);
    }

    private readonly struct Early : IFunctions
    {
        public static bool ExpandFirst => false;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Ff(TVector b, TVector a, TVector c) => TLanes.Xor(b, a, c);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Gg(TVector f, TVector e, TVector g) => TLanes.Xor(f, e, g);
    }

    private readonly struct Late : IFunctions
    {
        public static bool ExpandFirst => true;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Ff(TVector b, TVector a, TVector c) => TLanes.Majority(b, a, c);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static TVector Gg(TVector f, TVector e, TVector g) => TLanes.Choose(e, f, g);
    }

    // Eight registers and sixteen words, and one more for alignment.
    [InlineArray(24 + 1)]
    private struct Working
    {
        private TVector _first;
    }
}
