using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Certificates;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Cli.Deployment;

/// <summary>Certificates and their keys in files as authorities and <c>openssl</c> write them.</summary>
internal static class CertificateFile
{
    private const int MaxSize = 64 * 1024;

    // r and s of P-256, as PKCS #11 gives them.
    private const int RawSignature = 64;

    /// <summary>DER of every certificate of a file, in the order in which they stand, from PEM text or from DER. Nothing else may stand among them: a block that cannot be read is a broken chain, not a shorter one.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.Malformed"/>: none, or something else; <see cref="RefusalReason.NotFound"/> and <see cref="RefusalReason.TooLarge"/>.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(string path) =>
        PemText.TryReadCertificates(BoundedFile.Read(path, MaxSize), out var certificates)
            ? certificates
            : throw new RefusalException(new Refusal(RefusalReason.Malformed, $"{path}: wanted certificates, PEM or DER, and nothing else"));

    /// <summary>The chain of an organisation, its own certificate first.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.TooLarge"/>: more than a profile takes; and as <see cref="Read"/>.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> ReadChain(string path)
    {
        var certificates = Read(path);
        return certificates.Count > OrganisationProfile.MaxCertificates
            ? throw new RefusalException(new Refusal(RefusalReason.TooLarge, $"{path}: {certificates.Count} certificates, at most {OrganisationProfile.MaxCertificates} are taken; the authority's own may be left out"))
            : certificates.FirstOrDefault(der => der.Length > OrganisationProfile.MaxCertificate) is { Length: > 0 } large
                ? throw new RefusalException(new Refusal(RefusalReason.TooLarge, $"{path}: a certificate of {large.Length} bytes, at most {OrganisationProfile.MaxCertificate} are taken"))
                : certificates;
    }

    /// <summary>Certificates of authorities under which organisations can be admitted now.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.BadSettings"/>: one that may not issue, or not now; and as <see cref="Read"/>.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> ReadAuthorities(string path, TimeProvider time)
    {
        var certificates = Read(path);
        return certificates.Select(der => CertificateBinding.FaultOfAuthority(der, time.GetUtcNow())).FirstOrDefault(fault => fault is not null) is { } found
            ? throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"{path}: {TerminalText.Neutralise(found)}"))
            : certificates;
    }

    /// <summary>ECDSA over P-256 with SHA-256, DER, by the private key of a PEM file.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.BadSettings"/>: no such key, or one that is encrypted; <see cref="RefusalReason.NotFound"/> and <see cref="RefusalReason.TooLarge"/>.</exception>
    public static byte[] Sign(string keyPath, ReadOnlySpan<byte> message)
    {
        var content = BoundedFile.Read(keyPath, MaxSize);
        var text = new char[Encoding.UTF8.GetMaxCharCount(content.Length)];
        try
        {
            using var key = ECDsa.Create();
            var length = Encoding.UTF8.GetChars(content, text);
            key.ImportFromPem(text.AsSpan(0, length).TrimStart('\ufeff'));
            return key.ExportParameters(includePrivateParameters: false).Curve.Oid.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                ? key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)
                : throw new CryptographicException("another curve");
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"no private key of P-256 as plain PEM in {keyPath}; a key that is kept elsewhere signs for --certificate-signature"));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(content);
            text.AsSpan().Clear();
        }
    }

    /// <summary>A signature that was made elsewhere, as DER: given as DER, or as the 64 bytes of its two numbers.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotFound"/> and <see cref="RefusalReason.TooLarge"/>.</exception>
    public static byte[] ReadSignature(string path)
    {
        var content = BoundedFile.Read(path, OrganisationProfile.MaxSignature);
        if (content.Length != RawSignature)
        {
            return content;
        }

        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteIntegerUnsigned(Shortest(content.AsSpan(0, RawSignature / 2)));
            writer.WriteIntegerUnsigned(Shortest(content.AsSpan(RawSignature / 2)));
        }

        return writer.Encode();
    }

    private static ReadOnlySpan<byte> Shortest(ReadOnlySpan<byte> number) => number.TrimStart((byte)0) is { Length: > 0 } rest ? rest : number[^1..];
}
