namespace PrivChain.Fuzz;

/// <summary>Changes bytes as searches without coverage do: bits, interesting numbers, cuts, copies, splices. The same seed gives the same changes.</summary>
/// <param name="random">A seeded generator.</param>
public sealed class Mutator(Random random)
{
    private const int MaxChanges = 4;
    private const int MaxRun = 64;

    private static readonly byte[] _interesting = [0x00, 0x01, 0x7f, 0x80, 0x81, 0x82, 0x84, 0xbf, 0xff, (byte)'"', (byte)'{', (byte)'[', (byte)'\\', (byte)'-', (byte)'=', (byte)'.', (byte)'\n'];

    private static readonly byte[][] _runs =
    [
        [0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80], [0x30, 0x84, 0xff, 0xff, 0xff, 0xff], [0x30, 0x80], [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        [.. "1e999"u8], [.. "\\ud800"u8], [.. "-0"u8], [.. "null"u8], [.. "[[[[[[[["u8], [0xed, 0xa0, 0x80], [0xc0, 0x80],
    ];

    /// <summary>A changed copy. <paramref name="other"/> is what parts are taken from.</summary>
    public byte[] Change(ReadOnlySpan<byte> seed, ReadOnlySpan<byte> other)
    {
        var bytes = new List<byte>(seed.ToArray());
        for (var left = random.Next(1, MaxChanges + 1); left > 0; left--)
        {
            ChangeOnce(bytes, other);
        }

        return [.. bytes];
    }

    /// <summary>One bit of one byte.</summary>
    public byte[] FlipBit(ReadOnlySpan<byte> seed)
    {
        var bytes = seed.ToArray();
        bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
        return bytes;
    }

    private void ChangeOnce(List<byte> bytes, ReadOnlySpan<byte> other)
    {
        var at = bytes.Count == 0 ? 0 : random.Next(bytes.Count);
        var run = Math.Min(random.Next(1, MaxRun), bytes.Count - at);
        switch (bytes.Count == 0 ? 6 : random.Next(9))
        {
            case 0 or 1:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 2:
                bytes[at] = _interesting[random.Next(_interesting.Length)];
                break;
            case 3:
                bytes[at] = (byte)((bytes[at] + (random.Next(2) == 0 ? 1 : 255)) & 0xff);
                break;
            case 4:
                bytes.RemoveRange(at, run);
                break;
            case 5:
                bytes.InsertRange(at, bytes.GetRange(at, run));
                break;
            case 6:
                bytes.InsertRange(at, _runs[random.Next(_runs.Length)]);
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            default:
                var from = other.Length == 0 ? 0 : random.Next(other.Length);
                bytes.InsertRange(at, other.Slice(from, Math.Min(run, other.Length - from)).ToArray());
                break;
        }
    }
}
