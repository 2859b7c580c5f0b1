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

    private static World _world = null!;
    private static GivenConsent _consent = null!;

    // Its enclave has ended, and left a state.
    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await World.StartAsync();
        await _world.IssueIdentityAsync();
        _consent = await _world.ConsentAsync(await _world.PublishAsync("age-check"), Granted);
        await _world.Deployment.StopAsync(_world.Deployment.Enclave);
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task StateFile_Fails_EnclaveEndsAndIsTheSameBrokerAfter()
    {
        Strace.Require();
        var answered = 0;
        foreach (var (fault, file) in new[]
        {
            ("fsync:error=EIO:when=1+", NewState), ("write,pwrite64:error=ENOSPC:when=1+", NewState), ("rename:error=EIO:when=1+", NewState), ("fsync:error=EIO:when=1+", "."),
        })
        {
            await using var failing = Start(_world.Deployment.Folder.EnclaveState, fault, file);
            var asking = AskUntilRefusedAsync();

            // Its minimum is due as soon as the ledger has grown, which its own session entry sees to.
            Assert.AreEqual((int)RefusalReason.StorageFailed, await failing.ExitedAsync(), failing.Output);
            Assert.Contains(nameof(RefusalReason.StorageFailed), failing.Output);
            answered += await asking;
        }

        await using var enclave = Start(_world.Deployment.Folder.EnclaveState);
        using var listening = JsonDocument.Parse((await enclave.SaysAsync("{\"event\":\"listening\"") ?? throw new AssertFailedException(enclave.Output)));
        Assert.AreEqual(_consent.Details.Brokers.Single().ToString(), listening.RootElement.GetProperty("broker").GetString());
        Assert.IsNotNull(await enclave.SaysAsync("{\"event\":\"ready\""), enclave.Output);

        // Every answer was paid for; what is left buys exactly as many.
        var left = await _world.Connection.Ledger.ReadStateAsync(state => state.Consent(_consent.Digest)!.UsesLeft);
        Assert.IsGreaterThanOrEqualTo(answered, (int)(Granted - left));
        await using var session = await _world.Institution.OpenSessionAsync();
        for (var i = 0U; i < left; i++)
        {
            Assert.IsNull((await session.QueryAsync(_consent)).Refusal, $"{i} of {left} uses");
        }

        Assert.AreEqual(RefusalReason.Exhausted, (await session.QueryAsync(_consent)).Refusal?.Reason);
    }

    [TestMethod]
    [Timeout(600_000, CooperativeCancellation = true)]
    public async Task StateFile_CannotBeReadOrMade_EnclaveRefusesAndLeavesItAlone()
    {
        Strace.Require();
        var folder = Path.Combine(_world.Folder, "another-state");
        PrivateFile.MakeFolder(folder);
        var path = Path.Combine(folder, State);
        File.Copy(Path.Combine(_world.Deployment.Folder.EnclaveState, State), path);
        var before = File.ReadAllBytes(path);
        foreach (var fault in new[] { "openat:error=EIO:when=1+", "openat,statx,newfstatat:error=EIO:when=1+", "read,pread64:error=EIO:when=1+", "openat:error=EACCES:when=1+" })
        {
            await using var failing = Start(folder, fault, State);
            Assert.AreEqual((int)RefusalReason.StorageFailed, await failing.ExitedAsync(), $"{fault}: {failing.Output}");
            CollectionAssert.AreEqual(before, File.ReadAllBytes(path), fault);
        }

        // A first start: no key is used that a restart would not find again.
        File.Delete(path);
        foreach (var fault in new[] { "openat:error=EROFS:when=1+", "write,pwrite64:error=ENOSPC:when=1+", "fsync:error=EIO:when=1+", "rename:error=EIO:when=1+" })
        {
            await using var failing = Start(folder, fault, NewState);
            Assert.AreEqual((int)RefusalReason.StorageFailed, await failing.ExitedAsync(), $"{fault}: {failing.Output}");
            Assert.IsFalse(File.Exists(path), fault);
            Assert.DoesNotContain("listening", failing.Output);
        }

        await using var enclave = Start(folder);
        Assert.IsNotNull(await enclave.SaysAsync("{\"event\":\"listening\""), enclave.Output);
    }

    private static FaultyProcess Start(string state, string? fault = null, string failing = State)
    {
        var folder = _world.Deployment.Folder;
        return FaultyProcess.Start(
            Path.Combine(DotnetHost.EnclaveFolder, "PrivChain.Enclave.dll"),
            [
                "--genesis", folder.GenesisFile, "--node", _world.Deployment.Address.Node.ToString(), "--socket", _world.Deployment.EnclaveSocket, "--state", state,
                "--evidence", "simulated", "--simulated-root", folder.SimulatedRoot, "--roles", "broker,worker",
            ],
            fault,
            Path.GetFullPath(failing, state));
    }

    private static async Task<int> AskUntilRefusedAsync()
    {
        var answered = 0;
        try
        {
            await using var session = await _world.Institution.OpenSessionAsync();
            while ((await session.QueryAsync(_consent)).Refusal is null)
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
