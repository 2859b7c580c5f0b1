using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Certificates;

/// <summary>
/// An X.509 certificate (RFC 5280), read from strict DER with nothing left over, nothing about it verified. The signature covers the bytes as received. The platform's own type is not used: it cannot be had in a
/// browser, takes no revocation list from a buffer, and calls extensions handled that nobody read.
/// </summary>
internal sealed class Certificate
{
    /// <summary>Largest certificate in bytes: ML-DSA-87 chains need 12 KiB.</summary>
    public const int MaxSize = 32 * 1024;

    private const int KeyCertSignBit = 5;
    private const int CrlSignBit = 6;

    private readonly Dictionary<string, CertificateExtension> _extensions = new(StringComparer.Ordinal);

    private Certificate(ReadOnlyMemory<byte> der) => Der = der;

    public ReadOnlyMemory<byte> Der { get; }

    /// <summary>The signed part, as received.</summary>
    public ReadOnlyMemory<byte> Tbs { get; private set; }

    public int Version { get; private set; } = 1;

    /// <summary>Serial number, the INTEGER's content bytes.</summary>
    public ReadOnlyMemory<byte> SerialNumber { get; private set; }

    public DistinguishedName Issuer { get; private set; } = null!;

    public DistinguishedName Subject { get; private set; } = null!;

    public DateTimeOffset NotBefore { get; private set; }

    public DateTimeOffset NotAfter { get; private set; }

    public PublicKey Key { get; private set; } = null!;

    public SignatureAlgorithm SignatureAlgorithm { get; private set; }

    public ReadOnlyMemory<byte> Signature { get; private set; }

    public IReadOnlyDictionary<string, CertificateExtension> Extensions => _extensions;

    /// <summary>True when basic constraints say that it may issue.</summary>
    public bool IsAuthority { get; private set; }

    /// <summary>How many authorities may stand below it, or null for any number.</summary>
    public int? PathLength { get; private set; }

    /// <summary>Bits of the key usage extension, or null where there is none.</summary>
    public ReadOnlyMemory<byte>? KeyUsage { get; private set; }

    /// <summary>Subject key identifier, or null.</summary>
    public ReadOnlyMemory<byte>? SubjectKeyId { get; private set; }

    /// <summary>Key identifier of the issuer, or null.</summary>
    public ReadOnlyMemory<byte>? AuthorityKeyId { get; private set; }

    public bool IsSelfIssued => Subject.Is(Issuer);

    /// <summary>True when key usage is absent or lets the key sign certificates.</summary>
    public bool MaySignCertificates => HasUsage(KeyCertSignBit);

    /// <summary>True when key usage is absent or lets the key sign revocation lists.</summary>
    public bool MaySignLists => HasUsage(CrlSignBit);

    /// <summary>Reads one DER certificate. False for anything else, bytes left over included.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out Certificate? certificate)
    {
        certificate = null;
        if (der.Length is 0 or > MaxSize)
        {
            return false;
        }

        try
        {
            var parsed = new Certificate(der);
            if (!parsed.Read(new AsnReader(der, AsnEncodingRules.DER)))
            {
                return false;
            }

            certificate = parsed;
            return true;
        }
        catch (Exception exception) when (exception is AsnContentException or ArgumentException or InvalidOperationException)
        {
            // Not DER, or a value that its type cannot hold (a year, a character).
            return false;
        }
    }

    /// <summary>Reads one certificate, DER or a single PEM block.</summary>
    public static bool TryParseAny(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out Certificate? certificate)
    {
        certificate = null;
        return PemText.TryReadCertificates(bytes, out var certificates) && certificates is [var der] && TryParse(der, out certificate);
    }

    public CertificateExtension? Extension(string oid) => _extensions.GetValueOrDefault(oid);

    /// <summary>True when this certificate's authority key identifier is the other one's subject key identifier (RFC 5280, 4.2.1.1): a hint of who issued it, nothing more.</summary>
    public bool NamesKeyOf(Certificate issuer) => AuthorityKeyId is { Length: > 0 } id && issuer.SubjectKeyId is { Length: > 0 } own && id.Span.SequenceEqual(own.Span);

    /// <summary>True when this key signed that certificate's bytes.</summary>
    public bool IsSignedBy(PublicKey issuer, VerifiedSignatures? verified) =>
        verified?.Verify(issuer, SignatureAlgorithm, Tbs.Span, Signature.Span, raw: false) ?? issuer.Verify(SignatureAlgorithm, Tbs.Span, Signature.Span);

    private bool Read(AsnReader outer)
    {
        var certificate = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        Tbs = certificate.PeekEncodedValue();
        var tbs = certificate.ReadSequence();
        var outerAlgorithm = certificate.PeekEncodedValue();
        SignatureAlgorithm = SignatureAlgorithms.Read(certificate);
        Signature = certificate.ReadBitString(out var unused);
        certificate.ThrowIfNotEmpty();

        var version = new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true);
        if (tbs.PeekTag() == version)
        {
            if (!tbs.ReadSequence(version).TryReadInt32(out var number) || number is < 1 or > 2)
            {
                return false;
            }

            Version = number + 1;
        }

        SerialNumber = tbs.ReadIntegerBytes();

        // RFC 5280 4.1.1.2: the algorithm outside, which nobody signed, must be the one inside.
        if (unused != 0 || !tbs.ReadEncodedValue().Span.SequenceEqual(outerAlgorithm.Span))
        {
            return false;
        }

        Issuer = DistinguishedName.Read(tbs);
        var validity = tbs.ReadSequence();
        NotBefore = DerTime.Read(validity);
        NotAfter = DerTime.Read(validity);
        validity.ThrowIfNotEmpty();
        Subject = DistinguishedName.Read(tbs);
        if (!PublicKey.TryParse(tbs.ReadEncodedValue(), out var key))
        {
            return false;
        }

        Key = key;
        SkipUniqueId(tbs, 1);
        SkipUniqueId(tbs, 2);
        return ReadExtensions(tbs);
    }

    private bool ReadExtensions(AsnReader tbs)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, 3, isConstructed: true);
        if (tbs.HasData && tbs.PeekTag() == tag)
        {
            var wrapper = tbs.ReadSequence(tag);
            if (!CertificateExtensions.TryRead(wrapper, _extensions) || wrapper.HasData)
            {
                return false;
            }
        }

        tbs.ThrowIfNotEmpty();
        if (Extension(Oids.BasicConstraints) is { } constraints)
        {
            var sequence = new AsnReader(constraints.Value, AsnEncodingRules.DER).ReadSequence();
            IsAuthority = sequence.HasData && sequence.PeekTag() == Asn1Tag.Boolean && sequence.ReadBoolean();
            if (sequence.HasData)
            {
                if (!sequence.TryReadInt32(out var length) || length < 0)
                {
                    return false;
                }

                PathLength = length;
            }

            sequence.ThrowIfNotEmpty();
        }

        if (Extension(Oids.KeyUsage) is { } usage)
        {
            KeyUsage = new AsnReader(usage.Value, AsnEncodingRules.DER).ReadBitString(out _);
        }

        if (Extension(Oids.SubjectKeyIdentifier) is { } subjectKey)
        {
            SubjectKeyId = new AsnReader(subjectKey.Value, AsnEncodingRules.DER).ReadOctetString();
        }

        if (Extension(Oids.AuthorityKeyIdentifier) is { } authorityKey)
        {
            var sequence = new AsnReader(authorityKey.Value, AsnEncodingRules.DER).ReadSequence();
            var keyIdentifier = new Asn1Tag(TagClass.ContextSpecific, 0);
            AuthorityKeyId = sequence.HasData && sequence.PeekTag() == keyIdentifier ? sequence.ReadOctetString(keyIdentifier) : (ReadOnlyMemory<byte>?)null;
        }

        return true;
    }

    private bool HasUsage(int bit) => KeyUsage is not { } bits || (bits.Length > bit / 8 && (bits.Span[bit / 8] & (0x80 >> (bit % 8))) != 0);

    private static void SkipUniqueId(AsnReader tbs, int number)
    {
        var tag = new Asn1Tag(TagClass.ContextSpecific, number);
        if (tbs.HasData && tbs.PeekTag().HasSameClassAndValue(tag))
        {
            _ = tbs.ReadEncodedValue();
        }
    }
}
