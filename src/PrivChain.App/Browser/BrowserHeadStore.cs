using System.Runtime.InteropServices.JavaScript;
using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;

namespace PrivChain.App.Browser;

/// <summary>Heads in the browser's own database, so that a node which shows another history tomorrow is caught. Where there is no room for them, it is caught while the page stands.</summary>
/// <param name="failed">Told when one could not be kept.</param>
internal sealed class BrowserHeadStore(Action failed) : IHeadStore
{
    // A head that cannot be read may be the one that shows what the node does: nothing is believed without it.
    public async Task<byte[]?> LoadAsync(Digest ledgerId, CancellationToken cancellationToken = default)
    {
        try
        {
            return await Page.LoadAsync("head:" + ledgerId) is { } text ? Convert.FromBase64String(text) : null;
        }
        catch (JSException exception)
        {
            throw new RefusalException(new Refusal(RefusalReason.StorageFailed, exception.Message));
        }
    }

    public Task SaveAsync(Digest ledgerId, ReadOnlyMemory<byte> note, CancellationToken cancellationToken = default) =>
        SaveAsync("head:" + ledgerId, Convert.ToBase64String(note.Span));

    public Task KeepProofAsync(Digest ledgerId, SplitViewProof proof, CancellationToken cancellationToken = default)
    {
        // By content: the same proof twice is one, and none replaces another.
        var bytes = proof.ToArray();
        return SaveAsync($"split:{ledgerId}:{Digest.OfSha256(bytes)}", Convert.ToBase64String(bytes));
    }

    private Task SaveAsync(string name, string value) => Page.TrySaveAsync(name, value, failed);
}
