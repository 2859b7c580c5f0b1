using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tree;

/// <summary>
/// The rule of a witness (c2sp.org/tlog-witness, add-checkpoint), without storage, clock or network: the server around it stores and replies. It
/// compares with what the witness stored, never with what the request says about the past.
/// </summary>
public sealed class Witness
{
    private readonly NoteSigner _signer;
    private readonly Dictionary<string, TrustedLog> _logs;

    /// <param name="signer">The witness's cosignature key.</param>
    /// <param name="logs">Each log's origin and a key it signs with; an origin may come with several keys, and one that has an SM2 key is a log of the national suite.</param>
    /// <exception cref="ArgumentException">The signer is not a witness, or an origin's keys are not those of a log.</exception>
    public Witness(NoteSigner signer, IEnumerable<(string Origin, NoteVerifierKey Key)> logs)
    {
        if (!signer.VerifierKey.IsWitness)
        {
            throw new ArgumentException("a witness signs with a cosignature key", nameof(signer));
        }

        _signer = signer;
        _logs = logs.GroupBy(static log => log.Origin, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => new TrustedLog(group.Key, group.Select(static log => log.Key).Distinct()), StringComparer.Ordinal);

        // A witness that vouches for a log with the log's own key vouches for nothing.
        if (_logs.Values.Any(log => log.Keys.Any(key => key.PublicKey.Equals(signer.VerifierKey.PublicKey))))
        {
            throw new ArgumentException("a log's key is not the witness's own", nameof(logs));
        }
    }

    /// <summary>The key that verifies this witness's cosignatures.</summary>
    public NoteVerifierKey VerifierKey => _signer.VerifierKey;

    /// <summary>The origins of the logs that this witness follows.</summary>
    public IReadOnlyCollection<string> Origins => _logs.Keys;

    /// <summary>Decides in the order of the specification. Reading <paramref name="stored"/> and storing the new state must be one atomic step.</summary>
    /// <param name="stored">What was stored for the request's origin, or null when nothing ever was.</param>
    /// <param name="request">The request.</param>
    /// <param name="time">Now, in Unix seconds, not zero.</param>
    public WitnessDecision Decide(WitnessState? stored, WitnessRequest request, ulong time)
    {
        var checkpoint = request.Checkpoint;
        if (stored is not null && stored.Checkpoint.Origin != checkpoint.Origin)
        {
            throw new ArgumentException("stored state of another log", nameof(stored));
        }

        // "If the checkpoint origin is unknown, the witness MUST respond with a 404" (older texts said 403).
        if (!_logs.TryGetValue(checkpoint.Origin, out var log))
        {
            return WitnessDecision.Refuse(404, "unknown log");
        }

        // "403 if either no signature from a trusted key for the origin is present, or a [trusted] signature itself fails to verify".
        if (!SignedCheckpoint.Verify(request.Note, log).Accepted)
        {
            return WitnessDecision.Refuse(403, "invalid signature");
        }

        // "The old size MUST be equal to or lower than the checkpoint size. Otherwise 400".
        if (request.OldSize > checkpoint.Size)
        {
            return WitnessDecision.Refuse(400, "old size above checkpoint size");
        }

        // "The witness MUST check that the old size matches the size of the latest checkpoint it cosigned ... 409", with that size.
        var storedSize = stored?.Checkpoint.Size ?? 0;
        if (request.OldSize != storedSize)
        {
            return WitnessDecision.Stale(storedSize, SplitView(stored, request));
        }

        // "A checkpoint of size zero MUST have the root hash of the empty tree. Otherwise 422".
        if (checkpoint.Size == 0 && checkpoint.Root != log.Suite.Tree.EmptyRoot)
        {
            return WitnessDecision.Refuse(422, "size 0 with a root that is not the empty tree's");
        }

        // "If the old size matches the checkpoint size, the root hashes [must be] identical ... 409", without a size: retrying will not help.
        if (SplitView(stored, request) is { } guilt)
        {
            return WitnessDecision.Refuse(409, nameof(RefusalReason.SplitView), guilt);
        }

        // "The proof MUST be empty if the old size is zero. If the proof doesn't verify, 422". From size 0 everything is an extension.
        var consistent = storedSize == 0
            ? request.Proof.Count == 0
            : MerkleProof.VerifyConsistency(log.Suite.Tree, storedSize, checkpoint.Size, stored!.Checkpoint.Root, checkpoint.Root, request.Proof);
        if (!consistent)
        {
            return WitnessDecision.Refuse(422, "consistency proof does not verify", OtherHistory(log.Suite.Tree, stored, request));
        }

        if (!WitnessState.TryRead(request.Note.Bytes.Span, out var newState))
        {
            throw new InvalidOperationException("a verified checkpoint cannot be read again");
        }

        return WitnessDecision.Accept(newState, Cosignature.Create(checkpoint, _signer, time));
    }

    // Another root at the size we cosigned is guilt, whatever old size came with it.
    private static SplitViewProof? SplitView(WitnessState? stored, WitnessRequest request) =>
        stored is not null && request.Checkpoint.Size == stored.Checkpoint.Size && request.Checkpoint.Root != stored.Checkpoint.Root
            ? new SplitViewProof(stored.Note.Bytes, request.Note.Bytes)
            : null;

    // A proof that fails may still show, against the log, which root its larger tree has at the size we cosigned.
    private static SplitViewProof? OtherHistory(MerkleHash tree, WitnessState? stored, WitnessRequest request) =>
        stored is not null
        && MerkleProof.TryShownOldRoot(
            tree, stored.Checkpoint.Size, request.Checkpoint.Size, stored.Checkpoint.Root, request.Checkpoint.Root, request.Proof, out var shown)
        && shown != stored.Checkpoint.Root
            ? new SplitViewProof(stored.Note.Bytes, request.Note.Bytes, shown, request.Proof)
            : null;
}
