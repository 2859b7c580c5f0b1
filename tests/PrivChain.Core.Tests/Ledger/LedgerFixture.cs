using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tree;

namespace PrivChain.Core.Tests.Ledger;

/// <summary>A ledger with one of each party, at a clock the test sets; each test changes one thing.</summary>
internal sealed class LedgerFixture
{
    public const ulong Start = 1_790_000_000_000;
    public const ulong StartSeconds = Start / 1000;

    public LedgerFixture(int governors = 1, int governorThreshold = 1, int regulatorApprovals = 1, IEnumerable<string>? evidenceRoots = null, Suite? suite = null)
    {
        suite ??= Suite.International;
        (Institution, Issuer, Regulator) = (Account.Generate(suite), Account.Generate(suite), Account.Generate(suite));
        (Broker, Worker, Citizen) = (Account.Generate(suite), Account.Generate(suite), Account.Generate(suite));
        Governors = [.. Enumerable.Range(0, governors).Select(_ => Account.Generate(suite))];
        Log = new LogSigner(suite, "ledger.example/test", LogSeed);
        WitnessKey = new NoteSigner("witness.example/one", NoteKeyType.Cosignature, new Ed25519Key(WitnessSeed));
        Genesis = new Genesis
        {
            CertificateAuthorities = [],
            ChainId = 31337,
            CreatedAt = Start,
            EvidenceRoots = [.. evidenceRoots ?? []],
            GovernorThreshold = governorThreshold,
            Governors = [.. Governors.Select(governor => governor.Address)],
            LogKey = Log.VerifierKeys[0].ToString(),
            LogKeySm2 = Log.VerifierKeys.ElementAtOrDefault(1)?.ToString(),
            MaxSessionSeconds = 3600,
            MinimumSvn = 1,
            Name = "test",
            Nonce = RandomDigest(),
            Origin = "ledger.example/test",
            RegulatorApprovals = regulatorApprovals,
            Suite = suite.Name,
            WitnessQuorum = 1,
            Witnesses = [WitnessKey.VerifierKey.ToString()],
        };
        Domain = Genesis.Domain;
        State = new LedgerState(Genesis);
    }

    public Account[] Governors { get; }

    public Account Institution { get; }

    public Account Issuer { get; }

    public Account Regulator { get; }

    public Account Broker { get; }

    public Account Worker { get; }

    public Account Citizen { get; }

    public byte[] LogSeed { get; } = RandomNumberGenerator.GetBytes(Ed25519Key.SeedSize);

    public byte[] WitnessSeed { get; } = RandomNumberGenerator.GetBytes(Ed25519Key.SeedSize);

    public LogSigner Log { get; }

    public NoteSigner WitnessKey { get; }

    public Genesis Genesis { get; }

    public LedgerDomain Domain { get; }

    public LedgerState State { get; }

    public ulong Now { get; set; } = Start;

    public Digest Measurement { get; init; } = RandomDigest();

    public Digest Contract { get; init; } = RandomDigest();

    /// <summary>Every entry applied, in order, as the ledger's leaves.</summary>
    public List<byte[]> Leaves { get; } = [];

    public static Digest RandomDigest() => new(RandomNumberGenerator.GetBytes(32));

    public EntrySigner As(Account account) => new(Domain, account);

    public AuthenticEntry Authentic(Entry entry) => AuthenticEntry.Authenticate(entry with { Time = Now }, Domain).OrThrow();

    public RefusalReason Apply(Entry entry)
    {
        var authentic = Authentic(entry);
        var reason = State.Apply(authentic);
        if (reason == RefusalReason.None)
        {
            Leaves.Add(authentic.Entry.ToArray());
        }

        return reason;
    }

    /// <summary>The tree over the leaves.</summary>
    public MerkleTree Tree()
    {
        var tree = new MerkleTree(Domain.Suite.Tree);
        foreach (var leaf in Leaves)
        {
            tree.Append(Domain.Suite.Tree.Leaf(leaf));
        }

        return tree;
    }

    /// <summary>A checkpoint of all leaves, signed by the log and cosigned by the witness.</summary>
    public byte[] WitnessedNote(Digest? root = null)
    {
        var checkpoint = new Checkpoint(Genesis.Origin, (ulong)Leaves.Count, root ?? Tree().Root());
        return Log.Sign(checkpoint).Note.WithSignatures(Cosignature.Create(checkpoint, WitnessKey, Now / 1000)).Bytes.ToArray();
    }

    public Digest Must(Entry entry)
    {
        Assert.AreEqual(RefusalReason.None, Apply(entry), entry.Kind.ToString());
        return entry.DocumentDigest;
    }

    /// <summary>Everybody enrolled, one contract published and approved, one worker session recorded.</summary>
    public LedgerFixture WithEverybody(uint points = 100, uint price = 5, uint maxUses = 3, ulong maxSeconds = 86_400)
    {
        var until = StartSeconds + 10_000_000;
        Must(As(Governors[0]).Enrol(LedgerRole.Institution, Institution.Address, RandomDigest(), RandomDigest(), 0, until, points));
        Must(As(Governors[0]).Enrol(LedgerRole.Issuer, Issuer.Address, RandomDigest(), RandomDigest(), 0, until));
        Must(As(Governors[0]).Enrol(LedgerRole.Regulator, Regulator.Address, Digest.Zero, RandomDigest(), 0, until));
        Must(As(Governors[0]).Enrol(LedgerRole.Broker, Broker.Address, RandomDigest(), RandomDigest(), 0, until));
        Must(As(Governors[0]).Enrol(LedgerRole.Measurement, AccountAddress.Zero, Measurement, Digest.Zero, 0, until));
        Must(As(Institution).Publish(Contract, maxSeconds, maxUses, price));
        Must(As(Regulator).Approve(Contract, RandomDigest()));
        Must(Session(Worker.Address));
        return this;
    }

    public Entry Session(AccountAddress worker) =>
        As(Broker).Session(worker, Measurement, StartSeconds, StartSeconds + 3600, new SessionDetails(RandomDigest(), RandomDigest()));

    public Entry Grant(uint uses = 3, uint price = 5, ulong? notBefore = null, ulong? notAfter = null, Digest? contract = null, AccountAddress? controller = null) =>
        As(Citizen).Grant(contract ?? Contract, controller ?? Institution.Address, notBefore ?? StartSeconds, notAfter ?? StartSeconds + 86_400, uses, price, Details());

    public Entry Use(Digest consent, uint count = 1, Account? broker = null, AccountAddress? worker = null) =>
        As(broker ?? Broker).Use(consent, worker ?? Worker.Address, count, RandomDigest());

    public static ConsentDetails Details() => new()
    {
        ControllerName = "Bank of Jinling",
        Title = "Mortgage pre-check",
        Purpose = "dpv:CreditChecking",
        Fields = ["identity-card.birthDate", "income-statement.monthly"],
        Records = [RandomDigest(), RandomDigest()],
        RecipientKey = RandomDigest(),
        CitizenKey = RandomDigest(),
        KeyPackage = RandomDigest(),
        Brokers = [new AccountAddress(RandomNumberGenerator.GetBytes(20))],
        Threshold = 1,
        Salt = RandomDigest(),
    };
}
