using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.Worker;

/// <summary>What a person states of themselves is answered from where the contract says that this will do, and nowhere else, whatever the person's own program thinks.</summary>
[TestClass]
public sealed class SelfAssertedTests
{
    private static string Accepting(string contract) => contract.Replace("\"records\":[\"identity-card/1\"],", "\"records\":[\"identity-card/1\"],\"selfAsserted\":[\"identity-card/1\"],", StringComparison.Ordinal);

    [TestMethod]
    public async Task Query_OwnStatementWhereAnIssuersWordIsWanted_IsRefusedByName()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var stated = world.StateOwn(EnclaveWorld.Claims());
        world.Anchor(stated, world.Citizen);
        Assert.AreEqual(RefusalReason.IssuerNotTrusted, (await AskAsync(world, stated)).Reason);
        Assert.AreEqual(RefusalReason.None, (await AskAsync(world, world.Record)).Reason);
    }

    [TestMethod]
    public async Task Query_ContractThatAcceptsOwnStatements_IsAnsweredFromThem_AndFromAnIssuersRecord()
    {
        await using var world = await EnclaveWorld.CreateAsync(Accepting);
        var stated = world.StateOwn(EnclaveWorld.Claims("2015-05-17"));
        world.Anchor(stated, world.Citizen);
        Assert.IsFalse(YesNo(world, await AskAsync(world, stated)));
        Assert.IsTrue(YesNo(world, await AskAsync(world, world.Record)));
    }

    // The issuer did not sign it, although it anchored it: by carelessness, or because somebody has its account and not its record key.
    [TestMethod]
    public async Task Query_OwnStatementThatAnIssuerAnchored_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync(Accepting);
        var stated = world.StateOwn(EnclaveWorld.Claims());
        world.Anchor(stated);
        Assert.AreEqual(RefusalReason.IssuerNotTrusted, (await AskAsync(world, stated)).Reason);
    }

    // A token of an issuer's (of one that was expelled, say) sealed anew and anchored by its holder.
    [TestMethod]
    public async Task Query_IssuersTokenAnchoredAsOnesOwn_IsRefused()
    {
        await using var world = await EnclaveWorld.CreateAsync(Accepting);
        using var former = IssuerKey.Generate(EcdsaJws.Es256);
        var record = world.Issue(former);
        world.Anchor(record, world.Citizen);
        Assert.AreEqual(RefusalReason.Malformed, (await AskAsync(world, record)).Reason);
    }

    private static bool? YesNo(EnclaveWorld world, AnswerEnvelope envelope)
    {
        Assert.AreEqual(RefusalReason.None, envelope.Reason);
        return AnswerDocument.Parse(envelope.Answer.Span, world.Contract).OrThrow()[EnclaveWorld.Field].YesNo;
    }

    private static async Task<AnswerEnvelope> AskAsync(EnclaveWorld world, SealedRecord record)
    {
        var consent = world.Grant(new ConsentParts { Record = record });
        using var institution = new TestInstitution(world);
        Assert.AreEqual(RefusalReason.None, await institution.OpenAsync());
        return await institution.AskAsync(EnclaveWorld.QueryFor(consent));
    }
}
