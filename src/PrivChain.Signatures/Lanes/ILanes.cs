using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Signatures.Lanes;

/// <summary>
/// Words of 64 bits side by side. All arithmetic is written once over this, and runs on 8 lanes (AVX-512), 4 (AVX2) or 1 (no vectors); the tests run it on intervals too.
/// Nothing here branches on a value, and <see cref="Multiply"/> is the integer multiplication of 32 by 32 bits, whose time does not depend on its operands.
/// </summary>
internal interface ILanes<TVector>
    where TVector : struct
{
    static abstract int Count { get; }

    static abstract TVector Broadcast(ulong value);

    /// <summary>One word for each lane, from consecutive memory.</summary>
    static abstract TVector Load(ref readonly ulong source);

    static abstract void Store(TVector value, ref ulong destination);

    /// <summary>Product of the low 32 bits.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>Sum and the product of the low 32 bits: one call, so that the compiler sees few temporaries.</summary>
    static abstract TVector MultiplyAdd(TVector sum, TVector left, TVector right);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Subtract(TVector left, TVector right);

    static abstract TVector And(TVector left, TVector right);

    static abstract TVector Or(TVector left, TVector right);

    static abstract TVector Xor(TVector left, TVector right);

    static abstract TVector ShiftLeft(TVector value, [ConstantExpected] int count);

    static abstract TVector ShiftRight(TVector value, [ConstantExpected] int count);

    /// <summary>All ones in the lanes that are equal, zero elsewhere.</summary>
    static abstract TVector Equal(TVector left, TVector right);

    /// <summary>Takes each lane from one or the other by a mask of all ones or zero.</summary>
    static abstract TVector Select(TVector mask, TVector whenSet, TVector whenClear);

    /// <summary>Word <c>i</c> of lane <c>l</c>'s row, for eight words: row <c>l</c> starts <c>offsets[l]</c> words into the table. For public data only, since the address shows.</summary>
    static abstract void Gather(ref readonly ulong table, ReadOnlySpan<int> offsets, out Row<TVector> row);

    /// <summary>As <see cref="Gather"/>, from a table of <paramref name="rows"/> rows (a multiple of 16) stored word by word, all of which is read whatever the indices are.</summary>
    static abstract void Scan(ref readonly ulong table, int rows, TVector index, out Row<TVector> row);
}
