using System.Collections.Concurrent;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Points;

namespace PrivChain.Signatures.Engine;

/// <content>Memory for one call.</content>
internal sealed partial class VectorEngine<TVector, TLanes, TPrime, TOrder>
{
    /// <summary>Public data only, so nothing is wiped; given back and used again.</summary>
    private sealed class Workspace : IDisposable
    {
        public const int Size = Chunk;

        // KeyWindows are fewer.
        private const int MostDigits = BaseWindows + (2 * HalfWindows);

        private static readonly ConcurrentBag<Workspace> _free = [];

        public Element<TVector>[] Elements { get; } = new Element<TVector>[Size];

        public Element<TVector>[] Products { get; } = new Element<TVector>[Size];

        public Element<TVector>[] Powers { get; } = new Element<TVector>[Inversion<TVector, TLanes, TPrime>.PowerCount];

        public JacobianPoint<TVector>[] Jacobian { get; } = new JacobianPoint<TVector>[Size];

        public ulong[] Lane { get; } = new ulong[TLanes.Count * 8];

        public short[] ItemDigits { get; } = new short[MostDigits];

        public short[] Digits { get; } = new short[TLanes.Count * MostDigits];

        public ulong[] Points { get; } = new ulong[Chunk * 8];

        public ulong[] Table { get; } = new ulong[Chunk * OnceRows * 8];

        public static Workspace Rent() => _free.TryTake(out var workspace) ? workspace : new Workspace();

        public void Dispose() => _free.Add(this);
    }
}
