using Microsoft.AspNetCore.Builder;
using PrivChain.Core.Tree;

namespace PrivChain.Cli.Witness;

/// <summary>A started witness server; disposing it stops it, closes its store and wipes its key.</summary>
public sealed class RunningWitness : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly WitnessStore _store;
    private readonly INotePrivateKey _key;

    internal RunningWitness(WebApplication app, WitnessStore store, INotePrivateKey key, Uri address, NoteVerifierKey verifierKey)
    {
        _app = app;
        _store = store;
        _key = key;
        Address = address;
        VerifierKey = verifierKey;
    }

    /// <summary>Where it listens, with the port it got.</summary>
    public Uri Address { get; }

    /// <summary>The key that verifies its cosignatures.</summary>
    public NoteVerifierKey VerifierKey { get; }

    /// <summary>Proofs kept against a log, in the form of <see cref="SplitViewProof.ToArray"/>.</summary>
    public IReadOnlyList<byte[]> ProofsAgainst(string origin) => _store.Guilt(origin);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        _store.Dispose();
        _key.Dispose();
    }
}
