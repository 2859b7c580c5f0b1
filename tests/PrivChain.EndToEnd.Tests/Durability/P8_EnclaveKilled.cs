using System.Diagnostics;
using System.Security.Cryptography;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Governance;

namespace PrivChain.EndToEnd.Tests.Durability;

/// <summary>P8 for the enclave: killed among its answers, it comes back as the same broker, every answer that left it is paid for on the ledger, and no use buys two.</summary>
[TestClass]
public sealed class P8_EnclaveKilled
{
    private const uint Granted = 40;
    private const int Askers = 4;

    [TestMethod]
    [Timeout(240_000, CooperativeCancellation = true)]
    public async Task EnclaveKilled_AmongQueries_SpendsNoUseTwice()
    {
        await using var world = await World.StartAsync();
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        var consent = await world.ConsentAsync(contract, Granted);
        var broker = await BrokerAsync(world);

        // Askers go on until the stream breaks; the enclave is killed while they wait for their next answers.
        var answered = 0;
        var enough = RandomNumberGenerator.GetInt32(3, 12);
        var moment = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (var session = await world.Institution.OpenSessionAsync())
        {
            var asking = Enumerable.Range(0, Askers).Select(_ => AskUntilBrokenAsync()).ToArray();
            await moment.Task.WaitAsync(TimeSpan.FromSeconds(60));
            using (var process = Process.GetProcessById(world.Deployment.Enclave.Id))
            {
                process.Kill();
            }

            await Task.WhenAll(asking);

            async Task AskUntilBrokenAsync()
            {
                try
                {
                    while ((await session.QueryAsync(consent)).Refusal is null)
                    {
                        if (Interlocked.Increment(ref answered) >= enough)
                        {
                            moment.TrySetResult();
                        }
                    }
                }
                catch (RefusalException)
                {
                    // The stream broke.
                }
            }
        }

        var left = await LeftAsync(world, consent.Digest);
        Assert.IsGreaterThanOrEqualTo(answered, (int)(Granted - left), "answers that no use paid for");
        Assert.IsGreaterThan(0U, left, "the enclave was not killed in the middle");

        // The same state folder and socket, as the operator would start it again.
        await world.Deployment.StopAsync(world.Deployment.Enclave);
        var again = world.Deployment.StartEnclave("enclave", DotnetHost.EnclaveFolder, world.Deployment.Folder.EnclaveState, world.Deployment.EnclaveSocket);
        await again.WaitForAsync("ready", TimeSpan.FromSeconds(60), CancellationToken.None);
        Assert.AreEqual(broker, await BrokerAsync(world));

        left = await LeftAsync(world, consent.Digest);
        await using (var session = await world.Institution.OpenSessionAsync())
        {
            for (var i = 0U; i < left; i++)
            {
                var answer = await session.QueryAsync(consent);
                Assert.IsNull(answer.Refusal, $"{i} of {left} uses: {answer.Refusal}");
                answered++;
            }

            Assert.AreEqual(RefusalReason.Exhausted, (await session.QueryAsync(consent)).Refusal?.Reason);
        }

        Assert.AreEqual(0U, await LeftAsync(world, consent.Digest));
        var uses = world.Connection.Ledger.History.UsesOf(consent.Digest);
        Assert.AreEqual(Granted, uses.Sum(use => use.Queries));
        Assert.AreEqual(uses.Count, uses.Select(use => use.Use).Distinct().Count());
        Assert.IsLessThanOrEqualTo((int)Granted, answered);
    }

    private static async Task<AccountAddress> BrokerAsync(World world)
    {
        using var account = world.Deployment.Folder.OpenGovernor();
        return (await new GovernorClient(world.Connection, account).InspectEnclaveAsync()).Profile.Account;
    }

    private static Task<uint> LeftAsync(World world, Digest consent) =>
        world.Connection.Ledger.ReadStateAsync(state => state.Consent(consent)!.UsesLeft);
}
