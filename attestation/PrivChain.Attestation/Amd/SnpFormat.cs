using System.Buffers.Binary;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Amd;

/// <summary>SEV-SNP reports: 1184 bytes, with or without the host's certificate table behind them, as configfs-tsm's <c>outblob</c> and <c>auxblob</c> and the extended report give them.</summary>
internal sealed class SnpFormat : IEvidenceFormat
{
    public string Kind => EvidenceKind.SevSnp;

    public IReadOnlyList<string> OtherParts => [];

    public int MaxSize => SnpReport.Size + SnpCertificateTable.MaxSize;

    // No other format begins with a small little-endian version and has a guest policy with its one fixed bit.
    public bool Recognises(ReadOnlySpan<byte> main) =>
        main.Length >= SnpReport.Size && BinaryPrimitives.ReadUInt32LittleEndian(main) is >= 1 and <= SnpReport.MaxVersion
        && new SnpPolicy(BinaryPrimitives.ReadUInt64LittleEndian(main[8..])).IsWellFormed && BinaryPrimitives.ReadUInt32LittleEndian(main[0x34..]) == 1;

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) => Parse(parts.MainPart);

    /// <summary>Reads a report and what is behind it; evidence that carries a report inside begins here too.</summary>
    public static AttestationVerdict<IEvidenceBody> Parse(ReadOnlyMemory<byte> bytes) =>
        !SnpReport.TryParse(bytes[..Math.Min(SnpReport.Size, bytes.Length)], out var report, out var fault)
            ? new AttestationVerdict<IEvidenceBody>(fault)
            : SnpCertificateTable.TryParse(bytes[SnpReport.Size..], out var table)
                ? new AttestationVerdict<IEvidenceBody>(new SnpBody(report, table))
                : new AttestationVerdict<IEvidenceBody>(AttestationFault.Parse("certificateTable", "entries that lie inside the table", "others"));
}
