using System.Text.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>
/// P8 on every file of the node but the ledger's write-ahead log, which has a class of its own: where a call on it fails, the node refuses by name, acknowledges nothing after that, and a node started again on the same folder
/// holds what was promised.
/// </summary>
[TestClass]
public sealed class P8_DiskFaults
{
    private const string Sync = "fsync,fdatasync:error=EIO:when=";
    private const string Full = "write,pwrite64:error=ENOSPC:when=";
    private const string Broken = "write,pwrite64:error=EIO:when=";

    // Into ledger.db itself entries move only from time to time, out of the write-ahead log: the first such move fails.
    [TestMethod]
    [DataRow(Sync + "2+")]
    [DataRow(Full + "9+")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task LedgerFile_Fails_NothingIsLost(string fault)
    {
        Strace.Require();
        await using var ledger = await DurableLedger.CreateAsync();
        await using (var failing = ledger.StartNode(fault, "ledger.db"))
        {
            // SQLite may go on in the log when only the move failed: what counts is that each acknowledgement is kept.
            if (await failing.ListensAsync() is { } address)
            {
                await ledger.LoadAsync(address, enough: 1_500, failing.KillAsync);
            }

            await failing.KillAsync();
            Assert.IsGreaterThan(0, failing.Injected, "the load was too small for its entries to be moved");
        }

        await using var node = ledger.StartNode();
        await ledger.VerifyAsync(await DurableLedger.AddressOfAsync(node));
    }

    [TestMethod]
    [DataRow("records.db-wal", Sync + "3")]
    [DataRow("records.db-wal", Full + "7")]
    [DataRow("records.db-wal", Broken + "15")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Vault_Fails_NothingIsAcknowledgedAfter(string file, string fault)
    {
        Strace.Require();
        await using var ledger = await DurableLedger.CreateAsync();
        using var vault = new DurableVault(ledger);
        await using (var healthy = ledger.StartNode())
        {
            await vault.LoadAsync(await DurableLedger.AddressOfAsync(healthy), enough: 10);
        }

        await using (var failing = ledger.StartNode(fault, file))
        {
            var address = await DurableLedger.AddressOfAsync(failing);
            Assert.IsTrue(await vault.LoadAsync(address, enough: 500), "nothing failed\n" + failing.Output);
            await vault.RequireRefusalAsync(address);
        }

        await using var node = ledger.StartNode();
        await vault.VerifyAsync(await DurableLedger.AddressOfAsync(node));
    }

    // The folder names the files: until its entries are on disk, all that was acknowledged in a new file could go with the name.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Start_OnAFailingDisk_IsRefusedByName()
    {
        Strace.Require();
        await using var ledger = await DurableLedger.CreateAsync();
        foreach (var (file, fault) in new[]
        {
            (".", "fsync:error=EIO:when=1+"),
            ("records.db", "openat:error=EIO:when=1+"),
            ("node.lock", "openat:error=ENOSPC:when=1+"),
            ("logs/node.jsonl", "openat:error=EROFS:when=1+"),
            ("ledger.db", "pread64:error=EIO:when=1+"),
        })
        {
            await using var failing = ledger.StartNode(fault, file);
            Assert.AreEqual((int)RefusalReason.StorageFailed, await failing.ExitedAsync(), $"{file}: {failing.Output}");
            Assert.Contains(nameof(RefusalReason.StorageFailed), failing.Output);
        }

        await using var node = ledger.StartNode();
        await ledger.VerifyAsync(await DurableLedger.AddressOfAsync(node));
    }

    // What was erased must be gone from the write-ahead log too. A node that cannot empty it at its start does not go on as if it had.
    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Eraser_CannotEmptyTheLog_NodeEndsByName()
    {
        Strace.Require();
        await using var ledger = await DurableLedger.CreateAsync();
        using var vault = new DurableVault(ledger);
        await using (var healthy = ledger.StartNode())
        {
            await vault.LoadAsync(await DurableLedger.AddressOfAsync(healthy), enough: 10);
        }

        await using (var failing = ledger.StartNode("pwrite64:error=EIO:when=1+", "records.db"))
        {
            Assert.AreEqual((int)RefusalReason.StorageFailed, await failing.ExitedAsync(), failing.Output);
        }

        await using var node = ledger.StartNode();
        await vault.VerifyAsync(await DurableLedger.AddressOfAsync(node));
    }

    // Logs say what happened; they promise nothing, so their disk may fail without stopping anybody. Lines written before and after stay whole.
    [TestMethod]
    [DataRow("write,pwrite64:error=ENOSPC:when=2..40")]
    [DataRow("write,pwrite64:error=EIO:when=2+")]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task Log_Fails_CallsGoOnAndLinesStayWhole(string fault)
    {
        Strace.Require();
        await using var ledger = await DurableLedger.CreateAsync();
        await using (var failing = ledger.StartNode(fault, "logs/node.jsonl"))
        {
            Assert.IsFalse(await ledger.LoadAsync(await DurableLedger.AddressOfAsync(failing), enough: 60, failing.KillAsync));
            Assert.IsGreaterThan(1, failing.Injected);
        }

        await using (var node = ledger.StartNode())
        {
            await ledger.VerifyAsync(await DurableLedger.AddressOfAsync(node));
        }

        foreach (var line in File.ReadLines(Path.Combine(ledger.NodeFolder, "logs", "node.jsonl")).Where(line => line.Length > 0))
        {
            using var parsed = JsonDocument.Parse(line);
            Assert.AreEqual(JsonValueKind.Object, parsed.RootElement.ValueKind);
        }
    }
}
