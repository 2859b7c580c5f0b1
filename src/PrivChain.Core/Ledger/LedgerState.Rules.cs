using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Ledger;

/// <content>The rule of each kind (DESIGN, "Documents and the ledger"), in the order of the enum.</content>
public sealed partial class LedgerState
{
    private readonly Dictionary<(LedgerRole Role, AccountAddress Account), HashSet<Digest>> _byAccount = [];

    private RefusalReason CheckEnrol(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (!_genesis.IsGovernor(entry.Signer))
        {
            return RefusalReason.NotEnrolled;
        }

        if (entry.Role == LedgerRole.None || entry.NotAfter < entry.NotBefore
            || (entry.Role is LedgerRole.Measurement or LedgerRole.App) != entry.Party.IsZero
            || (entry.Role is LedgerRole.Measurement or LedgerRole.Broker or LedgerRole.App && entry.Reference.IsZero)
            || (entry.Price != 0 && entry.Role != LedgerRole.Institution))
        {
            return RefusalReason.TermsNotAllowed;
        }

        return _recordedVotes.Contains((authentic.Digest, entry.Signer)) ? RefusalReason.AlreadyRecorded : RefusalReason.None;
    }

    private void ApplyEnrol(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (!VoteCompletes(authentic))
        {
            return;
        }

        var key = (entry.Role, entry.Party, entry.Reference);
        _enrolments[key] = new Enrolment(entry, authentic.Digest, Size);
        if (!_byAccount.TryGetValue((entry.Role, entry.Party), out var subjects))
        {
            _byAccount[(entry.Role, entry.Party)] = subjects = [];
        }

        subjects.Add(entry.Reference);
        if (entry.Price != 0)
        {
            _points[entry.Party] = checked(Points(entry.Party) + entry.Price);
        }
    }

    private RefusalReason CheckExpel(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (!_genesis.IsGovernor(entry.Signer))
        {
            return RefusalReason.NotEnrolled;
        }

        if (!_enrolments.ContainsKey((entry.Role, entry.Party, entry.Reference)))
        {
            return RefusalReason.UnknownReference;
        }

        return _recordedVotes.Contains((authentic.Digest, entry.Signer)) ? RefusalReason.AlreadyRecorded : RefusalReason.None;
    }

    private void ApplyExpel(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (VoteCompletes(authentic))
        {
            _enrolments[(entry.Role, entry.Party, entry.Reference)].ExpelledAt = Size;
        }
    }

    // Counts the vote; true when it is the one that reaches the governors' threshold.
    private bool VoteCompletes(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;

        // A second vote of one signer was refused before, so a number is enough.
        _recordedVotes.Add((authentic.Digest, entry.Signer));
        var votes = _votes.GetValueOrDefault((entry.Kind, authentic.Digest)) + 1;
        _votes[(entry.Kind, authentic.Digest)] = votes;
        return votes == _genesis.GovernorThreshold;
    }

    private RefusalReason CheckPublish(Entry entry)
    {
        if (!Holds(LedgerRole.Institution, entry.Signer, entry.Time))
        {
            return RefusalReason.NotEnrolled;
        }

        if (entry.Count == 0 || entry.NotAfter == 0)
        {
            return RefusalReason.TermsNotAllowed;
        }

        return _contracts.ContainsKey(entry.Reference) ? RefusalReason.AlreadyRecorded : RefusalReason.None;
    }

    private RefusalReason CheckOpinion(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (!Holds(LedgerRole.Regulator, entry.Signer, entry.Time))
        {
            return RefusalReason.NotEnrolled;
        }

        if (_recordedVotes.Contains((authentic.Digest, entry.Signer)))
        {
            return RefusalReason.AlreadyRecorded;
        }

        if (!_contracts.TryGetValue(entry.Reference, out var contract))
        {
            return RefusalReason.UnknownReference;
        }

        var approves = contract.Approvals.Contains(entry.Signer);
        return entry.Kind switch
        {
            EntryKind.Approve when approves => RefusalReason.AlreadyRecorded,
            EntryKind.Withdraw when !approves => RefusalReason.NotApproved,
            _ => RefusalReason.None,
        };
    }

    private RefusalReason CheckAnchor(Entry entry)
    {
        // Nobody vouches for what a person states: everybody may, of themselves.
        if (entry.Signer != entry.Party && !Holds(LedgerRole.Issuer, entry.Signer, entry.Time))
        {
            return RefusalReason.NotEnrolled;
        }

        return _records.ContainsKey(entry.Reference) ? RefusalReason.AlreadyRecorded
            : entry.Party.IsZero ? RefusalReason.TermsNotAllowed
            : RefusalReason.None;
    }

    private RefusalReason CheckGrant(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (_grants.ContainsKey(authentic.Digest))
        {
            return RefusalReason.AlreadyRecorded;
        }

        if (!_contracts.TryGetValue(entry.Reference, out var contract))
        {
            return RefusalReason.UnknownReference;
        }

        if (!IsApproved(entry.Reference))
        {
            return RefusalReason.NotApproved;
        }

        if (entry.Party != contract.Controller)
        {
            return RefusalReason.WrongRecipient;
        }

        if (!Holds(LedgerRole.Institution, contract.Controller, entry.Time))
        {
            return RefusalReason.NotEnrolled;
        }

        if (entry.NotAfter < Seconds(entry.Time))
        {
            return RefusalReason.Expired;
        }

        return entry.NotAfter < entry.NotBefore || entry.NotAfter - entry.NotBefore > contract.MaxSeconds
            || entry.Count == 0 || entry.Count > contract.MaxUses || entry.Price != contract.Price
                ? RefusalReason.TermsOutsideContract
                : RefusalReason.None;
    }

    private RefusalReason CheckRevoke(Entry entry)
    {
        if (!_grants.TryGetValue(entry.Reference, out var grant))
        {
            return RefusalReason.UnknownReference;
        }

        return grant.Granter != entry.Signer ? RefusalReason.NotYours
            : grant.RevokedAt is not null ? RefusalReason.AlreadyRecorded
            : RefusalReason.None;
    }

    private RefusalReason CheckSession(Entry entry)
    {
        if (!Holds(LedgerRole.Broker, entry.Signer, entry.Time))
        {
            return RefusalReason.NotEnrolled;
        }

        if (_sessions.ContainsKey(entry.Party))
        {
            return RefusalReason.CloneRefused;
        }

        if (!Holds(LedgerRole.Measurement, AccountAddress.Zero, entry.Reference, entry.Time))
        {
            return RefusalReason.MeasurementNotAccepted;
        }

        return entry.Party.IsZero || entry.NotAfter < entry.NotBefore || entry.NotAfter - entry.NotBefore > _genesis.MaxSessionSeconds
            ? RefusalReason.TermsNotAllowed
            : RefusalReason.None;
    }

    private RefusalReason CheckUse(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (!Holds(LedgerRole.Broker, entry.Signer, entry.Time))
        {
            return RefusalReason.NotEnrolled;
        }

        if (_uses.ContainsKey(authentic.Digest))
        {
            return RefusalReason.AlreadyRecorded;
        }

        if (!_grants.TryGetValue(entry.Reference, out var grant))
        {
            return RefusalReason.UnknownReference;
        }

        if (grant.RevokedAt is not null)
        {
            return RefusalReason.Revoked;
        }

        // A withdrawn approval or an expelled institution stops every consent given before.
        if (!IsApproved(grant.Contract))
        {
            return RefusalReason.NotApproved;
        }

        if (!Holds(LedgerRole.Institution, grant.Controller, entry.Time))
        {
            return RefusalReason.NotEnrolled;
        }

        var now = Seconds(entry.Time);
        if (now < grant.NotBefore)
        {
            return RefusalReason.NotYetValid;
        }

        if (now > grant.NotAfter)
        {
            return RefusalReason.Expired;
        }

        if (entry.Count == 0)
        {
            return RefusalReason.TermsNotAllowed;
        }

        if (entry.Count > grant.UsesLeft)
        {
            return RefusalReason.Exhausted;
        }

        if (Cost(entry, grant) > Points(grant.Controller))
        {
            return RefusalReason.TooFewPoints;
        }

        return CheckWorker(entry.Party, entry.Time);
    }

    private RefusalReason CheckWorker(AccountAddress worker, ulong time)
    {
        if (!_sessions.TryGetValue(worker, out var session))
        {
            return RefusalReason.NotEnrolled;
        }

        var now = Seconds(time);
        return now < session.NotBefore ? RefusalReason.NotYetValid
            : now > session.NotAfter ? RefusalReason.Expired
            : !Holds(LedgerRole.Measurement, AccountAddress.Zero, session.Measurement, time) ? RefusalReason.MeasurementNotAccepted
            : RefusalReason.None;
    }

    private void ApplyUse(AuthenticEntry authentic, ulong index)
    {
        var entry = authentic.Entry;
        var grant = _grants[entry.Reference];
        var cost = Cost(entry, grant);
        grant.UsesLeft -= entry.Count;
        if (cost != 0)
        {
            _points[grant.Controller] = Points(grant.Controller) - cost;
            _points[grant.Granter] = checked(Points(grant.Granter) + cost);
        }

        _uses.Add(authentic.Digest, new RecordedUse(entry.Reference, entry.Signer, entry.Party, entry.Count, entry.Details, index));
    }

    // At most 2^32 uses of 2^32 points: it cannot overflow 64 bits.
    private static ulong Cost(Entry entry, Grant grant) => (ulong)entry.Count * grant.Price;

    private RefusalReason CheckDeliver(Entry entry)
    {
        if (!_uses.TryGetValue(entry.Reference, out var use))
        {
            return RefusalReason.UnknownReference;
        }

        return use.Worker != entry.Signer ? RefusalReason.NotYours
            : use.DeliveredAt is not null ? RefusalReason.AlreadyDelivered
            : RefusalReason.None;
    }

    private RefusalReason CheckErase(Entry entry)
    {
        if (!_records.TryGetValue(entry.Reference, out var record))
        {
            return RefusalReason.UnknownReference;
        }

        return record.Holder != entry.Signer && record.Issuer != entry.Signer ? RefusalReason.NotYours
            : record.Erased ? RefusalReason.Erased
            : RefusalReason.None;
    }
}
