using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Receipts;

namespace PrivChain.EndToEnd.Tests;

/// <summary>A person holds a receipt of each use as the institution does, whatever the ledger's suite.</summary>
[TestClass]
public sealed class PersonsReceiptTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(300_000, CooperativeCancellation = true)]
    [DataRow("international")]
    [DataRow("national")]
    public async Task Use_OfALedgerOfEitherSuite_GivesThePersonAReceiptThatVerifiesOffline(string name)
    {
        var suite = name == Suite.National.Name ? Suite.National : Suite.International;
        await using var world = suite == Suite.International ? await SharedWorld.JoinAsync() : await World.StartAsync(suite: suite);
        Assert.AreSame(suite, world.Connection.Domain.Suite);
        await world.IssueIdentityAsync();
        var given = await world.ConsentAsync(await world.PublishAsync("age-check"));
        var answer = await world.Institution.QueryAsync(given, cancellationToken: TestContext.CancellationToken);
        Assert.IsTrue(answer["identity-card.birthDate"].YesNo);

        var copy = await world.AnswerCopyAsync(given.Digest, TestContext.CancellationToken);
        var receipt = await world.Citizen.GetReceiptAsync(copy, TestContext.CancellationToken);
        var report = Verify(receipt, world);
        Assert.IsTrue(report.Valid, report.Failed?.ToString());
        Assert.AreEqual(given.Digest, report.Core!.Consent);
        Assert.IsNull(receipt.Query, "a person's copy names the queries of a use by their root alone");
        Assert.AreEqual((await answer.GetReceiptAsync(TestContext.CancellationToken)).Core, receipt.Core, "both have what the worker signed for");

        // Another's signature in it, and another ledger.
        var wrong = Verify(receipt with { Delivery = receipt.Delivery with { Entry = Changed(receipt.Delivery.Entry) } }, world);
        Assert.AreEqual("entries.delivery", wrong.Failed?.Field);
        Assert.AreEqual(RefusalReason.WrongLedger, ReceiptVerifier.Verify(Bytes(receipt), Digest.Zero, acceptSimulated: true).Failed?.Refusal?.Reason);
    }

    private static ReceiptReport Verify(Receipt receipt, World world) => ReceiptVerifier.Verify(Bytes(receipt), world.Connection.LedgerId, acceptSimulated: true);

    private static byte[] Bytes(Receipt receipt) => Encoding.UTF8.GetBytes(receipt.ToJson());

    // One bit, in the last byte but one: of the signature's s.
    private static byte[] Changed(ReadOnlyMemory<byte> entry)
    {
        var bytes = entry.ToArray();
        bytes[^2] ^= 1;
        return bytes;
    }
}
