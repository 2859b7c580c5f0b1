using System.Formats.Asn1;

namespace PrivChain.Attestation.Dice;

/// <summary>FWID: a digest of firmware with its algorithm (IANA's name, or the object identifier of one that is not known).</summary>
internal sealed record FirmwareId(string Algorithm, ReadOnlyMemory<byte> Digest)
{
    private const int MaxDigest = 128;
    private const int MaxCount = 32;

    private static readonly Dictionary<string, (string Name, int Size)> _algorithms = new(StringComparer.Ordinal)
    {
        ["1.3.14.3.2.26"] = ("sha-1", 20),
        ["2.16.840.1.101.3.4.2.1"] = ("sha-256", 32),
        ["2.16.840.1.101.3.4.2.2"] = ("sha-384", 48),
        ["2.16.840.1.101.3.4.2.3"] = ("sha-512", 64),
        ["2.16.840.1.101.3.4.2.8"] = ("sha3-256", 32),
        ["2.16.840.1.101.3.4.2.9"] = ("sha3-384", 48),
        ["2.16.840.1.101.3.4.2.10"] = ("sha3-512", 64),
    };

    public bool IsWeak => Algorithm == "sha-1";

    /// <exception cref="AsnContentException">Not a FWID, or a digest of another length than its algorithm gives.</exception>
    public static FirmwareId Read(AsnReader reader)
    {
        var sequence = reader.ReadSequence();
        var oid = sequence.ReadObjectIdentifier();
        var digest = sequence.ReadOctetString();
        sequence.ThrowIfNotEmpty();
        if (!_algorithms.TryGetValue(oid, out var known))
        {
            return digest.Length is > 0 and <= MaxDigest ? new FirmwareId(oid, digest) : throw new AsnContentException("a digest of no length");
        }

        return digest.Length == known.Size ? new FirmwareId(known.Name, digest) : throw new AsnContentException($"a digest of {digest.Length} bytes for {known.Name}");
    }

    /// <exception cref="AsnContentException">Not a list of at least one.</exception>
    public static IReadOnlyList<FirmwareId> ReadList(AsnReader list)
    {
        var ids = new List<FirmwareId>();
        while (list.HasData && ids.Count < MaxCount)
        {
            ids.Add(Read(list));
        }

        list.ThrowIfNotEmpty();
        return ids.Count > 0 ? ids : throw new AsnContentException("an empty list of digests");
    }
}
