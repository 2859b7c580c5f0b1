using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;

namespace PrivChain.Attestation.Signatures;

/// <summary>
/// A verification key that knows its algorithm and refuses the others. All primitives are BouncyCastle's, in managed code, so that a browser verifies what a server does. Public keys need no wiping.
/// </summary>
internal abstract class PublicKey
{
    private const string EcPublicKeyOid = "1.2.840.10045.2.1";
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string RsaPssOid = "1.2.840.113549.1.1.10";
    private const string Ed25519Oid = "1.3.101.112";

    protected PublicKey(ReadOnlyMemory<byte> subjectPublicKeyInfo)
    {
        SubjectPublicKeyInfo = subjectPublicKeyInfo;
        Fingerprint = SHA256.HashData(subjectPublicKeyInfo.Span);
    }

    /// <summary>SubjectPublicKeyInfo, DER (RFC 5280).</summary>
    public ReadOnlyMemory<byte> SubjectPublicKeyInfo { get; }

    /// <summary>SHA-256 of <see cref="SubjectPublicKeyInfo"/>: how root sets name keys.</summary>
    public ReadOnlyMemory<byte> Fingerprint { get; }

    /// <summary>What it is, in words such as <c>ECDSA P-256</c>.</summary>
    public abstract string Name { get; }

    /// <summary>Verifies a signature in the form certificates use (ECDSA: DER). False for another algorithm than this key's, and for anything malformed.</summary>
    public bool Verify(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        SignatureCheck.Record(this, algorithm, data, signature, raw: false);
        return IsSignature(algorithm, data, signature);
    }

    /// <summary>Verifies a signature in the form that COSE, JOSE and quotes use (ECDSA: r and s, big-endian, of the field's length). Other keys have one form only.</summary>
    public bool VerifyRaw(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature)
    {
        SignatureCheck.Record(this, algorithm, data, signature, raw: true);
        return IsRawSignature(algorithm, data, signature);
    }

    /// <summary>Reads a SubjectPublicKeyInfo. A key of an algorithm that is not known gives an <see cref="UnsupportedKey"/>, which verifies nothing; false is for bytes that are no key.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> subjectPublicKeyInfo, [NotNullWhen(true)] out PublicKey? key)
    {
        key = null;
        try
        {
            var outer = new AsnReader(subjectPublicKeyInfo, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            var algorithm = sequence.ReadSequence();
            var oid = algorithm.ReadObjectIdentifier();
            var parameters = algorithm.HasData ? algorithm.ReadEncodedValue() : default;
            algorithm.ThrowIfNotEmpty();
            var bits = sequence.ReadBitString(out var unused);
            sequence.ThrowIfNotEmpty();
            if (unused != 0)
            {
                return false;
            }

            key = oid switch
            {
                EcPublicKeyOid => EcKey.FromPoint(subjectPublicKeyInfo, CurveOf(parameters), bits),
                // A modulus that is too small can be shown and compared; nothing is verified with it.
                RsaOid or RsaPssOid => (PublicKey?)RsaKey.FromPkcs1(subjectPublicKeyInfo, bits) ?? new UnsupportedKey(subjectPublicKeyInfo, RsaKey.NameOf(bits)),
                Ed25519Oid => Ed25519Key.FromBytes(subjectPublicKeyInfo, bits),
                _ => MlDsaKey.Knows(oid) ? MlDsaKey.FromBytes(subjectPublicKeyInfo, oid, bits) : new UnsupportedKey(subjectPublicKeyInfo, oid),
            };
            return key is not null;
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException or InvalidOperationException)
        {
            // Not DER, or an encoding of another length: no key.
            return false;
        }
    }

    /// <summary>What <see cref="Verify"/> asks.</summary>
    protected abstract bool IsSignature(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>What <see cref="VerifyRaw"/> asks.</summary>
    protected virtual bool IsRawSignature(SignatureAlgorithm algorithm, ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => IsSignature(algorithm, data, signature);

    private static string CurveOf(ReadOnlyMemory<byte> parameters) => new AsnReader(parameters, AsnEncodingRules.DER).ReadObjectIdentifier();
}
