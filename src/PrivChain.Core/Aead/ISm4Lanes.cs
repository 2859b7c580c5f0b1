using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Core.Aead;

/// <summary>Words of 32 bits side by side, one block's in each lane. Unpacking works within 128 bits, as the hardware does.</summary>
internal interface ISm4Lanes<TVector>
    where TVector : struct
{
    /// <summary>How many blocks.</summary>
    static abstract int Count { get; }

    /// <summary>Which block each lane computes, so that after unpacking within 128 bits the blocks lie in order: lane 4L + q has block 4q + L, or q where there is one L.</summary>
    static abstract TVector Order { get; }

    static abstract TVector Broadcast(uint value);

    /// <summary>The value of the first lane.</summary>
    static abstract uint First(TVector value);

    /// <summary>Zero in the first lane.</summary>
    static abstract TVector ClearFirst(TVector value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Xor(TVector left, TVector right);

    static abstract TVector RotateLeft(TVector value, [ConstantExpected] byte count);

    /// <summary>S on each byte.</summary>
    static abstract TVector Substitute(TVector value);

    /// <summary>Each word with its bytes in the other order.</summary>
    static abstract TVector ReverseBytes(TVector value);

    static abstract TVector UnpackLow32(TVector left, TVector right);

    static abstract TVector UnpackHigh32(TVector left, TVector right);

    static abstract TVector UnpackLow64(TVector left, TVector right);

    static abstract TVector UnpackHigh64(TVector left, TVector right);

    static abstract TVector Load(ref readonly byte source);

    static abstract void Store(TVector value, ref byte destination);
}
