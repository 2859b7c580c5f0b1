using System.Collections.Concurrent;
using System.Security.Cryptography;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
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
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Query;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>
/// One ledger folder that outlives its nodes, with everybody enrolled. It remembers each acknowledgement that any node ever gave, keeps one store of verified heads for all of
/// them, and checks a restarted node against both.
/// </summary>
internal sealed class DurableLedger : IAsyncDisposable
{
    public const uint UsesOfGrant = 7;
    private const string ReasonTrailer = "privchain-reason";
    private const int Anchorers = 3;
    private const int Users = 3;

    private readonly string _root = Directory.CreateTempSubdirectory("privchain-durable-").FullName;
    private readonly RoleKeys _bank = RoleKeys.Generate();
    private readonly RoleKeys _registry = RoleKeys.Generate();
    private readonly RoleKeys _regulator = RoleKeys.Generate();
    private readonly Account _broker = Account.Generate();
    private readonly Account _worker = Account.Generate();
    private readonly Account _citizen = Account.Generate();
    private readonly Digest _measurement = RandomDigest();
    private readonly ConcurrentQueue<Acknowledgement> _acknowledged = new();
    private readonly ConcurrentQueue<Entry> _unanswered = new();
    private readonly List<Digest> _grants = [];
    private DeploymentFolder _folder = null!;
    private Genesis _genesis = null!;
    private RunningWitness _witness = null!;
    private PrivacyContract _contract = null!;

    private DurableLedger()
    {
    }

    public int Acknowledged => _acknowledged.Count;

    public static async Task<DurableLedger> CreateAsync()
    {
        var ledger = new DurableLedger();
        try
        {
            await ledger.BeginAsync();
            return ledger;
        }
        catch
        {
            await ledger.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where the node keeps everything.</summary>
    public string NodeFolder => _folder.Node;

    /// <summary>An enrolled issuer.</summary>
    public RoleKeys Registry => _registry;

    /// <param name="fault">The calls that fail; null: none.</param>
    /// <param name="failing">The file or folder, below the node's own, whose calls they are.</param>
    public FaultyProcess StartNode(string? fault = null, string failing = "ledger.db-wal") => FaultyProcess.Start(
        Path.Combine(AppContext.BaseDirectory, "PrivChain.Node.dll"),
        [
            "--data", _folder.Node, "--genesis", _folder.GenesisFile, "--log-key", _folder.LogKey,
            "--witness", $"{DeploymentFolder.WitnessName}={_witness.Address}",
        ],
        fault,
        Path.GetFullPath(failing, _folder.Node));

    public static async Task<Uri> AddressOfAsync(FaultyProcess node) =>
        await node.ListensAsync() ?? throw new AssertFailedException("the node ended before it listened:\n" + node.Output);

    /// <summary>
    /// Appends from many tasks at once, a fresh grant with few uses among them, until <paramref name="enough"/> more were acknowledged or storage failed; then calls
    /// <paramref name="atThatMoment"/> in the middle of it and returns when every task has seen the end. True when storage failed.
    /// </summary>
    public async Task<bool> LoadAsync(Uri node, int enough, Func<Task> atThatMoment)
    {
        var moment = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = Acknowledged;
        using var over = new CancellationTokenSource();
        var tasks = new List<Task>();
        var signer = new EntrySigner(_genesis.Domain, _citizen);
        var now = (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var grant = signer.Grant(_contract.Digest, _bank.Account.Address, now - 60, now + 3600, UsesOfGrant, 0, Details());
        _grants.Add(grant.DocumentDigest);
        tasks.Add(AppendAllAsync(node, [grant], Done, over.Token));
        tasks.AddRange(Enumerable.Range(0, Anchorers).Select(_ => AppendAllAsync(node, Anchors(), Done, over.Token)));
        tasks.AddRange(Enumerable.Range(0, Users).Select(_ => AppendAllAsync(node, Uses(), Done, over.Token)));
        tasks.Add(WatchHeadAsync(node, over.Token));
        var ended = Task.WhenAll(tasks);
        var first = await Task.WhenAny(moment.Task, ended);
        var failed = first == moment.Task && await moment.Task;
        await atThatMoment();
        await over.CancelAsync();
        await ended;
        Assert.IsTrue(moment.Task.IsCompleted, $"the load ended by itself after {Acknowledged - before} acknowledgements");
        return failed;

        void Done(RefusalReason reason)
        {
            if (reason == RefusalReason.StorageFailed)
            {
                moment.TrySetResult(true);
            }
            else if (Acknowledged - before >= enough)
            {
                moment.TrySetResult(false);
            }
        }
    }

    /// <summary>A connection that keeps the heads it saw over all nodes.</summary>
    public Task<PrivChainConnection> ConnectAsync(Uri node) => PrivChainConnection.OpenAsync(
        new ConnectionOptions { Node = node, Genesis = _genesis, Heads = new FileHeadStore(Path.Combine(_root, "heads")) });

    /// <summary>A node whose disk failed once takes nothing any more, though the disk works again.</summary>
    public async Task RequireRefusalAsync(Uri node)
    {
        using var channel = GrpcChannel.ForAddress(node);
        var client = new Wire.Ledger.LedgerClient(channel);
        foreach (var entry in Anchors().Take(5))
        {
            Assert.AreEqual(RefusalReason.StorageFailed, await TryAppendAsync(client, entry, CancellationToken.None));
        }
    }

    /// <summary>Every promise against what this node now holds. Sends once more what was never answered: that must spend nothing twice either.</summary>
    public async Task VerifyAsync(Uri node)
    {
        using var channel = GrpcChannel.ForAddress(node);
        var client = new Wire.Ledger.LedgerClient(channel);
        while (_unanswered.TryDequeue(out var entry))
        {
            await TryAppendAsync(client, entry, CancellationToken.None);
        }

        // Verified by itself: every signature and rule, the root, witnesses, and consistency with the head seen before the node died.
        using var connection = await ConnectAsync(node);
        try
        {
            await connection.Ledger.RefreshAsync(_acknowledged.Max(promise => promise.Index) + 1);
        }
        catch (RefusalException exception) when (exception.Reason == RefusalReason.Deadline)
        {
            // The ledger is shorter than was promised: the comparison below says by what.
        }

        await connection.Ledger.FollowStateAsync();
        var head = connection.Ledger.Head!;

        // And once more over the bytes that the promises are compared with.
        var entries = new List<Entry>();
        var follower = new LedgerFollower(_genesis);
        while (follower.Size < head.Checkpoint.Size)
        {
            var page = await client.GetEntriesAsync(new Wire.GetEntriesRequest { Start = follower.Size, Count = (uint)Math.Min(1000, head.Checkpoint.Size - follower.Size) }, deadline: Deadline());
            Assert.IsNotEmpty(page.Entries);
            entries.AddRange(page.Entries.Select(bytes => follower.Accept(bytes.Memory).OrThrow().Entry));
        }

        follower.AcceptCheckpoint(head.Signed.Note.Bytes.Span).OrThrow();
        var lost = _acknowledged.Where(promise =>
            promise.Index >= (ulong)entries.Count || entries[(int)promise.Index].DocumentDigest != promise.Document || entries[(int)promise.Index].Signer != promise.Signer).ToList();
        Assert.IsEmpty(lost, $"{lost.Count} of {Acknowledged} acknowledged entries do not stand where they were promised, the first at {lost.FirstOrDefault()?.Index} of {entries.Count}");
        var twice = entries.GroupBy(entry => (entry.DocumentDigest, entry.Signer)).Count(group => group.Count() > 1);
        Assert.AreEqual(0, twice, "documents that stand twice");

        foreach (var grant in _grants)
        {
            var spent = entries.Where(entry => entry.Kind == EntryKind.Use && entry.Reference == grant).Sum(entry => entry.Count);
            Assert.IsLessThanOrEqualTo(UsesOfGrant, spent, $"uses of {grant}");
        }

        // One promise through the door that clients take: found by its digest, with a proof of its place.
        var last = _acknowledged.Last();
        var proven = await connection.Ledger.FindAsync(last.Document, last.Signer);
        Assert.AreEqual(last.Index, proven?.Index);
    }

    public async ValueTask DisposeAsync()
    {
        if (_witness is not null)
        {
            await _witness.DisposeAsync();
        }

        foreach (var secret in (IDisposable[])[_bank, _registry, _regulator, _broker, _worker, _citizen])
        {
            secret.Dispose();
        }

        Directory.Delete(_root, recursive: true);
    }

    private static Digest RandomDigest() => new(RandomNumberGenerator.GetBytes(Digest.Size));

    private static DateTime Deadline() => TimeProvider.System.GetUtcNow().AddSeconds(20).UtcDateTime;

    private async Task BeginAsync()
    {
        _folder = new DeploymentFolder(Path.Combine(_root, "deployment"));
        _genesis = _folder.Prepare("durable", TimeProvider.System);
        _witness = await WitnessServer.StartAsync(
            new WitnessServerOptions
            {
                Listen = "127.0.0.1:0",
                KeySeedFile = _folder.WitnessKey,
                Name = DeploymentFolder.WitnessName,
                Logs = [(_genesis.Origin, NoteVerifierKey.Parse(_genesis.LogKey))],
                Folder = _folder.Witness,
            },
            CancellationToken.None);

        await using var node = StartNode();
        using var connection = await ConnectAsync(await AddressOfAsync(node));
        using var governorAccount = _folder.OpenGovernor();
        var governor = new GovernorClient(connection, governorAccount);
        var (from, until) = Bootstrap.Validity(TimeProvider.System);
        await governor.EnrolOrganisationAsync(LedgerRole.Institution, _bank.Profile("Bank of Jinling", "金陵银行", "-", "-", "CN", signsRecords: false), from, until, 1000);
        await governor.EnrolOrganisationAsync(LedgerRole.Issuer, _registry.Profile("City Registry", "市民政局", "-", "-", "CN", signsRecords: true), from, until);
        await governor.EnrolOrganisationAsync(LedgerRole.Regulator, _regulator.Profile("Data Office", "数据局", "-", "-", "CN", signsRecords: false), from, until);
        await governor.EnrolMeasurementAsync(_measurement, from, until);

        // A broker that is only a key: no enclave is needed to fill a ledger.
        var (notBefore, notAfter) = ((ulong)from.ToUnixTimeSeconds(), (ulong)until.ToUnixTimeSeconds());
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var profile = await connection.PutDocumentAsync(
            governorAccount, new BrokerProfile { Account = _broker.Address, EncryptionKey = key.PublicKey, Evidence = "a broker that is only a key"u8.ToArray() }.ToArray());
        await connection.Ledger.AppendAsync(
            new EntrySigner(_genesis.Domain, governorAccount).Enrol(LedgerRole.Broker, _broker.Address, key.PublicKey.Fingerprint, profile, notBefore, notAfter));
        var session = await connection.Ledger.AppendAsync(
            new EntrySigner(_genesis.Domain, _broker).Session(_worker.Address, _measurement, notBefore, notBefore + 86_400, new SessionDetails(RandomDigest(), RandomDigest())));
        _acknowledged.Enqueue(new Acknowledgement(session.Index, session.Digest, _broker.Address));
        _contract = await new InstitutionClient(connection, _bank.Account, _bank.EncryptionKey).PublishAsync(ContractTemplates.For("age-check", _bank.Account.Address).OrThrow());
        await new RegulatorClient(connection, _regulator.Account).ApproveAsync(_contract.Digest, "fine");
    }

    private IEnumerable<Entry> Anchors()
    {
        var signer = new EntrySigner(_genesis.Domain, _registry.Account);
        while (true)
        {
            yield return signer.Anchor(RandomDigest(), _citizen.Address, new AnchorDetails("identity-card/1", RandomDigest()));
        }
    }

    // On the newest grant and on those of nodes before, most of which are spent: they must stay spent.
    private IEnumerable<Entry> Uses()
    {
        var signer = new EntrySigner(_genesis.Domain, _broker);
        var (newest, all) = (_grants[^1], _grants.ToArray());
        while (true)
        {
            yield return signer.Use(newest, _worker.Address, 1, RandomDigest());
            yield return signer.Use(all[RandomNumberGenerator.GetInt32(all.Length)], _worker.Address, 2, RandomDigest());
        }
    }

    private async Task AppendAllAsync(Uri node, IEnumerable<Entry> entries, Action<RefusalReason> done, CancellationToken over)
    {
        // A connection of its own: limits are counted for each.
        using var channel = GrpcChannel.ForAddress(node);
        var client = new Wire.Ledger.LedgerClient(channel);
        await Task.Yield();
        foreach (var entry in entries)
        {
            if (over.IsCancellationRequested)
            {
                return;
            }

            var reason = await TryAppendAsync(client, entry, over);
            done(reason);
            if (reason is RefusalReason.StorageFailed or RefusalReason.Unavailable)
            {
                return;
            }
        }
    }

    private async Task<RefusalReason> TryAppendAsync(Wire.Ledger.LedgerClient client, Entry entry, CancellationToken over)
    {
        try
        {
            var reply = await client.AppendAsync(new Wire.AppendRequest { Entry = ByteString.CopyFrom(entry.ToArray()) }, deadline: Deadline(), cancellationToken: over);
            _acknowledged.Enqueue(new Acknowledgement(reply.Index, entry.DocumentDigest, entry.Signer));
            return RefusalReason.None;
        }
        catch (RpcException exception)
        {
            if (exception.Trailers.GetValue(ReasonTrailer) is { } reason)
            {
                var refused = (RefusalReason)uint.Parse(reason, System.Globalization.CultureInfo.InvariantCulture);
                if (refused == RefusalReason.StorageFailed)
                {
                    // Refused, and yet it may stand after the restart: nobody was told that it does.
                    _unanswered.Enqueue(entry);
                }

                return refused;
            }

            _unanswered.Enqueue(entry);
            return RefusalReason.Unavailable;
        }
    }

    private async Task WatchHeadAsync(Uri node, CancellationToken over)
    {
        try
        {
            using var connection = await ConnectAsync(node);
            while (true)
            {
                var head = await connection.Ledger.RefreshAsync(connection.Ledger.Head is { } seen ? seen.Checkpoint.Size + 1 : 0, over);
                Assert.IsGreaterThan(0UL, head.Checkpoint.Size);
            }
        }
        catch (RefusalException exception) when (exception.Reason is not RefusalReason.SplitView)
        {
            // The node is gone.
        }
        catch (OperationCanceledException)
        {
            // The load is over.
        }
    }

    private ConsentDetails Details() => new()
    {
        ControllerName = "Bank of Jinling",
        Title = "Age check",
        Purpose = "dpv:AgeVerification",
        Fields = ["identity-card.birthDate"],
        Records = [RandomDigest()],
        RecipientKey = RandomDigest(),
        CitizenKey = RandomDigest(),
        KeyPackage = RandomDigest(),
        Brokers = [_broker.Address],
        Threshold = 1,
        Salt = RandomDigest(),
    };
}
