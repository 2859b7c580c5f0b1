using System.Security.Cryptography;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;

namespace PrivChain.Core.Tests.Documents;

[TestClass]
public sealed class DocumentLayoutTests
{
    private static readonly HpkePrivateKey _key = HpkePrivateKey.Generate(HpkeKem.X25519);

    [TestMethod]
    public void ConsentDetails_Layout() =>
        Check(LedgerFixture.Details().ToArray(), bytes => ConsentDetails.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);

    [TestMethod]
    public void ConsentDetails_FieldsOutOfOrderOrThresholdAboveBrokers_IsRefused()
    {
        var details = LedgerFixture.Details();
        Assert.IsFalse(ConsentDetails.TryParse((details with { Fields = ["b", "a"] }).ToArray(), out _));
        Assert.IsFalse(ConsentDetails.TryParse((details with { Fields = ["a", "a"] }).ToArray(), out _));
        Assert.IsFalse(ConsentDetails.TryParse((details with { Threshold = 0 }).ToArray(), out _));
        Assert.IsFalse(ConsentDetails.TryParse((details with { Threshold = 2 }).ToArray(), out _));
    }

    [TestMethod]
    public void ConsentPackage_Layout()
    {
        var package = new ConsentPackage([new BrokerBoxes(Address(), [1, 2], [3]), new BrokerBoxes(Address(), [4], [5, 6])]);
        Check(package.ToArray(), bytes => ConsentPackage.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        var twice = new BrokerBoxes(Address(), [1], [2]);
        Assert.IsFalse(ConsentPackage.TryParse(new ConsentPackage([twice, twice]).ToArray(), out _));
        Assert.IsFalse(ConsentPackage.TryParse(new ConsentPackage([]).ToArray(), out _));
        Assert.IsFalse(ConsentPackage.TryParse(new ConsentPackage([twice with { KeyBox = [] }]).ToArray(), out _));
    }

    [TestMethod]
    public void KeyShare_Layout()
    {
        var record = LedgerFixture.RandomDigest();
        using var share = KeyShare.Create(
            _key.PublicKey, RandomNumberGenerator.GetBytes(32), LedgerFixture.RandomDigest(),
            [(record, 3, RandomNumberGenerator.GetBytes(32)), (record, 0, RandomNumberGenerator.GetBytes(32)), (LedgerFixture.RandomDigest(), 1, RandomNumberGenerator.GetBytes(32))]);
        Check(share.ToArray(), bytes =>
        {
            if (!KeyShare.TryParse(bytes, out var parsed))
            {
                return null;
            }

            using (parsed)
            {
                return parsed.ToArray();
            }
        });
    }

    [TestMethod]
    public void KeyShare_Disposed_GivesNothing()
    {
        var share = KeyShare.Create(_key.PublicKey, new byte[32], Digest.Zero, [(Digest.Zero, 0, new byte[32])]);
        share.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => share.TryGetKey(Digest.Zero, 0, out _));
        Assert.ThrowsExactly<ObjectDisposedException>(() => share.PseudonymSecret.ToArray());
        Assert.ThrowsExactly<ObjectDisposedException>(() => share.ToArray());
    }

    [TestMethod]
    public void Query_Layout()
    {
        var query = new QueryDocument { Consent = LedgerFixture.RandomDigest(), Nonce = LedgerFixture.RandomDigest(), Fields = ["a.b", "c.d"] };
        Check(query.ToArray(), bytes => QueryDocument.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        Assert.IsFalse(QueryDocument.TryParse((query with { Fields = ["c", "a"] }).ToArray(), out _));
    }

    [TestMethod]
    public void AnswerEnvelope_Layout()
    {
        var envelope = new AnswerEnvelope
        {
            Queries = LedgerFixture.RandomDigest(), Reason = RefusalReason.None, Answer = "{}"u8.ToArray(), OutputSalt = LedgerFixture.RandomDigest(),
            ReceiptCore = "{}"u8.ToArray(), UseIndex = 3, DeliveryIndex = 4,
        };
        Check(envelope.ToArray(), bytes => AnswerEnvelope.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        var refused = AnswerEnvelope.Refused(LedgerFixture.RandomDigest(), RefusalReason.Revoked);
        Check(refused.ToArray(), bytes => AnswerEnvelope.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        Assert.IsFalse(AnswerEnvelope.TryParse((refused with { Answer = "{}"u8.ToArray(), ReceiptCore = "{}"u8.ToArray() }).ToArray(), out _), "a refusal with an answer");
        Assert.IsFalse(AnswerEnvelope.TryParse((refused with { Reason = RefusalReason.None }).ToArray(), out _), "an answer without an answer");
        Assert.IsFalse(AnswerEnvelope.TryParse((envelope with { ReceiptCore = default }).ToArray(), out _), "an answer without a receipt");
    }

    [TestMethod]
    public void SessionFrame_QueriesPacked_ComeApartAgain()
    {
        var queries = Enumerable.Range(0, SessionFrame.MaxQueries)
            .Select(i => new QueryDocument { Consent = LedgerFixture.RandomDigest(), Nonce = LedgerFixture.RandomDigest(), Fields = i % 3 == 0 ? [] : ["a.b", "c.d"] }).ToList();
        var packed = SessionFrame.Pack([.. queries.Select(query => query.ToArray())]);
        Assert.HasCount(SessionFrame.MaxQueries * 256, packed);
        Assert.IsTrue(SessionFrame.TryUnpack(packed, SessionFrame.MaxQueries, out var unpacked));
        CollectionAssert.AreEqual(queries.Select(query => query.Digest).ToList(), unpacked.Select(query => query.Digest).ToList());
    }

    [TestMethod]
    public void SessionFrame_CountOrLengthOff_IsRefused()
    {
        var query = new QueryDocument { Consent = LedgerFixture.RandomDigest(), Nonce = LedgerFixture.RandomDigest() }.ToArray();
        var packed = SessionFrame.Pack([query, query, query, query]);
        Assert.IsTrue(SessionFrame.TryUnpack(packed, 4, out _));
        foreach (var count in new uint[] { 0, 1, 2, 3, 5, 8, 256, 257, uint.MaxValue })
        {
            Assert.IsFalse(SessionFrame.TryUnpack(packed, count, out _), $"{count} queries");
        }

        for (var length = 0; length < packed.Length; length++)
        {
            Assert.IsFalse(SessionFrame.TryUnpack(packed.AsSpan(0, length), 4, out _), $"{length} bytes");
        }

        Assert.IsFalse(SessionFrame.TryUnpack([.. packed, 0], 4, out _), "a byte left over");
        Assert.IsFalse(SessionFrame.TryUnpack(new byte[SessionFrame.MaxContent + 256], 257, out _), "too much");
    }

    [TestMethod]
    public void Profiles_Layout()
    {
        var organisation = new OrganisationProfile
        {
            Account = Address(), NameEn = "Bank of Jinling", NameZh = "金陵银行", Contact = "+86 25 5555 0000", PostalAddress = "1 Drum Tower Street", Jurisdiction = "CN",
            EncryptionKey = _key.PublicKey, IssuerAlgorithm = "ES256", IssuerKey = new byte[65], Certificates = [new byte[] { 1 }], CertificateSignature = new byte[] { 2 },
        };
        Check(organisation.ToArray(), bytes => OrganisationProfile.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        Assert.IsFalse(OrganisationProfile.TryParse((organisation with { NameEn = string.Empty }).ToArray(), out _));
        Assert.IsFalse(OrganisationProfile.TryParse((organisation with { IssuerAlgorithm = "HS256" }).ToArray(), out _));
        Assert.IsFalse(OrganisationProfile.TryParse((organisation with { IssuerKey = default }).ToArray(), out _));

        var broker = new BrokerProfile { Account = Address(), EncryptionKey = _key.PublicKey, Evidence = new byte[] { 9 } };
        Check(broker.ToArray(), bytes => BrokerProfile.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        var run = broker with { Operator = Address() };
        Check(run.ToArray(), bytes => BrokerProfile.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        Assert.IsTrue(BrokerProfile.TryParse(run.ToArray(), out var read) && read.Operator == run.Operator);
        Assert.IsFalse(BrokerProfile.TryParse((broker with { Operator = AccountAddress.Zero }).ToArray(), out _));
    }

    [TestMethod]
    public void InboxBodies_Layout()
    {
        var request = new ConsentRequest { Contract = LedgerFixture.RandomDigest(), Uses = 1, ValidSeconds = 2, Message = "您好", Nonce = LedgerFixture.RandomDigest() };
        Check(request.ToArray(), bytes => ConsentRequest.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        Assert.IsFalse(ConsentRequest.TryParse((request with { Uses = 0 }).ToArray(), out _));
        Check(new ConsentNotice(LedgerFixture.RandomDigest(), LedgerFixture.Details()).ToArray(), bytes => ConsentNotice.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        Check(new RequestRefusal(LedgerFixture.RandomDigest(), "no").ToArray(), bytes => RequestRefusal.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
        Check(new RecordNotice(LedgerFixture.RandomDigest(), new AnchorDetails("a/1", Digest.Zero)).ToArray(), bytes => RecordNotice.TryParse(bytes, out var parsed) ? parsed.ToArray() : null);
    }

    [TestMethod]
    public void InboxMessage_OpensForItsRecipientOnThisLedgerOnly()
    {
        var ledger = new LedgerFixture();
        using var sender = Account.Generate();
        var to = Address();
        var box = InboxMessage.Seal(ledger.Domain, sender, to, _key.PublicKey, InboxMessageKind.Refused, 7, "body"u8);
        Assert.IsTrue(InboxMessage.TryOpen(ledger.Domain, to, _key, box, out var message));
        Assert.AreEqual(sender.Address, message.Sender);
        Assert.IsTrue(message.Body.Span.SequenceEqual("body"u8));
        using var other = HpkePrivateKey.Generate(HpkeKem.X25519);
        Assert.IsFalse(InboxMessage.TryOpen(ledger.Domain, to, other, box, out _));
        Assert.IsFalse(InboxMessage.TryOpen(ledger.Domain, Address(), _key, box, out _));
        Assert.IsFalse(InboxMessage.TryOpen(new LedgerFixture().Domain, to, _key, box, out _));
        for (var i = 0; i < box.Length; i += 7)
        {
            box[i] ^= 1;
            Assert.IsFalse(InboxMessage.TryOpen(ledger.Domain, to, _key, box, out _), $"byte {i}");
            box[i] ^= 1;
        }
    }

    [TestMethod]
    public void KeyStatement_AnyChange_IsRefused()
    {
        var ledger = new LedgerFixture();
        using var account = Account.Generate();
        var bytes = KeyStatement.Sign(ledger.Domain, account, _key.PublicKey, 5).ToArray();
        Check(bytes, data => KeyStatement.Verify(ledger.Domain, data) is { Accepted: true } parsed ? parsed.Value.ToArray() : null, mutate: false);
        Assert.IsFalse(KeyStatement.Verify(new LedgerFixture().Domain, bytes).Accepted);
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.IsFalse(KeyStatement.Verify(ledger.Domain, bytes).Accepted, $"byte {i}");
            bytes[i] ^= 1;
        }
    }

    [TestMethod]
    public void ReviewNote_AnyChange_IsRefused()
    {
        var ledger = new LedgerFixture();
        using var regulator = Account.Generate();
        var bytes = ReviewNote.Sign(ledger.Domain, regulator, LedgerFixture.RandomDigest(), "不需要出生年份", 5).OrThrow().ToArray();
        Check(bytes, data => ReviewNote.Verify(ledger.Domain, data) is { Accepted: true } parsed ? parsed.Value.ToArray() : null, mutate: false);
        Assert.AreEqual(RefusalReason.BadSignature, ReviewNote.Verify(new LedgerFixture().Domain, bytes).Reason, "another ledger");
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.IsFalse(ReviewNote.Verify(ledger.Domain, bytes).Accepted, $"byte {i}");
            bytes[i] ^= 1;
        }
    }

    [TestMethod]
    public void ReviewNote_ReasonWithinItsLimits_AndOutside()
    {
        var ledger = new LedgerFixture();
        using var regulator = Account.Generate();
        Assert.AreEqual(RefusalReason.None, ReasonOf(new string('x', ReviewNote.MaxReason)));
        Assert.AreEqual(RefusalReason.None, ReasonOf(new string('理', ReviewNote.MaxReason / 3)));
        Assert.AreEqual(RefusalReason.TooLarge, ReasonOf(new string('x', ReviewNote.MaxReason + 1)));
        Assert.AreEqual(RefusalReason.TooLarge, ReasonOf(new string('理', (ReviewNote.MaxReason / 3) + 1)));
        Assert.AreEqual(RefusalReason.Malformed, ReasonOf(string.Empty));
        Assert.AreEqual(RefusalReason.Malformed, ReasonOf(" \n\u3000"));

        Assert.IsFalse(ReviewNote.Sign(ledger.Domain, regulator, Digest.Zero, " ", 5).Accepted, "a blank reason is not signed in the first place");

        RefusalReason ReasonOf(string reason)
        {
            var note = ReviewNote.Sign(ledger.Domain, regulator, Digest.Zero, reason, 5);
            return note.Accepted ? ReviewNote.Verify(ledger.Domain, note.Value.ToArray()).Reason : note.Reason;
        }
    }

    [TestMethod]
    public void ReceiptCore_Layout()
    {
        var some = LedgerFixture.RandomDigest();
        var core = new ReceiptCore
        {
            CitizenKey = some, Consent = some, Contract = some, Controller = Address(), Evidence = some, EvidenceKind = "simulated", Fields = ["a.b"], Forms = ["band"],
            Issuers = [Address()], Ledger = some, Measurement = some, Output = some, Queries = some, Records = [some], RecipientKey = some, SessionKey = some, Use = some, Worker = Address(),
        };
        var text = core.ToArray();
        LayoutAssert.RoundTripsAndRefusesOtherLengths(text, bytes => ReceiptCore.Parse(bytes) is { Accepted: true } verdict ? verdict.Value.ToArray() : null);
        LayoutAssert.MutationsAreRefusedOrCanonical(text, bytes => ReceiptCore.Parse(bytes) is { Accepted: true } verdict ? verdict.Value.ToArray() : null, seed: 5);
        var canonical = Core.Json.Jcs.Canonicalize(text);
        Assert.IsTrue(canonical.OrThrow().AsSpan().SequenceEqual(text), "our writer and RFC 8785 agree");
    }

    [TestMethod]
    public void Genesis_Layout()
    {
        var genesis = new LedgerFixture().Genesis;
        var text = genesis.ToArray();
        LayoutAssert.RoundTripsAndRefusesOtherLengths(text, bytes => Core.Ledger.Genesis.Parse(bytes) is { Accepted: true } verdict ? verdict.Value.ToArray() : null);
        LayoutAssert.MutationsAreRefusedOrCanonical(text, bytes => Core.Ledger.Genesis.Parse(bytes) is { Accepted: true } verdict ? verdict.Value.ToArray() : null, seed: 6);
        Assert.IsTrue(Core.Json.Jcs.Canonicalize(text).OrThrow().AsSpan().SequenceEqual(text), "our writer and RFC 8785 agree");
        Assert.IsNotNull((genesis with { GovernorThreshold = 2, WitnessQuorum = 0 }).Fault());
        Assert.AreNotEqual(genesis.LedgerId, (genesis with { MinimumSvn = 2 }).LedgerId);
    }

    private static void Check(byte[] valid, LayoutAssert.Reparse reparse, bool mutate = true)
    {
        LayoutAssert.RoundTripsAndRefusesOtherLengths(valid, reparse);
        if (mutate)
        {
            LayoutAssert.MutationsAreRefusedOrCanonical(valid, reparse, seed: 1);
        }
    }

    private static AccountAddress Address() => new(RandomNumberGenerator.GetBytes(AccountAddress.Size));
}
