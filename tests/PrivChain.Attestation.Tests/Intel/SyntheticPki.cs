using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace PrivChain.Attestation.Tests.Intel;

/// <summary>A provisioning service of our own, with Intel's names for uses and none of its keys.</summary>
internal sealed class SyntheticPki
{
    public static readonly DateTimeOffset From = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset Until = new(2036, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private const string Prefix = "1.2.840.113741.1.13.1";

    public SyntheticPki(byte[] components, ushort pceSvn, byte[] fmspc, byte[]? platformInstance)
    {
        Root = Authority("CN=Synthetic SGX Root CA", null, RootKey, 1, pathLength: 1);
        PckCa = Authority("CN=Synthetic SGX PCK Platform CA", Root, PckCaKey, 2, pathLength: 0);
        Pck = Leaf("CN=Synthetic SGX PCK Certificate", PckCa, PckKey, 3, Platform(components, pceSvn, fmspc, platformInstance));
        TcbSigning = Leaf("CN=Synthetic SGX TCB Signing", Root, TcbKey, 4, null);
    }

    public static ECDsa RootKey { get; } = NewKey();

    public static ECDsa PckCaKey { get; } = NewKey();

    public static ECDsa PckKey { get; } = NewKey();

    public static ECDsa TcbKey { get; } = NewKey();

    public X509Certificate2 Root { get; }

    public X509Certificate2 PckCa { get; }

    public X509Certificate2 Pck { get; }

    public X509Certificate2 TcbSigning { get; }

    public static byte[] Ppid { get; } = [.. Enumerable.Range(1, 16).Select(value => (byte)value)];

    public static ECDsa NewKey() => ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static byte[] Pem(params X509Certificate2[] certificates) => [.. string.Join('\n', certificates.Select(certificate => certificate.ExportCertificatePem())).Select(letter => (byte)letter), (byte)'\n'];

    public static byte[] Crl(X509Certificate2 issuer, DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, params X509Certificate2[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
        {
            builder.AddEntry(certificate, thisUpdate);
        }

        return builder.Build(issuer, 1, nextUpdate, HashAlgorithmName.SHA256, thisUpdate: thisUpdate);
    }

    /// <summary>An authority; without an issuer, a root.</summary>
    public static X509Certificate2 Authority(string name, X509Certificate2? issuer, ECDsa key, byte serial, int pathLength)
    {
        var request = Request(name, key, X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLength, critical: true));
        var certificate = issuer is null
            ? request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), From, Until, [serial])
            : request.Create(issuer, From, Until, [serial]);
        return certificate.HasPrivateKey ? certificate : certificate.CopyWithPrivateKey(key);
    }

    /// <summary>A certificate that issues none.</summary>
    public static X509Certificate2 Leaf(string name, X509Certificate2 issuer, ECDsa key, byte serial, X509Extension? extension)
    {
        var request = Request(name, key, X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        if (extension is not null)
        {
            request.CertificateExtensions.Add(extension);
        }

        return request.Create(issuer, From, Until, [serial]).CopyWithPrivateKey(key);
    }

    /// <summary>The SGX extension.</summary>
    public static X509Extension Platform(byte[] components, ushort pceSvn, byte[] fmspc, byte[]? platformInstance)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            Item(writer, "1", inner => inner.WriteOctetString(Ppid));
            Item(writer, "2", inner =>
            {
                using (inner.PushSequence())
                {
                    for (var number = 1; number <= components.Length; number++)
                    {
                        var value = components[number - 1];
                        Item(inner, $"2.{number}", component => component.WriteInteger(value));
                    }

                    Item(inner, "2.17", component => component.WriteInteger(pceSvn));
                    Item(inner, "2.18", component => component.WriteOctetString(new byte[16]));
                }
            });
            Item(writer, "3", inner => inner.WriteOctetString([0, 0]));
            Item(writer, "4", inner => inner.WriteOctetString(fmspc));
            Item(writer, "5", inner => inner.WriteEncodedValue([0x0a, 1, 1]));
            if (platformInstance is not null)
            {
                Item(writer, "6", inner => inner.WriteOctetString(platformInstance));
                Item(writer, "7", inner =>
                {
                    using (inner.PushSequence())
                    {
                        Item(inner, "7.1", flag => flag.WriteBoolean(true));
                        Item(inner, "7.2", flag => flag.WriteBoolean(true));
                        Item(inner, "7.3", flag => flag.WriteBoolean(false));
                    }
                });
            }
        }

        return new X509Extension(Prefix, writer.Encode(), critical: false);
    }

    private static void Item(AsnWriter writer, string id, Action<AsnWriter> value)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier($"{Prefix}.{id}");
            value(writer);
        }
    }

    private static CertificateRequest Request(string name, ECDsa key, X509KeyUsageFlags usage)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
