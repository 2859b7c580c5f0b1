using PrivChain.Core.Keys;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Tree;

/// <summary>Signs checkpoints as a log, with a key of each type that its suite has. All come from one seed; an SM2 key is derived from it with a label, so that it shares no bits with the Ed25519 key.</summary>
public sealed class LogSigner : IDisposable
{
    private readonly List<INotePrivateKey> _keys = [];
    private readonly List<NoteSigner> _signers = [];

    /// <param name="suite">The ledger's.</param>
    /// <param name="name">Name of the keys.</param>
    /// <param name="seed">Exactly 32 secret bytes, copied; the caller wipes its own.</param>
    /// <exception cref="ArgumentException">Another length, or not a name of a key.</exception>
    public LogSigner(Suite suite, string name, ReadOnlySpan<byte> seed)
    {
        ArgumentNullException.ThrowIfNull(suite);
        foreach (var type in suite.LogKeyTypes)
        {
            INotePrivateKey key = type == NoteKeyType.Sm2 ? Sm2Key.Derive(seed) : new Ed25519Key(seed);
            _keys.Add(key);
            _signers.Add(new NoteSigner(name, type, key));
        }
    }

    /// <summary>The keys that verify what it signs, in the order of <see cref="Suite.LogKeyTypes"/>.</summary>
    public IReadOnlyList<NoteVerifierKey> VerifierKeys => _signers.ConvertAll(static signer => signer.VerifierKey);

    /// <summary>Signs a checkpoint.</summary>
    public SignedCheckpoint Sign(Checkpoint checkpoint) => SignedCheckpoint.Sign(checkpoint, _signers);

    /// <summary>Wipes the keys.</summary>
    public void Dispose() => _keys.ForEach(static key => key.Dispose());
}
