using PrivChain.Core.Documents;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Vault;

[TestClass]
public sealed class ErasureTests
{
    [TestMethod]
    public async Task Erase_LeavesNoByteOfTheCiphertextInAnyFile()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        Assert.IsTrue(Holds(world.Fixture.Data, world.Sealed), "the search finds what is there");

        var token = await client.SignInAsync(world.Parties.Citizen);
        var record = NodeClient.Bytes(world.Record.ToArray());
        await client.Vault.GetRecordAsync(new GetRecordRequest { Digest = record }, NodeClient.Options(token));
        var entry = world.Parties.As(world.Parties.Citizen).Erase(world.Record, new StatedReason("moving away", LedgerFixture.RandomDigest()));
        await client.Vault.EraseRecordAsync(new EraseRecordRequest { EraseEntry = NodeClient.Bytes(entry.ToArray()) }, NodeClient.Options(token));

        await UntilAsync(() => !Holds(world.Fixture.Data, world.Sealed));
        Assert.AreEqual(RefusalReason.Erased, await NodeClient.ReasonAsync(async () =>
            await client.Vault.GetRecordAsync(new GetRecordRequest { Digest = record }, NodeClient.Options(token))));
        var listed = await client.Vault.ListRecordsAsync(new ListRecordsRequest { Count = 10 }, NodeClient.Options(token));
        Assert.IsTrue(listed.Records.Single(item => item.Digest == record).Erased);
    }

    // The process died between the tombstone and the destruction.
    [TestMethod]
    public async Task Start_AfterATombstoneWithoutDestruction_Destroys()
    {
        await using var world = await World.StartAsync();
        await world.AppendAsync(world.Parties.As(world.Parties.Issuer).Erase(world.Record, new StatedReason("-", LedgerFixture.RandomDigest())));
        Assert.IsTrue(Holds(world.Fixture.Data, world.Sealed));
        await world.Fixture.StopNodeAsync();
        await world.Fixture.StartNodeAsync();
        await UntilAsync(() => !Holds(world.Fixture.Data, world.Sealed));
    }

    [TestMethod]
    public async Task Erase_BySomebodyWhoIsNeitherHolderNorIssuer_LeavesEverything()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        var token = await client.SignInAsync(world.Stranger);
        var entry = world.Parties.As(world.Stranger).Erase(world.Record, new StatedReason("-", LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.NotYours, await NodeClient.ReasonAsync(async () =>
            await client.Vault.EraseRecordAsync(new EraseRecordRequest { EraseEntry = NodeClient.Bytes(entry.ToArray()) }, NodeClient.Options(token))));
        Assert.IsNotNull(world.Store.Record(world.Record));
    }

    // A record is spread over pages, so pieces of it are searched for.
    private static bool Holds(string folder, byte[] content)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("node.lock", StringComparison.Ordinal)))
        {
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            for (var i = 0; i + 16 <= content.Length; i += 512)
            {
                if (bytes.AsSpan().IndexOf(content.AsSpan(i, 16)) >= 0)
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!holds())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
