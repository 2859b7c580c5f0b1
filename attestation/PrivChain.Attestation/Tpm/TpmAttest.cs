using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// TPMS_ATTEST (TPM 2.0 part 2, section 10.12.12), big-endian: what a restricted key signs. The magic is in every one and in nothing else that such a key signs; the type is checked before anything else is believed,
/// since one key signs them all.
/// </summary>
internal sealed class TpmAttest
{
    public const int MaxSize = 2048;
    public const uint Magic = 0xff54_4347;
    public const ushort CertifyType = 0x8017;
    public const ushort QuoteType = 0x8018;
    public const ushort CreationType = 0x801a;

    private TpmAttest(ReadOnlyMemory<byte> signed) => Signed = signed;

    /// <summary>What the signature covers: the structure without a length in front.</summary>
    public ReadOnlyMemory<byte> Signed { get; }

    public ushort Type { get; private set; }

    public ReadOnlyMemory<byte> QualifiedSigner { get; private set; }

    /// <summary>The asker's nonce.</summary>
    public ReadOnlyMemory<byte> ExtraData { get; private set; }

    /// <summary>Milliseconds that the TPM was powered; not a time of day.</summary>
    public ulong Clock { get; private set; }

    public uint ResetCount { get; private set; }

    public uint RestartCount { get; private set; }

    /// <summary>False when the clock may have gone back since it was last right.</summary>
    public bool IsSafe { get; private set; }

    public ulong FirmwareVersion { get; private set; }

    /// <summary>A quote's selection; empty for other types.</summary>
    public IReadOnlyList<PcrSelection> Selections { get; private set; } = [];

    public ReadOnlyMemory<byte> PcrDigest { get; private set; }

    /// <summary>TPMS_QUOTE_INFO as received: selection and digest.</summary>
    public ReadOnlyMemory<byte> QuoteInfo { get; private set; }

    /// <summary>Name of a certified key, or of one whose creation is attested.</summary>
    public ReadOnlyMemory<byte> CertifiedName { get; private set; }

    public ReadOnlyMemory<byte> CertifiedQualifiedName { get; private set; }

    /// <summary>Of a creation: digest of the creation data.</summary>
    public ReadOnlyMemory<byte> CreationHash { get; private set; }

    public string TypeName => Type switch
    {
        QuoteType => "quote",
        CertifyType => "certify",
        0x8014 => "nv",
        0x8015 => "command audit",
        0x8016 => "session audit",
        0x8019 => "time",
        CreationType => "creation",
        0x801c => "nv digest",
        _ => $"0x{Type:x4}",
    };

    /// <summary>Reads TPMS_ATTEST, or TPM2B_ATTEST, which has its length in front: the magic tells which. Bodies of types other than quote, certify and creation are not read.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TpmAttest? attest)
    {
        attest = null;
        if (bytes.Length is < 6 or > MaxSize)
        {
            return false;
        }

        var isWrapped = BinaryPrimitives.ReadUInt32BigEndian(bytes.Span) != Magic;
        if (isWrapped && BinaryPrimitives.ReadUInt16BigEndian(bytes.Span) != bytes.Length - 2)
        {
            return false;
        }

        var parsed = new TpmAttest(isWrapped ? bytes[2..] : bytes);
        attest = parsed.Read() ? parsed : null;
        return attest is not null;
    }

    private bool Read()
    {
        var reader = new ByteReader(Signed.Span);
        if (reader.UInt32BigEndian() != Magic)
        {
            return false;
        }

        Type = reader.UInt16BigEndian();
        QualifiedSigner = Sized(ref reader);
        ExtraData = Sized(ref reader);
        Clock = reader.UInt64BigEndian();
        ResetCount = reader.UInt32BigEndian();
        RestartCount = reader.UInt32BigEndian();
        var safe = reader.Byte();
        IsSafe = safe == 1;
        FirmwareVersion = reader.UInt64BigEndian();
        if (safe > 1)
        {
            return false;
        }

        switch (Type)
        {
            case QuoteType:
                QuoteInfo = Signed[reader.Offset..];
                var isRead = PcrSelection.TryReadAll(ref reader, out var selections);
                Selections = selections;
                return isRead && (PcrDigest = Sized(ref reader)).Length > 0 && reader.Complete;
            case CertifyType:
                CertifiedName = Sized(ref reader);
                CertifiedQualifiedName = Sized(ref reader);
                return reader.Complete;
            case CreationType:
                CertifiedName = Sized(ref reader);
                CreationHash = Sized(ref reader);
                return reader.Complete;
            default:
                return !reader.Failed;
        }
    }

    private ReadOnlyMemory<byte> Sized(ref ByteReader reader)
    {
        var length = reader.Take(reader.UInt16BigEndian()).Length;
        return Signed.Slice(reader.Offset - length, length);
    }
}
