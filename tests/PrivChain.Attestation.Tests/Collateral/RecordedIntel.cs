using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Collateral;

/// <summary>One folder of Intel collateral among the vectors, and the answers of services that would have led to it.</summary>
internal sealed class RecordedIntel
{
    private readonly string _folder;

    private RecordedIntel(string folder)
    {
        _folder = folder;
        var info = JsonNode.Parse(TcbInfo)!["tcbInfo"]!;
        var tdx = (string?)info["id"] == "TDX";
        Request = new CollateralRequest.Intel(tdx, ((string)info["fmspc"]!).ToUpperInvariant(), "platform");
    }

    public CollateralRequest.Intel Request { get; }

    public byte[] TcbInfo => Bytes("tcb_info.json");

    public byte[] QeIdentity => Bytes("qe_identity.json");

    public byte[] PckCrl => Bytes("pck_crl.der");

    public byte[] RootCaCrl => Bytes("root_ca_crl.der");

    public string SigningChain => Encoding.ASCII.GetString(Bytes("tcb_signing_chain.pem"));

    public string ListChain => Encoding.ASCII.GetString(Bytes("pck_crl_issuer_chain.pem"));

    /// <summary>Every folder that has all items in the form in which services send them.</summary>
    public static IReadOnlyList<RecordedIntel> All()
    {
        var complete = VectorFolder.Files("attestation", "tcb_info.json").Select(path => Path.GetDirectoryName(path)!)
            .Where(folder => new[] { "qe_identity.json", "pck_crl.der", "root_ca_crl.der", "tcb_signing_chain.pem", "pck_crl_issuer_chain.pem" }.All(name => File.Exists(Path.Combine(folder, name))))
            .Where(folder => JsonNode.Parse(File.ReadAllBytes(Path.Combine(folder, "tcb_info.json")))?["tcbInfo"] is not null)
            .Select(folder => new RecordedIntel(folder)).ToList();
        Assert.IsNotEmpty(complete);
        return complete;
    }

    public Dictionary<string, LoopbackService.Answer> AsProvisioningService() => Answers("TCB-Info-Issuer-Chain");

    public Dictionary<string, LoopbackService.Answer> AsCachingService()
    {
        var answers = Answers("SGX-TCB-Info-Issuer-Chain");
        answers["/sgx/certification/v4/rootcacrl"] = new(Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RootCaCrl)));
        return answers;
    }

    public void AssertSame(CollateralSet set)
    {
        AssertBytes(set, CollateralName.TcbInfo, TcbInfo);
        AssertBytes(set, CollateralName.QeIdentity, QeIdentity);
        AssertBytes(set, CollateralName.PckCrl, PckCrl);
        AssertBytes(set, CollateralName.RootCaCrl, RootCaCrl);
        AssertChain(set, CollateralName.TcbSigningChain, SigningChain);
        AssertChain(set, CollateralName.PckCrlIssuerChain, ListChain);
        Assert.AreEqual(6, set.Names.Count());
    }

    public override string ToString() => _folder;

    private Dictionary<string, LoopbackService.Answer> Answers(string tcbHeader)
    {
        var tee = Request.Tdx ? "tdx" : "sgx";
        return new Dictionary<string, LoopbackService.Answer>
        {
            [$"/{tee}/certification/v4/tcb?fmspc={Request.Fmspc}"] = new(TcbInfo, (tcbHeader, Uri.EscapeDataString(SigningChain))),
            [$"/{tee}/certification/v4/qe/identity"] = new(QeIdentity, ("SGX-Enclave-Identity-Issuer-Chain", Uri.EscapeDataString(SigningChain))),
            ["/sgx/certification/v4/pckcrl?ca=platform&encoding=der"] = new(PckCrl, ("SGX-PCK-CRL-Issuer-Chain", Uri.EscapeDataString(ListChain))),
        };
    }

    private void AssertBytes(CollateralSet set, string name, byte[] wanted)
    {
        Assert.IsTrue(set.TryGet(name, out var given), $"{_folder}: no {name}");
        CollectionAssert.AreEqual(wanted, given.ToArray(), $"{_folder}: {name}");
    }

    private void AssertChain(CollateralSet set, string name, string wanted)
    {
        Assert.IsTrue(set.TryGet(name, out var given), $"{_folder}: no {name}");
        CollectionAssert.AreEqual(Thumbprints(wanted), Thumbprints(Encoding.ASCII.GetString(given.Span)), $"{_folder}: {name}");
    }

    private static List<string> Thumbprints(string pem)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(pem);
        return [.. certificates.Select(certificate => certificate.Thumbprint)];
    }

    private byte[] Bytes(string name) => File.ReadAllBytes(Path.Combine(_folder, name));
}
