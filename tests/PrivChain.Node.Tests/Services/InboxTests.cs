using Google.Protobuf;
using Grpc.Core;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Services;

[TestClass]
public sealed class InboxTests
{
    [TestMethod]
    public async Task Receive_Waiting_GetsWhatComesLaterAndNothingOfOthers()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        using var other = Account.Generate();
        var citizen = fixture.Ledger.Citizen;
        var token = await client.SignInAsync(citizen);
        await client.Inbox.SendAsync(Messages((other, 9), (citizen, 1), (citizen, 2)), NodeClient.Options(token));
        using var call = client.Inbox.Receive(new ReceiveRequest { Wait = true }, NodeClient.Options(token));
        Assert.AreEqual(1, (await NextAsync(call)).Box[0]);
        var second = await NextAsync(call);
        Assert.AreEqual(2, second.Box[0]);
        var later = NextAsync(call);
        await client.Inbox.SendAsync(Messages((other, 9), (citizen, 3)), NodeClient.Options(token));
        Assert.AreEqual(3, (await later).Box[0]);

        await client.Inbox.RemoveAsync(new RemoveRequest { Id = second.Id }, NodeClient.Options(token));
        CollectionAssert.AreEqual(new byte[] { 1, 3 }, await AllAsync(client, token, after: 0));
        CollectionAssert.AreEqual(new byte[] { 3 }, await AllAsync(client, token, second.Id));
    }

    [TestMethod]
    public async Task Send_ToAFullInbox_SendsNoneOfTheMessages()
    {
        await using var fixture = await NodeFixture.StartAsync(new NodeLimits { MessagesPerAccount = 2 }, witness: false);
        using var client = new NodeClient(fixture.Address);
        using var other = Account.Generate();
        var citizen = fixture.Ledger.Citizen;
        var token = await client.SignInAsync(citizen);
        await client.Inbox.SendAsync(Messages((citizen, 1)), NodeClient.Options(token));
        Assert.AreEqual(RefusalReason.Overloaded, await NodeClient.ReasonAsync(async () =>
            await client.Inbox.SendAsync(Messages((other, 1), (citizen, 2), (citizen, 3)), NodeClient.Options(token))));
        Assert.AreEqual(RefusalReason.None, await NodeClient.ReasonAsync(async () => await client.Inbox.SendAsync(Messages((citizen, 2)), NodeClient.Options(token))));
        Assert.IsEmpty(await AllAsync(client, await client.SignInAsync(other), after: 0));
    }

    [TestMethod]
    public async Task Send_FromAccountsThatAnybodyMakes_LeavesRoomForOthersAndForTheDisk()
    {
        await using var world = await World.StartAsync(new NodeLimits { MessagesFromStrangers = 2, MessagesOfStrangers = 3 });
        using var client = new NodeClient(world.Fixture.Address);
        var citizen = world.Parties.Citizen;
        using var another = Account.Generate();
        using var second = Account.Generate();
        var first = await client.SignInAsync(world.Stranger);
        await SentAsync(RefusalReason.None, first, (citizen, 1), (citizen, 2));
        await SentAsync(RefusalReason.Overloaded, await client.SignInAsync(second), (citizen, 3));
        await SentAsync(RefusalReason.None, first, (another, 4));
        await SentAsync(RefusalReason.Overloaded, first, (second, 5));

        // Who has a role is not kept out.
        var institution = await client.SignInAsync(world.Parties.Institution);
        await SentAsync(RefusalReason.None, institution, (citizen, 6), (second, 7));
        CollectionAssert.AreEqual(new byte[] { 1, 2, 6 }, await AllAsync(client, await client.SignInAsync(citizen), after: 0));

        async Task SentAsync(RefusalReason wanted, string token, params (Account, byte)[] messages) =>
            Assert.AreEqual(wanted, await NodeClient.ReasonAsync(async () => await client.Inbox.SendAsync(Messages(messages), NodeClient.Options(token))));
    }

    [TestMethod]
    public async Task RegisterKey_OlderStatement_DoesNotReplaceANewerOne()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        var citizen = fixture.Ledger.Citizen;
        var token = await client.SignInAsync(citizen);
        using var key = HpkePrivateKey.Generate(HpkeKem.X25519);
        var newer = NodeClient.Bytes(KeyStatement.Sign(fixture.Ledger.Domain, citizen, key.PublicKey, 200).ToArray());
        var older = NodeClient.Bytes(KeyStatement.Sign(fixture.Ledger.Domain, citizen, key.PublicKey, 100).ToArray());
        await client.Inbox.RegisterKeyAsync(new RegisterKeyRequest { Statement = newer }, NodeClient.Options(token));
        await client.Inbox.RegisterKeyAsync(new RegisterKeyRequest { Statement = older }, NodeClient.Options(token));
        var found = await client.Inbox.LookupKeyAsync(new LookupKeyRequest { Account = NodeClient.Bytes(citizen.Address.ToArray()) }, NodeClient.Options());
        Assert.AreEqual(newer, found.Statement);
    }

    [TestMethod]
    public async Task RegisterKeyAndSend_OfTheOtherSuite_AreRefusedByName()
    {
        await using var fixture = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(fixture.Address);
        using var national = Account.Generate(Suite.National);
        using var key = HpkePrivateKey.Generate(Suite.National.Kem);
        var citizen = fixture.Ledger.Citizen;
        var token = await client.SignInAsync(citizen);
        var there = new LedgerFixture(suite: Suite.National).Domain;
        var statement = NodeClient.Bytes(KeyStatement.Sign(there, national, key.PublicKey, 200).ToArray());
        Assert.AreEqual(RefusalReason.WrongSuite, await NodeClient.ReasonAsync(async () =>
            await client.Inbox.RegisterKeyAsync(new RegisterKeyRequest { Statement = statement }, NodeClient.Options(token))));

        var box = InboxMessage.Seal(there, national, citizen.Address, key.PublicKey, InboxMessageKind.Request, 5, "hello"u8);
        var message = new SendRequest { Messages = { new OutgoingMessage { To = NodeClient.Bytes(citizen.Address.ToArray()), Box = NodeClient.Bytes(box) } } };
        Assert.AreEqual(RefusalReason.WrongSuite, await NodeClient.ReasonAsync(async () => await client.Inbox.SendAsync(message, NodeClient.Options(token))));
        Assert.IsEmpty(await AllAsync(client, token, after: 0));
    }

    private static SendRequest Messages(params (Account To, byte Content)[] messages)
    {
        var request = new SendRequest();
        request.Messages.AddRange(messages.Select(message => new OutgoingMessage { To = NodeClient.Bytes(message.To.Address.ToArray()), Box = ByteString.CopyFrom(message.Content) }));
        return request;
    }

    private static async Task<byte[]> AllAsync(NodeClient client, string token, ulong after)
    {
        using var call = client.Inbox.Receive(new ReceiveRequest { After = after }, NodeClient.Options(token));
        return (await call.ResponseStream.ReadAllAsync().ToListAsync()).Select(message => message.Box[0]).ToArray();
    }

    private static async Task<ReceiveReply> NextAsync(AsyncServerStreamingCall<ReceiveReply> call)
    {
        Assert.IsTrue(await call.ResponseStream.MoveNext(CancellationToken.None));
        return call.ResponseStream.Current;
    }
}
