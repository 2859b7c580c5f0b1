using System.Text.Json;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Query;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>P8 on the one file that the enclave writes: it ends by name where the disk fails it, its state is whole afterwards, and a disk that does not answer is never taken for one that holds no state.</summary>
[TestClass]
public sealed class P8_EnclaveDiskFaults
{
    private const uint Granted = 60;
    private const string State = "broker.sealed";
    private const string NewState = State + ".new";

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task StateFile_Fails_EnclaveEndsAndIsTheSameBrokerAfter()
    {
        Strace.Require();
        await using var world = await World.StartAsync();
        await world.IssueIdentityAsync();
        var consent = await world.ConsentAsync(await world.PublishAsync("age-check"), Granted);
        var broker = (await world.Connection.Organisations.BrokersAsync()).Single().Profile.Account;
        await world.Deployment.StopAsync(world.Deployment.Enclave);

        var answered = 0;
        foreach (var (fault, file) in new[]
        {
            ("fsync:error=EIO:when=1+", NewState), ("write,pwrite64:error=ENOSPC:when=1+", NewState), ("rename:error=EIO:when=1+", NewState), ("fsync:error=EIO:when=1+", "."),
        })
        {
            await using var failing = Start(world, fault, file);
            var asking = AskUntilRefusedAsync(world, consent);

            // Its minimum is due as soon as the ledger has grown, which its own session entry sees to.
            Assert.AreEqual((int)RefusalReason.StorageFailed, await failing.ExitedAsync(), failing.Output);
            Assert.Contains(nameof(RefusalReason.StorageFailed), failing.Output);
            answered += await asking;
        }

        await using var enclave = Start(world);
        using var listening = JsonDocument.Parse((await enclave.SaysAsync("{\"event\":\"listening\"") ?? throw new AssertFailedException(enclave.Output)));
        Assert.AreEqual(broker.ToString(), listening.RootElement.GetProperty("broker").GetString());
        Assert.IsNotNull(await enclave.SaysAsync("{\"event\":\"ready\""), enclave.Output);

        // Every answer was paid for; what is left buys exactly as many.
        var left = await world.Connection.Ledger.ReadStateAsync(state => state.Consent(consent.Digest)!.UsesLeft);
        Assert.IsGreaterThanOrEqualTo(answered, (int)(Granted - left));
        await using var session = await world.Institution.OpenSessionAsync();
        for (var i = 0U; i < left; i++)
        {
            Assert.IsNull((await session.QueryAsync(consent)).Refusal, $"{i} of {left} uses");
        }

        Assert.AreEqual(RefusalReason.Exhausted, (await session.QueryAsync(consent)).Refusal?.Reason);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task StateFile_CannotBeReadOrMade_EnclaveRefusesAndLeavesItAlone()
    {
        Strace.Require();
        await using var world = await World.StartAsync();
        await world.Deployment.StopAsync(world.Deployment.Enclave);
        var path = Path.Combine(world.Deployment.Folder.EnclaveState, State);
        var before = File.ReadAllBytes(path);
        foreach (var fault in new[] { "openat:error=EIO:when=1+", "openat,statx,newfstatat:error=EIO:when=1+", "read,pread64:error=EIO:when=1+", "openat:error=EACCES:when=1+" })
        {
            await using var failing = Start(world, fault, State);
            Assert.AreEqual((int)RefusalReason.StorageFailed, await failing.ExitedAsync(), $"{fault}: {failing.Output}");
            CollectionAssert.AreEqual(before, File.ReadAllBytes(path), fault);
        }

        // A first start: no key is used that a restart would not find again.
        File.Delete(path);
        foreach (var fault in new[] { "openat:error=EROFS:when=1+", "write,pwrite64:error=ENOSPC:when=1+", "fsync:error=EIO:when=1+", "rename:error=EIO:when=1+" })
        {
            await using var failing = Start(world, fault, NewState);
            Assert.AreEqual((int)RefusalReason.StorageFailed, await failing.ExitedAsync(), $"{fault}: {failing.Output}");
            Assert.IsFalse(File.Exists(path), fault);
            Assert.DoesNotContain("listening", failing.Output);
        }

        await using var enclave = Start(world);
        Assert.IsNotNull(await enclave.SaysAsync("{\"event\":\"listening\""), enclave.Output);
    }

    private static FaultyProcess Start(World world, string? fault = null, string failing = State)
    {
        var folder = world.Deployment.Folder;
        return FaultyProcess.Start(
            Path.Combine(DotnetHost.EnclaveFolder, "PrivChain.Enclave.dll"),
            [
                "--genesis", folder.GenesisFile, "--node", world.Deployment.Address.Node.ToString(), "--socket", world.Deployment.EnclaveSocket, "--state", folder.EnclaveState,
                "--evidence", "simulated", "--simulated-root", folder.SimulatedRoot, "--roles", "broker,worker",
            ],
            fault,
            Path.GetFullPath(failing, folder.EnclaveState));
    }

    private static async Task<int> AskUntilRefusedAsync(World world, GivenConsent consent)
    {
        var answered = 0;
        try
        {
            await using var session = await world.Institution.OpenSessionAsync();
            while ((await session.QueryAsync(consent)).Refusal is null)
            {
                answered++;
            }
        }
        catch (RefusalException)
        {
            // The enclave is gone, or not there yet.
        }

        return answered;
    }
}
