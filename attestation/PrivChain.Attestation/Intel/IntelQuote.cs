using System.Buffers.Binary;
using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.Intel;

/// <summary>
/// An ECDSA quote of SGX (version 3; 4 or 5 with an SGX report as body) or TDX (version 4; 5), read from bytes, nothing verified. Header of 48 bytes, from version 5 on a body descriptor of 6, body, signature data with its
/// length. The buffer may go on after the quote (configfs fills it): the rest is counted and never looked at. Everywhere inside, bytes left over are refused.
/// </summary>
internal sealed class IntelQuote
{
    public const ushort Version3 = 3;
    public const ushort Version4 = 4;
    public const ushort Version5 = 5;

    /// <summary>Largest buffer in bytes: real quotes have 5 KB in buffers of up to 16 KB.</summary>
    public const int MaxSize = 64 * 1024;

    private const int HeaderSize = 48;
    private const int KeyTypeOffset = 2;
    private const int TeeTypeOffset = 4;
    private const int QeSvnOffset = 8;
    private const int PceSvnOffset = 10;
    private const int VendorOffset = 12;
    private const int UserDataOffset = 28;
    private const int DescriptorSize = 6;
    private const ushort EcdsaP256 = 2;
    private const ushort EcdsaP384 = 3;
    private const uint SgxTee = 0x00;
    private const uint TdxTee = 0x81;

    private readonly ReadOnlyMemory<byte> _bytes;

    private IntelQuote(ReadOnlyMemory<byte> bytes, ushort bodyType, ReadOnlyMemory<byte> body, QuoteSignature signature, PckCertificates? pck)
    {
        _bytes = bytes;
        BodyType = bodyType;
        Sgx = bodyType == BodyTypes.Sgx ? new SgxReport(body) : null;
        Td = Sgx is null ? new TdReport(body) : null;
        Signature = signature;
        Pck = pck;
    }

    /// <summary>QE vendor: Intel, 939a7233-f79c-4ca9-940a-0db3957f0607.</summary>
    private static ReadOnlySpan<byte> IntelVendor => [0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07];

    public ushort Version => UInt16(0);

    public ushort AttestationKeyType => UInt16(KeyTypeOffset);

    public uint TeeType => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.Span[TeeTypeOffset..]);

    public bool IsTdx => Td is not null;

    public ushort QeSvn => UInt16(QeSvnOffset);

    public ushort PceSvn => UInt16(PceSvnOffset);

    public ReadOnlyMemory<byte> UserData => _bytes.Slice(UserDataOffset, 20);

    /// <summary>1 SGX, 2 TD 1.0, 3 TD 1.5: as version 5 says, and what versions 3 and 4 imply.</summary>
    public ushort BodyType { get; }

    /// <summary>The enclave's report, or null for TDX.</summary>
    public SgxReport? Sgx { get; }

    /// <summary>The TD's report, or null for SGX.</summary>
    public TdReport? Td { get; }

    public QuoteSignature Signature { get; }

    /// <summary>The PCK certificate with its chain, or null when the quote only names the platform.</summary>
    public PckCertificates? Pck { get; }

    /// <summary>Header, descriptor and body as received: what the attestation key signed.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>Bytes of the quote itself.</summary>
    public required int Length { get; init; }

    /// <summary>Bytes of the buffer after the quote.</summary>
    public required int TrailingBytes { get; init; }

    /// <summary>What the program bound, 64 bytes.</summary>
    public ReadOnlyMemory<byte> ReportData => Sgx?.ReportData ?? Td!.ReportData;

    /// <summary>True when bytes begin like a quote of that TEE. A quote of another vendor's quoting enclave is not recognised.</summary>
    public static bool Looks(ReadOnlySpan<byte> bytes, bool tdx)
    {
        if (bytes.Length < HeaderSize || !bytes.Slice(VendorOffset, IntelVendor.Length).SequenceEqual(IntelVendor))
        {
            return false;
        }

        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes);
        var tee = BinaryPrimitives.ReadUInt32LittleEndian(bytes[TeeTypeOffset..]);
        return tdx ? version is Version4 or Version5 && tee == TdxTee : version is >= Version3 and <= Version5 && tee == SgxTee;
    }

    /// <summary>Reads a quote from the head of a buffer.</summary>
    /// <param name="bytes">The buffer; the quote keeps it.</param>
    /// <param name="tdx">The TEE that the quote must be of.</param>
    public static AttestationVerdict<IntelQuote> Parse(ReadOnlyMemory<byte> bytes, bool tdx)
    {
        if (bytes.Length > MaxSize)
        {
            return Refuse("quote", $"at most {MaxSize} bytes", $"{bytes.Length}", AttestationRefusal.TooLarge);
        }

        if (bytes.Length < HeaderSize)
        {
            return Refuse("header", $"{HeaderSize} bytes", $"{bytes.Length}");
        }

        if (HeaderFault(bytes.Span, tdx) is { } fault)
        {
            return new AttestationVerdict<IntelQuote>(fault);
        }

        var reader = new ByteReader(bytes.Span);
        _ = reader.Take(HeaderSize);
        var version = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span);
        var bodyType = tdx ? BodyTypes.Td10 : BodyTypes.Sgx;
        if (version == Version5)
        {
            bodyType = reader.UInt16LittleEndian();
            var size = reader.UInt32LittleEndian();
            if (reader.Failed || (bodyType != BodyTypes.Sgx) != tdx || BodyTypes.SizeOf(bodyType) is not { } wanted || wanted != size)
            {
                return Refuse("body", "a body type of this TEE with its size", $"type {bodyType}, {size} bytes");
            }
        }

        var bodyStart = version == Version5 ? HeaderSize + DescriptorSize : HeaderSize;
        var bodySize = reader.Take(BodyTypes.SizeOf(bodyType)!.Value).Length;
        var signatureSize = reader.Take(reader.UInt32LittleEndian()).Length;
        if (reader.Failed)
        {
            return Refuse("signatureData", "body and signature data within the buffer", $"{bytes.Length} bytes in all");
        }

        var end = reader.Offset;
        if (QuoteSignature.Parse(bytes[(end - signatureSize)..end], version) is not { } signature)
        {
            return Refuse("signatureData", "signature, key, QE report and certification data, with nothing left over", $"{signatureSize} bytes of another form");
        }

        PckCertificates? pck = null;
        if (signature.CertificationType == PckCertificates.ChainType && !PckCertificates.TryParse(signature.CertificationData, out pck))
        {
            return Refuse("certificationData", "a PCK certificate and its chain, in PEM", $"{signature.CertificationData.Length} bytes of another form");
        }

        return new AttestationVerdict<IntelQuote>(new IntelQuote(bytes, bodyType, bytes.Slice(bodyStart, bodySize), signature, pck)
        {
            Signed = bytes[..(bodyStart + bodySize)],
            Length = end,
            TrailingBytes = bytes.Length - end,
        });
    }

    private static AttestationFault? HeaderFault(ReadOnlySpan<byte> header, bool tdx)
    {
        var version = BinaryPrimitives.ReadUInt16LittleEndian(header);
        if (version is < Version3 or > Version5 || (tdx && version == Version3))
        {
            return AttestationFault.Parse("version", tdx ? "4 or 5" : "3 to 5", $"{version}", AttestationRefusal.UnknownVersion);
        }

        var tee = BinaryPrimitives.ReadUInt32LittleEndian(header[TeeTypeOffset..]);
        if (tee != (tdx ? TdxTee : SgxTee))
        {
            return AttestationFault.Parse("teeType", tdx ? "0x81 (TDX)" : "0 (SGX)", $"0x{tee:x}");
        }

        var keyType = BinaryPrimitives.ReadUInt16LittleEndian(header[KeyTypeOffset..]);
        if (keyType != EcdsaP256)
        {
            return AttestationFault.Parse("attestationKeyType", "2 (ECDSA P-256)", $"{keyType}", keyType == EcdsaP384 ? AttestationRefusal.UnsupportedAlgorithm : AttestationRefusal.Malformed);
        }

        var vendor = header.Slice(VendorOffset, IntelVendor.Length);
        return vendor.SequenceEqual(IntelVendor) ? null : AttestationFault.Parse("qeVendorId", Convert.ToHexStringLower(IntelVendor), Convert.ToHexStringLower(vendor));
    }

    private static AttestationVerdict<IntelQuote> Refuse(string field, string wanted, string given, AttestationRefusal reason = AttestationRefusal.Malformed) =>
        new(AttestationFault.Parse(field, wanted, given, reason));

    private ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.Span[offset..]);

    private static class BodyTypes
    {
        public const ushort Sgx = 1;
        public const ushort Td10 = 2;
        private const ushort Td15 = 3;

        public static int? SizeOf(ushort type) => type switch
        {
            Sgx => SgxReport.Size,
            Td10 => TdReport.Size10,
            Td15 => TdReport.Size15,
            _ => null,
        };
    }
}
