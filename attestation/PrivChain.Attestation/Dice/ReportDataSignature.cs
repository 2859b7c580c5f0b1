using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Dice;

/// <summary>
/// How an alias key binds report data: a signature over the label <c>privchain/dice-report-data/v1</c>, a zero byte, the SHA-256 of the alias certificate and the 64 bytes of report data. The hash is the one of
/// the key's size (P-256 SHA-256, P-384 SHA-384, P-521 SHA-512; Ed25519 and ML-DSA have their own); ECDSA signatures are r and s, big-endian, of the field's length.
/// </summary>
internal static class ReportDataSignature
{
    /// <summary>Room for ML-DSA-87.</summary>
    public const int MaxSize = 5 * 1024;

    private const int DigitalSignatureBit = 0x80;

    /// <summary>Keeps these signatures apart from all others that the alias key makes.</summary>
    private static ReadOnlySpan<byte> Label => "privchain/dice-report-data/v1\0"u8;

    /// <summary>What is signed.</summary>
    public static byte[] Message(ReadOnlySpan<byte> aliasCertificate, ReadOnlySpan<byte> reportData) =>
        reportData.Length == EnclaveClaims.ReportDataSize
            ? [.. Label, .. System.Security.Cryptography.SHA256.HashData(aliasCertificate), .. reportData]
            : throw new ArgumentException($"report data has {EnclaveClaims.ReportDataSize} bytes", nameof(reportData));

    /// <summary>Verifies that the leaf may attest and that its key signed.</summary>
    public static AttestationFault? Check(DiceLayer alias, ReadOnlySpan<byte> reportData, ReadOnlySpan<byte> signature)
    {
        var certificate = alias.Certificate;

        // RFC 5280 4.2.1.3: a key that only signs certificates signs nothing else, or a certificate's bytes could pass for report data.
        if (certificate.KeyUsage is { } usage && (usage.Length == 0 || (usage.Span[0] & DigitalSignatureBit) == 0))
        {
            return AttestationFault.Authenticate(AttestationRefusal.InvalidChain, "keyUsage", "digitalSignature in the alias certificate", "another usage");
        }

        // RFC 5280 4.2.1.12: where purposes are named, a key serves no other.
        if (alias.Purposes.Count > 0 && !alias.Purposes.Any(purpose => purpose is DiceOids.AttestInitial or DiceOids.AttestLocal))
        {
            return AttestationFault.Authenticate(AttestationRefusal.InvalidChain, "extKeyUsage", "attestation among the alias key's purposes", string.Join(", ", alias.Purposes));
        }

        var algorithm = AlgorithmOf(certificate.Key);
        if (algorithm == SignatureAlgorithm.Unknown)
        {
            return AttestationFault.Authenticate(AttestationRefusal.UnsupportedAlgorithm, "aliasKey", "ECDSA, Ed25519 or ML-DSA", certificate.Key.Name);
        }

        return certificate.Key.VerifyRaw(algorithm, Message(certificate.Der.Span, reportData), signature)
            ? null
            : AttestationFault.Authenticate(AttestationRefusal.BadSignature, "signature", "the alias key's signature over the report data", "another");
    }

    private static SignatureAlgorithm AlgorithmOf(PublicKey key) => key switch
    {
        EcKey { Curve: EcKey.P256 } => SignatureAlgorithm.EcdsaSha256,
        EcKey { Curve: EcKey.P384 } => SignatureAlgorithm.EcdsaSha384,
        EcKey { Curve: EcKey.P521 } => SignatureAlgorithm.EcdsaSha512,
        Ed25519Key => SignatureAlgorithm.Ed25519,
        MlDsaKey mlDsa => mlDsa.Algorithm,
        _ => SignatureAlgorithm.Unknown,
    };
}
