using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Net.Client;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Query;

namespace PrivChain.EndToEnd.Tests;

/// <summary>A whole deployment as real processes, with one of each party: what a story begins from.</summary>
internal sealed class World : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Template, AccountAddress Controller), Lazy<Task<PrivacyContract>>> _contracts = new();
    private readonly List<ChildProcess> _restarted = [];

    private readonly Suite _suite;
    private readonly World? _host;

    private World(string folder, Suite suite, World? host = null)
    {
        (Folder, _suite, _host) = (folder, suite, host);
        (Bank, Registry, Regulator, Person) = (RoleKeys.Generate(suite), RoleKeys.Generate(suite), RoleKeys.Generate(suite), RoleKeys.Generate(suite));
    }

    public string Folder { get; }

    public RunningDeployment Deployment { get; private set; } = null!;

    public RoleKeys Bank { get; }

    public RoleKeys Registry { get; }

    public RoleKeys Regulator { get; }

    public RoleKeys Person { get; }

    public PrivChainConnection Connection { get; private set; } = null!;

    public InstitutionClient Institution { get; private set; } = null!;

    public CitizenClient Citizen { get; private set; } = null!;

    public IssuerClient Issuer { get; private set; } = null!;

    /// <summary>Where names are certified: the authority that the ledger names.</summary>
    public TestAuthority? Authority { get; private init; }

    public static Task<World> StartAsync(bool tapped = false, Suite? suite = null, bool certified = false) =>
        BegunAsync(new World(Directory.CreateTempSubdirectory("privchain-world-").FullName, suite ?? Suite.International)
        {
            Tap = tapped ? new WireTap() : null,
            Authority = certified ? new TestAuthority() : null,
        });

    /// <summary>One more of each party in the deployment of this world, which has to outlive them.</summary>
    public Task<World> JoinAsync() => BegunAsync(new World(Folder, _suite, host: this));

    private static async Task<World> BegunAsync(World world)
    {
        try
        {
            await world.BeginAsync();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    /// <summary>What every party's traffic carried, where the world was started to record it.</summary>
    public WireTap? Tap { get; private init; }

    public Task<PrivChainConnection> ConnectAsync(TimeSpan? deadline = null, IHeadStore? heads = null, HttpMessageHandler? handler = null) => PrivChainConnection.OpenAsync(
        new ConnectionOptions
        {
            Node = Deployment.Address.Node,
            Genesis = Deployment.Genesis,
            AcceptSimulatedEvidence = true,
            Deadline = deadline ?? TimeSpan.FromSeconds(20),
            Heads = heads,
            Handler = handler ?? Tap,
        });

    /// <summary>An identity card for the person of this world; its values are the plaintext that must be found nowhere else.</summary>
    public async Task<Digest> IssueIdentityAsync(CitizenContact? holder = null)
    {
        return await IssueAsync("identity-card/1", IdentityClaims(), holder);
    }

    /// <summary>Any record for the person of this world.</summary>
    public async Task<Digest> IssueAsync(string schema, JsonObject claims, CitizenContact? holder = null)
    {
        var issued = await Issuer.IssueAsync(schema, Encoding.UTF8.GetBytes(claims.ToJsonString()), holder ?? Citizen.ContactFor(Registry.Account.Address));
        return issued.Record;
    }

    /// <summary>Makes the ledger longer by entries that are lawful and about nothing else, in batches, since a node bounds what one caller may ask in a second.</summary>
    public async Task LengthenAsync(int entries)
    {
        var signer = new EntrySigner(Connection.Domain, Registry.Account);
        using var channel = GrpcChannel.ForAddress(Deployment.Address.Node);
        var ledger = new Schemas.V1.Ledger.LedgerClient(channel);
        foreach (var batch in Enumerable.Range(0, entries).Chunk(500))
        {
            var anchors = batch.Select(i => signer.Anchor(Digest.OfSha256(BitConverter.GetBytes(i)), Person.Account.Address, new AnchorDetails("identity-card/1", Digest.OfSha256(BitConverter.GetBytes(~i)))));
            var reply = await ledger.AppendBatchAsync(
                new Schemas.V1.AppendBatchRequest { Entries = { anchors.Select(entry => ByteString.CopyFrom(entry.ToArray())) } }, deadline: DateTime.UtcNow.AddSeconds(20));
            if (reply.Verdicts.FirstOrDefault(verdict => verdict.Reason != 0) is { } refused)
            {
                throw new InvalidOperationException($"the node refused an entry for {(RefusalReason)refused.Reason}");
            }
        }
    }

    /// <summary>The person's copy of the only answer under a consent. The worker sends it after the answer, and an inbox is asked.</summary>
    public async Task<AnswerCopy> AnswerCopyAsync(Digest consent, CancellationToken cancellationToken)
    {
        AnswerCopy? copy = null;
        await UntilAsync(
            async () => (copy = (await Citizen.ConsentsAsync(cancellationToken)).Single(item => item.Digest == consent).Answers.SingleOrDefault()) is not null, cancellationToken);
        return copy!;
    }

    /// <summary>Asks again and again until it holds; how long is the test's own limit.</summary>
    public static async Task UntilAsync(Func<Task<bool>> holds, CancellationToken cancellationToken)
    {
        while (!await holds())
        {
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>What the identity card says: nobody but holder and issuer may find any of it anywhere.</summary>
    public static JsonObject IdentityClaims() => new()
    {
        ["familyName"] = "Linqiuyan-family", ["givenName"] = "Qiuyan-given", ["fullNameZh"] = "林秋雁甲", ["idNumber"] = "32010219880312402X", ["birthDate"] = "1988-03-12", ["sex"] = "female",
        ["nationality"] = "CN", ["address"] = "南京市玄武区珠江路 8812 号", ["issuingAuthority"] = "南京市公安局玄武分局",
    };

    /// <summary>Publishes and approves one of the built-in contracts for the bank, or another; one of which that was done is given again.</summary>
    public async Task<PrivacyContract> PublishAsync(string template, InstitutionClient? institution = null, RoleKeys? controller = null)
    {
        var key = (template, (controller ?? Bank).Account.Address);
        try
        {
            return await _contracts.GetOrAdd(key, _ => new(() => PublishNewAsync(template, institution ?? Institution, key.Address))).Value;
        }
        catch
        {
            // Whoever comes next tries for themselves.
            _contracts.TryRemove(key, out _);
            throw;
        }
    }

    private async Task<PrivacyContract> PublishNewAsync(string template, InstitutionClient institution, AccountAddress controller)
    {
        var contract = await institution.PublishAsync(ContractTemplates.For(template, controller).OrThrow());
        await new RegulatorClient(Connection, Regulator.Account).ApproveAsync(contract.Digest, "fine");
        return contract;
    }

    /// <summary>Request and consent, as asked.</summary>
    public async Task<GivenConsent> ConsentAsync(PrivacyContract contract, uint uses = 1, TimeSpan? validFor = null, string message = "", InstitutionClient? institution = null)
    {
        var pending = await (institution ?? Institution).RequestAsync(Citizen.ContactFor(contract.Controller), contract.Digest, uses, validFor ?? TimeSpan.FromDays(1), message);
        var request = (await Citizen.RequestsAsync()).Single(received => received.Request.Digest == pending.Digest);
        using var preview = await Citizen.PreviewAsync(request, DisplayLanguage.English);
        await Citizen.ConsentAsync(preview, new ConsentChoices { Uses = uses });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await pending.WaitForConsentAsync(limit.Token);
    }

    /// <summary>Admits one more organisation; where names are certified, under its English one as a limited company's.</summary>
    public async Task EnrolAsync(LedgerRole role, OrganisationProfile profile)
    {
        using var account = Deployment.Folder.OpenGovernor();
        var (from, until) = Bootstrap.Validity(TimeProvider.System);
        profile = Authority?.Certify(profile, Connection.LedgerId, profile.NameEn + " Ltd") ?? profile;
        await new GovernorClient(Connection, account).EnrolOrganisationAsync(role, profile, from, until, role == LedgerRole.Institution ? 1000U : 0);
    }

    public async Task ExpelAsync(LedgerRole role, AccountAddress account)
    {
        using var governor = Deployment.Folder.OpenGovernor();
        await new GovernorClient(Connection, governor).ExpelAsync(role, account, null, Digest.OfSha256("a reason"u8));
    }

    /// <summary>Ends the witness; the node goes on alone.</summary>
    public Task StopWitnessAsync() => StopAsync("witness");

    /// <summary>Starts the witness again where the node looks for it.</summary>
    public Task StartWitnessAsync()
    {
        var folder = Deployment.Folder;
        return StartAsync("witness", "witness-ready",
            "witness", "--listen", $"127.0.0.1:{Deployment.Address.Witness.Port}", "--key", folder.WitnessKey, "--name", DeploymentFolder.WitnessName,
            "--log", $"{Deployment.Genesis.Origin}={Deployment.Genesis.LogKey}", "--data", folder.Witness, "--until-input-ends");
    }

    /// <summary>Ends the node, as it is told to end.</summary>
    public Task StopNodeAsync() => StopAsync("node");

    /// <summary>Starts the node again where all look for it.</summary>
    public Task StartNodeAsync()
    {
        var folder = Deployment.Folder;
        return StartAsync("node", "node-ready",
            "node", "--data", folder.Node, "--genesis", folder.GenesisFile, "--log-key", folder.LogKey, "--listen", $"http://127.0.0.1:{Deployment.Address.Node.Port}",
            "--web-listen", Deployment.Address.Web.GetLeftPart(UriPartial.Authority), "--enclave-socket", Deployment.EnclaveSocket, "--witness", $"{DeploymentFolder.WitnessName}={Deployment.Address.Witness}", "--until-input-ends");
    }

    public async ValueTask DisposeAsync()
    {
        Citizen?.Dispose();
        Connection?.Dispose();
        Tap?.Dispose();
        Authority?.Dispose();
        foreach (var child in _restarted.AsEnumerable().Reverse())
        {
            await child.DisposeAsync();
        }

        foreach (var keys in new[] { Bank, Registry, Regulator, Person })
        {
            keys.Dispose();
        }

        if (_host is null)
        {
            await (Deployment?.DisposeAsync() ?? ValueTask.CompletedTask);
            Directory.Delete(Folder, recursive: true);
        }
    }

    private async Task StopAsync(string name)
    {
        if (_restarted.Find(child => child.Name == name) is { } restarted)
        {
            _restarted.Remove(restarted);
            await restarted.DisposeAsync();
            return;
        }

        await Deployment.StopAsync(Deployment.Children.Single(child => child.Name == name));
    }

    private async Task StartAsync(string name, string ready, params string[] arguments)
    {
        var child = ChildProcess.Start(name, DotnetHost.OwnProgram, arguments);
        _restarted.Add(child);
        await child.WaitForAsync(ready, TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    private async Task BeginAsync()
    {
        Deployment = _host?.Deployment ?? await RunningDeployment.StartAsync(new DeploymentFolder(Folder), "test", 0, TimeProvider.System, CancellationToken.None, suite: _suite, authorities: Authority is null ? null : [Authority.Certificate]);
        Connection = await ConnectAsync();
        if (_host is null)
        {
            await Bootstrap.EnrolEnclaveAsync(Deployment, Connection, TimeProvider.System, Registry.Account.Address, CancellationToken.None);
        }

        await EnrolAsync(LedgerRole.Institution, Bank.Profile("Bank of Jinling", "金陵银行", "-", "-", "CN", signsRecords: false));
        await EnrolAsync(LedgerRole.Issuer, Registry.Profile("City Registry", "市民政局", "-", "-", "CN", signsRecords: true));
        await EnrolAsync(LedgerRole.Regulator, Regulator.Profile("Data Office", "数据局", "-", "-", "CN", signsRecords: false));
        Institution = new InstitutionClient(Connection, Bank.Account, Bank.EncryptionKey);
        Issuer = new IssuerClient(Connection, Registry.Account, Registry.IssuerKey);
        Citizen = new CitizenClient(Connection, Person.Wallet);
    }
}
