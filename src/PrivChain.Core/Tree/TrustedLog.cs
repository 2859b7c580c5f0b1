using PrivChain.Core.Suites;

namespace PrivChain.Core.Tree;

/// <summary>
/// What a verifier knows of a log before it reads a checkpoint: the origin, which is not always a key's name, and the keys. The keys say which suite the log is of, and so what its tree is hashed
/// with and which signatures a checkpoint must have: Ed25519 alone, or SM2 beside it.
/// </summary>
public sealed class TrustedLog
{
    /// <param name="origin">Origin line of its checkpoints.</param>
    /// <param name="keys">Its keys; several of one type during a rotation.</param>
    /// <exception cref="ArgumentException">Not keys that a log of any suite signs with.</exception>
    public TrustedLog(string origin, params IEnumerable<NoteVerifierKey> keys)
    {
        Origin = origin;
        Keys = [.. keys];
        var types = Keys.Select(static key => key.Type).ToHashSet();
        Suite = Suite.All.FirstOrDefault(suite => types.SetEquals(suite.LogKeyTypes))
            ?? throw new ArgumentException($"a log has an Ed25519 key, and in the national suite an SM2 key beside it; given {(types.Count == 0 ? "none" : string.Join(", ", types))}", nameof(keys));
    }

    /// <summary>Origin line of its checkpoints.</summary>
    public string Origin { get; }

    /// <summary>Its keys.</summary>
    public IReadOnlyList<NoteVerifierKey> Keys { get; }

    /// <summary>The suite that has keys of these types.</summary>
    public Suite Suite { get; }
}
