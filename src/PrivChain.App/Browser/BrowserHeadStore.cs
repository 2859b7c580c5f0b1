using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;

namespace PrivChain.App.Browser;

/// <summary>Heads in the browser's own database, so that a node which shows another history tomorrow is caught.</summary>
internal sealed class BrowserHeadStore : IHeadStore
{
    public async Task<byte[]?> LoadAsync(Digest ledgerId, CancellationToken cancellationToken = default) =>
        await Page.LoadAsync("head:" + ledgerId) is { } text ? Convert.FromBase64String(text) : null;

    public Task SaveAsync(Digest ledgerId, ReadOnlyMemory<byte> note, CancellationToken cancellationToken = default) =>
        Page.SaveAsync("head:" + ledgerId, Convert.ToBase64String(note.Span));

    public Task KeepProofAsync(Digest ledgerId, SplitViewProof proof, CancellationToken cancellationToken = default)
    {
        // By content: the same proof twice is one, and none replaces another.
        var bytes = proof.ToArray();
        return Page.SaveAsync($"split:{ledgerId}:{Digest.OfSha256(bytes)}", Convert.ToBase64String(bytes));
    }
}
