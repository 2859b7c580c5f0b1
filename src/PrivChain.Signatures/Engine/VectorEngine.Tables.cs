using System.Runtime.CompilerServices;
using PrivChain.Signatures.Fields;
using PrivChain.Signatures.Points;

namespace PrivChain.Signatures.Engine;

/// <content>Multiples of points, affine, as rows of eight words in Montgomery's form.</content>
internal sealed partial class VectorEngine<TVector, TLanes, TPrime, TOrder>
{
    private ulong[] GeneratorComb(int width, int step, int windows)
    {
        Span<ulong> generator = stackalloc ulong[8];
        Curve.X.Write(generator);
        Curve.Y.Write(generator[4..]);
        var table = new ulong[windows << (width - 1) << 3];
        return TryBuildComb(generator, width, step, windows, table) ? table : throw new InvalidOperationException("the generator is not on its curve");
    }

    private bool TryBuildComb(ReadOnlySpan<ulong> point, int width, int windows, Span<ulong> table) => TryBuildComb(point, width, width, windows, table);

    // Row j - 1 of window i is j · 2^(step · i) · point, up to 2^(width - 1).
    private bool TryBuildComb(ReadOnlySpan<ulong> point, int width, int step, int windows, Span<ulong> table)
    {
        using var workspace = Workspace.Rent();
        var bases = new ulong[windows * 8];
        var start = bases.AsSpan(0, 8);
        point.CopyTo(start);
        Span<bool> onCurve = stackalloc bool[1];
        Enter(start, onCurve, workspace);
        if (!onCurve[0])
        {
            return false;
        }

        // All lanes do the same here; 256 doublings are not worth more.
        var doubled = new JacobianPoint<TVector>[windows];
        LoadPoint(start, 0, workspace.Lane, out var affine);
        doubled[0].X = affine.X;
        doubled[0].Y = affine.Y;
        doubled[0].Z = _one;
        for (var window = 1; window < windows; window++)
        {
            doubled[window] = doubled[window - 1];
            for (var i = 0; i < step; i++)
            {
                Group<TVector, TLanes, TPrime>.Double(ref doubled[window]);
            }
        }

        Normalize(doubled, workspace);
        for (var window = 0; window < windows; window++)
        {
            StorePoint(in doubled[window], bases.AsSpan(window * 8, 8), 0, 8, 0, workspace.Lane);
        }

        Multiples(bases, 1 << (width - 1), table, workspace);
        return true;
    }

    /// <summary>Row j - 1 of item i becomes (j + 1) times its point. No addition meets an exception: the orders are prime and far above the multiples.</summary>
    private void Multiples(ReadOnlySpan<ulong> points, int rows, Span<ulong> table, Workspace workspace)
    {
        var items = points.Length / 8;
        var groups = (items + TLanes.Count - 1) / TLanes.Count;
        var together = Math.Max(1, Workspace.Size / rows);
        var memory = rows > Workspace.Size ? new JacobianPoint<TVector>[rows] : workspace.Jacobian;
        for (var first = 0; first < groups; first += together)
        {
            var count = Math.Min(together, groups - first);
            var multiples = memory.AsSpan(0, count * rows);
            for (var group = 0; group < count; group++)
            {
                LoadPoint(points, first + group, workspace.Lane, out var affine);
                var row = multiples.Slice(group * rows, rows);
                row[0].X = affine.X;
                row[0].Y = affine.Y;
                row[0].Z = _one;
                for (var j = 1; j < rows; j++)
                {
                    // (j + 1) P is twice ((j + 1)/2) P, or j P + P.
                    row[j] = row[j % 2 == 1 ? j / 2 : j - 1];
                    if (j % 2 == 1)
                    {
                        Group<TVector, TLanes, TPrime>.Double(ref row[j]);
                    }
                    else
                    {
                        Group<TVector, TLanes, TPrime>.Add(ref row[j], in affine);
                    }
                }
            }

            Normalize(multiples, workspace);
            for (var group = 0; group < count; group++)
            {
                for (var j = 0; j < rows; j++)
                {
                    StorePoint(in multiples[(group * rows) + j], table, first + group, rows * 8, j * 8, workspace.Lane);
                }
            }
        }
    }

    // X and Y become affine and canonical. No Z may be zero.
    private void Normalize(Span<JacobianPoint<TVector>> points, Workspace workspace)
    {
        for (var start = 0; start < points.Length; start += Workspace.Size)
        {
            var part = points.Slice(start, Math.Min(Workspace.Size, points.Length - start));
            var inverses = workspace.Elements.AsSpan(0, part.Length);
            for (var i = 0; i < part.Length; i++)
            {
                inverses[i] = part[i].Z;
            }

            _fieldInversion.Invert(inverses, workspace.Products.AsSpan(0, part.Length), workspace.Powers);
            Unsafe.SkipInit(out Element<TVector> square);
            for (var i = 0; i < part.Length; i++)
            {
                Modular<TVector, TLanes, TPrime>.Square(ref square, in inverses[i]);
                Modular<TVector, TLanes, TPrime>.Multiply(ref part[i].X, in part[i].X, in square);
                Modular<TVector, TLanes, TPrime>.Canonicalize(ref part[i].X);
                Modular<TVector, TLanes, TPrime>.Multiply(ref square, in square, in inverses[i]);
                Modular<TVector, TLanes, TPrime>.Multiply(ref part[i].Y, in part[i].Y, in square);
                Modular<TVector, TLanes, TPrime>.Canonicalize(ref part[i].Y);
            }
        }
    }

    // Coordinates below p into Montgomery's form, canonical, in place; and whether y² = x³ + ax + b.
    private void Enter(Span<ulong> points, Span<bool> onCurve, Workspace workspace)
    {
        Unsafe.SkipInit(out Element<TVector> left);
        Unsafe.SkipInit(out Element<TVector> right);
        var lanes = workspace.Lane;
        for (var group = 0; group * TLanes.Count < onCurve.Length; group++)
        {
            LoadPoint(points, group, lanes, out var point);
            Modular<TVector, TLanes, TPrime>.Multiply(ref point.X, in point.X, in _toMontgomery);
            Modular<TVector, TLanes, TPrime>.Multiply(ref point.Y, in point.Y, in _toMontgomery);
            Group<TVector, TLanes, TPrime>.CurveRight(in point.X, in _b, ref right);
            Modular<TVector, TLanes, TPrime>.Square(ref left, in point.Y);
            var equal = Group<TVector, TLanes, TPrime>.Same(ref left, in right);
            Modular<TVector, TLanes, TPrime>.Canonicalize(ref point.X);
            Modular<TVector, TLanes, TPrime>.Canonicalize(ref point.Y);
            Store(in point.X, points, group, 8, 0, lanes);
            Store(in point.Y, points, group, 8, 4, lanes);
            TLanes.Store(equal, ref lanes[0]);
            for (var lane = 0; lane < TLanes.Count && (group * TLanes.Count) + lane < onCurve.Length; lane++)
            {
                onCurve[(group * TLanes.Count) + lane] = lanes[lane] != 0;
            }
        }
    }

    private static void LoadPoint(ReadOnlySpan<ulong> points, int group, Span<ulong> lanes, out AffinePoint<TVector> point)
    {
        Load(points, group, 8, 0, lanes, out point.X);
        Load(points, group, 8, 4, lanes, out point.Y);
    }

    private static void StorePoint(in JacobianPoint<TVector> affine, Span<ulong> words, int group, int stride, int offset, Span<ulong> lanes)
    {
        Store(in affine.X, words, group, stride, offset, lanes);
        Store(in affine.Y, words, group, stride, offset + 4, lanes);
    }
}
