using System.Buffers.Binary;

namespace PrivChain.Attestation.Intel;

/// <summary>
/// A view of an SGX enclave report body, 384 bytes, little-endian (SGX ECDSA Quote Library API, A.4 "Enclave Report Body"): of the enclave that a quote is about, or of the quoting enclave that made it.
/// </summary>
internal sealed class SgxReport(ReadOnlyMemory<byte> bytes)
{
    public const int Size = 384;

    private const int CpuSvnOffset = 0;
    private const int MiscSelectOffset = 16;
    private const int IsvExtProdIdOffset = 32;
    private const int AttributesOffset = 48;
    private const int MrEnclaveOffset = 64;
    private const int MrSignerOffset = 128;
    private const int ConfigIdOffset = 192;
    private const int IsvProdIdOffset = 256;
    private const int IsvSvnOffset = 258;
    private const int ConfigSvnOffset = 260;
    private const int IsvFamilyIdOffset = 304;
    private const int ReportDataOffset = 320;
    private const byte DebugFlag = 0x02;

    /// <summary>The bytes as received.</summary>
    public ReadOnlyMemory<byte> Bytes => bytes;

    public ReadOnlyMemory<byte> CpuSvn => bytes.Slice(CpuSvnOffset, 16);

    public ReadOnlyMemory<byte> MiscSelect => bytes.Slice(MiscSelectOffset, 4);

    public ReadOnlyMemory<byte> IsvExtProdId => bytes.Slice(IsvExtProdIdOffset, 16);

    /// <summary>Flags (8) and XFRM (8).</summary>
    public ReadOnlyMemory<byte> Attributes => bytes.Slice(AttributesOffset, 16);

    public ReadOnlyMemory<byte> MrEnclave => bytes.Slice(MrEnclaveOffset, 32);

    public ReadOnlyMemory<byte> MrSigner => bytes.Slice(MrSignerOffset, 32);

    public ReadOnlyMemory<byte> ConfigId => bytes.Slice(ConfigIdOffset, 64);

    public ushort IsvProdId => UInt16(IsvProdIdOffset);

    public ushort IsvSvn => UInt16(IsvSvnOffset);

    public ushort ConfigSvn => UInt16(ConfigSvnOffset);

    public ReadOnlyMemory<byte> IsvFamilyId => bytes.Slice(IsvFamilyIdOffset, 16);

    public ReadOnlyMemory<byte> ReportData => bytes.Slice(ReportDataOffset, 64);

    public bool IsDebug => (Attributes.Span[0] & DebugFlag) != 0;

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[offset..]);
}
