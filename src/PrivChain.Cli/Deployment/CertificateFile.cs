using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Deployment;

/// <summary>Certificates and their keys in files as authorities and <c>openssl</c> write them.</summary>
internal static class CertificateFile
{
    private const int MaxSize = 64 * 1024;

    /// <summary>DER of every certificate of a file, in the order in which they stand: one as DER, or any number as PEM.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.Malformed"/>: none, or something else; <see cref="RefusalReason.NotFound"/> and <see cref="RefusalReason.TooLarge"/>.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(string path)
    {
        var content = BoundedFile.Read(path, MaxSize);
        var certificates = new X509Certificate2Collection();
        try
        {
            if (content.AsSpan().IndexOf("-----BEGIN CERTIFICATE-----"u8) >= 0)
            {
                certificates.ImportFromPem(Encoding.UTF8.GetString(content));
            }
            else
            {
                certificates.Add(X509CertificateLoader.LoadCertificate(content));
            }

            return [.. certificates.Select(certificate => (ReadOnlyMemory<byte>)certificate.RawData)];
        }
        catch (CryptographicException)
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, $"no certificate (PEM, or one as DER) in {path}"));
        }
        finally
        {
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }
        }
    }

    /// <summary>Certificates of authorities: each may issue others.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.BadSettings"/>: a certificate of somebody who may not; and as <see cref="Read"/>.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> ReadAuthorities(string path)
    {
        var certificates = Read(path);
        foreach (var der in certificates)
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der.Span);
            if (!certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(constraints => constraints.CertificateAuthority))
            {
                throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"{path}: {certificate.Subject} may not issue certificates"));
            }
        }

        return certificates;
    }

    /// <summary>ECDSA over P-256 with SHA-256, DER, by the private key of a PEM file.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.BadSettings"/>: no such key, or one that is encrypted; <see cref="RefusalReason.NotFound"/> and <see cref="RefusalReason.TooLarge"/>.</exception>
    public static byte[] Sign(string keyPath, ReadOnlySpan<byte> message)
    {
        var content = BoundedFile.Read(keyPath, MaxSize);
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(Encoding.UTF8.GetString(content));
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
        }
    }
}
