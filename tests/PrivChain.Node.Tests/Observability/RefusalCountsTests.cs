using Dapper;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Node.Observability;
using PrivChain.Node.Storage;
using PrivChain.Schemas.V1;
using PrivChain.Sdk.Governance;

namespace PrivChain.Node.Tests.Observability;

/// <summary>What a node counts of its refusals: every way by which something is refused, once each; the role and nothing else of who was; kept, and bounded.</summary>
[TestClass]
public sealed class RefusalCountsTests
{
    private const string Ledger = "/privchain.v1.Ledger/";

    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-refusals-").FullName;
    private readonly ManualTime _time = new(DateTimeOffset.FromUnixTimeSeconds(20_000L * 86_400));

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Refusals_AreCountedByMethodReasonAndRole_AlsoAfterARestart()
    {
        await using var world = await World.StartAsync();
        var parties = world.Parties;
        using (var client = new NodeClient(world.Fixture.Address))
        {
            // By the gate, by a rule in a call of its own and in a batch, by the size before the message was read, and by there being no such method.
            var document = new PutDocumentRequest { Content = ByteString.CopyFromUtf8("x") };
            Assert.AreEqual(RefusalReason.NotSignedIn, await NodeClient.ReasonAsync(async () => await client.Documents.PutDocumentAsync(document, NodeClient.Options())));
            var twice = NodeClient.Bytes(parties.As(parties.Institution).Approve(world.Consent, default).ToArray());
            Assert.AreEqual(RefusalReason.NotEnrolled, await NodeClient.ReasonAsync(async () => await client.Ledger.AppendAsync(new AppendRequest { Entry = twice }, NodeClient.Options())));
            await client.Ledger.AppendBatchAsync(new AppendBatchRequest { Entries = { twice, twice, ByteString.CopyFrom(1) } }, NodeClient.Options());
            var large = new AppendRequest { Entry = ByteString.CopyFrom(new byte[300 * 1024]) };
            Assert.AreEqual(RefusalReason.TooLarge, await NodeClient.ReasonAsync(async () => await client.Ledger.AppendAsync(large, NodeClient.Options())));
            var unknown = new Method<GetGenesisRequest, GetGenesisReply>(
                MethodType.Unary, "privchain.v1.Ledger", "Rewrite", Marshallers.Create(message => message.ToByteArray(), GetGenesisRequest.Parser.ParseFrom), Marshallers.Create(message => message.ToByteArray(), GetGenesisReply.Parser.ParseFrom));
            Assert.AreEqual(RefusalReason.NotFound, await NodeClient.ReasonAsync(async () => await client.Invoker.AsyncUnaryCall(unknown, null, NodeClient.Options(), new GetGenesisRequest())));

            // A wait that ended was not refused.
            var wait = new GetCheckpointRequest { AtLeastSize = 1_000_000 };
            var ended = await Assert.ThrowsExactlyAsync<RpcException>(async () => await client.Ledger.GetCheckpointAsync(wait, NodeClient.Options(seconds: 1)));
            Assert.AreEqual(StatusCode.DeadlineExceeded, ended.StatusCode);
        }

        await world.Fixture.StopNodeAsync();
        await world.Fixture.StartNodeAsync();
        using var connection = await world.Fixture.ConnectAsync();
        var day = DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds((long)LedgerFixture.Start).UtcDateTime);
        var counted = await new RegulatorClient(connection, parties.Regulator).RefusalsAsync(day);
        CollectionAssert.AreEquivalent(
            new RefusedCalls[]
            {
                new(day, "/privchain.v1.Documents/PutDocument", RefusalReason.NotSignedIn, RefusedRole.None, 1),
                new(day, Ledger + "Append", RefusalReason.NotEnrolled, RefusedRole.Institution, 1),
                new(day, Ledger + "AppendBatch", RefusalReason.NotEnrolled, RefusedRole.Institution, 2),
                new(day, Ledger + "AppendBatch", RefusalReason.Malformed, RefusedRole.None, 1),
                new(day, Ledger + "Append", RefusalReason.TooLarge, RefusedRole.None, 1),
                new(day, RefusalCounts.OtherMethod, RefusalReason.NotFound, RefusedRole.None, 1),
            },
            counted.ToList(),
            string.Join('\n', counted));
        Assert.IsEmpty(await new RegulatorClient(connection, parties.Regulator).RefusalsAsync(day.AddDays(1)));
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => new RegulatorClient(connection, parties.Institution).RefusalsAsync(day));
        Assert.AreEqual(RefusalReason.NotAllowed, refused.Reason);

        // No account is in the file, and what it has room for is what was counted.
        var columns = new List<string>();
        using (var database = Database.Open(Path.Combine(world.Fixture.Data, "refusals.db"), "refusals"))
        using (var reading = database.Connect())
        {
            columns.AddRange(await reading.QueryAsync<string>("SELECT name FROM pragma_table_info('refusals')"));
        }

        CollectionAssert.AreEqual(new[] { "day", "method", "reason", "role", "count" }, columns);
    }

    // Counts are worth less than the node: what is left of them is put aside, and it serves.
    [TestMethod]
    [DataRow(0, DisplayName = "header")]
    [DataRow(4096, DisplayName = "pages")]
    [DataRow(3 * 4096, DisplayName = "pages of the counts")]
    public async Task DamagedFile_IsPutAside_AndTheNodeServes(int from)
    {
        using var console = new MemoryStream();
        await using var fixture = await NodeFixture.StartAsync(console: console);
        await fixture.StopNodeAsync();
        var path = Path.Combine(fixture.Data, "refusals.db");
        var damaged = await File.ReadAllBytesAsync(path);
        new Random(1).NextBytes(damaged.AsSpan(from));
        await File.WriteAllBytesAsync(path, damaged);

        await fixture.StartNodeAsync();
        using (var client = new NodeClient(fixture.Address))
        {
            var document = new PutDocumentRequest { Content = ByteString.CopyFromUtf8("x") };
            Assert.AreEqual(RefusalReason.NotSignedIn, await NodeClient.ReasonAsync(async () => await client.Documents.PutDocumentAsync(document, NodeClient.Options())));
        }

        Assert.HasCount(1, fixture.Services.GetRequiredService<RefusalCounts>().Since(0));
        CollectionAssert.AreEqual(damaged, await File.ReadAllBytesAsync(path + ".damaged"));
        await fixture.StopNodeAsync();
        StringAssert.Contains(System.Text.Encoding.UTF8.GetString(console.ToArray()), "\"name\":\"RefusalsDamaged\"");
    }

    [TestMethod]
    public void Days_AboveTheBound_AreDropped_TheOldestFirst()
    {
        using var database = Open();
        using (var writing = database.ConnectWriter())
        {
            writing.Execute(
                """
                WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < @last)
                INSERT INTO refusals SELECT n / 10000, 'm' || n, 10, 0, 1 FROM numbers
                """,
                new { last = RefusalCounts.MaxRows - 1 });
        }

        using var counts = Counts(database);
        Assert.HasCount(RefusalCounts.MaxRows, counts.Since(0));
        counts.Add(Ledger + "Append", RefusalReason.Malformed, null);
        var left = counts.Since(0);
        Assert.HasCount(RefusalCounts.MaxRows - 10_000 + 1, left);
        Assert.AreEqual(1, left[0].Day);
        Assert.AreEqual(20_000, left[^1].Day);
    }

    // What cannot be written is written later, and stops nothing meanwhile.
    [TestMethod]
    public void Disk_ThatTakesNothing_IsTriedAgain()
    {
        using var database = Open();
        using var counts = Counts(database);
        using var other = database.Connect();
        counts.Add(Ledger + "Append", RefusalReason.Malformed, null);
        other.Execute("ALTER TABLE refusals RENAME TO away");
        Assert.ThrowsExactly<Microsoft.Data.Sqlite.SqliteException>(counts.Write);
        counts.Add(Ledger + "Append", RefusalReason.Malformed, null);
        _time.Advance(TimeSpan.FromDays(1));
        counts.Add(Ledger + "Append", RefusalReason.Malformed, null);
        counts.Add(Ledger + "Append", RefusalReason.Cancelled, null);
        other.Execute("ALTER TABLE away RENAME TO refusals");
        CollectionAssert.AreEqual(new[] { (20_000L, 2L), (20_001L, 1L) }, counts.Since(0).Select(row => (row.Day, row.Count)).ToArray());
        CollectionAssert.AreEqual(new[] { 20_001L }, counts.Since(20_001).Select(row => row.Day).ToArray());
    }

    [TestMethod]
    public async Task Roles_AreThoseOfTheLedger()
    {
        await using var world = await World.StartAsync();
        await world.RecordUseAsync();
        var authorisation = world.Fixture.Services.GetRequiredService<Node.Access.Authorisation>();
        var parties = world.Parties;
        CollectionAssert.AreEqual(
            new[] { RefusedRole.Institution, RefusedRole.Issuer, RefusedRole.Regulator, RefusedRole.Enclave, RefusedRole.Enclave, RefusedRole.Governor, RefusedRole.None, RefusedRole.None },
            new[] { parties.Institution, parties.Issuer, parties.Regulator, parties.Broker, parties.Worker, parties.Governors[0], parties.Citizen, world.Stranger }
                .Select(account => authorisation.RoleOf(account.Address)).ToArray());
    }

    private Database Open() => Database.Open(Path.Combine(_folder, "refusals.db"), "refusals");

    private RefusalCounts Counts(Database database) => new(database, new Node.Access.Authorisation(null!, _time), _time, NullLogger<RefusalCounts>.Instance);
}
