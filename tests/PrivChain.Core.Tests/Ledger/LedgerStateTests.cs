using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tests.Ledger;

/// <summary>Each rule of DESIGN section 4: the case just inside and the case just outside.</summary>
[TestClass]
public sealed class LedgerStateTests
{
    [TestMethod]
    public void Enrol_NotAGovernor_IsRefused()
    {
        var ledger = new LedgerFixture();
        var entry = ledger.As(ledger.Citizen).Enrol(LedgerRole.Issuer, ledger.Issuer.Address, Digest.Zero, Digest.Zero, 0, ulong.MaxValue);
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(entry));
        Assert.AreEqual(0UL, ledger.State.Size, "a refused entry changes nothing");
    }

    [TestMethod]
    public void Enrol_BelowThreshold_TakesEffectOnlyWithTheLastVote()
    {
        var ledger = new LedgerFixture(governors: 3, governorThreshold: 2);
        Entry Vote(int governor) => ledger.As(ledger.Governors[governor]).Enrol(LedgerRole.Issuer, ledger.Issuer.Address, ledger.Measurement, ledger.Contract, 0, LedgerFixture.StartSeconds);

        ledger.Must(Vote(0));
        Assert.IsFalse(ledger.State.Holds(LedgerRole.Issuer, ledger.Issuer.Address, ledger.Now));
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(Vote(0)), "one governor counts once");
        ledger.Must(Vote(1));
        Assert.IsTrue(ledger.State.Holds(LedgerRole.Issuer, ledger.Issuer.Address, ledger.Now));
        Assert.IsFalse(ledger.State.Holds(LedgerRole.Issuer, ledger.Issuer.Address, ledger.Now + 1000), "after its last second");
        ledger.Must(Vote(2));
    }

    [TestMethod]
    public void Enrol_ThirdVote_DoesNotCreditPointsAgain()
    {
        var ledger = new LedgerFixture(governors: 3, governorThreshold: 1);
        for (var governor = 0; governor < 3; governor++)
        {
            ledger.Must(ledger.As(ledger.Governors[governor]).Enrol(LedgerRole.Institution, ledger.Institution.Address, ledger.Measurement, ledger.Contract, 0, ulong.MaxValue, 10));
        }

        Assert.AreEqual(10UL, ledger.State.Points(ledger.Institution.Address));
    }

    [TestMethod]
    [DataRow(LedgerRole.Measurement, true)]
    [DataRow(LedgerRole.App, true)]
    [DataRow(LedgerRole.Issuer, false)]
    [DataRow(LedgerRole.None, true)]
    public void Enrol_PartyAndRoleThatDoNotFit_IsRefused(LedgerRole role, bool withParty)
    {
        var ledger = new LedgerFixture();
        var entry = ledger.As(ledger.Governors[0]).Enrol(role, withParty ? ledger.Issuer.Address : AccountAddress.Zero, ledger.Measurement, Digest.Zero, 0, 1);
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(entry));
    }

    [TestMethod]
    public void Enrol_PointsForAnotherRoleOrDatesReversedOrNoSubject_IsRefused()
    {
        var ledger = new LedgerFixture();
        var governor = ledger.As(ledger.Governors[0]);
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(governor.Enrol(LedgerRole.Issuer, ledger.Issuer.Address, Digest.Zero, Digest.Zero, 0, 1, points: 1)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(governor.Enrol(LedgerRole.Issuer, ledger.Issuer.Address, Digest.Zero, Digest.Zero, 2, 1)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(governor.Enrol(LedgerRole.Broker, ledger.Broker.Address, Digest.Zero, Digest.Zero, 0, 1)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(governor.Enrol(LedgerRole.Measurement, AccountAddress.Zero, Digest.Zero, Digest.Zero, 0, 1)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(governor.Enrol(LedgerRole.App, AccountAddress.Zero, Digest.Zero, Digest.Zero, 0, 1)));
        Assert.AreEqual(RefusalReason.None, ledger.Apply(governor.Enrol(LedgerRole.Issuer, ledger.Issuer.Address, Digest.Zero, Digest.Zero, 1, 1)));
    }

    [TestMethod]
    public void Expel_Issuer_CannotAnchorAfterwards()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var subject = ledger.State.Enrolled(LedgerRole.Issuer, ledger.Issuer.Address, ledger.Now)!.Subject;
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.As(ledger.Citizen).Expel(LedgerRole.Issuer, ledger.Issuer.Address, subject, LedgerFixture.RandomDigest())));
        Assert.AreEqual(RefusalReason.UnknownReference, ledger.Apply(ledger.As(ledger.Governors[0]).Expel(LedgerRole.Issuer, ledger.Citizen.Address, subject, LedgerFixture.RandomDigest())));
        ledger.Must(Anchor(ledger, LedgerFixture.RandomDigest()));
        ledger.Must(ledger.As(ledger.Governors[0]).Expel(LedgerRole.Issuer, ledger.Issuer.Address, subject, LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(Anchor(ledger, LedgerFixture.RandomDigest())));
    }

    [TestMethod]
    public void Publish_NotAnInstitutionOrTwiceOrWithoutLimits_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.As(ledger.Issuer).Publish(LedgerFixture.RandomDigest(), 1, 1, 1)));
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(ledger.As(ledger.Institution).Publish(ledger.Contract, 1, 1, 1)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(ledger.As(ledger.Institution).Publish(LedgerFixture.RandomDigest(), 0, 1, 1)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(ledger.As(ledger.Institution).Publish(LedgerFixture.RandomDigest(), 1, 0, 1)));
        Assert.AreEqual(RefusalReason.None, ledger.Apply(ledger.As(ledger.Institution).Publish(LedgerFixture.RandomDigest(), 1, 1, 0)));
    }

    [TestMethod]
    public void Approve_RequiredNumber_IsCountedByRegulatorAndEndsWithWithdrawalOrExpulsion()
    {
        var ledger = new LedgerFixture(regulatorApprovals: 2).WithEverybody();
        using var second = Account.Generate();
        var subject = LedgerFixture.RandomDigest();
        ledger.Must(ledger.As(ledger.Governors[0]).Enrol(LedgerRole.Regulator, second.Address, subject, Digest.Zero, 0, ulong.MaxValue));
        Assert.IsFalse(ledger.State.IsApproved(ledger.Contract));
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(ledger.As(ledger.Regulator).Approve(ledger.Contract, LedgerFixture.RandomDigest())), "a second opinion of the same regulator");
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.As(ledger.Issuer).Approve(ledger.Contract, LedgerFixture.RandomDigest())));
        Assert.AreEqual(RefusalReason.UnknownReference, ledger.Apply(ledger.As(second).Approve(LedgerFixture.RandomDigest(), LedgerFixture.RandomDigest())));
        Assert.AreEqual(RefusalReason.NotApproved, ledger.Apply(ledger.As(second).Withdraw(ledger.Contract, LedgerFixture.RandomDigest())));
        ledger.Must(ledger.As(second).Approve(ledger.Contract, LedgerFixture.RandomDigest()));
        Assert.IsTrue(ledger.State.IsApproved(ledger.Contract));
        ledger.Must(ledger.As(second).Withdraw(ledger.Contract, LedgerFixture.RandomDigest()));
        Assert.IsFalse(ledger.State.IsApproved(ledger.Contract));
        ledger.Must(ledger.As(second).Approve(ledger.Contract, LedgerFixture.RandomDigest()));
        Assert.IsTrue(ledger.State.IsApproved(ledger.Contract));
        ledger.Must(ledger.As(ledger.Governors[0]).Expel(LedgerRole.Regulator, second.Address, subject, LedgerFixture.RandomDigest()));
        Assert.IsFalse(ledger.State.IsApproved(ledger.Contract), "an approval counts only while its regulator is enrolled");
    }

    [TestMethod]
    public void Approve_SameDocumentAfterWithdrawal_IsRefusedAsReplay()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var opinion = LedgerFixture.RandomDigest();
        ledger.Must(ledger.As(ledger.Regulator).Withdraw(ledger.Contract, opinion));
        var approval = ledger.As(ledger.Regulator).Approve(ledger.Contract, opinion);
        ledger.Must(approval);
        ledger.Must(ledger.As(ledger.Regulator).Withdraw(ledger.Contract, LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(approval));
        Assert.IsFalse(ledger.State.IsApproved(ledger.Contract));
    }

    [TestMethod]
    public void Anchor_SeenBeforeOrWithoutHolder_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var record = LedgerFixture.RandomDigest();
        ledger.Must(Anchor(ledger, record));
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(Anchor(ledger, record)));
        var ownerless = ledger.As(ledger.Issuer).Anchor(LedgerFixture.RandomDigest(), AccountAddress.Zero, new AnchorDetails("a/1", record));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(ownerless));
        Assert.AreEqual(ledger.Citizen.Address, ledger.State.Record(record)!.Value.Holder);
    }

    [TestMethod]
    public void Anchor_OfOneself_NeedsNoEnrolmentAndIsMarked_OfSomebodyElseDoes()
    {
        var ledger = new LedgerFixture().WithEverybody();
        using var stranger = Account.Generate();
        var (own, issued) = (LedgerFixture.RandomDigest(), LedgerFixture.RandomDigest());
        var details = new AnchorDetails("contact-details/1", LedgerFixture.RandomDigest());
        ledger.Must(ledger.As(stranger).Anchor(own, stranger.Address, details));
        ledger.Must(Anchor(ledger, issued));
        Assert.IsTrue(ledger.State.Record(own)!.Value.IsSelfAsserted);
        Assert.IsFalse(ledger.State.Record(issued)!.Value.IsSelfAsserted);
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.As(stranger).Anchor(LedgerFixture.RandomDigest(), ledger.Citizen.Address, details)));
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(ledger.As(stranger).Anchor(issued, stranger.Address, details)), "what an issuer vouches for is not made one's own");

        Assert.AreEqual(RefusalReason.NotYours, ledger.Apply(ledger.As(ledger.Citizen).Erase(own, new StatedReason("-", LedgerFixture.RandomDigest()))));
        ledger.Must(ledger.As(stranger).Erase(own, new StatedReason("-", LedgerFixture.RandomDigest())));
        Assert.IsTrue(ledger.State.Record(own)!.Value.Erased);
    }

    [TestMethod]
    public void Grant_EachTermJustInsideAndJustOutside()
    {
        var start = LedgerFixture.StartSeconds;
        (string Case, RefusalReason Wanted, Func<LedgerFixture, Entry> Make)[] cases =
        [
            ("as the contract allows", RefusalReason.None, ledger => ledger.Grant()),
            ("one use", RefusalReason.None, ledger => ledger.Grant(uses: 1)),
            ("no use", RefusalReason.TermsOutsideContract, ledger => ledger.Grant(uses: 0)),
            ("one use too many", RefusalReason.TermsOutsideContract, ledger => ledger.Grant(uses: 4)),
            ("another price", RefusalReason.TermsOutsideContract, ledger => ledger.Grant(price: 4)),
            ("longest", RefusalReason.None, ledger => ledger.Grant(notAfter: start + 86_400)),
            ("a second too long", RefusalReason.TermsOutsideContract, ledger => ledger.Grant(notAfter: start + 86_401)),
            ("reversed", RefusalReason.TermsOutsideContract, ledger => ledger.Grant(notBefore: start + 2, notAfter: start + 1)),
            ("ends this second", RefusalReason.None, ledger => ledger.Grant(notAfter: start)),
            ("ended a second ago", RefusalReason.Expired, ledger => ledger.Grant(notBefore: start - 2, notAfter: start - 1)),
            ("unknown contract", RefusalReason.UnknownReference, ledger => ledger.Grant(contract: LedgerFixture.RandomDigest())),
            ("another controller", RefusalReason.WrongRecipient, ledger => ledger.Grant(controller: ledger.Issuer.Address)),
        ];
        foreach (var (name, wanted, make) in cases)
        {
            var ledger = new LedgerFixture().WithEverybody();
            Assert.AreEqual(wanted, ledger.Apply(make(ledger)), name);
        }
    }

    [TestMethod]
    public void Grant_NotApprovedOrInstitutionExpelledOrReplayed_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var grant = ledger.Grant();
        ledger.Must(grant);
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(grant));
        ledger.Must(ledger.As(ledger.Regulator).Withdraw(ledger.Contract, LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.NotApproved, ledger.Apply(ledger.Grant()));
        ledger.Must(ledger.As(ledger.Regulator).Approve(ledger.Contract, LedgerFixture.RandomDigest()));
        var subject = ledger.State.Enrolled(LedgerRole.Institution, ledger.Institution.Address, ledger.Now)!.Subject;
        ledger.Must(ledger.As(ledger.Governors[0]).Expel(LedgerRole.Institution, ledger.Institution.Address, subject, LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.Grant()));
    }

    [TestMethod]
    public void Revoke_ByAnotherOrTwice_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var consent = ledger.Must(ledger.Grant());
        Assert.AreEqual(RefusalReason.NotYours, ledger.Apply(Revoke(ledger, ledger.Institution, consent)));
        Assert.AreEqual(RefusalReason.UnknownReference, ledger.Apply(Revoke(ledger, ledger.Citizen, LedgerFixture.RandomDigest())));
        ledger.Must(Revoke(ledger, ledger.Citizen, consent));
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(Revoke(ledger, ledger.Citizen, consent)));
    }

    [TestMethod]
    public void Session_CloneOrForeignMeasurementOrTooLong_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        using var other = Account.Generate();
        var start = LedgerFixture.StartSeconds;
        var details = new SessionDetails(LedgerFixture.RandomDigest(), LedgerFixture.RandomDigest());
        Assert.AreEqual(RefusalReason.CloneRefused, ledger.Apply(ledger.Session(ledger.Worker.Address)));
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.As(ledger.Citizen).Session(other.Address, ledger.Measurement, start, start + 60, details)));
        Assert.AreEqual(RefusalReason.MeasurementNotAccepted, ledger.Apply(ledger.As(ledger.Broker).Session(other.Address, LedgerFixture.RandomDigest(), start, start + 60, details)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(ledger.As(ledger.Broker).Session(other.Address, ledger.Measurement, start, start + 3601, details)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(ledger.As(ledger.Broker).Session(other.Address, ledger.Measurement, start, start - 1, details)));
        Assert.AreEqual(RefusalReason.None, ledger.Apply(ledger.As(ledger.Broker).Session(other.Address, ledger.Measurement, start, start + 3600, details)));
    }

    [TestMethod]
    public void Use_AllUsesThenOneMore_IsExhausted()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var consent = ledger.Must(ledger.Grant(uses: 3));
        ledger.Must(ledger.Use(consent, count: 2));
        Assert.AreEqual(RefusalReason.Exhausted, ledger.Apply(ledger.Use(consent, count: 2)));
        ledger.Must(ledger.Use(consent, count: 1));
        Assert.AreEqual(RefusalReason.Exhausted, ledger.Apply(ledger.Use(consent)));
        Assert.AreEqual(0U, ledger.State.Consent(consent)!.UsesLeft);
    }

    [TestMethod]
    public void Use_MovesThePriceAndStopsWhenPointsRunOut()
    {
        var ledger = new LedgerFixture().WithEverybody(points: 14, price: 5);
        var consent = ledger.Must(ledger.Grant(uses: 3));
        ledger.Must(ledger.Use(consent, count: 2));
        Assert.AreEqual(4UL, ledger.State.Points(ledger.Institution.Address));
        Assert.AreEqual(10UL, ledger.State.Points(ledger.Citizen.Address));
        Assert.AreEqual(RefusalReason.TooFewPoints, ledger.Apply(ledger.Use(consent)));
        Assert.AreEqual(1U, ledger.State.Consent(consent)!.UsesLeft, "a refused use spends nothing");
    }

    [TestMethod]
    public void Use_AtTheEdgesOfItsTimes()
    {
        (ulong SecondsAfterStart, RefusalReason Wanted)[] cases = [(9, RefusalReason.NotYetValid), (10, RefusalReason.None), (20, RefusalReason.None), (21, RefusalReason.Expired)];
        foreach (var (seconds, wanted) in cases)
        {
            var ledger = new LedgerFixture().WithEverybody();
            var consent = ledger.Must(ledger.Grant(notBefore: LedgerFixture.StartSeconds + 10, notAfter: LedgerFixture.StartSeconds + 20));
            ledger.Now += seconds * 1000;
            Assert.AreEqual(wanted, ledger.Apply(ledger.Use(consent)), $"{seconds} s");
        }
    }

    [TestMethod]
    public void Use_AfterRevocation_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var consent = ledger.Must(ledger.Grant());
        ledger.Must(ledger.Use(consent));
        ledger.Must(Revoke(ledger, ledger.Citizen, consent));
        Assert.AreEqual(RefusalReason.Revoked, ledger.Apply(ledger.Use(consent)));
    }

    [TestMethod]
    public void Use_ByAStrangerForNoUseOrUnknownConsentOrTwice_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var consent = ledger.Must(ledger.Grant());
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.Use(consent, broker: ledger.Institution)));
        Assert.AreEqual(RefusalReason.TermsNotAllowed, ledger.Apply(ledger.Use(consent, count: 0)));
        Assert.AreEqual(RefusalReason.UnknownReference, ledger.Apply(ledger.Use(LedgerFixture.RandomDigest())));
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.Use(consent, worker: ledger.Citizen.Address)), "a worker without a session");
        var use = ledger.Use(consent);
        ledger.Must(use);
        Assert.AreEqual(RefusalReason.AlreadyRecorded, ledger.Apply(use));
    }

    [TestMethod]
    public void Use_ContractWithdrawnOrInstitutionOrMeasurementExpelledOrSessionOver_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var consent = ledger.Must(ledger.Grant());
        ledger.Must(ledger.As(ledger.Regulator).Withdraw(ledger.Contract, LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.NotApproved, ledger.Apply(ledger.Use(consent)));

        ledger = new LedgerFixture().WithEverybody();
        consent = ledger.Must(ledger.Grant());
        ledger.Must(ledger.As(ledger.Governors[0]).Expel(LedgerRole.Measurement, AccountAddress.Zero, ledger.Measurement, LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.MeasurementNotAccepted, ledger.Apply(ledger.Use(consent)));

        ledger = new LedgerFixture().WithEverybody();
        consent = ledger.Must(ledger.Grant());
        var subject = ledger.State.Enrolled(LedgerRole.Institution, ledger.Institution.Address, ledger.Now)!.Subject;
        ledger.Must(ledger.As(ledger.Governors[0]).Expel(LedgerRole.Institution, ledger.Institution.Address, subject, LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.NotEnrolled, ledger.Apply(ledger.Use(consent)));

        ledger = new LedgerFixture().WithEverybody();
        consent = ledger.Must(ledger.Grant());
        ledger.Now += 3600 * 1000;
        Assert.AreEqual(RefusalReason.None, ledger.Apply(ledger.Use(consent)), "the session's last second");
        ledger.Now += 1000;
        Assert.AreEqual(RefusalReason.Expired, ledger.Apply(ledger.Use(consent)));
    }

    [TestMethod]
    public void Deliver_ByAnotherOrTwiceOrUnknown_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        var use = ledger.Must(ledger.Use(ledger.Must(ledger.Grant())));
        Assert.AreEqual(RefusalReason.UnknownReference, ledger.Apply(ledger.As(ledger.Worker).Deliver(LedgerFixture.RandomDigest(), use)));
        Assert.AreEqual(RefusalReason.NotYours, ledger.Apply(ledger.As(ledger.Broker).Deliver(use, LedgerFixture.RandomDigest())));
        ledger.Must(ledger.As(ledger.Worker).Deliver(use, LedgerFixture.RandomDigest()));
        Assert.AreEqual(RefusalReason.AlreadyDelivered, ledger.Apply(ledger.As(ledger.Worker).Deliver(use, LedgerFixture.RandomDigest())));
    }

    [TestMethod]
    public void Erase_ByHolderOrIssuerOnce_AndByNobodyElse()
    {
        foreach (var issuerErases in new[] { false, true })
        {
            var ledger = new LedgerFixture().WithEverybody();
            var record = LedgerFixture.RandomDigest();
            ledger.Must(Anchor(ledger, record));
            Assert.AreEqual(RefusalReason.NotYours, ledger.Apply(Erase(ledger, ledger.Institution, record)));
            Assert.AreEqual(RefusalReason.UnknownReference, ledger.Apply(Erase(ledger, ledger.Citizen, LedgerFixture.RandomDigest())));
            ledger.Must(Erase(ledger, issuerErases ? ledger.Issuer : ledger.Citizen, record));
            Assert.IsTrue(ledger.State.Record(record)!.Value.Erased);
            Assert.AreEqual(RefusalReason.Erased, ledger.Apply(Erase(ledger, ledger.Citizen, record)));
        }
    }

    [TestMethod]
    public void Apply_TimeRunsBackwards_IsRefused()
    {
        var ledger = new LedgerFixture().WithEverybody();
        ledger.Now -= 1;
        Assert.AreEqual(RefusalReason.TimeWentBack, ledger.Apply(ledger.Grant()));
        ledger.Now += 1;
        Assert.AreEqual(RefusalReason.None, ledger.Apply(ledger.Grant()));
    }

    [TestMethod]
    public void Authenticate_OtherLedgerOrChainOrSigner_IsRefused()
    {
        var ledger = new LedgerFixture();
        var entry = ledger.Grant();
        Assert.IsTrue(AuthenticEntry.Authenticate(entry, ledger.Domain).Accepted);
        Assert.AreEqual(RefusalReason.BadSignature, AuthenticEntry.Authenticate(entry, new LedgerDomain(ledger.Domain.LedgerId, 1)).Reason);
        Assert.AreEqual(RefusalReason.BadSignature, AuthenticEntry.Authenticate(entry, new LedgerDomain(LedgerFixture.RandomDigest(), ledger.Domain.ChainId)).Reason);
        Assert.AreEqual(RefusalReason.BadSignature, AuthenticEntry.Authenticate(entry with { Signer = ledger.Issuer.Address }, ledger.Domain).Reason);
        Assert.AreEqual(RefusalReason.BadSignature, AuthenticEntry.Authenticate(entry with { Count = 2 }, ledger.Domain).Reason);
        Assert.IsTrue(AuthenticEntry.Authenticate(entry with { Time = 7 }, ledger.Domain).Accepted, "time is the sequencer's");
    }

    // The batch says of each entry what the single check says, whatever its neighbours are, and in each place.
    [TestMethod]
    public void AuthenticateAll_GoodAndWrongEntries_GiveEachTheVerdictOfTheSingleCheck()
    {
        var ledger = new LedgerFixture();
        var entry = ledger.Grant();
        Entry[] kinds =
        [
            entry,
            entry with { Signer = ledger.Issuer.Address },
            ledger.Grant(),
            entry with { Count = 2 },
            entry with { Signature = default },
            entry with { Signature = ledger.Grant().Signature },
            entry with { Time = 7 },
        ];
        foreach (var count in (int[])[0, 1, 2, 7, 9, 150])
        {
            var entries = Enumerable.Range(0, count).Select(i => kinds[i % kinds.Length]).ToArray();
            var verdicts = AuthenticEntry.AuthenticateAll(entries, ledger.Domain);
            Assert.HasCount(count, verdicts);
            for (var i = 0; i < count; i++)
            {
                var single = AuthenticEntry.Authenticate(entries[i], ledger.Domain);
                Assert.AreEqual(single.Refusal?.ToString(), verdicts[i].Refusal?.ToString(), $"{i} of {count}");
                Assert.AreEqual(single.Value?.Digest, verdicts[i].Value?.Digest);
                Assert.AreSame(single.Value?.Entry, verdicts[i].Value?.Entry);
            }
        }
    }

    // From bytes, on all cores: each verdict in its place, with entries, wrong ones, unwanted ones and no entries among each other.
    [TestMethod]
    public void ReadAll_BytesOfEveryKind_GiveEachTheVerdictOfTheSingleCheck()
    {
        var ledger = new LedgerFixture();
        var good = ledger.Grant();
        byte[][] kinds =
        [
            good.ToArray(),
            (good with { Signer = ledger.Issuer.Address }).ToArray(),
            good.ToArray()[1..],
            (good with { Time = 7 }).ToArray(),
            ledger.Grant().ToArray(),
            [],
        ];
        foreach (var count in (int[])[0, 1, 2, 5, 17, 300])
        {
            var bytes = Enumerable.Range(0, count).Select(i => (ReadOnlyMemory<byte>)kinds[i % kinds.Length]).ToList();
            var verdicts = AuthenticEntry.ReadAll(bytes, ledger.Domain, static entry => entry.Time == 0);
            Assert.HasCount(count, verdicts);
            for (var i = 0; i < count; i++)
            {
                var expected = Entry.TryParse(bytes[i].Span, out var entry) && entry.Time == 0 ? AuthenticEntry.Authenticate(entry, ledger.Domain).Reason : RefusalReason.Malformed;
                Assert.AreEqual(expected, verdicts[i].Reason, $"{i} of {count}");
                Assert.AreEqual(expected == RefusalReason.None ? entry : null, verdicts[i].Value?.Entry);
            }
        }
    }

    private static Entry Anchor(LedgerFixture ledger, Digest record) =>
        ledger.As(ledger.Issuer).Anchor(record, ledger.Citizen.Address, new AnchorDetails("identity-card/1", LedgerFixture.RandomDigest()));

    private static Entry Revoke(LedgerFixture ledger, Account account, Digest consent) =>
        ledger.As(account).Revoke(consent, new StatedReason("changed my mind", LedgerFixture.RandomDigest()));

    private static Entry Erase(LedgerFixture ledger, Account account, Digest record) =>
        ledger.As(account).Erase(record, new StatedReason("moved away", LedgerFixture.RandomDigest()));
}
