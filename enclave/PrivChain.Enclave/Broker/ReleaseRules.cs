using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Enclave.Follow;

namespace PrivChain.Enclave.Broker;

/// <summary>
/// The decision to release keys: pure functions of what was verified. Every branch that is in doubt refuses, and the tests have a case for each. <see cref="Admit"/>
/// runs before the use is recorded, so that no use is spent on what cannot be released; <see cref="Decide"/> runs all of it again on the ledger that has the use.
/// </summary>
internal static class ReleaseRules
{
    /// <summary>Longest difference between a use's ledger time and the time its witnesses state, in seconds.</summary>
    public const ulong MaxWitnessSkewSeconds = 300;

    /// <summary>
    /// Whether a use may be recorded now. One that stands already is refused: whoever runs the node could else let a use be recorded, hold the release up, and have it once the consent
    /// is revoked and this process kept from hearing of it. What needs a new entry cannot be had behind the back of the revocation.
    /// </summary>
    /// <param name="ledger">State at a witnessed checkpoint.</param>
    /// <param name="asked">What is asked.</param>
    /// <param name="clock">The host's clock, unix ms: it can only make a refusal of a yes, since ledger and witnesses judge the time again.</param>
    public static RefusalReason Admit(LedgerState ledger, ReleaseCase asked, ulong clock)
    {
        var reason = Agree(ledger, asked);
        return reason != RefusalReason.None ? reason : ledger.Check(asked.Use.At(Math.Max(ledger.Time, clock)));
    }

    /// <summary>Whether the keys may be released under a use that stands on the ledger.</summary>
    /// <param name="ledger">State at a witnessed checkpoint that covers the use.</param>
    /// <param name="asked">What is asked.</param>
    /// <param name="witnessed">The entry at the place where the node said the use stands.</param>
    public static RefusalReason Decide(LedgerState ledger, ReleaseCase asked, WitnessedEntry witnessed)
    {
        var reason = Agree(ledger, asked);
        if (reason != RefusalReason.None)
        {
            return reason;
        }

        // The node names a place; only the very document this broker signed, there, counts.
        if (witnessed.Authentic.Digest != asked.Use.Digest || witnessed.Authentic.Entry.Signer != asked.Broker
            || ledger.Use(asked.Use.Digest) is not { } use || use.Index != witnessed.Index)
        {
            return RefusalReason.BadProof;
        }

        if (use.DeliveredAt is not null)
        {
            return RefusalReason.AlreadyDelivered;
        }

        // Whichever came first: a use that stands before the revocation is spent, and what nobody has seen by now nobody sees.
        var grant = ledger.Consent(asked.Consent)!;
        if (grant.RevokedAt is not null)
        {
            return RefusalReason.Revoked;
        }

        if (witnessed.Checkpoint.Checkpoint.Size <= witnessed.Index)
        {
            return RefusalReason.NotWitnessed;
        }

        // Code or broker expelled after the use: nobody revoked in time to be cheated, and there is no reason left to trust them.
        if (!ledger.Holds(LedgerRole.Broker, asked.Broker, ledger.Time))
        {
            return RefusalReason.NotEnrolled;
        }

        return ledger.Holds(LedgerRole.Measurement, AccountAddress.Zero, asked.Worker!.Measurement, ledger.Time)
            ? JudgeTime(grant, asked.Worker, witnessed)
            : RefusalReason.MeasurementNotAccepted;
    }

    /// <summary>Whether one query asks for what contract and consent allow.</summary>
    public static RefusalReason JudgeQuery(QueryDocument query, Digest consent, ConsentDetails details, PrivacyContract contract)
    {
        if (query.Consent != consent)
        {
            return RefusalReason.QueryOutsideContract;
        }

        if (query.Fields.Except(details.Fields, StringComparer.Ordinal).Any())
        {
            return RefusalReason.FieldNotInContract;
        }

        // An answer always has the required fields: a contract is a whole, not a menu.
        return query.Fields.Count == 0 || contract.Shows.All(field => field.Optional || query.Fields.Contains(field.Name, StringComparer.Ordinal))
            ? RefusalReason.None
            : RefusalReason.QueryOutsideContract;
    }

    /// <summary>Whether a key share belongs to this consent, and to a ledger of this suite.</summary>
    public static RefusalReason JudgeShare(Suite suite, KeyShare share, ConsentDetails details) =>
        !suite.Uses(share.CitizenKey.Kem) ? RefusalReason.WrongSuite
        : share.DetailsSalt != details.Salt || share.CitizenKey.Fingerprint != details.CitizenKey ? RefusalReason.DigestMismatch : RefusalReason.None;

    // Everything that must agree whatever the time is.
    private static RefusalReason Agree(LedgerState ledger, ReleaseCase asked)
    {
        var reason = JudgeWorker(ledger, asked);
        reason = reason != RefusalReason.None ? reason : JudgeInstitution(ledger, asked);
        reason = reason != RefusalReason.None ? reason : JudgeConsent(ledger, asked);
        reason = reason != RefusalReason.None ? reason : JudgeContract(ledger, asked);
        return reason != RefusalReason.None ? reason : JudgeUse(asked);
    }

    private static RefusalReason JudgeWorker(LedgerState ledger, ReleaseCase asked)
    {
        if (asked.Worker is not { } worker || ledger.Session(worker.Account) is not { } session)
        {
            return RefusalReason.NotEnrolled;
        }

        // Another broker's session is another broker's word about a worker.
        if (session.Broker != asked.Broker)
        {
            return RefusalReason.NotYours;
        }

        // A session entry for the same account with other details is a clone's.
        if (session.Index != worker.Index || session.Details != worker.Details.StructHash(ledger.Suite))
        {
            return RefusalReason.CloneRefused;
        }

        if (session.Measurement != worker.Measurement)
        {
            return RefusalReason.MeasurementNotAccepted;
        }

        return worker.SessionKey.Fingerprint == worker.Details.SessionKey ? RefusalReason.None : RefusalReason.EvidenceNotBound;
    }

    private static RefusalReason JudgeInstitution(LedgerState ledger, ReleaseCase asked)
    {
        if (!asked.OpeningIsSigned)
        {
            return RefusalReason.BadSignature;
        }

        if (asked.Opening.Worker != asked.Worker!.Account || asked.Opening.SessionKey != asked.Worker.Details.SessionKey)
        {
            return RefusalReason.EvidenceNotBound;
        }

        if (ledger.Consent(asked.Consent) is not { } grant)
        {
            return RefusalReason.UnknownReference;
        }

        return grant.Controller == asked.Opening.Institution ? RefusalReason.None : RefusalReason.NotYours;
    }

    private static RefusalReason JudgeConsent(LedgerState ledger, ReleaseCase asked)
    {
        if (asked.Package is not { } package)
        {
            return RefusalReason.RecordMissing;
        }

        if (asked.Details is not { } details)
        {
            return RefusalReason.CannotOpen;
        }

        if (details.StructHash(ledger.Suite) != ledger.Consent(asked.Consent)!.Details || details.KeyPackage != package.KeyBoxesDigest(ledger.Suite))
        {
            return RefusalReason.DigestMismatch;
        }

        // A broker set of exactly one in this version: with several, one alone must not release.
        if (details.Threshold != 1 || details.Brokers.Count != 1 || details.Brokers[0] != asked.Broker
            || package.Boxes.Count != 1 || package.Boxes[0].Broker != asked.Broker)
        {
            return RefusalReason.TooFewRoots;
        }

        return details.RecipientKey == asked.Opening.RecipientKey ? RefusalReason.None : RefusalReason.WrongRecipient;
    }

    private static RefusalReason JudgeContract(LedgerState ledger, ReleaseCase asked)
    {
        var details = asked.Details!;
        var grant = ledger.Consent(asked.Consent)!;
        if (asked.Contract is not { } contract)
        {
            return RefusalReason.Malformed;
        }

        if (contract.Digest != grant.Contract)
        {
            return RefusalReason.DigestMismatch;
        }

        if (contract.Controller != grant.Controller)
        {
            return RefusalReason.NotYours;
        }

        if (!ledger.IsApproved(contract.Digest))
        {
            return RefusalReason.NotApproved;
        }

        if (!contract.Enclave.AcceptedEvidence.Contains(asked.Worker!.EvidenceKind, StringComparer.Ordinal))
        {
            return RefusalReason.EvidenceNotAccepted;
        }

        // Known before anything is asked, so before a use is spent on it.
        if (AnswerEnvelope.PaddedSizeFor(contract) is null)
        {
            return RefusalReason.TooLarge;
        }

        // There is one broker, so one root.
        if (contract.Enclave.UnlikeRoots != 1)
        {
            return RefusalReason.TooFewRoots;
        }

        if (details.Records.Count != contract.Records.Length)
        {
            return RefusalReason.RecordMissing;
        }

        return details.Fields.All(name => contract.Find(name) is not null)
            && contract.Shows.All(field => field.Optional || details.Fields.Contains(field.Name, StringComparer.Ordinal))
                ? RefusalReason.None
                : RefusalReason.FieldNotInContract;
    }

    private static RefusalReason JudgeUse(ReleaseCase asked)
    {
        foreach (var query in asked.Queries)
        {
            var reason = JudgeQuery(query, asked.Consent, asked.Details!, asked.Contract!);
            if (reason != RefusalReason.None)
            {
                return reason;
            }
        }

        var digests = asked.Queries.Select(query => query.Digest).ToList();
        var use = asked.Use.Entry;
        return digests.Count > 0 && digests.Distinct().Count() == digests.Count
            && asked.Queries.All(query => query.Fields.SequenceEqual(asked.Queries[0].Fields, StringComparer.Ordinal))
            && use.Kind == EntryKind.Use && use.Reference == asked.Consent && use.Party == asked.Worker!.Account && use.Signer == asked.Broker
            && use.Count == digests.Count && use.Details == QueryDocument.TreeOf(use.Suite, digests).Root()
                ? RefusalReason.None
                : RefusalReason.Conflict;
    }

    private static RefusalReason JudgeTime(Grant grant, AdmittedWorker worker, WitnessedEntry witnessed)
    {
        // Two bounds of the witnesses' time: the checkpoint was there by the one, and the other had come. Both must fit.
        var earliest = Math.Min(witnessed.Checkpoint.QuorumTime, witnessed.Checkpoint.CurrentAt);
        var latest = Math.Max(witnessed.Checkpoint.QuorumTime, witnessed.Checkpoint.CurrentAt);
        var used = witnessed.Authentic.Entry.Time / 1000;
        if (latest > used && latest - used > MaxWitnessSkewSeconds || used > earliest && used - earliest > MaxWitnessSkewSeconds)
        {
            return RefusalReason.ClockSkew;
        }

        if (earliest < grant.NotBefore)
        {
            return RefusalReason.NotYetValid;
        }

        return latest > grant.NotAfter || latest > worker.NotAfter ? RefusalReason.Expired : RefusalReason.None;
    }
}
