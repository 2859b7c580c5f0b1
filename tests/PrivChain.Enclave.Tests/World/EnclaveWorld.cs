using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PrivChain.Attestation.Simulated;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Suites;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Evidence;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Node;
using PrivChain.Enclave.State;
using PrivChain.Enclave.Worker;

namespace PrivChain.Enclave.Tests.World;

/// <summary>One of each party around one enclave, all in this process; each test changes one thing.</summary>
internal sealed class EnclaveWorld : IAsyncDisposable, IWorkerNodes
{
    public const string Field = "identity-card.birthDate";

    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _running = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("enclave").FullName;

    private EnclaveWorld()
    {
        Root = SimulatedRoot.Generate();
        Ledger = new MemoryLedger(Time, [Governor.Address], [Root.Name]);
        Node = new MemoryNode(Ledger);
        var source = new SimulatedEvidenceSource(Root, RandomNumberGenerator.GetBytes(48), EnclaveEvidence.SecurityVersion, Time);
        Evidence = new EnclaveEvidence(source, new NodeCollateral(Node), Genesis, Time);
        State = SealedState.OpenOrCreate(_folder, source.DeriveSealingKey(), Genesis.Domain, 1).OrThrow();
        View = new LedgerView(Genesis, State.Ledger);
        Broker = new KeyBroker(Genesis, State.Secrets, Node, View, Evidence, Time);
        Workers = new WorkerKeeper(Genesis, State.Secrets.Account.Address, Broker, Node, View, Evidence, Time);
        var batcher = new QueryBatcher(new QueryProcessor(Genesis, Broker, this, Time).ProcessAsync, static () => { }, Time);
        Sessions = new QuerySessions(Genesis, Workers, View, Time);
        Loop = new SessionLoop(Sessions, batcher, Time);
        Records = new RecordSource(Node, View);
        Auditors = new Auditors(Node, View);
        _running.Add(new LedgerTail(Node, View, State, Time).RunAsync(_stop.Token));
        _running.Add(batcher.RunAsync(_stop.Token));
    }

    public SettableTime Time { get; } = new();

    public SimulatedRoot Root { get; }

    public MemoryLedger Ledger { get; }

    public MemoryNode Node { get; }

    public EnclaveEvidence Evidence { get; }

    public SealedState State { get; }

    public LedgerView View { get; }

    public KeyBroker Broker { get; }

    public WorkerKeeper Workers { get; }

    public QuerySessions Sessions { get; }

    public SessionLoop Loop { get; }

    public RecordSource Records { get; }

    public Auditors Auditors { get; }

    public Genesis Genesis => Ledger.Genesis;

    public LedgerDomain Domain => Ledger.Domain;

    public Account Governor { get; } = Account.Generate();

    public Account Regulator { get; } = Account.Generate();

    public HpkePrivateKey RegulatorKey { get; } = HpkePrivateKey.Generate(HpkeKem.X25519);

    public Account Institution { get; } = Account.Generate();

    public HpkePrivateKey InstitutionKey { get; } = HpkePrivateKey.Generate(HpkeKem.X25519);

    public Account Issuer { get; } = Account.Generate();

    public IssuerKey IssuerKey { get; } = IssuerKey.Generate(EcdsaJws.Es256);

    public Account Citizen { get; } = Account.Generate();

    public HpkePrivateKey CitizenKey { get; } = HpkePrivateKey.Generate(HpkeKem.X25519);

    public ulong NowSeconds => (ulong)(Time.Now / 1000);

    public RecordSchema Schema { get; } = SchemaCatalog.BuiltIn.TryFind("identity-card/1", out var schema) ? schema : throw new InvalidOperationException();

    public PrivacyContract Contract { get; private set; } = null!;

    public SealedRecord Record { get; private set; } = null!;

    public AdmittedWorker Worker => Workers.Current!.Admitted;

    /// <summary>A world with everybody enrolled, a contract approved, a record issued and a worker ready.</summary>
    public static async Task<EnclaveWorld> CreateAsync(Func<string, string>? contractText = null, bool startWorker = true)
    {
        var world = new EnclaveWorld();
        world.Enrol(LedgerRole.Institution, world.Institution.Address, world.InstitutionKey.PublicKey.Fingerprint, Digest.Zero, points: 1000);
        world.EnrolRegulator(world.Regulator, world.RegulatorKey);
        world.EnrolIssuer(world.Issuer, world.IssuerKey);
        world.Enrol(LedgerRole.Measurement, AccountAddress.Zero, world.Evidence.Measurement, Digest.Zero);
        world.Enrol(
            LedgerRole.Broker, world.State.Secrets.Account.Address, world.State.Secrets.DecryptionKey.PublicKey.Fingerprint, Digest.Zero);
        world.Contract = world.Publish((contractText ?? (static text => text))(DefaultContract));
        world.Record = world.Issue(world.IssuerKey);
        world.Anchor(world.Record);
        if (startWorker)
        {
            await world.StartWorkerAsync();
        }

        return world;
    }

    public const string DefaultContract = """
        {"id":"jinling-cinema/age-check","version":1,"title":{"en":"Age check","zh":"年龄核验"},"controller":"0x0000000000000000000000000000000000000000",
        "purpose":"dpv:AgeVerification","legalBasis":"dpv:ExplicitConsent","records":["identity-card/1"],
        "shows":{"identity-card.birthDate":{"form":"age-at-least","years":18},"identity-card.sex":{"form":"value","optional":true}},
        "limits":{"validDays":30,"maxUses":100,"retainDays":0,"price":0},
        "enclave":{"acceptedEvidence":["simulated"],"unlikeRoots":1,"minimumTcb":"UpToDate"}}
        """;

    public EntrySigner As(Account account) => new(Domain, account);

    public static Digest RandomDigest() => new(RandomNumberGenerator.GetBytes(32));

    public void Enrol(LedgerRole role, AccountAddress party, Digest subject, Digest profile, uint points = 0) =>
        Ledger.AppendOrThrow(As(Governor).Enrol(role, party, subject, profile, NowSeconds - 10, NowSeconds + 10_000_000, points));

    public void EnrolIssuer(Account issuer, IssuerKey key)
    {
        var profile = new OrganisationProfile
        {
            Account = issuer.Address, NameEn = "Office", NameZh = "局", Contact = "c", PostalAddress = "p", Jurisdiction = "CN",
            EncryptionKey = HpkePrivateKey.Generate(HpkeKem.X25519).PublicKey, IssuerAlgorithm = key.Algorithm, IssuerKey = key.PublicKey,
        };
        var profileBytes = profile.ToArray();
        Ledger.Documents[Digest.OfSha256(profileBytes)] = profileBytes;
        Enrol(LedgerRole.Issuer, issuer.Address, profile.IssuerKeyFingerprint, Digest.OfSha256(profileBytes));
    }

    public void EnrolRegulator(Account regulator, HpkePrivateKey key)
    {
        var profile = new OrganisationProfile
        {
            Account = regulator.Address, NameEn = "Data Office", NameZh = "数据局", Contact = "c", PostalAddress = "p", Jurisdiction = "CN", EncryptionKey = key.PublicKey,
        }.ToArray();
        Ledger.Documents[Digest.OfSha256(profile)] = profile;
        Enrol(LedgerRole.Regulator, regulator.Address, Digest.Zero, Digest.OfSha256(profile));
    }

    public PrivacyContract Publish(string text, bool approve = true, SchemaCatalog? catalog = null)
    {
        var bytes = PrivacyContract.WithController(Encoding.UTF8.GetBytes(text), Institution.Address).OrThrow();
        var contract = PrivacyContract.Parse(bytes, catalog ?? SchemaCatalog.BuiltIn).OrThrow();
        Ledger.Documents[contract.Digest] = contract.CanonicalText.ToArray();
        Ledger.AppendOrThrow(As(Institution).Publish(
            contract.Digest, (ulong)contract.Limits.ValidDays * 86400, (uint)contract.Limits.MaxUses, (uint)contract.Limits.Price));
        if (approve)
        {
            Ledger.AppendOrThrow(As(Regulator).Approve(contract.Digest, RandomDigest()));
        }

        return contract;
    }

    public static JsonElement Claims(string birthDate = "1990-05-17") => JsonElement.Parse($$"""
        {"familyName":"Li","givenName":"Mei","idNumber":"32010619900517123X","birthDate":"{{birthDate}}","sex":"female","nationality":"CN",
        "address":"1 River Road","issuingAuthority":"Office"}
        """);

    public SealedRecord Issue(IssuerKey key, string birthDate = "1990-05-17") => Issue(key, Schema, Claims(birthDate));

    public SealedRecord Issue(IssuerKey key, RecordSchema schema, JsonElement claims) =>
        SealedRecord.Create(schema, claims, key, "issuer", Citizen.Address, CitizenKey.PublicKey, (long)NowSeconds).OrThrow();

    /// <summary>What the citizen states, under a key that serves for it alone.</summary>
    public SealedRecord StateOwn(JsonElement claims)
    {
        using var key = IssuerKey.Generate(EcdsaJws.Es256);
        return SealedRecord.Create(Schema, claims, key, Citizen.Address.ToString(), Citizen.Address, CitizenKey.PublicKey, (long)NowSeconds).OrThrow();
    }

    public void Anchor(SealedRecord record, Account? signer = null)
    {
        Ledger.Records[record.Digest] = record.Bytes.ToArray();
        Ledger.AppendOrThrow(As(signer ?? Issuer).Anchor(record.Digest, Citizen.Address, new AnchorDetails(record.SchemaId, RandomDigest())));
    }

    /// <summary>A consent whose parts a test may change before they are sealed and signed.</summary>
    public Digest Grant(ConsentParts? parts = null)
    {
        parts ??= new ConsentParts();
        var contract = parts.Contract ?? Contract;
        var record = parts.Record ?? Record;
        var broker = State.Secrets;
        var salt = RandomDigest();
        var schema = parts.Schema ?? Schema;
        using var keys = record.OpenBundle(schema, CitizenKey).OrThrow();
        var share = KeyShare.Create(
            (parts.ShareCitizenKey ?? CitizenKey).PublicKey,
            RandomNumberGenerator.GetBytes(32),
            parts.ShareSalt ?? salt,
            parts.Parts(schema).Select(part => (record.Digest, part.Part, keys.KeyOf(part.KeyOf).ToArray())));
        var keyBox = SealedBox.Seal(
            parts.BoxKey ?? broker.DecryptionKey.PublicKey, Labels.KeyPackage, ConsentPackage.KeyContext(Domain.LedgerId, contract.Digest, Citizen.Address), share.ToArray());
        var details = parts.Details(new ConsentDetails
        {
            ControllerName = "Cinema", Title = "Age check", Purpose = contract.Purpose, Fields = parts.Fields, Records = [record.Digest],
            RecipientKey = InstitutionKey.PublicKey.Fingerprint, CitizenKey = CitizenKey.PublicKey.Fingerprint,
            KeyPackage = ConsentPackage.DigestOf(Suite.International, [(broker.Account.Address, keyBox)]), Brokers = [broker.Account.Address], Threshold = 1, Salt = salt,
        });
        var entry = As(Citizen).Grant(
            contract.Digest, Institution.Address, parts.NotBefore ?? NowSeconds, parts.NotAfter ?? NowSeconds + 1000, parts.Uses, (uint)contract.Limits.Price, details);
        var consent = entry.DocumentDigest;
        var detailsBox = SealedBox.Seal(
            broker.DecryptionKey.PublicKey, Labels.ConsentDetails, ConsentPackage.DetailsContext(Domain.LedgerId, consent), (parts.BoxedDetails ?? details).ToArray());
        Ledger.Packages[consent] = new ConsentPackage([new BrokerBoxes(broker.Account.Address, keyBox, detailsBox)]).ToArray();
        Ledger.AppendOrThrow(entry);
        return consent;
    }

    public void Revoke(Digest consent) => Ledger.Append(As(Citizen).Revoke(consent, new StatedReason("", RandomDigest())));

    public static QueryDocument QueryFor(Digest consent, params IReadOnlyList<string> fields) =>
        new() { Consent = consent, Nonce = RandomDigest(), Fields = fields };

    public ReleaseRequest Request(Digest consent, params IReadOnlyList<QueryDocument> queries)
    {
        var opening = new QuerySession(
            Institution.Address, Worker.Account, Worker.Details.SessionKey, RandomDigest(), InstitutionKey.PublicKey.Fingerprint, NowSeconds);
        return new ReleaseRequest
        {
            Consent = consent,
            Opening = opening,
            OpeningSignature = Domain.Sign(Institution, opening.StructHash(Suite.International)),
            Queries = queries.Count > 0 ? queries : [QueryFor(consent)],
        };
    }

    public async Task<ReleaseOutcome> ReleaseAsync(ReleaseRequest request)
    {
        await CaughtUpAsync();
        return (await Broker.ReleaseAsync([request], _stop.Token))[0];
    }

    public WorkerNode Of(RunningWorker worker) => new(Node, Records, Auditors);

    /// <summary>Waits until the enclave has seen everything appended so far.</summary>
    public async Task CaughtUpAsync() =>
        (await View.WaitForAsync((ulong)Ledger.Entries.Count - 1, new CancellationTokenSource(TimeSpan.FromSeconds(20)).Token)).OrThrow();

    public async Task StartWorkerAsync()
    {
        var ready = new TaskCompletionSource();
        var running = Workers.RunAsync(_ => ready.TrySetResult(), static _ => { }, _stop.Token);
        _running.Add(running);
        await await Task.WhenAny(ready.Task, running).WaitAsync(TimeSpan.FromSeconds(20));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_running).ContinueWith(static _ => { }, TaskScheduler.Default);
        Workers.Dispose();
        State.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
