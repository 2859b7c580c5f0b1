using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Certificates;

namespace PrivChain.Attestation.Tests.Certificates;

/// <summary>Certificates made by the platform's own builder, an implementation that shares no code with the one under test.</summary>
internal sealed class TestAuthority : IDisposable
{
    public static readonly DateTimeOffset At = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ECDsa _key;
    private readonly X509Certificate2 _certificate;
    private byte _serial;

    private TestAuthority(ECDsa key, X509Certificate2 certificate)
    {
        _key = key;
        _certificate = certificate;
    }

    public byte[] Der => _certificate.RawData;

    public Certificate Certificate => Certificate.TryParse(Der, out var parsed) ? parsed : throw new InvalidOperationException("the builder's certificate does not parse");

    public static TestAuthority Root(string name, int? pathLength = null, DateTimeOffset? notAfter = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        return new TestAuthority(key, Request(name, key, isAuthority: true, pathLength).CreateSelfSigned(At.AddYears(-1), notAfter ?? At.AddYears(1)));
    }

    /// <summary>A certificate below this one.</summary>
    /// <param name="name">Common name.</param>
    /// <param name="isAuthority">Basic constraints.</param>
    /// <param name="pathLength">Of basic constraints.</param>
    /// <param name="change">Changes the request before it is signed.</param>
    /// <param name="issuerName">Another issuer name than this authority's.</param>
    /// <param name="notBefore">Default: a month before <see cref="At"/>.</param>
    /// <param name="notAfter">Default: a month after.</param>
    public TestAuthority Issue(
        string name,
        bool isAuthority = false,
        int? pathLength = null,
        Action<CertificateRequest>? change = null,
        string? issuerName = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request(name, key, isAuthority, pathLength);
        change?.Invoke(request);
        var certificate = request.Create(
            issuerName is null ? _certificate.SubjectName : new X500DistinguishedName("CN=" + issuerName),
            X509SignatureGenerator.CreateForECDsa(_key),
            notBefore ?? At.AddMonths(-1),
            notAfter ?? At.AddMonths(1),
            [++_serial]);
        return new TestAuthority(key, certificate);
    }

    /// <summary>Another's key and name in a certificate that this one signs.</summary>
    public TestAuthority CopyOf(TestAuthority other, DateTimeOffset notAfter)
    {
        var request = Request(other._certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), other._key, isAuthority: true, pathLength: null);
        var copy = request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), At.AddYears(-1), notAfter, [++_serial]);
        return new TestAuthority(ECDsa.Create(other._key.ExportParameters(includePrivateParameters: true)), copy);
    }

    /// <summary>A PKCS #10 request for this one's key and name, as a device makes it.</summary>
    public byte[] Request() => new CertificateRequest(_certificate.SubjectName, _key, HashAlgorithmName.SHA384).CreateSigningRequest();

    /// <summary>A certificate below this one for a key that is made elsewhere.</summary>
    public X509Certificate2 Certify(CertificateRequest request) =>
        request.Create(_certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), At.AddMonths(-1), At.AddMonths(1), [++_serial]);

    public byte[] RevocationList(DateTimeOffset thisUpdate, DateTimeOffset nextUpdate, params TestAuthority[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var authority in revoked)
        {
            builder.AddEntry(authority._certificate, At.AddDays(-1));
        }

        return builder.Build(
            _certificate.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), 1, nextUpdate, HashAlgorithmName.SHA256, X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false), thisUpdate);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority, int? pathLength)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, pathLength is not null, pathLength ?? 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
