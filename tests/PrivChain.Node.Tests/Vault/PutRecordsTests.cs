using System.Text.Json;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Access;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;
using PrivChain.Node.Services;
using PrivChain.Node.Vault;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Vault;

/// <summary>Ciphertext is destroyed when a rule refused its anchor or an erasure stands, and for no other reason.</summary>
[TestClass]
public sealed class PutRecordsTests
{
    [TestMethod]
    public async Task PutRecords_AnchorRefusedByARule_LeavesNoCiphertext()
    {
        await using var world = await World.StartAsync();
        var record = Seal(default);
        Assert.AreEqual(RefusalReason.TermsNotAllowed, await PutAsync(world, record, world.Engine));
        Assert.IsNull(world.Store.Record(record.Digest));
    }

    [TestMethod]
    public async Task PutRecords_RecordOfTheOtherSuite_IsRefusedByNameAndLeavesNoCiphertext()
    {
        await using var world = await World.StartAsync();
        var record = Seal(world.Parties.Citizen.Address, HpkeKem.Sm2, EcdsaJws.Sm2Sm3);
        Assert.AreEqual(RefusalReason.WrongSuite, await PutAsync(world, record, world.Engine));
        Assert.IsNull(world.Store.Record(record.Digest));
    }

    [TestMethod]
    [DataRow(RefusalReason.Overloaded)]
    [DataRow(RefusalReason.Unavailable)]
    [DataRow(RefusalReason.StorageFailed)]
    [DataRow(RefusalReason.Deadline)]
    public async Task PutRecords_LedgerThatDoesNotAnswer_KeepsCiphertextAndTheNextCallCompletes(RefusalReason reason)
    {
        await using var world = await World.StartAsync();
        var record = Seal(world.Parties.Citizen.Address);
        Assert.AreEqual(reason, await PutAsync(world, record, new SilentLedger(world.Engine, reason)));
        Assert.IsNotNull(world.Store.Record(record.Digest));
        Assert.AreEqual(RefusalReason.None, await PutAsync(world, record, world.Engine));
        Assert.IsNotNull(world.Store.Record(record.Digest));
    }

    // Two calls bring the same record, one with an anchor that the rules refuse: what the other is about to acknowledge stays.
    [TestMethod]
    public async Task Land_RefusedWhileAnotherCallBringsTheSameRecord_DestroysNothingBeforeThatOneEnds()
    {
        await using var world = await World.StartAsync();
        var record = Seal(world.Parties.Citizen.Address);
        var flights = new RecordsInFlight(world.Store, world.Engine);
        Assert.IsTrue(flights.TryStore([(record.Digest, record.Bytes.ToArray())], null, new NodeLimits()));
        Assert.IsTrue(flights.TryStore([(record.Digest, record.Bytes.ToArray())], null, new NodeLimits()));
        flights.Land([record.Digest], new HashSet<Digest> { record.Digest });
        Assert.IsNotNull(world.Store.Record(record.Digest));

        await world.AppendAsync(world.Anchor(record.Digest));
        flights.Land([record.Digest], new HashSet<Digest>());
        Assert.IsNotNull(world.Store.Record(record.Digest), "acknowledged, and lost");
    }

    [TestMethod]
    public async Task PutRecords_ErasedRecordBroughtAgain_LeavesNoCiphertext()
    {
        await using var world = await World.StartAsync();
        var record = Seal(world.Parties.Citizen.Address);
        Assert.AreEqual(RefusalReason.None, await PutAsync(world, record, world.Engine));
        await world.AppendAsync(world.Parties.As(world.Parties.Citizen).Erase(record.Digest, new StatedReason("-", LedgerFixture.RandomDigest())));
        world.Store.Destroy([record.Digest]);

        _ = await PutAsync(world, record, world.Engine);
        Assert.IsNull(world.Store.Record(record.Digest));
    }

    [TestMethod]
    public async Task PutRecords_OfAStranger_AreKeptUpToItsLimit_AndErasingMakesRoom()
    {
        await using var world = await World.StartAsync();
        var limits = new NodeLimits { RecordsPerStranger = 2 };
        var stranger = world.Stranger;
        var records = Enumerable.Range(0, 3).Select(_ => Seal(stranger.Address)).ToArray();
        Assert.AreEqual(RefusalReason.None, await PutAsync(world, records[0], world.Engine, limits, stranger));
        Assert.AreEqual(RefusalReason.None, await PutAsync(world, records[1], world.Engine, limits, stranger));
        Assert.AreEqual(RefusalReason.Overloaded, await PutAsync(world, records[2], world.Engine, limits, stranger));
        Assert.IsNull(world.Store.Record(records[2].Digest));
        Assert.IsNull(world.Engine.Query(state => state.Record(records[2].Digest)), "what is not kept is not anchored");
        Assert.AreEqual(RefusalReason.None, await PutAsync(world, records[0], world.Engine, limits, stranger), "brought again, it takes no more room");

        await world.AppendAsync(world.Parties.As(stranger).Erase(records[0].Digest, new StatedReason("-", LedgerFixture.RandomDigest())));
        world.Store.Destroy([records[0].Digest]);
        Assert.AreEqual(RefusalReason.None, await PutAsync(world, records[2], world.Engine, limits, stranger));

        // An issuer has no limit of this kind, and neither does what it issued to the stranger count.
        for (var i = 0; i < 3; i++)
        {
            Assert.AreEqual(RefusalReason.None, await PutAsync(world, Seal(stranger.Address), world.Engine, limits));
        }
    }

    [TestMethod]
    public async Task PutRecords_MoreThanAStrangerMayHave_AreNotEvenRead()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        var token = await client.SignInAsync(world.Stranger);
        var request = new PutRecordsRequest();
        request.Records.AddRange(Enumerable.Range(0, new NodeLimits().RecordsPerStranger + 1).Select(_ => new Schemas.V1.AnchoredRecord()));
        Assert.AreEqual(RefusalReason.TooLarge, await NodeClient.ReasonAsync(async () => await client.Vault.PutRecordsAsync(request, NodeClient.Options(token))));
        request.Records.RemoveAt(0);
        Assert.AreEqual((uint)RefusalReason.Malformed, (await client.Vault.PutRecordsAsync(request, NodeClient.Options(token))).Verdicts[0].Reason);
    }

    // The ledger was full, or the process died, between ciphertext and anchor: nobody could erase it, and it would take room for good.
    [TestMethod]
    public async Task Start_WithAStrangersRecordThatNoAnchorNames_DestroysIt_AndNoOther()
    {
        await using var world = await World.StartAsync();
        var (left, anchored, issued) = (Seal(world.Stranger.Address), Seal(world.Stranger.Address), Seal(world.Stranger.Address));
        Assert.AreEqual(RefusalReason.Overloaded, await PutAsync(world, left, new SilentLedger(world.Engine, RefusalReason.Overloaded), by: world.Stranger));
        Assert.AreEqual(RefusalReason.None, await PutAsync(world, anchored, world.Engine, by: world.Stranger));
        Assert.AreEqual(RefusalReason.Overloaded, await PutAsync(world, issued, new SilentLedger(world.Engine, RefusalReason.Overloaded)));
        Assert.IsNotNull(world.Store.Record(left.Digest));
        await world.Fixture.StopNodeAsync();
        await world.Fixture.StartNodeAsync();
        Assert.IsNull(world.Store.Record(left.Digest));
        Assert.IsNotNull(world.Store.Record(anchored.Digest));
        Assert.IsNotNull(world.Store.Record(issued.Digest), "an issuer sends the same bytes again");
    }

    [TestMethod]
    public async Task PutRecords_OfAllStrangers_AreBoundedTogether()
    {
        await using var world = await World.StartAsync();
        var limits = new NodeLimits { RecordsPerStranger = 2, RecordsOfStrangers = 3 };
        var reasons = new List<RefusalReason>();
        for (var i = 0; i < 4; i++)
        {
            using var stranger = Account.Generate();
            reasons.Add(await PutAsync(world, Seal(stranger.Address), world.Engine, limits, stranger));
        }

        CollectionAssert.AreEqual(new[] { RefusalReason.None, RefusalReason.None, RefusalReason.None, RefusalReason.Overloaded }, reasons);
    }

    private static SealedRecord Seal(AccountAddress holder, HpkeKem kem = HpkeKem.X25519, string algorithm = EcdsaJws.Es256)
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("identity-card/1", out var schema));
        using var issuer = IssuerKey.Generate(algorithm);
        using var key = HpkePrivateKey.Generate(kem);
        var claims = JsonElement.Parse("""{"familyName":"Lin","givenName":"Qiuyan","idNumber":"32010219880312402X","birthDate":"1988-03-12","sex":"female","nationality":"CN","address":"Nanjing","issuingAuthority":"Registry"}""");
        return SealedRecord.Create(schema, claims, issuer, "https://registry.example", holder, key.PublicKey, 1_790_000_000).OrThrow();
    }

    private static async Task<RefusalReason> PutAsync(World world, SealedRecord record, ILedgerEngine engine, NodeLimits? limits = null, Account? by = null)
    {
        var services = world.Fixture.Services;
        var service = new VaultService(
            engine, new EntryAuthenticator(engine), new Admission(engine, world.Store, services.GetRequiredService<Eraser>()), world.Store, services.GetRequiredService<RecordsInFlight>(), services.GetRequiredService<Authorisation>(), limits ?? new NodeLimits(),
            services.GetRequiredService<RefusalCounts>());
        var anchor = world.Parties.As(by ?? world.Parties.Issuer).Anchor(record.Digest, record.Holder, new AnchorDetails("identity-card/1", default));
        var reply = await service.PutRecords(
            new PutRecordsRequest { Records = { new Schemas.V1.AnchoredRecord { AnchorEntry = NodeClient.Bytes(anchor.ToArray()), SealedRecord = NodeClient.Bytes(record.Bytes.ToArray()) } } },
            new CallBy((by ?? world.Parties.Issuer).Address));
        return (RefusalReason)reply.Verdicts.Single().Reason;
    }

    // A ledger that reads as the real one and takes nothing.
    private sealed class SilentLedger(ILedgerEngine real, RefusalReason reason) : ILedgerEngine
    {
        public Genesis Genesis => real.Genesis;

        public LedgerDomain Domain => real.Domain;

        public bool Accepting => real.Accepting;

        public HeadSignal Signed => real.Signed;

        public HeadSignal Witnessed => real.Witnessed;

        public Task<Verdict<Appended>> AppendAsync(AuthenticEntry entry) => Task.FromResult(Verdict<Appended>.Refuse(reason));

        public IReadOnlyList<byte[]> Read(ulong start, int count) => real.Read(start, count);

        public IReadOnlyList<StoredEntry> Read(IReadOnlyCollection<ulong> indices) => real.Read(indices);

        public TrailIndex Trail => real.Trail;

        public StoredEntry? Find(Digest document, AccountAddress? signer) => real.Find(document, signer);

        public IReadOnlyList<StoredEntry> List(EntryFilter filter, ulong start, int count) => real.List(filter, start, count);

        public IReadOnlyList<Digest> InclusionProof(ulong index, ulong size) => real.InclusionProof(index, size);

        public IReadOnlyList<Digest> ConsistencyProof(ulong oldSize, ulong newSize) => real.ConsistencyProof(oldSize, newSize);

        public byte[]? Tile(TilePath path) => real.Tile(path);

        public T Query<T>(Func<LedgerState, T> question) => real.Query(question);

        public void RecordWitnessed(LedgerHead head) => real.RecordWitnessed(head);
    }

    // A call as the gate lets it through: signed in.
    private sealed class CallBy : ServerCallContext
    {
        public CallBy(AccountAddress caller) => UserState[CallGate.CallerKey] = caller;

        protected override string MethodCore => "/privchain.v1.Vault/PutRecords";

        protected override string HostCore => "localhost";

        protected override string PeerCore => "test";

        protected override DateTime DeadlineCore => DateTime.MaxValue;

        protected override Metadata RequestHeadersCore { get; } = [];

        protected override CancellationToken CancellationTokenCore => CancellationToken.None;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override Status StatusCore { get; set; }

        protected override WriteOptions? WriteOptionsCore { get; set; }

        protected override AuthContext AuthContextCore { get; } = new(null, []);

        protected override ContextPropagationToken CreatePropagationTokenCore(ContextPropagationOptions? options) => throw new NotSupportedException();

        protected override Task WriteResponseHeadersAsyncCore(Metadata responseHeaders) => Task.CompletedTask;
    }
}
