using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Simulated;

/// <summary>
/// Layout of simulated evidence, 222 bytes, big-endian: version 1 (2), measurement (48), svn (2), flags (1: bit 0 debug, others zero), report data (64), issued at in unix ms (8), root key
/// (33, compressed P-256), signature (64, r and s, s low) by that key over SHA-256 of the label <c>privchain/simulated-evidence/v1</c>, a zero byte and all before the signature.
/// </summary>
internal sealed class SimulatedBody : IEvidenceBody
{
    public const int KeySize = 33;

    private const int VersionOffset = 0;
    private const int MeasurementOffset = VersionOffset + 2;
    private const int SvnOffset = MeasurementOffset + EnclaveClaims.MeasurementSize;
    private const int FlagsOffset = SvnOffset + 2;
    private const int ReportDataOffset = FlagsOffset + 1;
    private const int IssuedAtOffset = ReportDataOffset + EnclaveClaims.ReportDataSize;
    private const int KeyOffset = IssuedAtOffset + 8;
    private const int SignatureOffset = KeyOffset + KeySize;
    public const int Size = SignatureOffset + P256Signature.Size;
    private const ushort Version = 1;
    private const byte DebugFlag = 1;

    private static ReadOnlySpan<byte> Label => "privchain/simulated-evidence/v1\0"u8;

    private readonly byte[] _bytes;

    private SimulatedBody(byte[] bytes) => _bytes = bytes;

    private ReadOnlySpan<byte> RootKey => _bytes.AsSpan(KeyOffset, KeySize);

    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out SimulatedBody? body)
    {
        body = null;
        if (bytes.Length != Size || BinaryPrimitives.ReadUInt16BigEndian(bytes) != Version || (bytes[FlagsOffset] & ~DebugFlag) != 0)
        {
            return false;
        }

        body = new SimulatedBody(bytes.ToArray());
        return true;
    }

    /// <summary>The part that is signed.</summary>
    public static byte[] Unsigned(ReadOnlySpan<byte> measurement, ushort svn, bool debug, ReadOnlySpan<byte> reportData, ulong issuedAt, ReadOnlySpan<byte> rootKey)
    {
        var bytes = new byte[SignatureOffset];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, Version);
        measurement.CopyTo(bytes.AsSpan(MeasurementOffset, EnclaveClaims.MeasurementSize));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(SvnOffset), svn);
        bytes[FlagsOffset] = debug ? DebugFlag : (byte)0;
        reportData.CopyTo(bytes.AsSpan(ReportDataOffset, EnclaveClaims.ReportDataSize));
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(IssuedAtOffset), issuedAt);
        rootKey.CopyTo(bytes.AsSpan(KeyOffset, KeySize));
        return bytes;
    }

    public static byte[] SigningDigest(ReadOnlySpan<byte> unsigned) => SHA256.HashData([.. Label, .. unsigned]);

    public IReadOnlyList<EvidenceField> Fields =>
    [
        EvidenceField.Hex("measurement", Measurement.Span, "SHA-384 of the program"),
        new("svn", Svn, "security version"),
        new("debug", Debug, "debug mode"),
        EvidenceField.Hex("report_data", ReportData.Span, "what the program bound"),
        EvidenceField.Time("issued_at", IssuedAt, "clock of the test root"),
        EvidenceField.Hex("root_key", RootKey, "compressed key of the test root"),
    ];

    public CollateralRequest? Request => null;

    private ReadOnlyMemory<byte> Measurement => _bytes.AsMemory(MeasurementOffset, EnclaveClaims.MeasurementSize);

    private ushort Svn => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(SvnOffset));

    private bool Debug => (_bytes[FlagsOffset] & DebugFlag) != 0;

    private ReadOnlyMemory<byte> ReportData => _bytes.AsMemory(ReportDataOffset, EnclaveClaims.ReportDataSize);

    private DateTimeOffset IssuedAt => AttestationTime.FromUnixMilliseconds(BinaryPrimitives.ReadUInt64BigEndian(_bytes.AsSpan(IssuedAtOffset)));

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        // The key inside is only a claim of which root signed: it counts because the caller's set names it.
        if (!context.Roots.Contains(RootKind.Simulated, RootKey))
        {
            return Refuse(AttestationRefusal.UntrustedRoot, "root", "a root of the ledger", RootSet.Name(RootKind.Simulated, RootKey));
        }

        if (!P256Signature.Verify(RootKey, SigningDigest(_bytes.AsSpan(0, SignatureOffset)), _bytes.AsSpan(SignatureOffset)))
        {
            return Refuse(AttestationRefusal.BadSignature, "signature", "a signature by the root", "none");
        }

        var claims = new EnclaveClaims
        {
            Kind = EvidenceKind.Simulated,
            Tee = "none",
            Root = new RootIdentity(RootKind.Simulated, SHA256.HashData(RootKey), "test root without hardware"),
            Measurement = Measurement,
            Svn = Svn,
            Debug = Debug,
            ReportData = ReportData,
            IssuedAt = IssuedAt,

            // There is no certificate that could be revoked.
            RevocationChecked = true,
            NotChecked = ["hardware: whoever holds the test root's file can forge this evidence", "memory encryption", "firmware"],
        };
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(claims, Debug ? AuthenticationResult.ValidDebug : AuthenticationResult.Valid, []));
    }

    private static AttestationVerdict<AuthenticClaims> Refuse(AttestationRefusal reason, string field, string wanted, string given) =>
        new(AttestationFault.Authenticate(reason, field, wanted, given));
}
