using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Consent;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Issuing;
using PrivChain.Sdk.Query;
using PrivChain.Sdk.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.EndToEnd.Tests;

/// <summary>What each client of the SDK does, against a real node, witness and enclave: the lines of the README among it.</summary>
[TestClass]
public sealed class SdkStoryTests
{
    private const string BirthDate = "identity-card.birthDate";

    private static World _world = null!;
    private static PrivacyContract _contract = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        _world = await SharedWorld.JoinAsync();
        _contract = await _world.PublishAsync("age-check");
    }

    [ClassCleanup]
    public static async Task StopAsync() => await _world.DisposeAsync();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task ReadmeLines_OnePersonAsked_AnswerAndReceipt()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "1990-05-17");
        var file = Path.Combine(_world.Folder, "receipt.json");
        var institution = ReadmeSnippet.RunAsync(
            _world.Deployment.Address.Node, _world.Connection.LedgerId, _world.Bank.Account, _world.Bank.EncryptionKey, citizen.ContactFor(_world.Bank.Account.Address), _contract.Digest, file);
        var consent = await ConsentAsync(citizen, new ConsentChoices { Uses = 3 });
        Assert.IsTrue(await institution);

        var report = ReceiptVerifier.Verify(await File.ReadAllBytesAsync(file, TestContext.CancellationToken), _world.Connection.LedgerId, acceptSimulated: true);
        Assert.IsTrue(report.Valid, report.Failed?.Refusal?.ToString());
        Assert.IsTrue(report.Simulated);
        Assert.AreEqual(consent, report.Core!.Consent);

        // The person sees the same, from the own copy.
        var own = (await citizen.ConsentsAsync(TestContext.CancellationToken)).Single(item => item.Digest == consent);
        Assert.AreEqual(2U, own.Grant.UsesLeft);
        Assert.HasCount(1, own.Uses);
        Assert.IsNotNull(own.Details);
        await World.UntilAsync(async () => (await citizen.ConsentsAsync(TestContext.CancellationToken)).Single(item => item.Digest == consent).Answers.Count == 1, TestContext.CancellationToken);
        own = (await citizen.ConsentsAsync(TestContext.CancellationToken)).Single(item => item.Digest == consent);
        Assert.IsTrue(own.Answers[0].Answer[BirthDate].YesNo);

        using var exported = JsonDocument.Parse((await citizen.ExportAsync(TestContext.CancellationToken)).Json);
        Assert.AreEqual("1990-05-17", exported.RootElement.GetProperty("records")[0].GetProperty("values").GetProperty("birthDate").GetString());
        Assert.AreEqual(1, exported.RootElement.GetProperty("consents").GetArrayLength());
        var record = DpvConsentRecord.Parse(await citizen.ExportConsentAsync(consent, ConsentExportFormat.Iso27560Dpv, TestContext.CancellationToken)).OrThrow();
        Assert.AreEqual("dpv:ConsentGiven", record.Statuses.Single().Term);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Query_ManyInFlightThenRevoked_AnsweredThenRefused()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "2015-01-01");
        var (given, digest) = await AskAsync(citizen, uses: 20, new ConsentChoices { Uses = 20 });
        await using var session = await _world.Institution.OpenSessionAsync(TestContext.CancellationToken);
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => session.QueryAsync(given)));
        Assert.IsTrue(answers.All(answer => answer[BirthDate].YesNo == false));
        foreach (var answer in answers)
        {
            var receipt = await answer.GetReceiptAsync(TestContext.CancellationToken);
            Assert.IsTrue(ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(receipt.WithoutAnswer().ToJson()), _world.Connection.LedgerId, acceptSimulated: true).Valid);
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
        Assert.IsTrue((await _world.Institution.QueryAsync(once, cancellationToken: TestContext.CancellationToken))[BirthDate].YesNo);
        var spent = await _world.Institution.QueryAsync(once, cancellationToken: TestContext.CancellationToken);
        Assert.AreEqual(RefusalReason.Exhausted, spent.Refusal?.Reason);

        var (given, _) = await AskAsync(citizen, uses: 5, new ConsentChoices { Uses = 5 });
        using (var record = (await citizen.RecordsAsync(TestContext.CancellationToken)).Single())
        {
            await citizen.EraseAsync(record.Digest, cancellationToken: TestContext.CancellationToken);
        }

        var erased = await _world.Institution.QueryAsync(given, cancellationToken: TestContext.CancellationToken);
        Assert.AreEqual(RefusalReason.Erased, erased.Refusal?.Reason);
        Assert.IsEmpty(await citizen.RecordsAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Request_RefusedByPerson_InstitutionIsTold()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "1999-12-31");
        var request = await _world.Institution.RequestAsync(
            citizen.ContactFor(_world.Bank.Account.Address), _contract.Digest, 1, TimeSpan.FromDays(1), cancellationToken: TestContext.CancellationToken);
        var received = (await citizen.RequestsAsync(TestContext.CancellationToken)).Single();
        Assert.IsEmpty(await citizen.RequestsOfAsync([], TestContext.CancellationToken));
        Assert.AreEqual(received.Request.Digest, (await citizen.RequestsOfAsync([_world.Bank.Account.Address], TestContext.CancellationToken)).Single().Request.Digest);
        await citizen.RefuseAsync(received, "no, thank you", TestContext.CancellationToken);
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => request.WaitForConsentAsync(TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.RefusedByPerson, refused.Reason);
        Assert.AreEqual("no, thank you", refused.Refusal.Detail);
        Assert.IsEmpty(await citizen.RequestsAsync(TestContext.CancellationToken));
    }

    // It would lie in an inbox for ever, or in no inbox that shows it.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Request_ThatNobodyCouldAnswer_IsRefusedAndNotSent()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "1999-12-31");
        using var stranger = Account.Generate();
        var contact = citizen.ContactFor(_world.Bank.Account.Address);
        var day = TimeSpan.FromDays(1);
        var most = (uint)_contract.Limits.MaxUses;
        var longest = TimeSpan.FromDays(_contract.Limits.ValidDays);
        var other = new InstitutionClient(_world.Connection, stranger, _world.Bank.EncryptionKey);
        foreach (var (client, contract, uses, validity, reason) in new (InstitutionClient Client, Digest Contract, uint Uses, TimeSpan Validity, RefusalReason Reason)[]
        {
            (_world.Institution, new Digest(RandomNumberGenerator.GetBytes(Digest.Size)), 1, day, RefusalReason.UnknownReference),
            (other, _contract.Digest, 1, day, RefusalReason.NotYours),
            (_world.Institution, _contract.Digest, 0, day, RefusalReason.TermsOutsideContract),
            (_world.Institution, _contract.Digest, most + 1, day, RefusalReason.TermsOutsideContract),
            (_world.Institution, _contract.Digest, 1, TimeSpan.FromMilliseconds(999), RefusalReason.TermsOutsideContract),
            (_world.Institution, _contract.Digest, 1, longest + TimeSpan.FromSeconds(1), RefusalReason.TermsOutsideContract),
        })
        {
            var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => client.RequestAsync(contact, contract, uses, validity, cancellationToken: TestContext.CancellationToken));
            Assert.AreEqual(reason, refused.Reason);
        }

        Assert.IsEmpty(await citizen.RequestsAsync(TestContext.CancellationToken));
        await _world.Institution.RequestAsync(contact, _contract.Digest, most, longest, cancellationToken: TestContext.CancellationToken);
        Assert.HasCount(1, await citizen.RequestsAsync(TestContext.CancellationToken));
    }

    // What was signed may wait for weeks: the keys in it are for a broker that was trusted when it was signed.
    [TestMethod]
    public async Task Consent_SealedToABrokerThatWasExpelled_IsNotSent()
    {
        await using var world = await World.StartAsync();
        await world.IssueIdentityAsync();
        var contract = await world.PublishAsync("age-check");
        await world.Institution.RequestAsync(world.Citizen.ContactFor(contract.Controller), contract.Digest, 1, TimeSpan.FromDays(1), cancellationToken: TestContext.CancellationToken);
        var request = (await world.Citizen.RequestsAsync(TestContext.CancellationToken)).Single();
        using var preview = await world.Citizen.PreviewAsync(request, DisplayLanguage.English, TestContext.CancellationToken);
        var signed = await world.Citizen.SignConsentAsync(preview, new ConsentChoices { Uses = 1 }, TestContext.CancellationToken);

        // Who runs the enclave is named as long as that organisation is admitted.
        var runBy = world.Registry.Account.Address;
        Assert.AreEqual("City Registry", preview.Brokers.Single().Operator?.Name);
        await world.ExpelAsync(LedgerRole.Issuer, runBy);
        var broker = (await world.Connection.Organisations.BrokersAsync(TestContext.CancellationToken)).Single();
        Assert.AreEqual(runBy, broker.Profile.Operator);
        Assert.IsNull(broker.Operator);

        await world.ExpelAsync(LedgerRole.Broker, signed.Details.Brokers.Single());
        var refusal = await Assert.ThrowsExactlyAsync<RefusalException>(() => world.Citizen.SendAsync(signed, TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.NotEnrolled, refusal.Reason);
        StringAssert.Contains(refusal.Message, "broker");
        Assert.IsNull(await world.Connection.Ledger.ReadStateAsync(state => state.Consent(signed.Digest), cancellationToken: TestContext.CancellationToken));
    }

    // What the enclave proved when a consent was signed says nothing about the day on which it is sent: by a clock ten minutes ahead, evidence of now is too old.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Consent_ThatWaited_AsksForFreshEvidence()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "1999-12-31");
        await _world.Institution.RequestAsync(citizen.ContactFor(_world.Bank.Account.Address), _contract.Digest, 1, TimeSpan.FromDays(1), cancellationToken: TestContext.CancellationToken);
        using var preview = await citizen.PreviewAsync((await citizen.RequestsAsync(TestContext.CancellationToken)).Single(), DisplayLanguage.English, TestContext.CancellationToken);
        var signed = await citizen.SignConsentAsync(preview, new ConsentChoices { Uses = 1 }, TestContext.CancellationToken);

        // Calls are given up by that clock too: twenty seconds from now.
        var ahead = TimeSpan.FromMinutes(10);
        using var later = await PrivChainConnection.OpenAsync(
            new ConnectionOptions
            {
                Node = _world.Deployment.Address.Node, Genesis = _world.Deployment.Genesis, AcceptSimulatedEvidence = true, Time = new AheadTime(ahead), Deadline = TimeSpan.FromSeconds(20) - ahead,
            },
            TestContext.CancellationToken);
        using var same = new CitizenClient(later, wallet);
        var refusal = await Assert.ThrowsExactlyAsync<RefusalException>(() => same.SendAsync(signed, TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.EvidenceNotFresh, refusal.Reason);
        Assert.IsNull(await later.Ledger.ReadStateAsync(state => state.Consent(signed.Digest), cancellationToken: TestContext.CancellationToken));

        // Nor is it fresh for having been appraised at a time that is still to come, as after a clock was set back.
        var bytes = signed.ToArray();
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(bytes.Length - sizeof(ulong)), (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        Assert.IsTrue(SignedConsent.TryParse(bytes, out var ofTheFuture));
        refusal = await Assert.ThrowsExactlyAsync<RefusalException>(() => same.SendAsync(ofTheFuture, TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.EvidenceNotFresh, refusal.Reason);

        // What stands has left already: nothing is asked for it.
        await citizen.SendAsync(signed, TestContext.CancellationToken);
        Assert.AreEqual(signed.Digest, await same.SendAsync(signed, TestContext.CancellationToken));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task CommandLine_SaysWhoRunsTheEnclave_AndTakesNoStranger()
    {
        var (code, said, errors) = await CommandProcess.RunAsync(["enclave", "evidence", "--accept-simulated", "--deployment", _world.Folder], cancellation: TestContext.CancellationToken);
        Assert.AreEqual(0, code, errors);
        Assert.AreEqual("City Registry", (string?)said["brokers"]![0]!["operatorName"]);
        Assert.AreEqual((await SharedWorld.OpenAsync()).Registry.Account.Address.ToString(), (string?)said["brokers"]![0]!["operator"]);

        using var stranger = Account.Generate();
        (code, said, _) = await CommandProcess.RunAsync(
            ["enrol", "broker", "--operator", stranger.Address.ToString(), "--accept-simulated", "--deployment", _world.Folder], cancellation: TestContext.CancellationToken);
        Assert.AreEqual((int)RefusalReason.NotEnrolled, code, said.ToString());
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Request_OfAnExpelledInstitution_IsRefusedAndNotSent()
    {
        using var wallet = NewWallet();
        using var citizen = await HolderAsync(wallet, "1999-12-31");
        using var keys = RoleKeys.Generate();
        await _world.EnrolAsync(LedgerRole.Institution, keys.Profile("Short-lived Bank", "短命银行", "-", "-", "CN", signsRecords: false));
        var institution = new InstitutionClient(_world.Connection, keys.Account, keys.EncryptionKey);
        var contract = await _world.PublishAsync("age-check", institution, keys);
        await _world.ExpelAsync(LedgerRole.Institution, keys.Account.Address);
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => institution.RequestAsync(
            citizen.ContactFor(keys.Account.Address), contract.Digest, 1, TimeSpan.FromDays(1), cancellationToken: TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.NotEnrolled, refused.Reason);
        Assert.IsEmpty(await citizen.RequestsAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task OpenSession_SimulatedEvidenceNotAccepted_Refused()
    {
        using var connection = await PrivChainConnection.OpenAsync(
            new ConnectionOptions { Node = _world.Deployment.Address.Node, LedgerId = _world.Connection.LedgerId }, TestContext.CancellationToken);
        var institution = new InstitutionClient(connection, _world.Bank.Account, _world.Bank.EncryptionKey);
        var refused = await Assert.ThrowsExactlyAsync<RefusalException>(() => institution.OpenSessionAsync(TestContext.CancellationToken));
        Assert.AreEqual(RefusalReason.EvidenceNotAccepted, refused.Reason);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task IssueMany_StartedAgain_EachKeyIssuedOnce()
    {
        using var wallet = NewWallet();
        using var citizen = new CitizenClient(_world.Connection, wallet);
        var contact = citizen.ContactFor(_world.Registry.Account.Address);
        using var journal = new FileIssueJournal(Path.Combine(_world.Folder, "journal"));
        var first = await ImportAsync(journal, contact, 130);
        Assert.AreEqual(129, first.Count(result => result.Issued));
        var wrong = first.Single(result => !result.Issued);
        Assert.AreEqual("row 7", wrong.Key);
        Assert.AreEqual(RefusalReason.SchemaViolation, wrong.Refusal!.Reason);

        // A new process with the same journal: only what was refused and what is new is looked at.
        using var again = new FileIssueJournal(Path.Combine(_world.Folder, "journal"));
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
        var regulator = new RegulatorClient(_world.Connection, _world.Regulator.Account);
        var report = await regulator.AuditAsync(new FolderTrail(Path.Combine(_world.Folder, "trail")), cancellationToken: TestContext.CancellationToken);
        Assert.IsTrue(report.Valid, report.Refusal?.ToString());
        var review = (await regulator.ContractsAsync(all: true, TestContext.CancellationToken)).Read.Single(item => item.Contract.Digest == _contract.Digest);
        Assert.IsTrue(review.IsApproved);
        Assert.AreEqual("Bank of Jinling", review.ControllerName);
        Assert.Contains("Bank of Jinling", review.Render(DisplayLanguage.English).Who);
    }

    private async Task<List<IssuedRecord>> ImportAsync(IIssueJournal journal, CitizenContact contact, int rows)
    {
        var results = new List<IssuedRecord>();
        await foreach (var result in _world.Issuer.IssueManyAsync(RowsAsync(contact, rows), journal, cancellationToken: TestContext.CancellationToken))
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
            var claims = JsonElement.Parse(IdentityCard(row == 7 ? "not a date" : "1990-05-17"));
            yield return new RecordToIssue($"row {row}", "identity-card/1", claims, contact);
        }
    }

    private static byte[] IdentityCard(string birthDate) => Encoding.UTF8.GetBytes($$"""
        {"familyName":"Zhang","givenName":"Wei","fullNameZh":"张伟","idNumber":"320102199005171234","birthDate":"{{birthDate}}","sex":"male","nationality":"CN",
         "address":"1 Xuanwu Road, Nanjing","issuingAuthority":"Nanjing Public Security Bureau"}
        """);

    private static Wallet NewWallet() => Wallet.Open(Mnemonic.Generate()).OrThrow();

    private async Task<CitizenClient> HolderAsync(Wallet wallet, string birthDate)
    {
        var citizen = new CitizenClient(_world.Connection, wallet);
        await _world.Issuer.IssueAsync("identity-card/1", IdentityCard(birthDate), citizen.ContactFor(_world.Registry.Account.Address), TestContext.CancellationToken);
        return citizen;
    }

    private async Task<(GivenConsent Given, Digest Digest)> AskAsync(CitizenClient citizen, uint uses, ConsentChoices choices)
    {
        var request = await _world.Institution.RequestAsync(
            citizen.ContactFor(_world.Bank.Account.Address), _contract.Digest, uses, TimeSpan.FromDays(7), "To see the film", TestContext.CancellationToken);
        var digest = await ConsentAsync(citizen, choices);
        var given = await request.WaitForConsentAsync(TestContext.CancellationToken);
        Assert.AreEqual(digest, given.Digest);
        return (given, digest);
    }

    private async Task<Digest> ConsentAsync(CitizenClient citizen, ConsentChoices choices)
    {
        await World.UntilAsync(async () => (await citizen.RequestsAsync(TestContext.CancellationToken)).Count > 0, TestContext.CancellationToken);
        var received = (await citizen.RequestsAsync(TestContext.CancellationToken)).Single();
        using var preview = await citizen.PreviewAsync(received, DisplayLanguage.Chinese, TestContext.CancellationToken);
        Assert.IsEmpty(preview.Obstacles, string.Join("; ", preview.Obstacles));
        Assert.AreEqual("Bank of Jinling", preview.Institution.Name);
        Assert.IsTrue(preview.IsSimulated);
        Assert.IsNotNull(preview.WouldSee);
        return await citizen.ConsentAsync(preview, choices, TestContext.CancellationToken);
    }

    private sealed class AheadTime(TimeSpan ahead) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
    }
}
