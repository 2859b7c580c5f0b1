using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.Collateral;

namespace PrivChain.Attestation.Evidence;

/// <summary>
/// Evidence with the collateral that its attester had at hand, so that what is recorded today can be verified by anybody in ten years. The attester need not be believed for it: collateral is signed by vendors, and a
/// verifier may lay its own over it (<see cref="CollateralSet.With"/>). As bytes: <c>PCEE</c>, length of the envelope (4, big-endian), the envelope, count of items (1), then for each item the length of its name (1), the
/// ASCII name, its length (4) and its bytes, names in ascending order. Without collateral it is the bare envelope: one value, one encoding.
/// </summary>
public sealed class EndorsedEvidence
{
    /// <summary>Largest evidence with its collateral in bytes.</summary>
    public const int MaxSize = ReceivedEvidence.MaxSize + CollateralSet.MaxItemSize;

    /// <param name="envelope">Evidence in its envelope.</param>
    /// <param name="collateral">What came along, or <see cref="CollateralSet.Empty"/>.</param>
    public EndorsedEvidence(ReadOnlyMemory<byte> envelope, CollateralSet collateral)
    {
        Envelope = envelope;
        Collateral = collateral;
    }

    /// <summary>The evidence (<see cref="ReceivedEvidence.Parse(ReadOnlySpan{byte})"/>).</summary>
    public ReadOnlyMemory<byte> Envelope { get; }

    /// <summary>The collateral that came along.</summary>
    public CollateralSet Collateral { get; }

    private static ReadOnlySpan<byte> Magic => "PCEE"u8;

    /// <summary>The bytes; see the type for the layout.</summary>
    public byte[] ToArray()
    {
        if (Collateral.IsEmpty)
        {
            return Envelope.ToArray();
        }

        var bytes = new List<byte>([.. Magic, .. Length(Envelope.Length), .. Envelope.Span, (byte)Collateral.Names.Count()]);
        foreach (var name in Collateral.Names)
        {
            _ = Collateral.TryGet(name, out var item);
            bytes.Add((byte)name.Length);
            bytes.AddRange(Encoding.ASCII.GetBytes(name));
            bytes.AddRange(Length(item.Length));
            bytes.AddRange(item.Span);
        }

        return [.. bytes];
    }

    /// <summary>Reads the layout, or takes a bare envelope as evidence without collateral. False for items of unknown names, out of order, none at all, and for bytes left over.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EndorsedEvidence? evidence)
    {
        evidence = null;
        if (bytes.Length > MaxSize)
        {
            return false;
        }

        if (!bytes.StartsWith(Magic))
        {
            evidence = new EndorsedEvidence(bytes.ToArray(), CollateralSet.Empty);
            return true;
        }

        var reader = new ByteReader(bytes[Magic.Length..]);
        var envelope = reader.Take(reader.UInt32BigEndian()).ToArray();
        var count = reader.Byte();
        var items = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        for (var i = 0; i < count && !reader.Failed; i++)
        {
            var name = Encoding.Latin1.GetString(reader.Take(reader.Byte()));
            var item = reader.Take(reader.UInt32BigEndian()).ToArray();
            if (!CollateralName.All.Contains(name, StringComparer.Ordinal) || item.Length > CollateralSet.MaxItemSize || (i > 0 && string.CompareOrdinal(items[^1].Key, name) >= 0))
            {
                return false;
            }

            items.Add(new(name, item));
        }

        if (!reader.Complete || count == 0)
        {
            return false;
        }

        evidence = new EndorsedEvidence(envelope, new CollateralSet(items));
        return true;
    }

    private static byte[] Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        return bytes;
    }
}
