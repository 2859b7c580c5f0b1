using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Schemas.V1;

namespace PrivChain.Node.Tests.Vault;

[TestClass]
public sealed class ConsentPackageTests
{
    [TestMethod]
    public async Task PutConsent_AgainWithAnotherPackage_IsConflictAndTheFirstStays()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        var token = await client.SignInAsync(world.Parties.Citizen);
        var entry = world.Parties.Grant();
        var first = new PutConsentRequest { ConsentEntry = NodeClient.Bytes(entry.ToArray()), Package = Package(world, 1) };
        var stands = await client.Vault.PutConsentAsync(first, NodeClient.Options(token));
        Assert.IsFalse(stands.AlreadyRecorded);
        var again = await client.Vault.PutConsentAsync(first, NodeClient.Options(token));
        Assert.IsTrue(again.AlreadyRecorded);
        Assert.AreEqual(stands.Index, again.Index);
        Assert.AreEqual(RefusalReason.Conflict, await NodeClient.ReasonAsync(async () =>
            await client.Vault.PutConsentAsync(new PutConsentRequest { ConsentEntry = first.ConsentEntry, Package = Package(world, 2) }, NodeClient.Options(token))));

        var broker = await client.SignInAsync(world.Parties.Broker);
        var kept = await client.Vault.GetConsentAsync(new GetConsentRequest { Digest = NodeClient.Bytes(entry.DocumentDigest.ToArray()) }, NodeClient.Options(broker));
        Assert.AreEqual(first.Package, kept.Package);
        Assert.AreEqual(stands.Index, kept.Index);
    }

    // What was put for a consent that never came to stand may be put again with fresh boxes.
    [TestMethod]
    public async Task PutConsent_BeforeTheConsentStands_TakesTheNewerPackage()
    {
        await using var world = await World.StartAsync();
        var digest = LedgerFixture.RandomDigest();
        Assert.IsTrue(world.Store.PutConsent(digest, [1], stands: false));
        Assert.IsTrue(world.Store.PutConsent(digest, [2], stands: false));
        CollectionAssert.AreEqual(new byte[] { 2 }, world.Store.Consent(digest));
        Assert.IsFalse(world.Store.PutConsent(digest, [3], stands: true));
        Assert.IsTrue(world.Store.PutConsent(digest, [2], stands: true));
    }

    [TestMethod]
    public async Task PutConsent_ThatTheRulesRefuse_KeepsNoPackage()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        var token = await client.SignInAsync(world.Parties.Citizen);
        var grant = world.Parties.Grant(uses: 1000);
        Assert.AreEqual(RefusalReason.TermsOutsideContract, await NodeClient.ReasonAsync(async () =>
            await client.Vault.PutConsentAsync(new PutConsentRequest { ConsentEntry = NodeClient.Bytes(grant.ToArray()), Package = Package(world, 1) }, NodeClient.Options(token))));
        Assert.IsNull(world.Store.Consent(grant.DocumentDigest));
    }

    [TestMethod]
    public async Task PutConsent_WithABoxOfTheOtherSuite_IsRefusedByName()
    {
        await using var world = await World.StartAsync();
        using var client = new NodeClient(world.Fixture.Address);
        using var key = HpkePrivateKey.Generate(HpkeKem.Sm2);
        var token = await client.SignInAsync(world.Parties.Citizen);
        var grant = world.Parties.Grant();
        var box = SealedBox.Seal(key.PublicKey, Labels.KeyPackage, [], [1]);
        foreach (var boxes in new[] { new BrokerBoxes(world.Parties.Broker.Address, box, [1]), new BrokerBoxes(world.Parties.Broker.Address, [1], box) })
        {
            var request = new PutConsentRequest { ConsentEntry = NodeClient.Bytes(grant.ToArray()), Package = NodeClient.Bytes(new ConsentPackage([boxes]).ToArray()) };
            Assert.AreEqual(RefusalReason.WrongSuite, await NodeClient.ReasonAsync(async () => await client.Vault.PutConsentAsync(request, NodeClient.Options(token))));
        }

        Assert.IsNull(world.Store.Consent(grant.DocumentDigest));
    }

    private static Google.Protobuf.ByteString Package(World world, byte content) =>
        NodeClient.Bytes(new ConsentPackage([new BrokerBoxes(world.Parties.Broker.Address, [content], [content])]).ToArray());
}
