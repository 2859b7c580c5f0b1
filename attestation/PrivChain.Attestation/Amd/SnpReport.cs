using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Attestation.Amd;

/// <summary>
/// ATTESTATION_REPORT (AMD 56860, section 7.3, table 23), 1184 bytes, integers little-endian, versions 1 to 5 (4 has the layout of 3). Reserved bytes must be zero: what a later firmware puts there has a meaning that nobody here knows.
/// </summary>
internal sealed class SnpReport
{
    public const int Size = 0x4a0;

    public const int MaxVersion = 5;

    private const int SignedSize = 0x2a0;
    private const int NumberSize = 72;
    private const int FieldSize = 48;
    private const uint EcdsaP384Sha384 = 1;
    private const uint AskedByHost = uint.MaxValue;

    private readonly ReadOnlyMemory<byte> _bytes;

    private SnpReport(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public uint Version => UInt32(0x00);

    public uint GuestSvn => UInt32(0x04);

    public SnpPolicy Policy => new(UInt64(0x08));

    public ReadOnlyMemory<byte> FamilyId => _bytes.Slice(0x10, 16);

    public ReadOnlyMemory<byte> ImageId => _bytes.Slice(0x20, 16);

    public uint Vmpl => UInt32(0x30);

    public SnpTcb CurrentTcb { get; private set; }

    public ulong PlatformInfo => UInt64(0x40);

    public bool HasAuthorKey => (UInt32(0x48) & 1) != 0;

    public bool MasksChipKey => (UInt32(0x48) & 2) != 0;

    public SnpSigningKey SigningKey => (SnpSigningKey)((UInt32(0x48) >> 2) & 7);

    public ReadOnlyMemory<byte> ReportData => _bytes.Slice(0x50, 64);

    public ReadOnlyMemory<byte> Measurement => _bytes.Slice(0x90, 48);

    public ReadOnlyMemory<byte> HostData => _bytes.Slice(0xc0, 32);

    public ReadOnlyMemory<byte> IdKeyDigest => _bytes.Slice(0xe0, 48);

    public ReadOnlyMemory<byte> AuthorKeyDigest => _bytes.Slice(0x110, 48);

    public ReadOnlyMemory<byte> ReportId => _bytes.Slice(0x140, 32);

    public ReadOnlyMemory<byte> MigrationAgentReportId => _bytes.Slice(0x160, 32);

    public SnpTcb ReportedTcb { get; private set; }

    /// <summary>Family, model and stepping; null before version 3.</summary>
    public ReadOnlyMemory<byte>? Cpuid => Version >= 3 ? _bytes.Slice(0x188, 3) : default(ReadOnlyMemory<byte>?);

    /// <summary>The line of processors that <see cref="Cpuid"/> names; before version 3 null, since only the certificate says.</summary>
    public AmdProduct? Product { get; private set; }

    public ReadOnlyMemory<byte> ChipId => _bytes.Slice(0x1a0, 64);

    /// <summary>Zero in version 1, which does not have it.</summary>
    public SnpTcb CommittedTcb { get; private set; }

    public string CurrentVersion => FirmwareVersion(0x1e8);

    public string CommittedVersion => FirmwareVersion(0x1ec);

    /// <summary>False in version 1, which has neither committed nor launch TCB.</summary>
    public bool HasCommittedTcb => Version >= 2;

    public SnpTcb LaunchTcb { get; private set; }

    /// <summary>Mitigations in force at launch and now; null before version 5.</summary>
    public (ulong Launch, ulong Current)? Mitigations => Version >= 5 ? (UInt64(0x1f8), UInt64(0x200)) : null;

    /// <summary>True when its TCBs have the layout of Turin. Before version 3 only the length of the chip's id tells; authentication compares with the certificate.</summary>
    public bool IsTurin => Product?.IsTurin ?? (ChipId.Span[..AmdProduct.TurinIdSize].ContainsAnyExcept((byte)0) && !ChipId.Span[AmdProduct.TurinIdSize..].ContainsAnyExcept((byte)0));

    /// <summary>What the signature covers, as received.</summary>
    public ReadOnlyMemory<byte> Signed => _bytes[..SignedSize];

    /// <summary>True when the firmware wrote zeros where a signature belongs.</summary>
    public bool IsUnsigned => SigningKey == SnpSigningKey.None || !_bytes.Span.Slice(SignedSize, 2 * NumberSize).ContainsAnyExcept((byte)0);

    /// <summary>Reads exactly 1184 bytes.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out SnpReport? report, [NotNullWhen(false)] out AttestationFault? fault)
    {
        report = null;
        if (bytes.Length != Size)
        {
            fault = AttestationFault.Parse("report", $"{Size} bytes", $"{bytes.Length}");
            return false;
        }

        var parsed = new SnpReport(bytes);
        fault = parsed.FirstFault();
        report = fault is null ? parsed : null;
        return report is not null;
    }

    /// <summary>r and s, which lie little-endian in 72 bytes each, as big-endian numbers of the curve's 48 bytes. False when they do not fit.</summary>
    public bool TryGetSignature([NotNullWhen(true)] out byte[]? signature)
    {
        signature = new byte[2 * FieldSize];
        for (var i = 0; i < 2; i++)
        {
            var number = _bytes.Span.Slice(SignedSize + (i * NumberSize), NumberSize);
            if (number[FieldSize..].ContainsAnyExcept((byte)0))
            {
                signature = null;
                return false;
            }

            var place = signature.AsSpan(i * FieldSize, FieldSize);
            number[..FieldSize].CopyTo(place);
            place.Reverse();
        }

        return true;
    }

    private AttestationFault? FirstFault()
    {
        if (Version is < 1 or > MaxVersion)
        {
            return AttestationFault.Parse("version", $"1 to {MaxVersion}", $"{Version}", AttestationRefusal.UnknownVersion);
        }

        if (Cpuid is { Span: var cpuid })
        {
            Product = AmdProduct.Of(cpuid[0], cpuid[1]);
            if (Product is null)
            {
                // The layout of the TCB depends on it.
                return AttestationFault.Parse("cpuid", "a family and model that is known", $"family {cpuid[0]}, model {cpuid[1]}", AttestationRefusal.UnknownVersion);
            }
        }

        return UInt32(0x34) != EcdsaP384Sha384 ? AttestationFault.Parse("signatureAlgorithm", "1, ECDSA P-384 with SHA-384", $"{UInt32(0x34)}")
            : !Policy.IsWellFormed ? AttestationFault.Parse("policy", "bit 17 and no reserved bit", $"0x{Policy.Bits:x}")
            : Vmpl is > 3 and not AskedByHost ? AttestationFault.Parse("vmpl", "0 to 3, or all ones for the host", $"{Vmpl}")
            : UInt32(0x48) >> 5 != 0 || SigningKey is not (SnpSigningKey.Vcek or SnpSigningKey.Vlek or SnpSigningKey.None) ? AttestationFault.Parse("flags", "a known signing key and no reserved bit", $"0x{UInt32(0x48):x}")
            : !HasZeros() ? AttestationFault.Parse("reserved", "zeros", "other bytes")
            : !TryReadTcbs() ? AttestationFault.Parse("tcb", "zeros in reserved bytes", "other bytes")
            : null;
    }

    private bool HasZeros() =>
        IsZero(0x4c, 0x50) && IsZero(Version >= 3 ? 0x18b : 0x188, 0x1a0) && IsZero(0x1eb, 0x1ec) && IsZero(0x1ef, 0x1f0)
        && IsZero(Version switch { 1 => 0x1e0, < 5 => 0x1f8, _ => 0x208 }, SignedSize) && IsZero(SignedSize + (2 * NumberSize), Size);

    private bool TryReadTcbs()
    {
        var turin = IsTurin;
        var read = SnpTcb.TryRead(_bytes.Span.Slice(0x38, SnpTcb.Size), turin, out var current)
            & SnpTcb.TryRead(_bytes.Span.Slice(0x180, SnpTcb.Size), turin, out var reported)
            & SnpTcb.TryRead(_bytes.Span.Slice(0x1e0, SnpTcb.Size), turin, out var committed)
            & SnpTcb.TryRead(_bytes.Span.Slice(0x1f0, SnpTcb.Size), turin, out var launch);
        (CurrentTcb, ReportedTcb, CommittedTcb, LaunchTcb) = (current, reported, committed, launch);
        return read;
    }

    private string FirmwareVersion(int offset) => $"{_bytes.Span[offset + 2]}.{_bytes.Span[offset + 1]}.{_bytes.Span[offset]}";

    private bool IsZero(int from, int to) => !_bytes.Span[from..to].ContainsAnyExcept((byte)0);

    private uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.Span[offset..]);

    private ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.Span[offset..]);
}
