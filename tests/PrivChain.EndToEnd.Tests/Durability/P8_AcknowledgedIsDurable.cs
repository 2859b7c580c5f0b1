using System.Security.Cryptography;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>
/// P8: what was acknowledged stands, at the index that was told, whatever kills the node; no use is spent twice; and the tree still grows from every head that anybody saw.
/// </summary>
[TestClass]
public sealed class P8_AcknowledgedIsDurable
{
    private const string Slow = "Slow";

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public Task NodeKilled_UnderLoad_KeepsEveryPromise() => KillAsync(rounds: 6, TimeSpan.FromSeconds(45));

    [TestMethod]
    [TestCategory(Slow)]
    [Timeout(900_000, CooperativeCancellation = true)]
    public Task NodeKilled_FiftyTimes_KeepsEveryPromise() => KillAsync(rounds: 50, TimeSpan.FromMinutes(5));

    [TestMethod]
    [DataRow("fsync,fdatasync:error=EIO:when=", 2)]
    [DataRow("fsync,fdatasync:error=EIO:when=", 5)]
    [DataRow("fsync,fdatasync:error=EIO:when=", 13)]
    [DataRow("write,pwrite64:error=ENOSPC:when=", 12)]
    [DataRow("write,pwrite64:error=ENOSPC:when=", 41)]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task DiskFails_UnderLoad_NothingIsAcknowledgedAfter(string fault, int when)
    {
        Strace.Require();
        await using var ledger = await DurableLedger.CreateAsync();
        Assert.IsTrue(await FailAsync(ledger, fault + when), "the disk failed before there was any load; choose a later call");
    }

    [TestMethod]
    [TestCategory(Slow)]
    [DataRow("fsync,fdatasync:error=EIO:when=")]
    [DataRow("write,pwrite64:error=ENOSPC:when=")]
    [DataRow("write,pwrite64:error=EIO:when=")]
    [Timeout(1_200_000, CooperativeCancellation = true)]
    public async Task DiskFails_AtManyCalls_NothingIsAcknowledgedAfter(string fault)
    {
        Strace.Require();
        await using var ledger = await DurableLedger.CreateAsync();
        var underLoad = 0;
        for (var when = 1; when <= 61; when += 4)
        {
            underLoad += await FailAsync(ledger, fault + when) ? 1 : 0;
        }

        Assert.IsGreaterThan(8, underLoad);
    }

    // Only calls on the write-ahead log fail: that is where a commit becomes durable. SQLite ignores a failed fsync of the folder in which it made that file.
    // The call fails once and works again: what a program that only looks at the next call would not notice. True when the node had started before.
    private static async Task<bool> FailAsync(DurableLedger ledger, string fault)
    {
        bool started;
        await using (var failing = ledger.StartNode(fault))
        {
            // Not to start on a failing disk is as good an answer as any.
            var address = await failing.ListensAsync();
            started = address is not null;
            if (address is not null)
            {
                Assert.IsTrue(await ledger.LoadAsync(address, enough: 2_000, () => ledger.RequireRefusalAsync(address)), $"{fault}: nothing failed\n{failing.Output}");
            }
        }

        await using var node = ledger.StartNode();
        await ledger.VerifyAsync(await DurableLedger.AddressOfAsync(node));
        return started;
    }

    private static async Task KillAsync(int rounds, TimeSpan budget)
    {
        var started = TimeProvider.System.GetTimestamp();
        await using var ledger = await DurableLedger.CreateAsync();
        var node = ledger.StartNode();
        try
        {
            // A slow machine does fewer rounds, never none.
            for (var round = 0; round < rounds && (round < 2 || TimeProvider.System.GetElapsedTime(started) < budget); round++)
            {
                var address = await DurableLedger.AddressOfAsync(node);
                await ledger.LoadAsync(address, RandomNumberGenerator.GetInt32(1, 250), node.KillAsync);
                await node.DisposeAsync();
                node = ledger.StartNode();
                await ledger.VerifyAsync(await DurableLedger.AddressOfAsync(node));
            }
        }
        finally
        {
            await node.DisposeAsync();
        }
    }
}
