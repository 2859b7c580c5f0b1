using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PrivChain.Attestation;
using PrivChain.Attestation.Simulated;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Receipts;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Tests.Receipts;

/// <summary>A ledger on which one age check went its whole way, with its receipt and its exported trail.</summary>
internal sealed class ReceiptFixture
{
    public ReceiptFixture(uint queries = 3)
    {
        using var root = SimulatedRoot.Generate();
        using var brokerKey = HpkePrivateKey.Generate(HpkeKem.X25519);
        using var sessionKey = HpkePrivateKey.Generate(HpkeKem.X25519);
        var measurement = RandomNumberGenerator.GetBytes(48);
        Ledger = new LedgerFixture(evidenceRoots: [root.Name]) { Measurement = EnclaveMeasurement.DigestOf(measurement) };
        var until = LedgerFixture.StartSeconds + 10_000_000;
        var governor = Ledger.As(Ledger.Governors[0]);

        var institution = Profile(Ledger.Institution.Address, "Jinling Cinema", "金陵影院", brokerKey.PublicKey);
        Ledger.Must(governor.Enrol(LedgerRole.Institution, Ledger.Institution.Address, institution.EncryptionKey.Fingerprint, Publish(institution.ToArray()), 0, until, 100));
        var regulator = Profile(Ledger.Regulator.Address, "Data Office", "数据局", brokerKey.PublicKey);
        Ledger.Must(governor.Enrol(LedgerRole.Regulator, Ledger.Regulator.Address, Digest.Zero, Publish(regulator.ToArray()), 0, until));
        var broker = new BrokerProfile { Account = Ledger.Broker.Address, EncryptionKey = brokerKey.PublicKey, Evidence = new byte[] { 1 } };
        var brokerIndex = Index(governor.Enrol(LedgerRole.Broker, Ledger.Broker.Address, brokerKey.PublicKey.Fingerprint, Publish(broker.ToArray()), 0, until));
        var measurementIndex = Index(governor.Enrol(LedgerRole.Measurement, AccountAddress.Zero, Ledger.Measurement, Digest.Zero, 0, until));

        var text = ContractTemplates.For("age-check", Ledger.Institution.Address).OrThrow();
        Contract = PrivacyContract.Parse(text, SchemaCatalog.BuiltIn).OrThrow();
        Publish(Contract.CanonicalText.ToArray());
        var publicationIndex = Index(Ledger.As(Ledger.Institution).Publish(Contract.Digest, 365 * 86_400UL, 100, 0));
        Ledger.Must(Ledger.As(Ledger.Regulator).Approve(Contract.Digest, LedgerFixture.RandomDigest()));

        var reportData = SessionBinding.ReportData(Ledger.Domain.LedgerId.ToArray(), SessionBinding.Worker, sessionKey.PublicKey.ToArray(), Ledger.Worker.Address.ToArray(), []);
        Evidence = root.Issue(measurement, 1, debug: false, reportData, Ledger.Now);
        var sessionDetails = new SessionDetails(sessionKey.PublicKey.Fingerprint, Digest.OfSha256(Evidence));
        var sessionIndex = Index(Ledger.As(Ledger.Broker).Session(Ledger.Worker.Address, Ledger.Measurement, LedgerFixture.StartSeconds, LedgerFixture.StartSeconds + 3600, sessionDetails));

        var grant = Ledger.As(Ledger.Citizen).Grant(
            Contract.Digest, Ledger.Institution.Address, LedgerFixture.StartSeconds, LedgerFixture.StartSeconds + 86_400, 10, 0, LedgerFixture.Details() with { Fields = ["identity-card.birthDate"] });
        Consent = grant.DocumentDigest;
        var consentIndex = Index(grant);

        var asked = Enumerable.Range(0, (int)queries).Select(_ => new QueryDocument { Consent = Consent, Nonce = LedgerFixture.RandomDigest() }.Digest).ToList();
        var tree = new MerkleTree(MerkleHash.Sha256);
        asked.ForEach(query => tree.Append(MerkleHash.Sha256.Leaf(query.ToArray())));
        var use = Ledger.As(Ledger.Broker).Use(Consent, Ledger.Worker.Address, queries, tree.Root());
        var useIndex = Index(use);

        var birthDate = JsonDocument.Parse("\"1990-05-17\"").RootElement;
        var answer = ContractEvaluator.Evaluate(
            Contract, [], new Dictionary<string, IReadOnlyDictionary<string, JsonElement>> { ["identity-card/1"] = new Dictionary<string, JsonElement> { ["birthDate"] = birthDate } },
            new FormContext { Today = new DateOnly(2026, 9, 21), Controller = Ledger.Institution.Address }).OrThrow();
        var salt = LedgerFixture.RandomDigest();
        var core = new ReceiptCore
        {
            CitizenKey = LedgerFixture.RandomDigest(), Consent = Consent, Contract = Contract.Digest, Controller = Ledger.Institution.Address, Evidence = sessionDetails.Evidence,
            EvidenceKind = "simulated", Fields = ["identity-card.birthDate"], Forms = ["age-at-least"], Issuers = [Ledger.Issuer.Address], Ledger = Ledger.Domain.LedgerId,
            Measurement = Ledger.Measurement, Output = AnswerEnvelope.OutputDigest(Ledger.Domain.Suite, salt, answer.Bytes.Span), Queries = tree.Root(), Records = [LedgerFixture.RandomDigest()],
            RecipientKey = institution.EncryptionKey.Fingerprint, SessionKey = sessionDetails.SessionKey, Use = use.DocumentDigest, Worker = Ledger.Worker.Address,
        }.ToArray();
        var deliveryIndex = Index(Ledger.As(Ledger.Worker).Deliver(use.DocumentDigest, ReceiptCore.DigestOf(Ledger.Domain.Suite, core)));

        Receipt = new Receipt
        {
            Genesis = Encoding.UTF8.GetString(Ledger.Genesis.ToArray()), Core = Encoding.UTF8.GetString(core), Query = new ReceiptQuery(asked[1], 1, queries, tree.InclusionProof(1, queries)),
            Publication = Proven(publicationIndex), Consent = Proven(consentIndex), Broker = [Proven(brokerIndex)],
            Measurement = [Proven(measurementIndex)], Session = Proven(sessionIndex), Use = Proven(useIndex), Delivery = Proven(deliveryIndex),
            Checkpoint = Encoding.UTF8.GetString(Ledger.WitnessedNote()), Contract = Encoding.UTF8.GetString(Contract.CanonicalText.Span), Evidence = Evidence,
            SessionKey = sessionKey.PublicKey.ToArray(), AnswerSalt = salt, Answer = Encoding.UTF8.GetString(answer.Bytes.Span),
        };
    }

    public LedgerFixture Ledger { get; }

    public PrivacyContract Contract { get; }

    public Digest Consent { get; }

    public byte[] Evidence { get; }

    public Receipt Receipt { get; }

    private List<byte[]> Documents { get; } = [];

    /// <summary>The ledger as it stands, exported.</summary>
    public MemoryTrail Trail()
    {
        var trail = new MemoryTrail();
        trail.Write(TrailLayout.Genesis, Ledger.Genesis.ToArray());
        trail.Write(TrailLayout.Checkpoint, Ledger.WitnessedNote());
        foreach (var (path, content) in TileTree.Export(Ledger.Tree(), (ulong)Ledger.Leaves.Count, index => Ledger.Leaves[(int)index]))
        {
            trail.Write(path, content);
        }

        Documents.ForEach(document => trail.Write(TrailLayout.Document(Digest.OfSha256(document)), document));
        return trail;
    }

    public ReceiptReport Verify(Receipt receipt) => ReceiptVerifier.Verify(Encoding.UTF8.GetBytes(receipt.ToJson()), Ledger.Domain.LedgerId, acceptSimulated: true);

    /// <summary>The receipt of a ledger whose log and witnesses stand for an entry that its signer did not sign: proofs and checkpoint hold.</summary>
    public Receipt WithForeignSignature(ProvenEntryText entry)
    {
        var genuine = Ledger.Leaves[(int)entry.Index];
        Assert.IsTrue(Entry.TryParse(genuine, out var own));
        Assert.IsTrue(Entry.TryParse((entry.Index == Receipt.Use.Index ? Receipt.Session : Receipt.Use).Entry.Span, out var foreign));
        Ledger.Leaves[(int)entry.Index] = (own with { Signature = foreign.Signature }).ToArray();
        try
        {
            return Receipt with
            {
                Publication = Proven(Receipt.Publication.Index), Consent = Proven(Receipt.Consent.Index), Broker = [.. Receipt.Broker.Select(vote => Proven(vote.Index))],
                Measurement = [.. Receipt.Measurement.Select(vote => Proven(vote.Index))], Session = Proven(Receipt.Session.Index), Use = Proven(Receipt.Use.Index),
                Delivery = Proven(Receipt.Delivery.Index), Checkpoint = Encoding.UTF8.GetString(Ledger.WitnessedNote()),
            };
        }
        finally
        {
            Ledger.Leaves[(int)entry.Index] = genuine;
        }
    }

    private Digest Publish(byte[] document)
    {
        Documents.Add(document);
        return Digest.OfSha256(document);
    }

    private ulong Index(Entry entry)
    {
        Assert.AreEqual(RefusalReason.None, Ledger.Apply(entry), entry.Kind.ToString());
        return (ulong)Ledger.Leaves.Count - 1;
    }

    // Proofs are made once all entries stand.
    private ProvenEntryText Proven(ulong index) => new(index, Ledger.Leaves[(int)index], Ledger.Tree().InclusionProof(index, (ulong)Ledger.Leaves.Count));

    private static OrganisationProfile Profile(AccountAddress account, string english, string chinese, HpkePublicKey key) => new()
    {
        Account = account, NameEn = english, NameZh = chinese, Contact = "office@example.org", PostalAddress = "1 Example Road", Jurisdiction = "CN", EncryptionKey = key,
    };
}
