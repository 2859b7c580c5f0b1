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

/// <summary>Regulators' copies at the node: one for each use and regulator, left by the use's worker, within limits, and read by that regulator alone.</summary>
[TestClass]
public sealed class AuditCopiesTests
{
    [TestMethod]
    public async Task Put_ThenGet_TheRegulatorReadsTheFirstOfAUse_AlsoAfterARestart()
    {
        await using var world = await World.StartAsync();
        var (first, second) = (await world.RecordUseAsync(), await world.RecordUseAsync());
        using (var client = new NodeClient(world.Fixture.Address))
        {
            var worker = await client.SignInAsync(world.Parties.Worker);
            await PutAsync(RefusalReason.None, client, worker, Copy(world, first, 1), Copy(world, second, 2));
            await PutAsync(RefusalReason.None, client, worker, Copy(world, first, 9));
        }

        await world.Fixture.StopNodeAsync();
        await world.Fixture.StartNodeAsync();
        using var again = new NodeClient(world.Fixture.Address);
        var regulator = await again.SignInAsync(world.Parties.Regulator);
        Assert.AreEqual(1, (await GetAsync(again, regulator, first)).Single(), "what came later replaced it");
        Assert.AreEqual(2, (await GetAsync(again, regulator, second)).Single());
    }

    [TestMethod]
    public async Task Put_OneThatIsNotTaken_NoneIsKept()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        using var key = HpkePrivateKey.Generate(Suite.National.Kem);
        var use = await world.RecordUseAsync();
        var worker = await client.SignInAsync(world.Parties.Worker);
        var good = Copy(world, use, 1);
        await PutAsync(RefusalReason.NotAllowed, client, worker, good, Copy(world, LedgerFixture.RandomDigest(), 1));
        await PutAsync(RefusalReason.NotAllowed, client, worker, good, Copy(world, use, 1, world.Parties.Citizen));
        await PutAsync(RefusalReason.Malformed, client, worker, good, new OutgoingAuditCopy { Use = good.Use, Regulator = good.Regulator });
        await PutAsync(RefusalReason.Malformed, client, worker, good, new OutgoingAuditCopy { Use = ByteString.CopyFrom(new byte[31]), Regulator = good.Regulator, Box = good.Box });
        await PutAsync(RefusalReason.Malformed, client, worker, good, new OutgoingAuditCopy { Use = good.Use, Regulator = ByteString.CopyFrom(new byte[21]), Box = good.Box });
        await PutAsync(RefusalReason.TooLarge, client, worker, good, new OutgoingAuditCopy { Use = good.Use, Regulator = good.Regulator, Box = ByteString.CopyFrom(new byte[70_000]) });
        var national = SealedBox.Seal(key.PublicKey, Labels.InboxMessage, [], [1]);
        await PutAsync(RefusalReason.WrongSuite, client, worker, good, new OutgoingAuditCopy { Use = good.Use, Regulator = good.Regulator, Box = NodeClient.Bytes(national) });
        await PutAsync(RefusalReason.Malformed, client, worker);
        await PutAsync(RefusalReason.TooLarge, client, worker, [.. Enumerable.Repeat(good, 301)]);
        var regulator = await client.SignInAsync(world.Parties.Regulator);
        Assert.AreEqual(RefusalReason.NotFound, await NodeClient.ReasonAsync(() => GetAsync(client, regulator, use)));
        await PutAsync(RefusalReason.None, client, worker, good);
        Assert.AreEqual(1, (await GetAsync(client, regulator, use)).Single());
    }

    // What is kept is evidence: it does not make room for what comes later.
    [TestMethod]
    public async Task Put_AboveTheLimit_IsRefused_AndWhatIsKeptStays()
    {
        await using var world = await World.StartAsync(new NodeLimits { AuditCopiesPerRegulator = 2 });
        using var client = new NodeClient(world.Fixture.Address);
        var uses = new[] { await world.RecordUseAsync(), await world.RecordUseAsync(), await world.RecordUseAsync() };
        var worker = await client.SignInAsync(world.Parties.Worker);
        await PutAsync(RefusalReason.None, client, worker, Copy(world, uses[0], 0));
        await PutAsync(RefusalReason.Overloaded, client, worker, Copy(world, uses[1], 1), Copy(world, uses[2], 2));
        await PutAsync(RefusalReason.None, client, worker, Copy(world, uses[1], 1));
        await PutAsync(RefusalReason.Overloaded, client, worker, Copy(world, uses[2], 2));
        await PutAsync(RefusalReason.None, client, worker, Copy(world, uses[0], 0));
        var regulator = await client.SignInAsync(world.Parties.Regulator);
        Assert.AreEqual(0, (await GetAsync(client, regulator, uses[0])).Single());
        Assert.AreEqual(1, (await GetAsync(client, regulator, uses[1])).Single());
        Assert.AreEqual(RefusalReason.NotFound, await NodeClient.ReasonAsync(() => GetAsync(client, regulator, uses[2])));
    }

    [TestMethod]
    public async Task Get_ByAnotherRegulatorOrAnExpelledOne_GivesNothing()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        using var other = Account.Generate();
        var governor = world.Parties.As(world.Parties.Governors[0]);
        await world.AppendAsync(governor.Enrol(LedgerRole.Regulator, other.Address, Digest.Zero, LedgerFixture.RandomDigest(), 0, LedgerFixture.StartSeconds + 1_000_000));
        var use = await world.RecordUseAsync();
        await PutAsync(RefusalReason.None, client, await client.SignInAsync(world.Parties.Worker), Copy(world, use, 1));
        var (mine, theirs) = (await client.SignInAsync(world.Parties.Regulator), await client.SignInAsync(other));
        Assert.AreEqual(RefusalReason.NotFound, await NodeClient.ReasonAsync(() => GetAsync(client, theirs, use)));
        Assert.AreEqual(1, (await GetAsync(client, mine, use)).Single());
        await world.AppendAsync(governor.Expel(LedgerRole.Regulator, world.Parties.Regulator.Address, Digest.Zero, Digest.Zero));
        Assert.AreEqual(RefusalReason.NotAllowed, await NodeClient.ReasonAsync(() => GetAsync(client, mine, use)));
    }

    private static OutgoingAuditCopy Copy(World world, Digest use, byte content, Account? regulator = null) => new()
    {
        Use = NodeClient.Bytes(use.ToArray()), Regulator = NodeClient.Bytes((regulator ?? world.Parties.Regulator).Address.ToArray()), Box = ByteString.CopyFrom(content),
    };

    private static async Task PutAsync(RefusalReason wanted, NodeClient client, string token, params OutgoingAuditCopy[] copies)
    {
        var request = new PutAuditCopiesRequest();
        request.Copies.AddRange(copies);
        Assert.AreEqual(wanted, await NodeClient.ReasonAsync(async () => await client.Vault.PutAuditCopiesAsync(request, NodeClient.Options(token))));
    }

    private static async Task<byte[]> GetAsync(NodeClient client, string token, Digest use) =>
        (await client.Vault.GetAuditCopyAsync(new GetAuditCopyRequest { Use = NodeClient.Bytes(use.ToArray()) }, NodeClient.Options(token))).Box.ToByteArray();
}
