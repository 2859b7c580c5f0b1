using Google.Protobuf;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Vault;

/// <summary>Workers' tallies of refusals at the node: one for each worker and regulator, the newest, and read by that regulator alone.</summary>
[TestClass]
public sealed class TalliesTests
{
    [TestMethod]
    public async Task Put_Again_TheRegulatorReadsTheNewest_AlsoAfterARestart()
    {
        await using var world = await World.StartAsync();
        using (var client = new NodeClient(world.Fixture.Address))
        {
            var worker = await client.SignInAsync(world.Parties.Worker);
            await PutAsync(RefusalReason.None, client, worker, Tally(world.Parties.Regulator, 1));
            await PutAsync(RefusalReason.None, client, worker, Tally(world.Parties.Regulator, 2));
        }

        await world.Fixture.StopNodeAsync();
        await world.Fixture.StartNodeAsync();
        using var again = new NodeClient(world.Fixture.Address);
        var regulator = await again.SignInAsync(world.Parties.Regulator);
        CollectionAssert.AreEqual(new byte[] { 2 }, (await ListAsync(again, regulator)).Select(box => box.Single()).ToArray());
        Assert.IsEmpty(await ListAsync(again, regulator, since: uint.MaxValue));
        Assert.IsEmpty(await ListAsync(again, regulator, after: ulong.MaxValue));
    }

    [TestMethod]
    public async Task Put_OneThatIsNotTaken_NoneIsKept()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        using var key = HpkePrivateKey.Generate(Suite.National.Kem);
        var worker = await client.SignInAsync(world.Parties.Worker);
        var good = Tally(world.Parties.Regulator, 1);
        await PutAsync(RefusalReason.NotAllowed, client, worker, good, Tally(world.Parties.Citizen, 1));
        await PutAsync(RefusalReason.Malformed, client, worker, good, new OutgoingTally { Regulator = good.Regulator });
        await PutAsync(RefusalReason.Malformed, client, worker, good, new OutgoingTally { Regulator = ByteString.CopyFrom(new byte[21]), Box = good.Box });
        await PutAsync(RefusalReason.TooLarge, client, worker, good, new OutgoingTally { Regulator = good.Regulator, Box = ByteString.CopyFrom(new byte[9000]) });
        await PutAsync(RefusalReason.WrongSuite, client, worker, good, new OutgoingTally { Regulator = good.Regulator, Box = NodeClient.Bytes(SealedBox.Seal(key.PublicKey, Labels.InboxMessage, [], [1])) });
        await PutAsync(RefusalReason.Malformed, client, worker);
        await PutAsync(RefusalReason.TooLarge, client, worker, [.. Enumerable.Repeat(good, 101)]);
        Assert.IsEmpty(await ListAsync(client, await client.SignInAsync(world.Parties.Regulator)));
    }

    [TestMethod]
    public async Task List_ByAnotherRegulator_GivesNothing()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        using var other = Account.Generate();
        await world.AppendAsync(world.Parties.As(world.Parties.Governors[0]).Enrol(LedgerRole.Regulator, other.Address, Digest.Zero, LedgerFixture.RandomDigest(), 0, LedgerFixture.StartSeconds + 1_000_000));
        await PutAsync(RefusalReason.None, client, await client.SignInAsync(world.Parties.Worker), Tally(world.Parties.Regulator, 1));
        Assert.IsEmpty(await ListAsync(client, await client.SignInAsync(other)));
        Assert.HasCount(1, await ListAsync(client, await client.SignInAsync(world.Parties.Regulator)));
    }

    // In pages, each with the place of the next; above the limit the oldest go.
    [TestMethod]
    public async Task Store_ManyWorkers_ArePagedAndTheOldestGo()
    {
        await using var world = await World.StartAsync();
        var store = world.Store;
        var regulator = world.Parties.Regulator.Address;
        for (var worker = 0; worker < 12; worker++)
        {
            store.PutTallies(Account.Generate().Address, 20_000 + worker, [(regulator, [(byte)worker])], most: 10);
        }

        var first = store.Tallies(regulator, 0, 0, 6);
        var second = store.Tallies(regulator, 0, first[^1].Id, 6);
        CollectionAssert.AreEqual(Enumerable.Range(2, 10).ToArray(), first.Concat(second).Select(tally => (int)tally.Box.Single()).ToArray());
        CollectionAssert.AreEqual(new[] { 10, 11 }, store.Tallies(regulator, 20_010, 0, 6).Select(tally => (int)tally.Box.Single()).ToArray());
    }

    private static OutgoingTally Tally(Account regulator, byte content) => new() { Regulator = NodeClient.Bytes(regulator.Address.ToArray()), Box = ByteString.CopyFrom(content) };

    private static async Task PutAsync(RefusalReason wanted, NodeClient client, string token, params OutgoingTally[] tallies)
    {
        var request = new PutTalliesRequest();
        request.Tallies.AddRange(tallies);
        Assert.AreEqual(wanted, await NodeClient.ReasonAsync(async () => await client.Refusals.PutTalliesAsync(request, NodeClient.Options(token))));
    }

    private static async Task<List<byte[]>> ListAsync(NodeClient client, string token, uint since = 0, ulong after = 0)
    {
        var reply = await client.Refusals.ListTalliesAsync(new ListTalliesRequest { Since = since, After = after }, NodeClient.Options(token));
        Assert.AreEqual(0ul, reply.Next);
        return [.. reply.Boxes.Select(box => box.ToByteArray())];
    }
}
