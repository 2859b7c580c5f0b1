using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Signatures.Hashing;

/// <summary>Words of 32 bits side by side, one hash in each.</summary>
internal interface IHashLanes<TVector>
    where TVector : struct
{
    static abstract int Count { get; }

    static abstract TVector Broadcast(uint value);

    static abstract TVector Load(ref readonly uint source);

    static abstract void Store(TVector value, ref uint destination);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Xor(TVector left, TVector right);

    static abstract TVector And(TVector left, TVector right);

    /// <summary>The exclusive or of three.</summary>
    static abstract TVector Xor(TVector first, TVector second, TVector third);

    /// <summary>Each bit from one or the other by the mask's.</summary>
    static abstract TVector Choose(TVector mask, TVector whenSet, TVector whenClear);

    /// <summary>Each bit as two or three of them have it.</summary>
    static abstract TVector Majority(TVector first, TVector second, TVector third);

    static abstract TVector ShiftRight(TVector value, [ConstantExpected] int count);

    static abstract TVector RotateRight(TVector value, [ConstantExpected] byte count);

    /// <summary>Consecutive big-endian words, as many as there are lanes.</summary>
    static abstract TVector LoadBigEndian(ref readonly byte source);

    /// <summary>Of a hash's eight words in all lanes: the hash of each lane, one after the other, big-endian. The words may be gone afterwards.</summary>
    static abstract void StoreDigests(ref TVector state, ref byte destination);

    /// <summary>Of sixteen words in a row, the one that the lowest four bits in each lane of the number say.</summary>
    static abstract TVector Lookup(ref readonly uint words, TVector number);

    /// <summary>Swaps rows and columns of a square: as many vectors as there are lanes.</summary>
    static abstract void Transpose(ref TVector square);
}
