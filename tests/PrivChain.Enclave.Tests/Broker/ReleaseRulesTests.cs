using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.Broker;

/// <summary>Each branch of the decision, from one case that is released and one thing changed.</summary>
[TestClass]
public sealed class ReleaseRulesTests
{
    private static readonly Digest _other = EnclaveWorld.RandomDigest();
    private static EnclaveWorld _world = null!;
    private static LedgerState _state = null!;
    private static WitnessedEntry _witnessed = null!;
    private static ReleaseCase _case = null!;

    [ClassInitialize]
    public static async Task Prepare(TestContext _)
    {
        _world = await EnclaveWorld.CreateAsync();
        _case = CaseOf(_world, _world.Grant(), _world.Contract);
        var index = _world.Ledger.AppendOrThrow(_case.Use.Entry);
        _witnessed = (await _world.View.WaitForAsync(index, CancellationToken.None)).OrThrow();
        _state = (await _world.View.ReadAsync(static state => state, CancellationToken.None)).OrThrow();
    }

    [ClassCleanup]
    public static async Task End() => await _world.DisposeAsync();

    [TestMethod]
    public void Decide_EverythingInOrder_Releases() => Assert.AreEqual(RefusalReason.None, ReleaseRules.Decide(_state, _case, _witnessed));

    [TestMethod]
    public void Decide_OneThingChanged_Refuses()
    {
        var session = _world.Worker;
        var stranger = _world.Citizen.Address;
        var details = _case.Details!;
        var changes = new (string Name, RefusalReason Expected, Func<ReleaseCase, ReleaseCase> Change)[]
        {
            ("worker not admitted here", RefusalReason.NotEnrolled, c => c with { Worker = null }),
            ("worker without a session on the ledger", RefusalReason.NotEnrolled, c => c with { Worker = session with { Account = stranger } }),
            ("session of another broker", RefusalReason.NotYours, c => c with { Broker = stranger }),
            ("clone: session entry elsewhere", RefusalReason.CloneRefused, c => c with { Worker = session with { Index = session.Index + 1 } }),
            ("clone: other details", RefusalReason.CloneRefused, c => c with { Worker = session with { Details = session.Details with { Evidence = _other } } }),
            ("other measurement", RefusalReason.MeasurementNotAccepted, c => c with { Worker = session with { Measurement = _other } }),
            ("other session key", RefusalReason.EvidenceNotBound, c => c with { Worker = session with { SessionKey = _world.CitizenKey.PublicKey } }),
            ("opening not signed", RefusalReason.BadSignature, c => c with { OpeningIsSigned = false }),
            ("opening to another worker", RefusalReason.EvidenceNotBound, c => c with { Opening = c.Opening with { Worker = stranger } }),
            ("opening to another session key", RefusalReason.EvidenceNotBound, c => c with { Opening = c.Opening with { SessionKey = _other } }),
            ("unknown consent", RefusalReason.UnknownReference, c => c with { Consent = _other }),
            ("foreign institution", RefusalReason.NotYours, c => c with { Opening = c.Opening with { Institution = stranger } }),
            ("no package", RefusalReason.RecordMissing, c => c with { Package = null }),
            ("details do not open", RefusalReason.CannotOpen, c => c with { Details = null }),
            ("other details than signed", RefusalReason.DigestMismatch, c => c with { Details = details with { Salt = _other } }),
            ("other key boxes than signed", RefusalReason.DigestMismatch, c => c with { Package = new ConsentPackage([new BrokerBoxes(c.Broker, [1], [1])]) }),
            ("wrong recipient key", RefusalReason.WrongRecipient, c => c with { Opening = c.Opening with { RecipientKey = _other } }),
            ("no contract", RefusalReason.Malformed, c => c with { Contract = null }),
            ("field outside consent", RefusalReason.FieldNotInContract, c => c with { Queries = [EnclaveWorld.QueryFor(c.Consent, EnclaveWorld.Field, "identity-card.sex")] }),
            ("query of another consent", RefusalReason.QueryOutsideContract, c => c with { Queries = [EnclaveWorld.QueryFor(_other)] }),
            ("other queries than in the use", RefusalReason.Conflict, c => c with { Queries = [EnclaveWorld.QueryFor(c.Consent)] }),
            ("no queries", RefusalReason.Conflict, c => c with { Queries = [] }),
            ("a query twice", RefusalReason.Conflict, c => c with { Queries = [c.Queries[0], c.Queries[0]] }),
        };
        foreach (var (name, expected, change) in changes)
        {
            Assert.AreEqual(expected, ReleaseRules.Decide(_state, change(_case), _witnessed), name);
        }
    }

    [TestMethod]
    public void Decide_AnotherEntryThanTheUse_Refuses()
    {
        var other = _world.As(_world.State.Secrets.Account).Use(_case.Consent, _world.Worker.Account, 1, _other);
        var elsewhere = new WitnessedEntry(_witnessed.Index, AuthenticEntry.Authenticate(other, _world.Domain).OrThrow(), _witnessed.Checkpoint);
        Assert.AreEqual(RefusalReason.BadProof, ReleaseRules.Decide(_state, _case, elsewhere));
        Assert.AreEqual(
            RefusalReason.BadProof, ReleaseRules.Decide(_state, _case, new WitnessedEntry(_witnessed.Index - 1, _witnessed.Authentic, _witnessed.Checkpoint)));
    }

    // Refused before a use is recorded, not after one was spent on an answer that cannot be sent.
    [TestMethod]
    public async Task Admit_AnswerMayBeLongerThanAnyFrame_Refuses()
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var fields = string.Join(',', Enumerable.Range(0, 5).Select(i => $$"""
            "part{{i}}":{"type":"string","x-title":{"en":"Part","zh":"部分"},"x-dpv":"dpv-pd:Name","x-sensitivity":"S1","minLength":1,"maxLength":4000}
            """));
        var catalog = SchemaCatalog.BuiltIn.With(Encoding.UTF8.GetBytes($$"""
            {"$schema":"https://json-schema.org/draft/2020-12/schema","$id":"urn:privchain:schema:bulk:1","type":"object","x-title":{"en":"Bulk","zh":"大"},"additionalProperties":false,
            "properties":{ {{fields}} } }
            """)).OrThrow();
        foreach (var (parts, expected) in new[] { (3, RefusalReason.None), (5, RefusalReason.TooLarge) })
        {
            var shows = Enumerable.Range(0, parts).Select(i => $"bulk.part{i}").ToList();
            var text = EnclaveWorld.DefaultContract.Replace("identity-card/1", "bulk/1", StringComparison.Ordinal).Replace(
                """{"identity-card.birthDate":{"form":"age-at-least","years":18},"identity-card.sex":{"form":"value","optional":true}}""",
                "{" + string.Join(',', shows.Select(name => $"\"{name}\":{{\"form\":\"value\"}}")) + "}", StringComparison.Ordinal);
            var contract = world.Publish(text, catalog: catalog);
            var consent = world.Grant(new ConsentParts { Contract = contract, Fields = shows });
            await world.CaughtUpAsync();
            var admitted = await world.View.ReadAsync(state => ReleaseRules.Admit(state, CaseOf(world, consent, contract), (ulong)world.Time.Now), CancellationToken.None);
            Assert.AreEqual(expected, admitted.OrThrow(), $"{parts} texts of 4,000 characters");
        }
    }

    [TestMethod]
    public void JudgeShare_OfAnotherConsentCitizenOrSuite_Refuses()
    {
        var details = _case.Details!;
        using var otherSalt = KeyShare.Create(_world.CitizenKey.PublicKey, new byte[32], _other, []);
        using var otherKey = KeyShare.Create(_world.InstitutionKey.PublicKey, new byte[32], details.Salt, []);
        using var right = KeyShare.Create(_world.CitizenKey.PublicKey, new byte[32], details.Salt, []);
        Assert.AreEqual(RefusalReason.DigestMismatch, ReleaseRules.JudgeShare(Suite.International, otherSalt, details));
        Assert.AreEqual(RefusalReason.DigestMismatch, ReleaseRules.JudgeShare(Suite.International, otherKey, details));
        Assert.AreEqual(RefusalReason.None, ReleaseRules.JudgeShare(Suite.International, right, details));
        Assert.AreEqual(RefusalReason.WrongSuite, ReleaseRules.JudgeShare(Suite.National, right, details));
    }

    [TestMethod]
    public async Task Release_EntitlementLost_IsRefused()
    {
        await Expect(RefusalReason.Revoked, (world, consent) => world.Revoke(consent));
        await Expect(RefusalReason.NotApproved, (world, _) =>
            world.Ledger.AppendOrThrow(world.As(world.Regulator).Withdraw(world.Contract.Digest, EnclaveWorld.RandomDigest())));
        await Expect(RefusalReason.NotEnrolled, (world, _) => world.Ledger.AppendOrThrow(world.As(world.Governor).Expel(
            LedgerRole.Institution, world.Institution.Address, world.InstitutionKey.PublicKey.Fingerprint, Digest.Zero)));
        await Expect(RefusalReason.MeasurementNotAccepted, (world, _) => world.Ledger.AppendOrThrow(world.As(world.Governor).Expel(
            LedgerRole.Measurement, AccountAddress.Zero, world.Evidence.Measurement, Digest.Zero)));
        await Expect(RefusalReason.Expired, (world, _) => world.Time.Now += 1_001_000);
        await Expect(RefusalReason.NotYetValid, static (_, _) => { }, world => new ConsentParts { NotBefore = world.NowSeconds + 100 });
        await Expect(RefusalReason.Exhausted, (world, consent) =>
            world.Ledger.AppendOrThrow(world.As(world.State.Secrets.Account).Use(consent, world.Worker.Account, 10, EnclaveWorld.RandomDigest())));
        await Expect(RefusalReason.NotEnrolled, (world, _) => world.Broker.Dismiss(world.Worker.Account));
    }

    [TestMethod]
    public async Task Release_ConsentNotForThisBrokerAlone_IsRefused()
    {
        static AccountAddress Other() => new(EnclaveWorld.RandomDigest().ToArray().AsSpan(0, 20));
        await Expect(RefusalReason.TooFewRoots, static (_, _) => { }, _ => new ConsentParts
        {
            Details = details => details with { Brokers = [details.Brokers[0], Other()], Threshold = 2 },
        });
        await Expect(RefusalReason.TooFewRoots, static (_, _) => { }, _ => new ConsentParts { Details = details => details with { Brokers = [Other()] } });
    }

    [TestMethod]
    public async Task Release_DetailsOutsideContract_AreRefused()
    {
        await Expect(RefusalReason.FieldNotInContract, static (_, _) => { }, _ => new ConsentParts { Fields = ["identity-card.birthDate", "identity-card.idNumber"] });
        await Expect(RefusalReason.FieldNotInContract, static (_, _) => { }, _ => new ConsentParts { Fields = ["identity-card.sex"] });
        await Expect(RefusalReason.RecordMissing, static (_, _) => { }, _ => new ConsentParts { Details = details => details with { Records = [] } });
        await Expect(RefusalReason.WrongRecipient, static (_, _) => { }, _ => new ConsentParts { Details = details => details with { RecipientKey = _other } });
    }

    [TestMethod]
    public async Task Release_KeyBoxNotForThisConsent_IsRefused()
    {
        await Expect(RefusalReason.CannotOpen, static (_, _) => { }, world => new ConsentParts { BoxKey = world.InstitutionKey.PublicKey });
        await Expect(RefusalReason.DigestMismatch, static (_, _) => { }, _ => new ConsentParts { ShareSalt = _other });
        await Expect(RefusalReason.DigestMismatch, static (_, _) => { }, world => new ConsentParts { ShareCitizenKey = world.InstitutionKey });
    }

    [TestMethod]
    [DataRow("\"simulated\"", "\"sev-snp\"", RefusalReason.EvidenceNotAccepted)]
    [DataRow("\"unlikeRoots\":1", "\"unlikeRoots\":2", RefusalReason.TooFewRoots)]
    public async Task Release_ContractDemandsOtherEnclaves_IsRefused(string from, string to, RefusalReason expected)
    {
        await using var world = await EnclaveWorld.CreateAsync(text => text.Replace(from, to, StringComparison.Ordinal));
        var consent = world.Grant();
        await world.CaughtUpAsync();
        Assert.AreEqual(expected, (await world.ReleaseAsync(world.Request(consent))).Refused[0]);
    }

    private static async Task Expect(RefusalReason expected, Action<EnclaveWorld, Digest> change, Func<EnclaveWorld, ConsentParts>? parts = null)
    {
        await using var world = await EnclaveWorld.CreateAsync();
        var consent = world.Grant(parts?.Invoke(world));
        change(world, consent);
        await world.CaughtUpAsync();
        var outcome = await world.ReleaseAsync(world.Request(consent));
        Assert.AreEqual(expected, outcome.Refused[0]);
        Assert.IsEmpty(outcome.Releases);
    }

    private static ReleaseCase CaseOf(EnclaveWorld world, Digest consent, PrivacyContract contract)
    {
        var request = world.Request(consent);
        var broker = world.State.Secrets.Account;
        Assert.IsTrue(ConsentPackage.TryParse(world.Ledger.Packages[consent], out var package));
        Assert.IsTrue(SealedBox.TryOpen(
            world.State.Secrets.DecryptionKey, Labels.ConsentDetails, ConsentPackage.DetailsContext(world.Domain.LedgerId, consent), package.Boxes[0].DetailsBox, out var bytes));
        Assert.IsTrue(ConsentDetails.TryParse(bytes, out var details));
        var entry = world.As(broker).Use(consent, world.Worker.Account, 1, QueryDocument.TreeOf(Suite.International, [request.Queries[0].Digest]).Root());
        return new ReleaseCase
        {
            Broker = broker.Address,
            Worker = world.Worker,
            Opening = request.Opening,
            OpeningIsSigned = true,
            Consent = consent,
            Details = details,
            Package = package,
            Contract = contract,
            Queries = request.Queries,
            Use = AuthenticEntry.Authenticate(entry, world.Domain).OrThrow(),
        };
    }
}
