using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PrivChain.Signatures.Hashing;

/// <summary>One lane, for hashes that the platform lacks.</summary>
internal readonly struct HashLanesOne : IHashLanes<uint>
{
    public static int Count => 1;

    public static uint Broadcast(uint value) => value;

    public static uint Load(ref readonly uint source) => source;

    public static void Store(uint value, ref uint destination) => destination = value;

    public static uint Add(uint left, uint right) => left + right;

    public static uint Xor(uint left, uint right) => left ^ right;

    public static uint And(uint left, uint right) => left & right;

    public static uint Xor(uint first, uint second, uint third) => first ^ second ^ third;

    public static uint Choose(uint mask, uint whenSet, uint whenClear) => whenClear ^ (mask & (whenSet ^ whenClear));

    public static uint Majority(uint first, uint second, uint third) => (first & (second ^ third)) ^ (second & third);

    public static uint ShiftRight(uint value, [ConstantExpected] int count) => value >> count;

    public static uint RotateRight(uint value, [ConstantExpected] byte count) => BitOperations.RotateRight(value, count);

    public static uint LoadBigEndian(ref readonly byte source) => BinaryPrimitives.ReadUInt32BigEndian(MemoryMarshal.CreateReadOnlySpan(in source, sizeof(uint)));

    public static void StoreDigests(ref uint state, ref byte destination)
    {
        var bytes = MemoryMarshal.CreateSpan(ref destination, 8 * sizeof(uint));
        for (var i = 0; i < 8; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes[(i * sizeof(uint))..], Unsafe.Add(ref state, i));
        }
    }

    public static uint Lookup(ref readonly uint words, uint number) => Unsafe.Add(ref Unsafe.AsRef(in words), (int)(number & 15));

    public static void Transpose(ref uint square)
    {
        // One word is its own transpose.
    }
}
