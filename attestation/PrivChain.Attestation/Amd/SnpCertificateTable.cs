using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.Amd;

/// <summary>
/// The certificate table that a host hands out beside a report (AMD 56421 GHCB, section 4.1.8.1; configfs-tsm <c>auxblob</c>): entries of GUID (16, in the order it is written), offset and length (4 each,
/// little-endian, from the table's start), an entry of zeros, then the items, DER or PEM. Nobody signs the table: what is in it counts by its own signatures.
/// </summary>
internal sealed class SnpCertificateTable
{
    public const int MaxSize = 64 * 1024;

    private const int MaxEntries = 32;

    private readonly Dictionary<Guid, ReadOnlyMemory<byte>> _items = [];

    public static Guid Vcek { get; } = new("63da758d-e664-4564-adc5-f4b93be8accd");

    public static Guid Vlek { get; } = new("a8074bc2-a25a-483e-aae6-39c045a0b8a1");

    public static Guid Ask { get; } = new("4ab7b379-bbac-4fe4-a02f-05aef327c782");

    public static Guid Ark { get; } = new("c0b406a4-a803-4952-9743-3fb6014cd0ae");

    public static Guid Crl { get; } = new("92f81bc3-5811-4d3d-97ff-d19f88dc67ea");

    public ReadOnlyMemory<byte>? this[Guid item] => _items.TryGetValue(item, out var bytes) && bytes.Length > 0 ? bytes : default(ReadOnlyMemory<byte>?);

    /// <summary>Reads a table; no bytes at all, or only zeros, are a host without certificates. False for an item outside the table or listed twice.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out SnpCertificateTable? table)
    {
        table = null;
        var parsed = new SnpCertificateTable();
        var reader = new ByteReader(bytes.Span);
        while (bytes.Length > 0)
        {
            var id = reader.Take(16);
            var offset = reader.UInt32LittleEndian();
            var length = reader.UInt32LittleEndian();
            if (reader.Failed || parsed._items.Count == MaxEntries)
            {
                return false;
            }

            if (!id.ContainsAnyExcept((byte)0))
            {
                break;
            }

            if (offset > bytes.Length || length > bytes.Length - offset || !parsed._items.TryAdd(new Guid(id, bigEndian: true), bytes.Slice((int)offset, (int)length)))
            {
                return false;
            }
        }

        table = parsed;
        return true;
    }
}
