using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Enclave.Tests.World;
using PrivChain.Enclave.Worker;

namespace PrivChain.Enclave.Tests.Worker;

[TestClass]
public sealed class AnswerCopiesTests
{
    [TestMethod]
    public async Task Send_OnePersonsInboxIsFull_TheOthersGetTheirs()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        AccountAddress[] people = [.. Enumerable.Range(0, 3).Select(_ => Account.Generate().Address)];
        world.Node.FullInbox = people[1];
        await AnswerCopies.SendAsync(world.Node, [.. people.Select((person, i) => (person, new[] { (byte)i })), (people[2], [9])], TimeProvider.System, CancellationToken.None);
        CollectionAssert.AreEquivalent(new byte[] { 0, 2, 9 }, world.Ledger.Inbox.Select(message => message.Box[0]).ToArray());
    }
}
