using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.EndToEnd.Tests.MainJob;

/// <summary>The main job through the SDK, against a real node, witness and enclave.</summary>
[TestClass]
public sealed class MainJobTests
{
    private const string BirthDate = "identity-card.birthDate";

    private static Platform _platform = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context) => _platform = await Platform.StartAsync();

    [ClassCleanup]
    public static async Task StopAsync() => await _platform.DisposeAsync();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task ReadmeLines_OnePersonAsked_AnswerAndReceipt()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "1990-05-17");
        var file = _platform.File("receipt.json");
        var institution = ReadmeSnippet.RunAsync(
            _platform.Address, _platform.Genesis.LedgerId, _platform.Institution, _platform.InstitutionKey, citizen.ContactFor(_platform.Institution.Address), _platform.Contract.Digest, file);
        var consent = await ConsentAsync(citizen, new ConsentChoices { Uses = 3 });
        Assert.IsTrue(await institution);

        var report = ReceiptVerifier.Verify(await File.ReadAllBytesAsync(file, TestContext.CancellationToken), _platform.Genesis.LedgerId, acceptSimulated: true);
        Assert.IsTrue(report.Valid, report.Failed?.Refusal?.ToString());
        Assert.IsTrue(report.Simulated);
        Assert.AreEqual(consent, report.Core!.Consent);

        // The person sees the same, from the own copy.
        var own = (await citizen.ConsentsAsync(TestContext.CancellationToken)).Single(item => item.Digest == consent);
        Assert.AreEqual(2U, own.Grant.UsesLeft);
        Assert.HasCount(1, own.Uses);
        Assert.IsNotNull(own.Details);
        await UntilAsync(async () => (await citizen.ConsentsAsync(TestContext.CancellationToken)).Single(item => item.Digest == consent).Answers.Count == 1);
        own = (await citizen.ConsentsAsync(TestContext.CancellationToken)).Single(item => item.Digest == consent);
        Assert.IsTrue(own.Answers[0].Answer[BirthDate].YesNo);

        using var exported = JsonDocument.Parse(await citizen.ExportAsync(TestContext.CancellationToken));
        Assert.AreEqual("1990-05-17", exported.RootElement.GetProperty("records")[0].GetProperty("values").GetProperty("birthDate").GetString());
        Assert.AreEqual(1, exported.RootElement.GetProperty("consents").GetArrayLength());
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Query_ManyInFlightThenRevoked_AnsweredThenRefused()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "2015-01-01");
        var (given, digest) = await AskAsync(citizen, uses: 20, new ConsentChoices { Uses = 20 });
        await using var session = await _platform.InstitutionClient.OpenSessionAsync(TestContext.CancellationToken);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => session.QueryAsync(given)));
        Assert.IsTrue(answers.All(answer => answer[BirthDate].YesNo == false));
        foreach (var answer in answers)
        {
            var receipt = await answer.GetReceiptAsync(TestContext.CancellationToken);
            Assert.IsTrue(ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(receipt.WithoutAnswer().ToJson()), _platform.Genesis.LedgerId, acceptSimulated: true).Valid);
        }

        var unknown = await session.QueryAsync(given, ["identity-card.idNumber"], TestContext.CancellationToken);
        Assert.AreEqual(RefusalReason.FieldNotInContract, unknown.Refusal?.Reason);

        await citizen.RevokeAsync(digest, "changed my mind", TestContext.CancellationToken);
        var late = await session.QueryAsync(given, cancellationToken: TestContext.CancellationToken);
        Assert.AreEqual(RefusalReason.Revoked, late.Refusal?.Reason);
        var refused = Assert.ThrowsExactly<RefusalException>(() => _ = late[BirthDate]);
        Assert.AreEqual(RefusalReason.Revoked, refused.Reason);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Query_OneShotThenExhaustedThenErased_EachRefusedByName()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "1980-02-29");
        var (once, _) = await AskAsync(citizen, uses: 1, new ConsentChoices());
        Assert.IsTrue((await _platform.InstitutionClient.QueryAsync(once, cancellationToken: TestContext.CancellationToken))[BirthDate].YesNo);
        var spent = await _platform.InstitutionClient.QueryAsync(once, cancellationToken: TestContext.CancellationToken);
        Assert.AreEqual(RefusalReason.Exhausted, spent.Refusal?.Reason);

        var (given, _) = await AskAsync(citizen, uses: 5, new ConsentChoices { Uses = 5 });
        using (var record = (await citizen.RecordsAsync(TestContext.CancellationToken)).Single())
        {
            await citizen.EraseAsync(record.Digest, cancellationToken: TestContext.CancellationToken);
        }

        var erased = await _platform.InstitutionClient.QueryAsync(given, cancellationToken: TestContext.CancellationToken);
        Assert.AreEqual(RefusalReason.Erased, erased.Refusal?.Reason);
        Assert.IsEmpty(await citizen.RecordsAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Request_RefusedByPerson_InstitutionIsTold()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "1999-12-31");
        var request = await _platform.InstitutionClient.RequestAsync(
            citizen.ContactFor(_platform.Institution.Address), _platform.Contract.Digest, 1, TimeSpan.FromDays(1), cancellationToken: TestContext.CancellationToken);
        var received = (await citizen.RequestsAsync(TestContext.CancellationToken)).Single();
        await citizen.RefuseAsync(received, "no, thank you", TestContext.CancellationToken);
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => request.WaitForConsentAsync(TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.RefusedByPerson, refused.Reason);
        Assert.AreEqual("no, thank you", refused.Refusal.Detail);
        Assert.IsEmpty(await citizen.RequestsAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task OpenSession_SimulatedEvidenceNotAccepted_Refused()
    {
        using var connection = await _platform.ConnectAsync(acceptSimulated: false);
        var institution = new InstitutionClient(connection, _platform.Institution, _platform.InstitutionKey);
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => institution.OpenSessionAsync(TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.EvidenceNotAccepted, refused.Reason);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task IssueMany_StartedAgain_EachKeyIssuedOnce()
    {
        using var wallet = NewWallet();
        using var citizen = new CitizenClient(_platform.Connection, wallet);
        var contact = citizen.ContactFor(_platform.Issuer.Address);
        using var journal = new FileIssueJournal(_platform.File("journal"));
        var first = await ImportAsync(journal, contact, 130);
        Assert.AreEqual(129, first.Count(result => result.Issued));
        var wrong = first.Single(result => !result.Issued);
        Assert.AreEqual("row 7", wrong.Key);
        Assert.AreEqual(RefusalReason.SchemaViolation, wrong.Refusal!.Reason);

        // A new process with the same journal: only what was refused and what is new is looked at.
        using var again = new FileIssueJournal(_platform.File("journal"));
        var second = await ImportAsync(again, contact, 150);
        Assert.AreEqual(20, second.Count(result => result.Issued));
        var records = await citizen.RecordsAsync(TestContext.CancellationToken);
        Assert.HasCount(149, records);
        foreach (var record in records)
        {
            record.Dispose();
        }
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Trail_ExportedFromTheNode_Verifies()
    {
        var report = await _platform.RegulatorClient.AuditAsync(new FolderTrail(_platform.File("trail")), cancellationToken: TestContext.CancellationToken);
        Assert.IsTrue(report.Valid, report.Refusal?.ToString());
        var review = (await _platform.RegulatorClient.ContractsAsync(all: true, TestContext.CancellationToken)).Single();
        Assert.IsTrue(review.IsApproved);
        Assert.AreEqual("Jinling Cinema", review.ControllerName);
        Assert.Contains("Jinling Cinema", review.Render(DisplayLanguage.English).Who);
    }

    private async Task<List<IssuedRecord>> ImportAsync(IIssueJournal journal, CitizenContact contact, int rows)
    {
        var results = new List<IssuedRecord>();
        await foreach (var result in _platform.IssuerClient.IssueManyAsync(RowsAsync(contact, rows), journal, cancellationToken: TestContext.CancellationToken))
        {
            results.Add(result);
        }

        return results;
    }

    private static async IAsyncEnumerable<RecordToIssue> RowsAsync(CitizenContact contact, int rows, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        for (var row = 0; row < rows; row++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var claims = JsonElement.Parse(Platform.IdentityCard(row == 7 ? "not a date" : "1990-05-17"));
            yield return new RecordToIssue($"row {row}", "identity-card/1", claims, contact);
        }
    }

    private static Wallet NewWallet() => Wallet.Open(Mnemonic.Generate()).OrThrow();

    private async Task<CitizenClient> HolderAsync(Wallet wallet, string birthDate)
    {
        var citizen = new CitizenClient(_platform.Connection, wallet);
        await _platform.IssuerClient.IssueAsync("identity-card/1", Platform.IdentityCard(birthDate), citizen.ContactFor(_platform.Issuer.Address), TestContext.CancellationToken);
        return citizen;
    }

    private async Task<(GivenConsent Given, Digest Digest)> AskAsync(CitizenClient citizen, uint uses, ConsentChoices choices)
    {
        var request = await _platform.InstitutionClient.RequestAsync(
            citizen.ContactFor(_platform.Institution.Address), _platform.Contract.Digest, uses, TimeSpan.FromDays(7), "To see the film", TestContext.CancellationToken);
        var digest = await ConsentAsync(citizen, choices);
        var given = await request.WaitForConsentAsync(TestContext.CancellationToken);
        Assert.AreEqual(digest, given.Digest);
        return (given, digest);
    }

    private async Task<Digest> ConsentAsync(CitizenClient citizen, ConsentChoices choices)
    {
        await UntilAsync(async () => (await citizen.RequestsAsync(TestContext.CancellationToken)).Count > 0);
        var received = (await citizen.RequestsAsync(TestContext.CancellationToken)).Single();
        using var preview = await citizen.PreviewAsync(received, DisplayLanguage.Chinese, TestContext.CancellationToken);
        Assert.IsEmpty(preview.Obstacles, string.Join("; ", preview.Obstacles));
        Assert.AreEqual("Jinling Cinema", preview.Institution.Name);
        Assert.IsTrue(preview.IsSimulated);
        Assert.IsNotNull(preview.WouldSee);
        return await citizen.ConsentAsync(preview, choices, TestContext.CancellationToken);
    }

    private async Task UntilAsync(Func<Task<bool>> holds)
    {
        while (!await holds())
        {
            await Task.Delay(50, TestContext.CancellationToken);
        }
    }
}
