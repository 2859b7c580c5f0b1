using Dapper;
using Microsoft.Data.Sqlite;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;

namespace PrivChain.Node.Tests.Ledger;

/// <summary>Whoever can write the database cannot make the node serve it: it does not start, and says where to look.</summary>
[TestClass]
public sealed class TamperedLedgerTests
{
    [TestMethod]
    [DataRow("UPDATE entries SET bytes = CAST(substr(bytes, 1, 60) || x'FF' || substr(bytes, 62) AS BLOB) WHERE position = 3", "entry 3 has other bytes")]
    [DataRow("DELETE FROM entries WHERE position = 3", "entry 3 is missing")]
    [DataRow("DELETE FROM entries WHERE position = 5", "entry 5 is missing")]
    [DataRow("DELETE FROM entries", "entry 0 is missing")]
    [DataRow("UPDATE entries SET digest = zeroblob(32) WHERE position = 2", "entry 2 has another digest")]
    [DataRow("UPDATE entries SET leaf = zeroblob(32) WHERE position = 2", "entry 2 has other bytes")]
    [DataRow("DELETE FROM heads", "without a signed checkpoint")]
    [DataRow("UPDATE heads SET note = x'00' WHERE name = 'signed'", "not this log's")]
    public async Task Open_AfterAChange_NamesTheFirstBadEntry(string sql, string wanted)
    {
        using var fixture = await FilledAsync();
        var refusal = fixture.RefusedAfter(connection => Assert.IsGreaterThan(0, connection.Execute(sql)));
        Assert.AreEqual(RefusalReason.StorageFailed, refusal.Reason);
        StringAssert.Contains(refusal.Detail, wanted, StringComparison.Ordinal);
    }

    // The hashes beside the entry are made to fit: the signature tells.
    [TestMethod]
    public async Task Open_AfterAChangeWithItsHashesMadeToFit_NamesTheEntryBySignature()
    {
        using var fixture = await FilledAsync();
        var refusal = fixture.RefusedAfter(connection => Replace(connection, 4, entry => entry with { Reference = LedgerFixture.RandomDigest() }));
        StringAssert.Contains(refusal.Detail, "entry 4 is not signed", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Open_AfterATimeWasChanged_IsRefusedByTheRoot()
    {
        using var fixture = await FilledAsync();
        var refusal = fixture.RefusedAfter(connection => Replace(connection, 5, entry => entry with { Time = entry.Time + 1 }));
        StringAssert.Contains(refusal.Detail, "a time was changed", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Open_AfterARuleBreakingEntryWasPutIn_NamesIt()
    {
        using var fixture = await FilledAsync();
        using var nobody = Core.Keys.Account.Generate();
        var foreign = fixture.Parties.As(nobody).Anchor(LedgerFixture.RandomDigest(), fixture.Parties.Citizen.Address, new Core.Documents.AnchorDetails("x/1", LedgerFixture.RandomDigest()));
        var refusal = fixture.RefusedAfter(connection => Replace(connection, 2, entry => foreign with { Time = entry.Time }));
        StringAssert.Contains(refusal.Detail, "entry 2 breaks a rule: NotEnrolled", StringComparison.Ordinal);
    }

    [TestMethod]
    public async Task Open_WithAnotherGenesisOrKey_IsRefused()
    {
        using var fixture = await FilledAsync();
        fixture.Engine.Dispose();
        var other = fixture.Parties.Genesis with { Nonce = LedgerFixture.RandomDigest() };
        Assert.AreEqual(RefusalReason.WrongLedger, Assert.ThrowsExactly<RefusalException>(() => fixture.Open(other)).Reason);
        Assert.AreEqual(RefusalReason.BadSettings, Assert.ThrowsExactly<RefusalException>(() => fixture.Open(logSeed: new byte[32])).Reason);
    }

    [TestMethod]
    public async Task Open_FileOfANewerProgramOrWithAnotherMigration_IsRefused()
    {
        using var fixture = await FilledAsync();
        Assert.AreEqual(RefusalReason.UnknownVersion, fixture.RefusedAfter(connection => connection.Execute("INSERT INTO migrations VALUES ('999_ledger.sql', '')")).Reason);
        Assert.AreEqual(RefusalReason.UnknownVersion, fixture.RefusedAfter(connection => connection.Execute("DELETE FROM migrations WHERE name LIKE '999%'; UPDATE migrations SET text = text || ' '")).Reason);
        File.WriteAllBytes(fixture.File, new byte[8192]);
        Assert.AreEqual(RefusalReason.StorageFailed, Assert.ThrowsExactly<RefusalException>(() => fixture.Open()).Reason);
    }

    private static async Task<EngineFixture> FilledAsync()
    {
        var fixture = new EngineFixture();
        await fixture.EnrolIssuerAsync();
        for (var i = 0; i < 5; i++)
        {
            (await fixture.AppendAsync(fixture.Anchor())).OrThrow();
        }

        return fixture;
    }

    private static void Replace(SqliteConnection connection, long position, Func<Entry, Entry> change)
    {
        Assert.IsTrue(Entry.TryParse(connection.QuerySingle<byte[]>("SELECT bytes FROM entries WHERE position = @position", new { position }), out var entry));
        var changed = change(entry);
        var bytes = changed.ToArray();
        connection.Execute(
            "UPDATE entries SET bytes = @bytes, leaf = @leaf, digest = @digest WHERE position = @position",
            new { bytes, leaf = MerkleHash.Sha256.Leaf(bytes).ToArray(), digest = changed.DocumentDigest.ToArray(), position });
    }
}
