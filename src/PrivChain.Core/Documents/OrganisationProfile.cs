using System.Diagnostics.CodeAnalysis;
using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Documents;

/// <summary>
/// The public profile of an institution, issuer or regulator: names, contact, keys, and the certificate that binds them to a legal person. The enrolment
/// entry names its digest, so what governors signed is what everybody reads.
/// </summary>
public sealed record OrganisationProfile
{
    /// <summary>Most certificates in the chain, leaf first.</summary>
    public const int MaxCertificates = 4;

    /// <summary>Most bytes of a certificate.</summary>
    public const int MaxCertificate = 8192;

    /// <summary>Most bytes of <see cref="CertificateSignature"/>.</summary>
    public const int MaxSignature = 512;

    private const byte LayoutVersion = 1;
    private const int MaxText = 512;
    private const int MaxKey = 4096;

    /// <summary>The ledger account.</summary>
    public required AccountAddress Account { get; init; }

    /// <summary>Name in English.</summary>
    public required string NameEn { get; init; }

    /// <summary>Name in Chinese.</summary>
    public required string NameZh { get; init; }

    /// <summary>Contact, such as a mail address or telephone number.</summary>
    public required string Contact { get; init; }

    /// <summary>Postal address.</summary>
    public required string PostalAddress { get; init; }

    /// <summary>Jurisdiction, ISO 3166 code.</summary>
    public required string Jurisdiction { get; init; }

    /// <summary>HPKE key to which messages and answers are sealed.</summary>
    public required HpkePublicKey EncryptionKey { get; init; }

    /// <summary>JOSE algorithm of the record signing key (<c>ES256K</c>, <c>ES256</c>, or the national suite's), empty for none.</summary>
    public string IssuerAlgorithm { get; init; } = string.Empty;

    /// <summary>Record signing key, compressed point; empty for none.</summary>
    public ReadOnlyMemory<byte> IssuerKey { get; init; }

    /// <summary>X.509 chain, DER, leaf first; empty where the deployment names no authority.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Certificates { get; init; } = [];

    /// <summary>Signature (ECDSA P-256, SHA-256, DER) by the leaf's key over <see cref="BindingMessage"/>.</summary>
    public ReadOnlyMemory<byte> CertificateSignature { get; init; }

    /// <summary>Fingerprint of the record signing key: the <c>subject</c> of an issuer's enrolment.</summary>
    public Digest IssuerKeyFingerprint => FingerprintOf(IssuerAlgorithm, IssuerKey.Span);

    /// <summary>What the certificate's key signs: label, ledger, account. SHA-256 in either suite: certificates are of ECDSA.</summary>
    public static byte[] BindingMessage(Digest ledgerId, AccountAddress account) =>
        Digest.Sha256(Labels.Organisation, ledgerId.ToArray(), account.ToArray()).ToArray();

    /// <summary>The digest over algorithm and key, in the suite of the algorithm.</summary>
    public static Digest FingerprintOf(string algorithm, ReadOnlySpan<byte> key) =>
        Suite.OfIssuerAlgorithm(algorithm).DigestOf(new RecordWriter().Text(algorithm).Block(key).ToArray());

    /// <summary>Layout in schemas/README.md, "Organisation profile".</summary>
    public byte[] ToArray()
    {
        var writer = new RecordWriter()
            .Byte(LayoutVersion).Address(Account).Text(NameEn).Text(NameZh).Text(Contact).Text(PostalAddress).Text(Jurisdiction)
            .Block(EncryptionKey.ToArray()).Text(IssuerAlgorithm).Block(IssuerKey.Span).Byte((byte)Certificates.Count);
        foreach (var certificate in Certificates)
        {
            writer.Block(certificate.Span);
        }

        return writer.Block(CertificateSignature.Span).ToArray();
    }

    /// <summary>Parses the layout; certificates are not judged here.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out OrganisationProfile? profile)
    {
        profile = null;
        var reader = new RecordReader(bytes);
        var version = reader.Byte();
        var account = reader.Address();
        var nameEn = reader.Text(MaxText);
        var nameZh = reader.Text(MaxText);
        var contact = reader.Text(MaxText);
        var address = reader.Text(MaxText);
        var jurisdiction = reader.Text(MaxText);
        var encryptionKey = reader.Block(MaxKey);
        var algorithm = reader.Text(32);
        var issuerKey = reader.Block(65).ToArray();
        var count = reader.Byte();
        if (count > MaxCertificates)
        {
            return false;
        }

        var certificates = new List<ReadOnlyMemory<byte>>();
        while (certificates.Count < count && !reader.Failed)
        {
            certificates.Add(reader.Block(MaxCertificate).ToArray());
        }

        var signature = reader.Block(MaxSignature).ToArray();
        if (!reader.Complete || version != LayoutVersion || nameEn.Length == 0 || nameZh.Length == 0
            || algorithm is not ("" or EcdsaJws.Es256 or EcdsaJws.Es256K or EcdsaJws.Sm2Sm3) || (algorithm.Length == 0) != (issuerKey.Length == 0)
            || !HpkePublicKey.TryParse(encryptionKey, out var key))
        {
            return false;
        }

        profile = new OrganisationProfile
        {
            Account = account,
            NameEn = nameEn,
            NameZh = nameZh,
            Contact = contact,
            PostalAddress = address,
            Jurisdiction = jurisdiction,
            EncryptionKey = key,
            IssuerAlgorithm = algorithm,
            IssuerKey = issuerKey,
            Certificates = certificates,
            CertificateSignature = signature,
        };
        return true;
    }
}
