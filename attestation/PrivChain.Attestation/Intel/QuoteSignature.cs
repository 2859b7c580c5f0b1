using PrivChain.Attestation.Bytes;

namespace PrivChain.Attestation.Intel;

/// <summary>
/// The signed half of a quote's signature data (SGX ECDSA Quote Library API, A.4 "ECDSA 256-bit Quote Signature Data Structure"; TDX DCAP Quoting Library API, A.3.8 to A.3.11): version 3 has it flat, versions 4 and 5
/// nest what concerns the quoting enclave as certification data of type 6.
/// </summary>
internal sealed class QuoteSignature
{
    private const int EcdsaSize = 64;
    private const int KeySize = 64;
    private const ushort QeReportCertificationData = 6;

    private QuoteSignature()
    {
    }

    /// <summary>r and s over header and body, by the attestation key.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>x and y on P-256.</summary>
    public required ReadOnlyMemory<byte> AttestationKey { get; init; }

    /// <summary>The quoting enclave's report, whose report data binds the attestation key.</summary>
    public required SgxReport QeReport { get; init; }

    /// <summary>r and s over <see cref="QeReport"/>, by the PCK certificate's key.</summary>
    public required ReadOnlyMemory<byte> QeReportSignature { get; init; }

    public required ReadOnlyMemory<byte> QeAuthData { get; init; }

    /// <summary>1 to 3 name the platform, 4 is the PCK certificate, 5 its chain.</summary>
    public required ushort CertificationType { get; init; }

    public required ReadOnlyMemory<byte> CertificationData { get; init; }

    /// <summary>Reads all of the bytes; null when they are of another form or not used up.</summary>
    public static QuoteSignature? Parse(ReadOnlyMemory<byte> bytes, ushort version)
    {
        var reader = new ByteReader(bytes.Span);
        var signature = Take(ref reader, bytes, EcdsaSize);
        var key = Take(ref reader, bytes, KeySize);
        if (version == IntelQuote.Version3)
        {
            return ParseQe(bytes[reader.Offset..], signature, key);
        }

        var type = reader.UInt16LittleEndian();
        var nested = Take(ref reader, bytes, reader.UInt32LittleEndian());
        return reader.Complete && type == QeReportCertificationData ? ParseQe(nested, signature, key) : null;
    }

    private static QuoteSignature? ParseQe(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> signature, ReadOnlyMemory<byte> key)
    {
        var reader = new ByteReader(bytes.Span);
        var report = Take(ref reader, bytes, SgxReport.Size);
        var parsed = new QuoteSignature
        {
            Signature = signature,
            AttestationKey = key,
            QeReport = new SgxReport(report),
            QeReportSignature = Take(ref reader, bytes, EcdsaSize),
            QeAuthData = Take(ref reader, bytes, reader.UInt16LittleEndian()),
            CertificationType = reader.UInt16LittleEndian(),
            CertificationData = Take(ref reader, bytes, reader.UInt32LittleEndian()),
        };
        return reader.Complete && signature.Length == EcdsaSize && key.Length == KeySize && parsed.CertificationType is >= 1 and <= 5 ? parsed : null;
    }

    private static ReadOnlyMemory<byte> Take(ref ByteReader reader, ReadOnlyMemory<byte> bytes, long length)
    {
        var taken = reader.Take(length).Length;
        return bytes.Slice(reader.Offset - taken, taken);
    }
}
