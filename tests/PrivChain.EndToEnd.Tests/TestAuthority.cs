using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;

namespace PrivChain.EndToEnd.Tests;

/// <summary>An authority that certifies names of organisations, as a ledger may name one.</summary>
internal sealed class TestAuthority : IDisposable
{
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly X509Certificate2 _root;

    public TestAuthority(string name = "CN=Root, O=Members")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _root = Request(name, key, authority: true).CreateSelfSigned(_now.AddDays(-10), _now.AddDays(1000));
    }

    /// <summary>What a genesis names.</summary>
    public ReadOnlyMemory<byte> Certificate => _root.RawData;

    /// <summary>What an organisation is given for its key.</summary>
    public ReadOnlyMemory<byte> Issue(string organisation, ECDsa key)
    {
        using var leaf = Request($"CN=ledger, O={organisation}, C=CN", key, authority: false).Create(_root, _now.AddDays(-10), _now.AddDays(300), RandomNumberGenerator.GetBytes(8));
        return leaf.RawData;
    }

    /// <summary>The profile with a certificate of that name, whose key signed for the account.</summary>
    public OrganisationProfile Certify(OrganisationProfile profile, Digest ledger, string organisation)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return profile with
        {
            Certificates = [Issue(organisation, key)],
            CertificateSignature = key.SignData(OrganisationProfile.BindingMessage(ledger, profile.Account), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
        };
    }

    public void Dispose() => _root.Dispose();

    public static CertificateRequest Request(string name, ECDsa key, bool authority)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(authority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(authority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, true));
        return request;
    }
}
