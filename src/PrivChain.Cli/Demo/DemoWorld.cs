using PrivChain.Cli.Deployment;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Query;

namespace PrivChain.Cli.Demo;

/// <summary>The deployment and the organisations of both stories, started and enrolled.</summary>
internal sealed class DemoWorld : IAsyncDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly TimeProvider _time;

    private DemoWorld(RunningDeployment deployment, TimeProvider time)
    {
        Deployment = deployment;
        _time = time;
        CitizensConnection = Connect();
        Registry = Organisation(LedgerRole.Issuer, "Jinling Civil Registry", "金陵市民政登记局", "registry@jinling.example", "1 Archive Street, Jinling");
        TaxOffice = Organisation(LedgerRole.Issuer, "Jinling Tax and Credit Office", "金陵市税务征信局", "tax@jinling.example", "88 Abacus Road, Jinling");
        Hospital = Organisation(LedgerRole.Issuer, "Purple Hill Hospital", "紫山医院", "records@purplehill.example", "5 Well Lane, Jinling");
        Bank = Organisation(LedgerRole.Institution, "Bank of Jinling", "金陵银行", "privacy@bank-of-jinling.example", "200 Drum Tower Square, Jinling");
        Insurer = Organisation(LedgerRole.Institution, "River Insurance", "大江保险", "privacy@river-insurance.example", "12 Ferry Quay, Jinling");
        Regulator = Organisation(LedgerRole.Regulator, "Office for Data Protection", "数据保护署", "trail@odp.example", "3 Balance Court, Jinling");
    }

    public RunningDeployment Deployment { get; }

    public PrivChainConnection CitizensConnection { get; }

    public DemoOrganisation Registry { get; }

    public DemoOrganisation TaxOffice { get; }

    public DemoOrganisation Hospital { get; }

    public DemoOrganisation Bank { get; }

    public DemoOrganisation Insurer { get; }

    public DemoOrganisation Regulator { get; }

    public IReadOnlyList<DemoOrganisation> Organisations => [Registry, TaxOffice, Hospital, Bank, Insurer, Regulator];

    public InstitutionClient BankClient { get; private set; } = null!;

    public InstitutionClient InsurerClient { get; private set; } = null!;

    public RegulatorClient RegulatorClient { get; private set; } = null!;

    public static async Task<DemoWorld> StartAsync(DemoFolder folder, StepLog log, TimeProvider time, int? callsPerSecond, Suite suite, CancellationToken cancellation)
    {
        var deployment = await log.DoAsync(
            "start witness, node and enclave",
            () => RunningDeployment.StartAsync(new DeploymentFolder(folder.Root), "PrivChain demo", 0, time, cancellation, callsPerSecond, suite),
            running => string.Join(", ", running.Children.Select(child => $"{child.Name} {child.Id}"))).ConfigureAwait(false);
        var world = new DemoWorld(deployment, time);
        try
        {
            await world.AdmitAsync(log, cancellation).ConfigureAwait(false);
            return world;
        }
        catch
        {
            await world.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A connection for one party; simulated evidence is accepted because the demo says so on every screen.</summary>
    public PrivChainConnection Connect(bool acceptSimulated = true)
    {
        var connection = PrivChainConnection.OpenAsync(new ConnectionOptions
        {
            Node = Deployment.Address.Node,
            Genesis = Deployment.Genesis,
            AcceptSimulatedEvidence = acceptSimulated,
            Time = _time,
        }).GetAwaiter().GetResult();
        _owned.Add(connection);
        return connection;
    }

    public DemoCitizen Citizen(string name)
    {
        var citizen = new DemoCitizen(name, CitizensConnection);
        _owned.Add(citizen);
        return citizen;
    }

    public DemoOrganisation IssuerOf(string schema) => schema[..schema.IndexOf('/')] switch
    {
        "identity-card" or "property-certificate" or "census-person" => Registry,
        "patient-summary" => Hospital,
        _ => TaxOffice,
    };

    public IssuerClient ClientOf(DemoOrganisation issuer) => new(issuer.Connection, issuer.Keys.Account, issuer.Keys.IssuerKey);

    /// <summary>Publishes a built-in contract as the institution's own and has the regulator approve it.</summary>
    public async Task<PrivacyContract> PublishAsync(InstitutionClient institution, DemoOrganisation controller, string template, CancellationToken cancellation)
    {
        var text = ContractTemplates.For(template, controller.Account).OrThrow();
        var contract = await institution.PublishAsync(text, cancellation).ConfigureAwait(false);
        var waiting = (await RegulatorClient.ContractsAsync(cancellationToken: cancellation).ConfigureAwait(false)).Read.Single(review => review.Contract.Digest == contract.Digest);
        if (ContractChecker.RefusalOf([.. waiting.Findings]) is { } refusal)
        {
            throw new RefusalException(refusal);
        }

        await RegulatorClient.ApproveAsync(contract.Digest, "no more than the purpose needs", cancellation).ConfigureAwait(false);
        return contract;
    }

    /// <summary>Asks a person and has the person look and consent.</summary>
    /// <param name="institution">Who asks.</param>
    /// <param name="controller">Its account.</param>
    /// <param name="citizen">Who is asked.</param>
    /// <param name="contract">Under which contract.</param>
    /// <param name="uses">Uses asked for and granted.</param>
    /// <param name="validity">Validity asked for and granted.</param>
    /// <param name="choose">What the person chooses, seeing the preview.</param>
    /// <param name="cancellation">Cancels.</param>
    public static async Task<GivenConsent> AgreeAsync(
        InstitutionClient institution, DemoOrganisation controller, DemoCitizen citizen, PrivacyContract contract, uint uses, TimeSpan validity,
        Func<ConsentPreview, ConsentChoices> choose, CancellationToken cancellation)
    {
        var pending = await institution.RequestAsync(citizen.Client.ContactFor(controller.Account), contract.Digest, uses, validity, "您好 / Hello", cancellation).ConfigureAwait(false);
        var request = (await citizen.Client.RequestsAsync(cancellation).ConfigureAwait(false)).Single(received => received.Request.Digest == pending.Digest);
        using var preview = await citizen.Client.PreviewAsync(request, DisplayLanguage.English, cancellation).ConfigureAwait(false);
        await citizen.Client.ConsentAsync(preview, choose(preview), cancellation).ConfigureAwait(false);
        return await pending.WaitForConsentAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>The optional fields that the person can grant: those of records that are held.</summary>
    public static IReadOnlyList<string> HeldOptional(ConsentPreview preview) =>
        [.. preview.OptionalFields.Where(name => preview.Records.ContainsKey(preview.Contract.Find(name)!.Record.Id))];

    public async ValueTask DisposeAsync()
    {
        for (var i = _owned.Count - 1; i >= 0; i--)
        {
            _owned[i].Dispose();
        }

        await Deployment.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Governors vote the organisations in.</summary>
    public async Task EnrolAsync(IEnumerable<DemoOrganisation> organisations, CancellationToken cancellation)
    {
        using var account = Deployment.Folder.OpenGovernor();
        using var connection = Connect();
        var governor = new GovernorClient(connection, account);
        var (from, until) = Bootstrap.Validity(_time);
        foreach (var organisation in organisations)
        {
            var points = organisation.Role == LedgerRole.Institution ? 100_000U : 0;
            await governor.EnrolOrganisationAsync(organisation.Role, organisation.Profile, from, until, points, cancellation).ConfigureAwait(false);
        }
    }

    public DemoOrganisation Organisation(LedgerRole role, string nameEn, string nameZh, string contact, string postalAddress)
    {
        var organisation = new DemoOrganisation(role, nameEn, nameZh, contact, postalAddress, Connect());
        _owned.Add(organisation);
        return organisation;
    }

    private async Task AdmitAsync(StepLog log, CancellationToken cancellation)
    {
        var governors = Connect();
        await log.DoAsync(
            "enrol the enclave's measurement and key broker",
            () => Bootstrap.EnrolEnclaveAsync(Deployment, governors, _time, Registry.Account, cancellation),
            measurement => $"measurement {measurement.ToString()[..18]}…").ConfigureAwait(false);
        await log.DoAsync(
            "enrol the files of the app",
            () => Bootstrap.EnrolAppAsync(Deployment, governors, _time, cancellation),
            manifest => $"{manifest.Files.Count} files, manifest {manifest.Digest.ToString()[..18]}…").ConfigureAwait(false);
        await log.DoAsync(
            "enrol three issuers, two institutions and a regulator",
            () => EnrolAsync(Organisations, cancellation),
            string.Join(", ", Organisations.Select(organisation => organisation.Name))).ConfigureAwait(false);
        BankClient = new InstitutionClient(Bank.Connection, Bank.Keys.Account, Bank.Keys.EncryptionKey);
        InsurerClient = new InstitutionClient(Insurer.Connection, Insurer.Keys.Account, Insurer.Keys.EncryptionKey);
        RegulatorClient = new RegulatorClient(Regulator.Connection, Regulator.Keys.Account);
    }
}
