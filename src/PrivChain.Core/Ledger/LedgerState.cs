using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Ledger;

/// <summary>
/// The one rule book: a pure, deterministic state machine over authentic entries. Node, brokers, explorer and verifier all run it, so a
/// sequence of entries has one meaning. Not safe for concurrent use: one owner advances it.
/// </summary>
public sealed partial class LedgerState
{
    private readonly Genesis _genesis;
    private readonly Dictionary<(LedgerRole Role, AccountAddress Account, Digest Subject), Enrolment> _enrolments = [];
    private readonly Dictionary<(EntryKind Kind, Digest Document), int> _votes = [];
    private readonly HashSet<(Digest Document, AccountAddress Signer)> _recordedVotes = [];
    private readonly Dictionary<Digest, PublishedContract> _contracts = [];
    private readonly Dictionary<Digest, AnchoredRecord> _records = [];
    private readonly Dictionary<Digest, Grant> _grants = [];
    private readonly Dictionary<AccountAddress, WorkerSession> _sessions = [];
    private readonly Dictionary<Digest, RecordedUse> _uses = [];
    private readonly Dictionary<AccountAddress, ulong> _points = [];

    /// <param name="genesis">The ledger's constitution: governors, thresholds, domain.</param>
    public LedgerState(Genesis genesis) => _genesis = genesis;

    /// <summary>The ledger's algorithms.</summary>
    public Suite Suite => _genesis.Algorithms;

    /// <summary>Number of entries applied.</summary>
    public ulong Size { get; private set; }

    /// <summary>Time of the last entry, unix ms; zero before the first.</summary>
    public ulong Time { get; private set; }

    /// <summary>
    /// Whether the entry may stand next, without changing anything. <see cref="RefusalReason.None"/> means it may. An enrolment or approval that does not
    /// reach its threshold yet is admitted and takes effect with the vote that completes it.
    /// </summary>
    public RefusalReason Check(AuthenticEntry authentic)
    {
        var entry = authentic.Entry;
        if (entry.Time < Time)
        {
            return RefusalReason.TimeWentBack;
        }

        return entry.Kind switch
        {
            EntryKind.Enrol => CheckEnrol(authentic),
            EntryKind.Expel => CheckExpel(authentic),
            EntryKind.Publish => CheckPublish(entry),
            EntryKind.Approve or EntryKind.Withdraw => CheckOpinion(authentic),
            EntryKind.Anchor => CheckAnchor(entry),
            EntryKind.Grant => CheckGrant(authentic),
            EntryKind.Revoke => CheckRevoke(entry),
            EntryKind.Session => CheckSession(entry),
            EntryKind.Use => CheckUse(authentic),
            EntryKind.Deliver => CheckDeliver(entry),
            EntryKind.Erase => CheckErase(entry),
            _ => RefusalReason.UnknownVersion,
        };
    }

    /// <summary>Checks the entry and, when it may stand, makes it the next one. A refused entry changes nothing.</summary>
    public RefusalReason Apply(AuthenticEntry authentic)
    {
        var reason = Check(authentic);
        if (reason != RefusalReason.None)
        {
            return reason;
        }

        var index = Size;
        var entry = authentic.Entry;
        switch (entry.Kind)
        {
            case EntryKind.Enrol:
                ApplyEnrol(authentic);
                break;
            case EntryKind.Expel:
                ApplyExpel(authentic);
                break;
            case EntryKind.Publish:
                _contracts.Add(entry.Reference, new PublishedContract(entry, index));
                break;
            case EntryKind.Approve:
                _recordedVotes.Add((authentic.Digest, entry.Signer));
                _contracts[entry.Reference].Approvals.Add(entry.Signer);
                break;
            case EntryKind.Withdraw:
                _recordedVotes.Add((authentic.Digest, entry.Signer));
                _contracts[entry.Reference].Approvals.Remove(entry.Signer);
                break;
            case EntryKind.Anchor:
                _records.Add(entry.Reference, new AnchoredRecord(entry.Signer, entry.Party, index, Erased: false));
                break;
            case EntryKind.Grant:
                _grants.Add(authentic.Digest, new Grant(entry, index));
                break;
            case EntryKind.Revoke:
                _grants[entry.Reference].RevokedAt = index;
                break;
            case EntryKind.Session:
                _sessions.Add(entry.Party, new WorkerSession(entry.Signer, entry.Reference, entry.Details, entry.NotBefore, entry.NotAfter, index));
                break;
            case EntryKind.Use:
                ApplyUse(authentic, index);
                break;
            case EntryKind.Deliver:
                _uses[entry.Reference].DeliveredAt = index;
                break;
            case EntryKind.Erase:
                _records[entry.Reference] = _records[entry.Reference] with { Erased = true };
                break;
        }

        Time = entry.Time;
        Size = index + 1;
        return RefusalReason.None;
    }

    /// <summary>True when the account or subject holds the role at this time (unix ms).</summary>
    public bool Holds(LedgerRole role, AccountAddress account, Digest subject, ulong time) =>
        _enrolments.TryGetValue((role, account, subject), out var enrolment) && enrolment.HoldsAt(time);

    /// <summary>True when the account holds the role under any subject at this time (unix ms).</summary>
    public bool Holds(LedgerRole role, AccountAddress account, ulong time) => Enrolled(role, account, time) is not null;

    /// <summary>The enrolment of an account in a role at this time (unix ms), or null.</summary>
    public Enrolment? Enrolled(LedgerRole role, AccountAddress account, ulong time)
    {
        // Organisations and brokers are few: the subject is the fingerprint of a key, and a new key is a new enrolment.
        Enrolment? latest = null;
        if (_byAccount.TryGetValue((role, account), out var subjects))
        {
            foreach (var subject in subjects)
            {
                var enrolment = _enrolments[(role, account, subject)];
                if (enrolment.HoldsAt(time) && (latest is null || enrolment.Index > latest.Index))
                {
                    latest = enrolment;
                }
            }
        }

        return latest;
    }

    /// <summary>All enrolments in a role that hold at this time (unix ms).</summary>
    public IEnumerable<Enrolment> EnrolledIn(LedgerRole role, ulong time) =>
        _enrolments.Values.Where(enrolment => enrolment.Role == role && enrolment.HoldsAt(time));

    /// <summary>All enrolments in a role that ever came about, whether they hold or not; of several of one key, the last.</summary>
    public IEnumerable<Enrolment> EverEnrolledIn(LedgerRole role) => _enrolments.Values.Where(enrolment => enrolment.Role == role);

    /// <summary>A published contract, approved or not, or null.</summary>
    public PublishedContract? Contract(Digest contract) => _contracts.GetValueOrDefault(contract);

    /// <summary>All published contracts.</summary>
    public IEnumerable<PublishedContract> Contracts => _contracts.Values;

    /// <summary>True when enough regulators approve the contract, now.</summary>
    public bool IsApproved(Digest contract) => IsApproved(contract, Time);

    /// <summary>As <see cref="IsApproved(Digest)"/> by those who are enrolled at a time, unix ms, that is not before that of the last entry.</summary>
    public bool IsApproved(Digest contract, ulong time) =>
        _contracts.TryGetValue(contract, out var published) && CountApprovals(published, time) >= _genesis.RegulatorApprovals;

    /// <summary>An anchored record, or null.</summary>
    public AnchoredRecord? Record(Digest record) => _records.TryGetValue(record, out var found) ? found : null;

    /// <summary>A consent by its document digest, or null.</summary>
    public Grant? Consent(Digest consent) => _grants.GetValueOrDefault(consent);

    /// <summary>A worker's session, or null.</summary>
    public WorkerSession? Session(AccountAddress worker) => _sessions.GetValueOrDefault(worker);

    /// <summary>A use by its document digest, or null.</summary>
    public RecordedUse? Use(Digest use) => _uses.GetValueOrDefault(use);

    /// <summary>Points of an account.</summary>
    public ulong Points(AccountAddress account) => _points.GetValueOrDefault(account);

    private int CountApprovals(PublishedContract published, ulong time)
    {
        var count = 0;
        foreach (var regulator in published.Approvals)
        {
            // An approval counts only while its regulator is enrolled.
            count += Holds(LedgerRole.Regulator, regulator, time) ? 1 : 0;
        }

        return count;
    }

    private static ulong Seconds(ulong milliseconds) => milliseconds / 1000;
}
