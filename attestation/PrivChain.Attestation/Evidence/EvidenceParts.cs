using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.Evidence;

/// <summary>
/// The parts of evidence that come from the attester together: the main one is called <see cref="Main"/>; others are named by their format (signature, keys, event log). As bytes: count (1), then for each part the length
/// of its name (1), the ASCII name, the length (4, big-endian) and the bytes, names in ascending order.
/// </summary>
public sealed class EvidenceParts
{
    /// <summary>Name of the main part.</summary>
    public const string Main = "evidence";

    private const int MaxCount = 16;
    private const int MaxName = 32;

    private readonly SortedDictionary<string, ReadOnlyMemory<byte>> _parts = new(StringComparer.Ordinal);

    /// <param name="parts">Parts by name; <see cref="Main"/> must be among them.</param>
    /// <exception cref="ArgumentException">No main part, too many, or a name that is not lower-case letters, digits and dashes.</exception>
    public EvidenceParts(IEnumerable<KeyValuePair<string, ReadOnlyMemory<byte>>> parts)
    {
        foreach (var (name, bytes) in parts)
        {
            if (!IsName(name) || !_parts.TryAdd(name, bytes.ToArray()))
            {
                throw new ArgumentException($"a part's name is 1 to {MaxName} lower-case letters, digits and dashes, once", nameof(parts));
            }
        }

        if (!_parts.ContainsKey(Main) || _parts.Count > MaxCount)
        {
            throw new ArgumentException($"wanted {Main} and at most {MaxCount} parts", nameof(parts));
        }
    }

    /// <summary>Names that are there, in order.</summary>
    public IEnumerable<string> Names => _parts.Keys;

    /// <summary>The main part.</summary>
    public ReadOnlyMemory<byte> MainPart => _parts[Main];

    /// <summary>Bytes of all parts together.</summary>
    public long TotalSize => _parts.Values.Sum(part => (long)part.Length);

    /// <summary>Gets a part.</summary>
    public bool TryGet(string name, out ReadOnlyMemory<byte> bytes) => _parts.TryGetValue(name, out bytes);

    /// <summary>Only a main part.</summary>
    public static EvidenceParts Of(ReadOnlyMemory<byte> main) => new([new(Main, main)]);

    /// <summary>The parts as bytes; see the type for the layout.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[1 + _parts.Sum(part => 1 + part.Key.Length + 4 + part.Value.Length)];
        bytes[0] = (byte)_parts.Count;
        var rest = bytes.AsSpan(1);
        foreach (var (name, part) in _parts)
        {
            rest[0] = (byte)name.Length;
            rest = rest[(1 + Encoding.ASCII.GetBytes(name, rest[1..]))..];
            BinaryPrimitives.WriteInt32BigEndian(rest, part.Length);
            part.Span.CopyTo(rest[4..]);
            rest = rest[(4 + part.Length)..];
        }

        return bytes;
    }

    /// <summary>Reads the layout. False for anything else: parts out of order, twice, none, or bytes left over.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EvidenceParts? parts)
    {
        parts = null;
        var reader = new ByteReader(bytes);
        var count = reader.Byte();
        var read = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var name = Encoding.Latin1.GetString(reader.Take(reader.Byte()));
            var part = reader.Take(reader.UInt32BigEndian()).ToArray();
            if (!IsName(name) || (i > 0 && string.CompareOrdinal(read[^1].Key, name) >= 0))
            {
                return false;
            }

            read.Add(new(name, part));
        }

        if (!reader.Complete || count > MaxCount || !read.Exists(part => part.Key == Main))
        {
            return false;
        }

        parts = new EvidenceParts(read);
        return true;
    }

    private static bool IsName(string name) => name.Length is > 0 and <= MaxName && !name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-");
}
