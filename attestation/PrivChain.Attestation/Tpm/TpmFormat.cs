using System.Buffers.Binary;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Tpm;

/// <summary>
/// TPM 2.0 evidence. The main part decides with what comes along: a quote; with <see cref="TpmPart.CertifiedPublic"/> the certification of another key; or alone the certificate of an endorsement or attestation key.
/// </summary>
internal sealed class TpmFormat : IEvidenceFormat
{
    private const int SizePrefix = 2;
    private const int HeaderSize = 6;

    public string Kind => EvidenceKind.Tpm;

    public IReadOnlyList<string> OtherParts { get; } = 
    [
        TpmPart.AkCertificate, TpmPart.AkPublic, TpmPart.CertifiedPublic, TpmPart.Creation, TpmPart.CreationData, TpmPart.CreationSignature, TpmPart.EventLog, TpmPart.HclReport, TpmPart.Pcrs, TpmPart.Signature,
    ];

    public int MaxSize => EventLog.MaxSize + PcrValues.MaxSize + (64 * 1024);

    // A bare quote has no signature and is refused for that; certificates are of many kinds and looked at only when the caller says what they are.
    public bool Recognises(ReadOnlySpan<byte> main) =>
        main.Length > SizePrefix + HeaderSize && (IsHeader(main) || (BinaryPrimitives.ReadUInt16BigEndian(main) == main.Length - SizePrefix && IsHeader(main[SizePrefix..])));

    public AttestationVerdict<IEvidenceBody> Parse(EvidenceParts parts) =>
        IsCertificate(parts.MainPart.Span) ? TpmCertificateBody.Parse(parts)
        : parts.TryGet(TpmPart.CertifiedPublic, out _) ? TpmCertifyBody.Parse(parts)
        : TpmQuoteBody.Parse(parts);

    private static bool IsHeader(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes) == TpmAttest.Magic;

    // An attestation begins with its magic or a length below 0x3000.
    private static bool IsCertificate(ReadOnlySpan<byte> main) => main.StartsWith((byte)0x30) || main.StartsWith("-----BEGIN CERTIFICATE-----"u8);
}
