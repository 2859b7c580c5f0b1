using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tree;

/// <summary>
/// A checkpoint signed by its log and cosigned by a quorum of witnesses. The times below hold as long as fewer than a quorum of
/// witnesses lie: among any quorum one is honest, and its clock is the bound.
/// </summary>
public sealed class WitnessedCheckpoint
{
    private WitnessedCheckpoint(SignedCheckpoint signed, List<string> names, ulong earliest, ulong quorumTime, ulong currentAt)
    {
        Signed = signed;
        WitnessNames = names;
        EarliestWitnessTime = earliest;
        QuorumTime = quorumTime;
        CurrentAt = currentAt;
    }

    /// <summary>What was signed and cosigned.</summary>
    public Checkpoint Checkpoint => Signed.Checkpoint;

    /// <summary>The log's signed checkpoint with the note as received.</summary>
    public SignedCheckpoint Signed { get; }

    /// <summary>The witnesses that cosigned, in the order of the policy.</summary>
    public IReadOnlyList<string> WitnessNames { get; }

    /// <summary>The smallest time of any witness, in Unix seconds: one witness's word, to show and not to rely on.</summary>
    public ulong EarliestWitnessTime { get; }

    /// <summary>
    /// The checkpoint existed at this time at the latest, in Unix seconds: the quorum-th smallest of the witnesses' earliest times. Witnesses
    /// beyond the quorum with clocks far ahead do not move it; fewer than a quorum with clocks behind cannot bring it below every honest one.
    /// </summary>
    public ulong QuorumTime { get; }

    /// <summary>
    /// This time had come, and the log was still at this checkpoint for an honest witness, in Unix seconds: the quorum-th largest of the witnesses'
    /// latest times. Use it where a clock ahead would harm, such as for freshness and expiry.
    /// </summary>
    public ulong CurrentAt { get; }

    /// <summary>
    /// Verifies a note. Signatures by keys other than the log's and the policy's are ignored; a wrong one by any of those refuses the note. A
    /// witness that cosigned several times counts once.
    /// </summary>
    public static Verdict<WitnessedCheckpoint> Verify(ReadOnlySpan<byte> note, TrustedLog log, WitnessPolicy policy)
    {
        var signed = SignedCheckpoint.Verify(note, log);
        if (!signed.Accepted)
        {
            return signed.Refusal;
        }

        if (signed.Value.Checkpoint.Size == 0 && signed.Value.Checkpoint.Root != log.Suite.Tree.EmptyRoot)
        {
            return Verdict<WitnessedCheckpoint>.Refuse(RefusalReason.BadProof, "size 0 with a root that is not the empty tree's");
        }

        // The log's keys are among the known ones, so this is refused for wrong signatures alone, not for missing ones.
        var verified = signed.Value.Note.Verify([.. log.Keys, .. policy.Witnesses]);
        if (!verified.Accepted)
        {
            return verified.Refusal;
        }

        var earliest = new List<ulong>();
        var latest = new List<ulong>();
        var names = new List<string>();
        foreach (var witness in policy.Witnesses)
        {
            // Time zero is how a cosigner says that it says nothing about when, nor that it had seen no larger tree: that is no witness.
            var times = verified.Value.Signatures.Where(s => s.Key.Equals(witness) && s.Time is not 0).Select(static s => s.Time!.Value).ToList();
            if (times.Count > 0)
            {
                names.Add(witness.Name);
                earliest.Add(times.Min());
                latest.Add(times.Max());
            }
        }

        if (names.Count < policy.Quorum)
        {
            return Verdict<WitnessedCheckpoint>.Refuse(RefusalReason.NotWitnessed, $"wanted {policy.Quorum} witnesses, given {names.Count}");
        }

        earliest.Sort();
        latest.Sort();
        return new WitnessedCheckpoint(signed.Value, names, earliest[0], earliest[policy.Quorum - 1], latest[^policy.Quorum]);
    }
}
