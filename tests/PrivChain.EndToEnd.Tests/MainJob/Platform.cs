using System.Text;
using Microsoft.AspNetCore.Builder;
using PrivChain.Cli.Deployment;
using PrivChain.Cli.Witness;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Node;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Query;
using PrivChain.Tests.Shared;

namespace PrivChain.EndToEnd.Tests.MainJob;

/// <summary>A witness and a node in this process, the enclave as the process that it always is, one party of each role enrolled, and an approved age check.</summary>
internal sealed class Platform : IAsyncDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("privchain-e2e-");
    private readonly DeploymentFolder _folder;
    private RunningWitness? _witness;
    private WebApplication? _node;
    private ChildProcess? _enclave;

    private Platform()
    {
        _folder = new DeploymentFolder(_root.FullName);
        Genesis = _folder.Prepare("end to end", TimeProvider.System);
        IssuerKey = IssuerKey.Generate(EcdsaJws.Es256K);
    }

    public Genesis Genesis { get; }

    public Uri Address { get; private set; } = null!;

    public PrivChainConnection Connection { get; private set; } = null!;

    public Account Issuer { get; } = Account.Generate();

    public IssuerKey IssuerKey { get; }

    public Account Institution { get; } = Account.Generate();

    public HpkePrivateKey InstitutionKey { get; } = HpkePrivateKey.Generate(HpkeKem.XWing);

    public Account Regulator { get; } = Account.Generate();

    public PrivacyContract Contract { get; private set; } = null!;

    public InstitutionClient InstitutionClient { get; private set; } = null!;

    public IssuerClient IssuerClient { get; private set; } = null!;

    public RegulatorClient RegulatorClient { get; private set; } = null!;

    public GovernorClient Governor { get; private set; } = null!;

    public string File(string name) => Path.Combine(_root.FullName, name);

    public static async Task<Platform> StartAsync()
    {
        var platform = new Platform();
        try
        {
            await platform.StartProcessesAsync();
            await platform.EnrolAsync();
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    public Task<PrivChainConnection> ConnectAsync(bool acceptSimulated = true, IHeadStore? heads = null) => PrivChainConnection.OpenAsync(
        new ConnectionOptions { Node = Address, LedgerId = Genesis.LedgerId, AcceptSimulatedEvidence = acceptSimulated, Heads = heads });

    public static byte[] IdentityCard(string birthDate) => Encoding.UTF8.GetBytes($$"""
        {"familyName":"Zhang","givenName":"Wei","fullNameZh":"张伟","idNumber":"320102199005171234","birthDate":"{{birthDate}}","sex":"male","nationality":"CN",
         "address":"1 Xuanwu Road, Nanjing","issuingAuthority":"Nanjing Public Security Bureau"}
        """);

    public async ValueTask DisposeAsync()
    {
        Connection?.Dispose();
        if (_enclave is not null)
        {
            await _enclave.DisposeAsync();
        }

        if (_node is not null)
        {
            await _node.StopAsync();
            await _node.DisposeAsync();
        }

        if (_witness is not null)
        {
            await _witness.DisposeAsync();
        }

        InstitutionKey.Dispose();
        _root.Delete(recursive: true);
    }

    private async Task StartProcessesAsync()
    {
        _witness = await WitnessServer.StartAsync(
            new WitnessServerOptions
            {
                Listen = "127.0.0.1:0",
                KeySeedFile = _folder.WitnessKey,
                Name = DeploymentFolder.WitnessName,
                Logs = [(Genesis.Origin, NoteVerifierKey.Parse(Genesis.LogKey))],
                Folder = _folder.Witness,
            },
            CancellationToken.None);
        var socket = Path.Combine(_folder.Enclave, "enclave.sock");
        _node = NodeHost.Build(
            new NodeOptions
            {
                DataFolder = _folder.Node,
                GenesisFile = _folder.GenesisFile,
                LogKeyFile = _folder.LogKey,
                EnclaveSocket = socket,
                Witnesses = [new WitnessAddress(DeploymentFolder.WitnessName, _witness.Address)],
            },
            TimeProvider.System);
        await _node.StartAsync();
        Address = new Uri(NodeHost.AddressesOf(_node).Item1);
        _enclave = ChildProcess.Start("enclave", EnclaveProgram(),
        [
            "--genesis", _folder.GenesisFile, "--node", Address.ToString(), "--socket", socket, "--state", _folder.EnclaveState,
            "--evidence", "simulated", "--simulated-root", _folder.SimulatedRoot, "--roles", "broker,worker",
        ]);
        await _enclave.WaitForAsync("listening", TimeSpan.FromSeconds(60), CancellationToken.None);
        Connection = await ConnectAsync();
    }

    private async Task EnrolAsync()
    {
        Governor = new GovernorClient(Connection, _folder.OpenGovernor());
        InstitutionClient = new InstitutionClient(Connection, Institution, InstitutionKey);
        IssuerClient = new IssuerClient(Connection, Issuer, IssuerKey);
        RegulatorClient = new RegulatorClient(Connection, Regulator);
        var (from, until) = (DateTimeOffset.UnixEpoch, TimeProvider.System.GetUtcNow().AddDays(30));
        await Governor.EnrolOrganisationAsync(LedgerRole.Institution, Profile(Institution.Address, "Jinling Cinema", "金陵影院", InstitutionKey.PublicKey), from, until, points: 1000);
        await Governor.EnrolOrganisationAsync(LedgerRole.Regulator, Profile(Regulator.Address, "Data Office", "数据局", InstitutionKey.PublicKey), from, until);
        await Governor.EnrolOrganisationAsync(
            LedgerRole.Issuer,
            Profile(Issuer.Address, "Nanjing Public Security Bureau", "南京市公安局", InstitutionKey.PublicKey) with { IssuerAlgorithm = IssuerKey.Algorithm, IssuerKey = IssuerKey.PublicKey },
            from, until);
        var candidate = await Governor.InspectEnclaveAsync();
        await Governor.EnrolMeasurementAsync(candidate.Measurement, from, until);
        await Governor.EnrolBrokerAsync(candidate, from, until);
        Contract = await InstitutionClient.PublishAsync(ContractTemplates.For("age-check", Institution.Address).OrThrow());
        await RegulatorClient.ApproveAsync(Contract.Digest);
        await _enclave!.WaitForAsync("ready", TimeSpan.FromSeconds(60), CancellationToken.None);
    }

    private static string EnclaveProgram()
    {
        var configuration = AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";
        return Path.Combine(VectorFolder.RepositoryRoot(), "enclave", "PrivChain.Enclave", "bin", configuration, "net10.0", "PrivChain.Enclave.dll");
    }

    private static OrganisationProfile Profile(AccountAddress account, string english, string chinese, HpkePublicKey key) => new()
    {
        Account = account, NameEn = english, NameZh = chinese, Contact = "office@example.org", PostalAddress = "1 Example Road", Jurisdiction = "CN", EncryptionKey = key,
    };
}
