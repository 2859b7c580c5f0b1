using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tests.Certificates;

namespace PrivChain.Attestation.Tests.Nitro;

/// <summary>A Nitro system of our own: root, intermediate and leaf of P-384, and documents signed by the leaf.</summary>
internal sealed class NitroSample : IDisposable
{
    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly ECDsa _middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP384);
    private readonly TestSigner _leaf = TestSigner.P384();

    public NitroSample()
    {
        Root = Request("nitro root", _rootKey, isAuthority: true).CreateSelfSigned(At.AddYears(-1), At.AddYears(1));
        Middle = Request("nitro zone", _middleKey, isAuthority: true).Create(Root.SubjectName, X509SignatureGenerator.CreateForECDsa(_rootKey), At.AddDays(-1), At.AddDays(1), [2]);
        Leaf = IssueLeaf(_leaf.Platform, isAuthority: false);
    }

    public static DateTimeOffset At => TestAuthority.At;

    public X509Certificate2 Root { get; }

    public X509Certificate2 Middle { get; }

    public X509Certificate2 Leaf { get; }

    public TestSigner LeafSigner => _leaf;

    public AuthenticationContext Context => new(new RootSet(TokenTrial.Anchors(RootKind.Nitro, Root.RawData)), At);

    /// <summary>A revocation list of the root or of the intermediate.</summary>
    public byte[] RevocationList(bool ofRoot, params X509Certificate2[] revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        foreach (var certificate in revoked)
        {
            builder.AddEntry(certificate, At.AddHours(-1));
        }

        var issuer = ofRoot ? Root : Middle;
        return builder.Build(
            issuer.SubjectName,
            X509SignatureGenerator.CreateForECDsa(ofRoot ? _rootKey : _middleKey),
            1,
            At.AddDays(2),
            HashAlgorithmName.SHA384,
            X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single()),
            At.AddDays(-1));
    }

    public X509Certificate2 IssueLeaf(ECDsa key, bool isAuthority) =>
        Request("i-0-enc0", key, isAuthority).Create(Middle.SubjectName, X509SignatureGenerator.CreateForECDsa(_middleKey), At.AddHours(-1), At.AddHours(2), [3]);

    /// <summary>The fields of a document, to be changed.</summary>
    public Dictionary<string, object?> Fields(bool debug = false) => new(StringComparer.Ordinal)
    {
        ["module_id"] = "i-0-enc0",
        ["digest"] = "SHA384",
        ["timestamp"] = (ulong)At.ToUnixTimeMilliseconds(),
        ["pcrs"] = TestSigner.Raw(TestSigner.Map([.. Enumerable.Range(0, 16).Select(number => ((object)number, (object?)Pcr(number, debug)))])),
        ["certificate"] = Leaf.RawData,
        ["cabundle"] = TestSigner.Raw(TestSigner.Array(Root.RawData, Middle.RawData)),
        ["public_key"] = null,
        ["user_data"] = "what the enclave bound"u8.ToArray(),
        ["nonce"] = "asker"u8.ToArray(),
    };

    public byte[] Document(Action<Dictionary<string, object?>>? change = null, int algorithm = -35, TestSigner? signer = null, bool tagged = false, bool debug = false)
    {
        var fields = Fields(debug);
        change?.Invoke(fields);
        return (signer ?? _leaf).Sign1(TestSigner.Map([.. fields.Select(field => ((object)field.Key, field.Value))]), algorithm, tagged);
    }

    public static byte[] Pcr(int number, bool debug)
    {
        var pcr = new byte[48];
        pcr[0] = (number is <= 2 && !debug) || number == 8 ? (byte)(number + 1) : (byte)0;
        return pcr;
    }

    public void Dispose()
    {
        Root.Dispose();
        Middle.Dispose();
        Leaf.Dispose();
        _rootKey.Dispose();
        _middleKey.Dispose();
        _leaf.Dispose();
    }

    private static CertificateRequest Request(string name, ECDsa key, bool isAuthority)
    {
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA384);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(isAuthority ? X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign : X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
