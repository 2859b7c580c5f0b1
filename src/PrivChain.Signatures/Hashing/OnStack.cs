using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace PrivChain.Signatures.Hashing;

/// <summary>Vectors on the stack, which the compiler aligns to a word only: one that lies over two lines of the cache is read and written at half the speed.</summary>
internal static class OnStack
{
    /// <summary>The vectors of `memory` less one, each at a multiple of its size. The memory must be on the stack, where it does not move.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Span<TVector> Align<TVector>(Span<TVector> memory)
        where TVector : struct
    {
        ref var first = ref MemoryMarshal.GetReference(memory);
        var past = (long)Unsafe.ByteOffset(ref Unsafe.NullRef<TVector>(), ref first) & (Unsafe.SizeOf<TVector>() - 1);
        return MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref first, (nint)(past == 0 ? 0 : Unsafe.SizeOf<TVector>() - past)), memory.Length - 1);
    }
}
