using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;

namespace PrivChain.Node.Tests.Ledger;

[TestClass]
public sealed class WitnessFeederTests
{
    private readonly FakeWitness _one = new("witness.example/one");
    private readonly FakeWitness _two = new("witness.example/two");
    private EngineFixture _fixture = null!;
    private EmbeddedLedger _engine = null!;
    private NodeMetrics _metrics = null!;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Feed_TwoWitnessesQuorumTwo_ShowsHeadsWithBothCosignatures()
    {
        await StartAsync(quorum: 2);
        await using var feeding = await FeedAsync();
        await AppendAsync(3);
        var head = await WitnessedAsync(3);
        var verified = WitnessedCheckpoint.Verify(head.Note.Span, _engine.Genesis.Log, LedgerFollower.WitnessesOf(_engine.Genesis)).OrThrow();
        Assert.HasCount(2, verified.WitnessNames);
        Assert.AreEqual(3UL, verified.Checkpoint.Size);
    }

    // One that hangs must not delay the quorum of the others.
    [TestMethod]
    public async Task Feed_OneWitnessHangs_TheOtherMakesTheQuorum()
    {
        await StartAsync(quorum: 1);
        _one.Misbehaves = async http =>
        {
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
            return true;
        };
        await using var feeding = await FeedAsync();
        for (var i = 1; i <= 3; i++)
        {
            await AppendAsync(1);
            await WitnessedAsync((ulong)i);
        }

        Assert.IsGreaterThan(0, _two.Asked);
    }

    [TestMethod]
    public async Task Feed_NoQuorum_ShowsNothingAsWitnessedUntilTheOtherIsBack()
    {
        await StartAsync(quorum: 2);
        var away = true;
        _one.Misbehaves = http =>
        {
            http.Response.StatusCode = 503;
            return Task.FromResult(away);
        };
        await using var feeding = await FeedAsync();
        await AppendAsync(2);
        using (var brief = new CancellationTokenSource(TimeSpan.FromMilliseconds(700)))
        {
            await Assert.ThrowsAsync<OperationCanceledException>(() => _engine.Witnessed.WaitAsync(head => head.Size > 0, brief.Token));
        }

        Assert.AreEqual(2UL, _engine.Signed.Current!.Size, "acknowledged all the same");
        away = false;
        await WitnessedAsync(2);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("— witness.example/one AAAA\n")]
    [DataRow("garbage")]
    [DataRow("— witness.example/one d29yZHM=\n— witness.example/one d29yZHM=\n")]
    public async Task Feed_WitnessAnswersNonsense_IsNotBelieved(string line)
    {
        await StartAsync(quorum: 1);
        _one.Misbehaves = async http =>
        {
            await http.Response.WriteAsync(line);
            return true;
        };
        _two.Misbehaves = _one.Misbehaves;
        await using var feeding = await FeedAsync();
        await AppendAsync(1);
        using var brief = new CancellationTokenSource(TimeSpan.FromMilliseconds(400));
        await Assert.ThrowsAsync<OperationCanceledException>(() => _engine.Witnessed.WaitAsync(_ => true, brief.Token));
        Assert.IsGreaterThan(0, _one.Asked);
    }

    // The witness has seen earlier checkpoints that this process does not remember: it says its size, and gets the proof from there.
    [TestMethod]
    public async Task Feed_WitnessIsAtAnotherSize_GetsTheProofFromThere()
    {
        await StartAsync(quorum: 2);
        await using (await FeedAsync())
        {
            await AppendAsync(5);
            await WitnessedAsync(5);
        }

        await AppendAsync(4);
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_fixture.File};Pooling=False"))
        {
            connection.Open();
            Dapper.SqlMapper.Execute(connection, "DELETE FROM heads WHERE name = 'witnessed'");
        }

        _engine.Dispose();
        _engine = _fixture.Open(_genesis);
        Assert.IsNull(_engine.Witnessed.Current);
        await using var again = await FeedAsync();
        await WitnessedAsync(9);
    }

    [TestMethod]
    public async Task Witnessed_IsKeptOverARestart()
    {
        await StartAsync(quorum: 1);
        await using (await FeedAsync())
        {
            await AppendAsync(2);
            await WitnessedAsync(2);
        }

        _engine.Dispose();
        _engine = _fixture.Open(_genesis);
        Assert.AreEqual(2UL, _engine.Witnessed.Current!.Size);
    }

    [TestCleanup]
    public async Task CleanupAsync()
    {
        _engine.Dispose();
        _metrics.Dispose();
        _fixture.Dispose();
        await _one.DisposeAsync();
        await _two.DisposeAsync();
    }

    private Genesis _genesis = null!;

    private async Task StartAsync(int quorum)
    {
        _fixture = new EngineFixture();
        _fixture.Engine.Dispose();
        File.Delete(_fixture.File);
        _metrics = new NodeMetrics();
        _genesis = _fixture.Parties.Genesis with { Witnesses = [_one.Key.ToString(), _two.Key.ToString()], WitnessQuorum = quorum };
        _engine = _fixture.Open(_genesis);
        var log = NoteVerifierKey.Parse(_genesis.LogKey);
        await _one.StartAsync(_genesis.Origin, log);
        await _two.StartAsync(_genesis.Origin, log);
    }

    private async Task<IAsyncDisposable> FeedAsync()
    {
        var options = new NodeOptions
        {
            DataFolder = "-", GenesisFile = "-", LogKeyFile = "-",
            Witnesses = [new WitnessAddress(_one.Key.Name, _one.Address), new WitnessAddress(_two.Key.Name, _two.Address)],
        };
        var feeder = new WitnessFeeder(_engine, options, NullLogger<WitnessFeeder>.Instance, _metrics);
        await feeder.StartAsync(TestContext.CancellationToken);
        return new Feeding(feeder);
    }

    private async Task AppendAsync(int count)
    {
        var governor = new EntrySigner(_genesis.Domain, _fixture.Parties.Governors[0]);
        for (var i = 0; i < count; i++)
        {
            var entry = governor.Enrol(LedgerRole.Regulator, _fixture.Parties.Regulator.Address, Core.Tests.Ledger.LedgerFixture.RandomDigest(), default, 0, 1);
            (await _engine.AppendAsync(AuthenticEntry.Authenticate(entry, _genesis.Domain).OrThrow())).OrThrow();
        }
    }

    private async Task<LedgerHead> WitnessedAsync(ulong size)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        return await _engine.Witnessed.WaitAsync(head => head.Size >= size, limit.Token);
    }

    private sealed class Feeding(WitnessFeeder feeder) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await feeder.StopAsync(CancellationToken.None);
            feeder.Dispose();
        }
    }
}
