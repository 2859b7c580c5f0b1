using System.Runtime.CompilerServices;

namespace PrivChain.Signatures.Hashing;

/// <summary>Blocks into vectors and states out of them, one message in each lane.</summary>
internal static class LaneBlocks<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IHashLanes<TVector>
{
    /// <summary>The words of one block of each lane, <paramref name="stride"/> bytes apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Load(ReadOnlySpan<byte> blocks, int stride, Span<TVector> words)
    {
        for (var part = 0; part < words.Length; part += TLanes.Count)
        {
            for (var lane = 0; lane < TLanes.Count; lane++)
            {
                words[part + lane] = TLanes.LoadBigEndian(in blocks[(lane * stride) + (part * sizeof(uint))]);
            }

            TLanes.Transpose(ref words[part]);
        }
    }

    /// <summary>The digests of as many lanes as there is room for; <paramref name="all"/> has room for every lane's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Span<TVector> state, Span<byte> hashes, Span<byte> all)
    {
        if (hashes.Length == all.Length)
        {
            TLanes.StoreDigests(ref state[0], ref hashes[0]);
            return;
        }

        TLanes.StoreDigests(ref state[0], ref all[0]);
        all[..hashes.Length].CopyTo(hashes);
    }
}
