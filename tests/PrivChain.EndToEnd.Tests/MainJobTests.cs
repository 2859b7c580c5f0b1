using System.Text;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.EndToEnd.Tests;

/// <summary>The main job over real processes: one record, one consent, one answer, one verified trail, and then what must fail.</summary>
[TestClass]
public sealed class MainJobTests
{
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task OneAnswer_FromRecordToVerifiedTrail()
    {
        await using var world = await SharedWorld.JoinAsync();
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        var consent = await world.ConsentAsync(contract, uses: 3);

        var answer = await world.Institution.QueryAsync(consent);
        Assert.IsNull(answer.Refusal, answer.Refusal?.ToString());
        Assert.IsTrue(answer["identity-card.birthDate"].YesNo);

        var receipt = await answer.GetReceiptAsync();
        var report = ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(receipt.ToJson()), world.Connection.LedgerId, acceptSimulated: true);
        Assert.IsTrue(report.Valid, report.Failed?.ToString());

        var copies = (await world.Citizen.ConsentsAsync()).Single().Answers;
        Assert.HasCount(1, copies);

        var trail = new MemoryTrail();
        await TrailExporter.ExportAsync(world.Connection, trail);
        var verified = TrailVerifier.Verify(trail, world.Connection.LedgerId);
        Assert.IsTrue(verified.Valid, verified.Refusal?.ToString());
        Assert.AreEqual(1UL, verified.QueriesByInstitution[world.Bank.Account.Address]);

        // Streamed: two uses left, three asked.
        await using var session = await world.Institution.OpenSessionAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => session.QueryAsync(consent)));
        Assert.HasCount(2, answers.Where(each => each.Refusal is null));
        Assert.AreEqual(RefusalReason.Exhausted, answers.Single(each => each.Refusal is not null).Refusal!.Reason);

        // Another consent, revoked.
        var second = await world.ConsentAsync(contract, uses: 5);
        await world.Citizen.RevokeAsync(second.Digest, "enough");
        Assert.AreEqual(RefusalReason.Revoked, (await session.QueryAsync(second)).Refusal!.Reason);
    }
}
