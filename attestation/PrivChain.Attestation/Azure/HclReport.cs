using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using PrivChain.Attestation.Bytes;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Azure;

/// <summary>
/// What Azure's paravisor keeps in TPM NV index 0x01400001 (confidential VM guest attestation, IGVM attest request): a header of 32 bytes, a place of 1184 bytes with an SNP report or a TD report, a header of 20 bytes,
/// runtime JSON. Integers are little-endian. The index is larger than the report: zeros fill it.
/// </summary>
internal sealed class HclReport
{
    public const int MaxSize = 16 * 1024;

    private const int HeaderSize = 32;
    private const int HardwareSize = 0x4a0;
    private const int RuntimeHeaderSize = 20;
    private const int TypeOffset = HeaderSize + HardwareSize + 8;
    private const int TdReportSize = 1024;
    private const int TdReportDataOffset = 0x80;
    private const int SnpReportDataOffset = 0x50;
    private const int ReportDataSize = 64;
    private const uint SnpReportType = 2;
    private const uint TdReportType = 4;

    private HclReport(bool isTdx, ReadOnlyMemory<byte> hardware, HashAlgorithmName hash, HclRuntimeData runtime)
    {
        IsTdx = isTdx;
        Hardware = hardware;
        Hash = hash;
        Runtime = runtime;
    }

    /// <summary>True for a TD report, false for an SNP report.</summary>
    public bool IsTdx { get; }

    /// <summary>The hardware's report: 1184 bytes for SNP, 1024 for TDX.</summary>
    public ReadOnlyMemory<byte> Hardware { get; }

    /// <summary>Report data as the hardware's report has it; of a TD report, which only its own machine can verify, it must be the one in the quote.</summary>
    public ReadOnlyMemory<byte> ReportData => Hardware.Slice(IsTdx ? TdReportDataOffset : SnpReportDataOffset, ReportDataSize);

    /// <summary>The hash by which the hardware's report data names the runtime data.</summary>
    public HashAlgorithmName Hash { get; }

    public HclRuntimeData Runtime { get; }

    private static ReadOnlySpan<byte> Signature => "HCLA"u8;

    /// <summary>True when the bytes begin as such a report of that kind of machine does.</summary>
    public static bool Looks(ReadOnlySpan<byte> bytes, bool tdx) =>
        bytes.StartsWith(Signature) && bytes.Length >= TypeOffset + 4 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[TypeOffset..]) == (tdx ? TdReportType : SnpReportType);

    public static bool TryParse(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out HclReport? report, [NotNullWhen(false)] out AttestationFault? fault)
    {
        report = null;
        fault = AttestationFault.Parse("hclReport", "header, hardware report, runtime data and zeros", $"{bytes.Length} bytes of another form");
        if (bytes.Length > MaxSize)
        {
            return false;
        }

        var reader = new ByteReader(bytes.Span);
        var isSigned = reader.Take(Signature.Length).SequenceEqual(Signature);
        var version = reader.UInt32LittleEndian();
        var size = reader.UInt32LittleEndian();
        _ = reader.Take(HeaderSize - reader.Offset);
        var hardware = reader.Take(HardwareSize).Length == HardwareSize ? bytes.Slice(HeaderSize, HardwareSize) : default;
        var dataSize = reader.UInt32LittleEndian();
        var dataVersion = reader.UInt32LittleEndian();
        var type = reader.UInt32LittleEndian();
        var hash = reader.UInt32LittleEndian();
        var textSize = reader.UInt32LittleEndian();
        var textOffset = reader.Offset;
        var text = reader.Take(textSize).ToArray();
        var rest = reader.TakeRest();
        if (!isSigned || reader.Failed || version is 0 or > 2 || dataVersion is 0 or > 2 || dataSize != RuntimeHeaderSize + (long)textSize
            || size != textOffset + (long)textSize || rest.ContainsAnyExcept((byte)0) || type is not (SnpReportType or TdReportType) || NameOf(hash) is not { } name)
        {
            return false;
        }

        var isTdx = type == TdReportType;
        if (isTdx && hardware.Span[TdReportSize..].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        if (!HclRuntimeData.TryParse(text, out var runtime))
        {
            fault = AttestationFault.Parse("hclReport.runtimeData", "strict JSON with one RSA key HCLAkPub", $"{textSize} bytes of another form");
            return false;
        }

        report = new HclReport(isTdx, isTdx ? hardware[..TdReportSize] : hardware, name, runtime);
        fault = null;
        return true;
    }

    /// <summary>True when that report data is the hash of the runtime data, with zeros after it.</summary>
    public bool IsBoundBy(ReadOnlySpan<byte> reportData)
    {
        var digest = Hashes.Of(Hash, Runtime.Bytes.Span);
        return reportData.StartsWith(digest) && !reportData[digest.Length..].ContainsAnyExcept((byte)0);
    }

    private static HashAlgorithmName? NameOf(uint hash) => hash switch
    {
        1 => HashAlgorithmName.SHA256,
        2 => HashAlgorithmName.SHA384,
        3 => HashAlgorithmName.SHA512,
        _ => null,
    };
}
