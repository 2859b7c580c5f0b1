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

    static abstract TVector ShiftRight(TVector value, [ConstantExpected] int count);

    static abstract TVector RotateRight(TVector value, [ConstantExpected] byte count);
}
