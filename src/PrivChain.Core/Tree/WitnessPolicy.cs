namespace PrivChain.Core.Tree;

/// <summary>Which witnesses count, and how many of them must have cosigned.</summary>
public sealed class WitnessPolicy
{
    /// <param name="witnesses">Cosignature keys, each name and each public key once: a cosignature does not name its witness, so one key in two roles would count twice.</param>
    /// <param name="quorum">At least 1 and at most the number of witnesses. Two quorums share an honest witness when it is above half.</param>
    /// <exception cref="ArgumentException">One of these is not so.</exception>
    public WitnessPolicy(IEnumerable<NoteVerifierKey> witnesses, int quorum)
    {
        Witnesses = [.. witnesses];
        Quorum = quorum;
        if (quorum < 1 || quorum > Witnesses.Count)
        {
            throw new ArgumentException($"a quorum of {quorum} among {Witnesses.Count} witnesses", nameof(quorum));
        }

        if (Witnesses.Any(static w => !w.IsWitness)
            || Witnesses.DistinctBy(static w => w.Name).Count() != Witnesses.Count
            || Witnesses.DistinctBy(static w => w.PublicKey).Count() != Witnesses.Count)
        {
            throw new ArgumentException("witnesses have cosignature keys, each with a name and a public key of its own", nameof(witnesses));
        }
    }

    /// <summary>The witnesses that count.</summary>
    public IReadOnlyList<NoteVerifierKey> Witnesses { get; }

    /// <summary>How many different witnesses must have cosigned.</summary>
    public int Quorum { get; }
}
