using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Node.Ledger;
using PrivChain.Node.Observability;

namespace PrivChain.Node.Tests.Ledger;

/// <summary>The embedded engine alone, over a file, with an issuer enrolled.</summary>
internal sealed class EngineFixture : IDisposable
{
    private readonly NodeMetrics _metrics = new();

    public EngineFixture(Suite? suite = null)
    {
        Parties = new LedgerFixture(suite: suite);
        Time = new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds((long)LedgerFixture.Start));
        Engine = Open();
    }

    public LedgerFixture Parties { get; }

    public ManualTime Time { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("privchain-engine-").FullName;

    public string File => Path.Combine(Folder, "ledger.db");

    public EmbeddedLedger Engine { get; private set; }

    public EmbeddedLedger Open(Genesis? genesis = null, byte[]? logSeed = null) => EmbeddedLedger.Open(
        File, genesis ?? Parties.Genesis, new LogSigner(Parties.Genesis.Algorithms, "ledger.example/test", logSeed ?? Parties.LogSeed), Time, NullLogger<EmbeddedLedger>.Instance, _metrics);

    /// <summary>Stops, does something to the file, and opens again.</summary>
    public void Reopen(Action<SqliteConnection>? between = null)
    {
        Engine.Dispose();
        Change(between);
        Engine = Open();
    }

    /// <summary>Stops, does something to the file; the refusal with which it is not opened again.</summary>
    public Refusal RefusedAfter(Action<SqliteConnection> between)
    {
        Engine.Dispose();
        Change(between);
        return Assert.ThrowsExactly<RefusalException>(() => Open()).Refusal;
    }

    public Task<Verdict<Appended>> AppendAsync(Entry entry) => Engine.AppendAsync(AuthenticEntry.Authenticate(entry, Parties.Domain).OrThrow());

    public async Task EnrolIssuerAsync() => (await AppendAsync(Parties.As(Parties.Governors[0]).Enrol(
        LedgerRole.Issuer, Parties.Issuer.Address, LedgerFixture.RandomDigest(), LedgerFixture.RandomDigest(), 0, ulong.MaxValue))).OrThrow();

    public Entry Anchor() => Parties.As(Parties.Issuer).Anchor(
        LedgerFixture.RandomDigest(), Parties.Citizen.Address, new AnchorDetails("identity-card/1", LedgerFixture.RandomDigest()));

    public void Dispose()
    {
        Engine.Dispose();
        _metrics.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private void Change(Action<SqliteConnection>? change)
    {
        if (change is not null)
        {
            using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
            connection.Open();
            change(connection);
        }
    }
}
