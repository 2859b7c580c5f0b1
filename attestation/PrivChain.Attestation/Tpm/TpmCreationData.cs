using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tpm;

/// <summary>TPMS_CREATION_DATA (TPM 2.0 part 2, section 15.1), big-endian: under which parent and in which state a key was made. Only its hash in a TPM's signed structure vouches for it.</summary>
internal sealed class TpmCreationData
{
    public const int MaxSize = 1024;

    private TpmCreationData(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The structure without a length in front: what is hashed.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Registers whose values at that time are in <see cref="PcrDigest"/>.</summary>
    public IReadOnlyList<PcrSelection> Selections { get; private set; } = [];

    public ReadOnlyMemory<byte> PcrDigest { get; private set; }

    /// <summary>TPMA_LOCALITY.</summary>
    public byte Locality { get; private set; }

    /// <summary>Name of the parent, or the handle of its hierarchy.</summary>
    public ReadOnlyMemory<byte> ParentName { get; private set; }

    /// <summary>The same with the parent's parents.</summary>
    public ReadOnlyMemory<byte> ParentQualifiedName { get; private set; }

    /// <summary>What the maker of the key put in.</summary>
    public ReadOnlyMemory<byte> OutsideInfo { get; private set; }

    /// <summary>Reads TPMS_CREATION_DATA, or TPM2B_CREATION_DATA, which has its length in front: a selection of registers begins with a count whose first half is zero.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TpmCreationData? data)
    {
        data = null;
        if (bytes.Length is < 2 or > MaxSize)
        {
            return false;
        }

        var parsed = new TpmCreationData(BinaryPrimitives.ReadUInt16BigEndian(bytes.Span) == bytes.Length - 2 ? bytes[2..] : bytes);
        var reader = new ByteReader(parsed.Bytes.Span);
        if (!PcrSelection.TryReadAll(ref reader, out var selections))
        {
            return false;
        }

        parsed.Selections = selections;
        parsed.PcrDigest = reader.Take(reader.UInt16BigEndian()).ToArray();
        parsed.Locality = reader.Byte();
        _ = reader.UInt16BigEndian();
        parsed.ParentName = reader.Take(reader.UInt16BigEndian()).ToArray();
        parsed.ParentQualifiedName = reader.Take(reader.UInt16BigEndian()).ToArray();
        parsed.OutsideInfo = reader.Take(reader.UInt16BigEndian()).ToArray();
        data = reader.Complete ? parsed : null;
        return data is not null;
    }

    /// <summary>The qualified name of a key that was made so (part 1, section 16): its name, hashed behind the parent's. Null for a name of another form.</summary>
    public byte[]? QualifiedNameOf(ReadOnlySpan<byte> name) =>
        name.Length > 2 && EventLogHash.NameOf(BinaryPrimitives.ReadUInt16BigEndian(name)) is { } hash ? [.. name[..2], .. Hashes.Of(hash, [.. ParentQualifiedName.Span, .. name])] : null;
}
