using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;

namespace PrivChain.Core.Tests.Documents;

/// <summary>A regulator's copy of a use: what it says is tied to the ledger, and whatever is swapped, forged or left out is refused by name.</summary>
[TestClass]
public sealed class AuditCopyTests
{
    private const string Text = """
        {"id":"jinling/check","version":1,"title":{"en":"Check","zh":"核验"},"controller":"0x0000000000000000000000000000000000000000",
        "purpose":"dpv:AgeVerification","legalBasis":"dpv:ExplicitConsent","records":["identity-card/1"],
        "shows":{"identity-card.birthDate":{"form":"age-at-least","years":18},"identity-card.nationality":{"form":"value"},
        "identity-card.sex":{"form":"value","optional":true},"identity-card.address":{"form":"exists","optional":true}},
        "limits":{"validDays":30,"maxUses":100,"retainDays":0,"price":0},
        "enclave":{"acceptedEvidence":["simulated"],"unlikeRoots":1,"minimumTcb":"UpToDate"}}
        """;

    private static readonly string[] _required = ["identity-card.birthDate", "identity-card.nationality"];

    [TestMethod]
    public void Layout()
    {
        var copy = new UseFixture(3).Copy().ToArray();
        LayoutAssert.RoundTripsAndRefusesOtherLengths(copy, bytes => AuditCopy.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        LayoutAssert.MutationsAreRefusedOrCanonical(copy, bytes => AuditCopy.TryParse(bytes, out var parsed) ? parsed.ToArray() : null, seed: 7);
        Assert.IsFalse(AuditCopy.TryParse((new UseFixture(1).Copy() with { Path = new Digest[66] }).ToArray(), out _), "a path longer than any tree has");
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(256)]
    public void Verify_CopyOfTheUse_SaysWhatBecameOfEveryField(int queries)
    {
        var all = new UseFixture(queries).Judge().OrThrow();
        CollectionAssert.AreEqual(
            new[] { FieldOutcome.NotShared, FieldOutcome.Derived, FieldOutcome.Whole, FieldOutcome.NotShared }, all.Fields.Select(field => field.Outcome).ToArray(), "everything asked, options not shared");
        Assert.AreEqual("dpv:AgeVerification", all.Contract.Purpose);
        CollectionAssert.AreEqual(new[] { "address", "birthDate", "nationality", "sex" }, all.Fields.Select(field => field.Field.Field.Name).ToArray());

        string[] some = [.. _required, "identity-card.sex"];
        var asked = new UseFixture(queries, some, some).Judge().OrThrow();
        CollectionAssert.AreEqual(new[] { FieldOutcome.NotAsked, FieldOutcome.Derived, FieldOutcome.Whole, FieldOutcome.Whole }, asked.Fields.Select(field => field.Outcome).ToArray(), "one option asked for");
    }

    // Each of these is one lie; the reason says which.
    [TestMethod]
    public void Verify_OneThingSwappedOrForged_IsRefusedByName()
    {
        var use = new UseFixture(3);
        var other = new UseFixture(3, fixture: use.Ledger);
        Assert.AreEqual(RefusalReason.None, use.Judge().Reason);
        Assert.AreEqual(RefusalReason.DigestMismatch, use.Judge(other.Copy()).Reason, "the copy of another use of the same worker");
        Assert.AreEqual(RefusalReason.DigestMismatch, use.Judge(receipt: other.Receipt).Reason, "another receipt was delivered");
        Assert.AreEqual(RefusalReason.DigestMismatch, use.Judge(use.Copy() with { ReceiptCore = (use.Core with { Output = LedgerFixture.RandomDigest() }).ToArray() }).Reason, "a receipt changed after it was signed");
        using var stranger = Account.Generate();
        Assert.AreEqual(RefusalReason.NotYours, use.Judge(signer: stranger).Reason, "signed by somebody else");
        Assert.AreEqual(RefusalReason.Malformed, use.Judge(kind: InboxMessageKind.AnswerCopy).Reason, "a message of another kind");
        Assert.AreEqual(RefusalReason.Malformed, use.Judge(use.Copy() with { ReceiptCore = "{}"u8.ToArray() }).Reason);
        Assert.AreEqual(RefusalReason.Malformed, use.Judge(use.Copy() with { Query = "query"u8.ToArray() }).Reason);
        Assert.AreEqual(RefusalReason.WrongLedger, use.Judge(ledger: LedgerFixture.RandomDigest()).Reason);

        // A query that says other fields were asked for, to make a withheld field look unasked, or of another consent.
        var query = use.Queries[0];
        Assert.AreEqual(RefusalReason.BadProof, use.Judge(use.Copy() with { Query = (query with { Fields = _required }).ToArray() }).Reason);
        Assert.AreEqual(RefusalReason.BadProof, use.Judge(use.Copy() with { Query = (query with { Consent = LedgerFixture.RandomDigest() }).ToArray() }).Reason);
        Assert.AreEqual(RefusalReason.BadProof, use.Judge(use.Copy() with { Query = use.Queries[1].ToArray() }).Reason, "not the first query");
        Assert.AreEqual(RefusalReason.BadProof, use.Judge(use.Copy() with { Path = [] }).Reason);
        Assert.AreEqual(RefusalReason.BadProof, use.Judge(use.Copy() with { Path = [.. use.Copy().Path, Digest.Zero] }).Reason);
    }

    // What a broken worker might have signed and delivered: the ledger has it, and the copy is refused all the same.
    [TestMethod]
    public void Verify_ReceiptThatDoesNotFitItsUse_IsRefusedByName()
    {
        Assert.AreEqual(RefusalReason.FieldNotInContract, new UseFixture(1, answered: ["identity-card.idNumber"]).Judge().Reason, "a field outside the contract");
        Assert.AreEqual(RefusalReason.FieldNotInContract, new UseFixture(1, change: core => core with { Forms = ["value", "value"] }).Judge().Reason, "a field in another form");
        Assert.AreEqual(RefusalReason.FieldNotInContract, new UseFixture(1, answered: [_required[1], _required[0]]).Judge().Reason, "out of order");
        Assert.AreEqual(RefusalReason.QueryOutsideContract, new UseFixture(1, [.. _required, "identity-card.sex"], _required).Judge().Reason, "more answered than asked");
        Assert.AreEqual(RefusalReason.DigestMismatch, new UseFixture(1, change: core => core with { Use = LedgerFixture.RandomDigest() }).Judge().Reason);
        Assert.AreEqual(RefusalReason.DigestMismatch, new UseFixture(1, change: core => core with { Consent = LedgerFixture.RandomDigest() }).Judge().Reason);
        Assert.AreEqual(RefusalReason.DigestMismatch, new UseFixture(1, change: core => core with { Queries = LedgerFixture.RandomDigest() }).Judge().Reason);
        Assert.AreEqual(RefusalReason.DigestMismatch, new UseFixture(1, change: core => core with { Contract = LedgerFixture.RandomDigest() }).Judge().Reason);
        Assert.AreEqual(RefusalReason.DigestMismatch, new UseFixture(1, change: core => core with { Controller = default }).Judge().Reason);
        Assert.AreEqual(RefusalReason.DigestMismatch, new UseFixture(1, change: core => core with { Worker = default }).Judge().Reason);
        Assert.AreEqual(RefusalReason.WrongLedger, new UseFixture(1, change: core => core with { Ledger = default }).Judge().Reason);
    }

    // A contract so wide that a copy of all of it is of another class by itself than a copy of little.
    [TestMethod]
    public void Sealed_SizeFollowsFromTheContractAlone()
    {
        var fields = new[] { "identity-card/1", "income-statement/1", "property-certificate/1", "patient-summary/1" }
            .SelectMany(id => SchemaCatalog.BuiltIn.TryFind(id, out var schema) ? schema.Fields.Select(field => $"{schema.Name}.{field.Name}") : []).Order(StringComparer.Ordinal).ToArray();
        var wide = Text[..Text.IndexOf("\"records\"", StringComparison.Ordinal)]
            + "\"records\":[\"identity-card/1\",\"income-statement/1\",\"property-certificate/1\",\"patient-summary/1\"],\"shows\":{"
            + string.Join(',', fields.Select(name => $"\"{name}\":{{\"form\":\"value\",\"optional\":true}}")) + "}," + Text[Text.IndexOf("\"limits\"", StringComparison.Ordinal)..];
        var (little, much) = (new UseFixture(1, [fields[0]], text: wide), new UseFixture(256, fields, fields, text: wide));
        Assert.AreNotEqual(SizeClass.For(little.Copy().ToArray().Length), SizeClass.For(much.Copy().ToArray().Length), "the contract is too narrow to tell");
        Assert.AreEqual(much.Seal().Length, little.Seal().Length);
        Assert.AreEqual(RefusalReason.None, much.Judge().Reason);
        Assert.HasCount(1, new[] { new UseFixture(1), new UseFixture(256), new UseFixture(256, [.. _required, "identity-card.sex"]) }.Select(use => use.Seal().Length).Distinct());
    }

    [TestMethod]
    public void Verify_NationalSuite_ChecksWithItsHashes()
    {
        var use = new UseFixture(5, fixture: new LedgerFixture(suite: Suite.National));
        Assert.AreEqual(RefusalReason.None, use.Judge().Reason);
        Assert.AreEqual(RefusalReason.BadProof, use.Judge(use.Copy() with { Query = use.Queries[1].ToArray() }).Reason);
    }

    /// <summary>A use with its queries, its receipt and its copy; a test changes one thing.</summary>
    private sealed class UseFixture
    {
        private readonly AccountAddress _regulator;
        private readonly HpkePrivateKey _key;
        private readonly PrivacyContract _contract;
        private readonly AuthenticEntry _use;

        public UseFixture(int queries, string[]? answered = null, string[]? asked = null, Func<ReceiptCore, ReceiptCore>? change = null, LedgerFixture? fixture = null, string text = Text)
        {
            Ledger = fixture ?? new LedgerFixture();
            var suite = Ledger.Domain.Suite;
            _regulator = Ledger.Regulator.Address;
            _key = HpkePrivateKey.Generate(suite.Kem);
            _contract = PrivacyContract.Parse(
                PrivacyContract.WithController(System.Text.Encoding.UTF8.GetBytes(text), Ledger.Institution.Address).OrThrow(), SchemaCatalog.BuiltIn, suite).OrThrow();
            var consent = LedgerFixture.RandomDigest();
            Queries = [.. Enumerable.Range(0, queries).Select(_ => new QueryDocument { Consent = consent, Nonce = LedgerFixture.RandomDigest(), Fields = asked ?? [], Suite = suite })];
            var root = QueryDocument.TreeOf(suite, Queries.Select(query => query.Digest)).Root();
            _use = Ledger.Authentic(Ledger.As(Ledger.Broker).Use(consent, Ledger.Worker.Address, (uint)queries, root));
            answered ??= _required;
            var core = new ReceiptCore
            {
                CitizenKey = LedgerFixture.RandomDigest(), Consent = consent, Contract = _contract.Digest, Controller = _contract.Controller, Evidence = LedgerFixture.RandomDigest(), EvidenceKind = "simulated",
                Fields = answered, Forms = [.. answered.Select(name => _contract.Find(name)?.Form.Name ?? "value")], Issuers = [], Ledger = Ledger.Domain.LedgerId, Measurement = Ledger.Measurement,
                Output = LedgerFixture.RandomDigest(), Queries = root, Records = [], RecipientKey = LedgerFixture.RandomDigest(), SessionKey = LedgerFixture.RandomDigest(), Use = _use.Digest,
                Worker = Ledger.Worker.Address,
            };
            Core = change?.Invoke(core) ?? core;
        }

        public LedgerFixture Ledger { get; }

        public IReadOnlyList<QueryDocument> Queries { get; }

        public ReceiptCore Core { get; }

        public Digest Receipt => ReceiptCore.DigestOf(Ledger.Domain.Suite, Core.ToArray());

        public AuditCopy Copy() => new()
        {
            ReceiptCore = Core.ToArray(), Query = Queries[0].ToArray(),
            Path = QueryDocument.TreeOf(Ledger.Domain.Suite, Queries.Select(query => query.Digest)).InclusionProof(0, (ulong)Queries.Count),
        };

        public byte[] Seal(AuditCopy? copy = null, Account? signer = null, InboxMessageKind kind = InboxMessageKind.AuditCopy) => InboxMessage.Seal(
            Ledger.Domain, signer ?? Ledger.Worker, _regulator, _key.PublicKey, kind, 7, (copy ?? Copy()).ToArray(), AuditCopy.PaddedSizeFor(_contract));

        public Verdict<AuditedUse> Judge(
            AuditCopy? copy = null, Digest? receipt = null, Account? signer = null, InboxMessageKind kind = InboxMessageKind.AuditCopy, Digest? ledger = null)
        {
            Assert.IsTrue(InboxMessage.TryOpen(Ledger.Domain, _regulator, _key, Seal(copy, signer, kind), out var message));
            return AuditCopy.Verify(ledger ?? Ledger.Domain.LedgerId, message, _use, receipt ?? Receipt, _contract);
        }
    }
}
