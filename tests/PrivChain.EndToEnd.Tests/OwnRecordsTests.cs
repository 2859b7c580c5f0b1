using System.Text;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.EndToEnd.Tests;

/// <summary>What a person states of themselves, over real processes: kept and marked, answered from where that is enough, and nowhere else.</summary>
[TestClass]
public sealed class OwnRecordsTests
{
    private const string Details = """{"name":"Lin Qiuyan","phone":"+8625111122","email":"lin@example.org","callsAllowed":false}""";

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task OwnStatement_FromItsPersonToTheVerifiedTrail()
    {
        await using var world = await SharedWorld.JoinAsync();
        var contract = await world.PublishAsync("appointment-contact");
        var anchor = await world.Citizen.StateAsync("contact-details/1", Json(Details));
        Assert.AreEqual(anchor.Entry.Signer, anchor.Entry.Party);

        // Whoever has the phrase has the record, from any program.
        using var elsewhere = new CitizenClient(world.Connection, world.Person.Wallet);
        using (var held = (await elsewhere.RecordsAsync()).Single())
        {
            Assert.AreEqual(anchor.Entry.Reference, held.Digest);
            Assert.AreEqual(IssuerStanding.SelfAsserted, held.Standing);
            Assert.AreEqual("+8625111122", held.Values["phone"]!.Value.GetString());
        }

        var consent = await world.ConsentAsync(contract, uses: 3);
        Assert.AreEqual("contact-details/1", consent.SelfAsserted.Single().Id);
        var answer = await world.Institution.QueryAsync(consent);
        Assert.IsNull(answer.Refusal, answer.Refusal?.ToString());
        Assert.AreEqual("Lin Qiuyan", answer["contact-details.name"].Value!.Value.GetString());
        var report = ReceiptVerifier.Verify(Encoding.UTF8.GetBytes((await answer.GetReceiptAsync()).ToJson()), world.Connection.LedgerId, acceptSimulated: true);
        Assert.IsTrue(report.Valid, report.Failed?.ToString());
        Assert.Contains(line => line.Contains("whose word contact-details/1 is", StringComparison.Ordinal), report.NotChecked);

        await world.Citizen.EraseAsync(anchor.Entry.Reference, "moved");
        Assert.AreEqual(RefusalReason.Erased, (await world.Institution.QueryAsync(consent)).Refusal?.Reason);
        Assert.IsEmpty(await world.Citizen.RecordsAsync());
        var trail = new MemoryTrail();
        await TrailExporter.ExportAsync(world.Connection, trail);
        Assert.IsTrue(TrailVerifier.Verify(trail, world.Connection.LedgerId).Valid);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task OwnStatement_WhereAnIssuersWordIsWanted_IsNoAnswer_AndGoesAfterAnIssuers()
    {
        await using var world = await SharedWorld.JoinAsync();
        var contract = await world.PublishAsync("age-check");
        var stated = World.IdentityClaims();
        stated["birthDate"] = "2015-01-01";
        await world.Citizen.StateAsync("identity-card/1", Json(stated.ToJsonString()));
        var pending = await world.Institution.RequestAsync(world.Citizen.ContactFor(world.Bank.Account.Address), contract.Digest, 1, TimeSpan.FromDays(1));
        var request = (await world.Citizen.RequestsAsync()).Single(received => received.Request.Digest == pending.Digest);
        using (var preview = await world.Citizen.PreviewAsync(request, DisplayLanguage.English))
        {
            Assert.IsNull(preview.WouldSee);
            Assert.Contains(obstacle => obstacle.Reason == RefusalReason.IssuerNotTrusted, preview.Obstacles);
            Assert.AreEqual(IssuerStanding.SelfAsserted, preview.UncountedRecords["identity-card/1"]);
            Assert.Contains("only what an admitted issuer has signed", preview.Rendering.ToText());
            await Assert.ThrowsExactlyAsync<RefusalException>(() => world.Citizen.ConsentAsync(preview, new ConsentChoices { Uses = 1 }));
        }

        await world.IssueIdentityAsync();
        var newer = await world.Citizen.StateAsync("identity-card/1", Json(stated.ToJsonString()));
        var consent = await world.ConsentAsync(contract);
        Assert.IsEmpty(consent.SelfAsserted);
        Assert.IsTrue((await world.Institution.QueryAsync(consent))["identity-card.birthDate"].YesNo, "the issuer's record, though the person's own is newer");

        // What would not count if it could be read is in nobody's way when it cannot.
        NodeDisk.ReplaceRecord(world, newer.Entry.Reference, [0]);
        await world.ConsentAsync(contract);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task OwnStatement_FromTheCommandLine()
    {
        await using var world = await SharedWorld.JoinAsync();
        var (keystore, record) = (Path.Combine(world.Folder, "me.json"), Path.Combine(world.Folder, "details.json"));
        await File.WriteAllTextAsync(record, Details);
        using var phrase = Mnemonic.Generate();
        CommandProcess.Keep(keystore, phrase);
        string[] place = ["--node", world.Deployment.Address.Node.ToString(), "--genesis", world.Deployment.Folder.GenesisFile, "--keystore", keystore];
        var (code, document, errors) = await CommandProcess.RunAsync(["issue", record, "--schema", "contact-details/1", "--self", .. place]);
        Assert.AreEqual(0, code, document.ToJsonString() + errors);
        (_, var inbox, _) = await CommandProcess.RunAsync(["inbox", .. place]);
        var held = inbox["records"]!.AsArray().Single()!;
        Assert.AreEqual((string?)document["record"], (string?)held["digest"] ?? (string?)held["record"], inbox.ToJsonString());

        // One of the two, and a record that its schema takes.
        Assert.AreEqual((int)RefusalReason.BadSettings, (await CommandProcess.RunAsync(["issue", record, "--schema", "contact-details/1", .. place])).Code);
        Assert.AreEqual((int)RefusalReason.BadSettings, (await CommandProcess.RunAsync(["issue", record, "--schema", "contact-details/1", "--self", "--contact", "x", .. place])).Code);
        Assert.AreEqual((int)RefusalReason.SchemaViolation, (await CommandProcess.RunAsync(["issue", record, "--schema", "identity-card/1", "--self", .. place])).Code);
    }

    private static byte[] Json(string text) => Encoding.UTF8.GetBytes(text);
}
