using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Trail;

/// <summary>
/// Writes a node's whole ledger as a trail: genesis, witnessed checkpoint, tlog-tiles, and the public documents that entries name. Memory holds the tree's hashes (64 bytes an entry) and one
/// bundle. What is written is verified by <see cref="TrailVerifier"/>, not here.
/// </summary>
public static class TrailExporter
{
    private const uint PageSize = 1000;

    /// <summary>Exports the ledger as it stands.</summary>
    /// <param name="connection">The node; its checkpoint is verified.</param>
    /// <param name="files">Where to write.</param>
    /// <param name="progress">Told the number of entries written so far.</param>
    /// <param name="cancellationToken">Stops between pages; what was written stays and is no valid trail.</param>
    /// <returns>The number of entries.</returns>
    /// <exception cref="RefusalException">The node refused, or does not have a document that an entry names.</exception>
    public static async Task<ulong> ExportAsync(
        PrivChainConnection connection, ITrailFiles files, IProgress<ulong>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(files);
        var head = await connection.Ledger.RefreshAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
        var size = head.Checkpoint.Size;
        var tree = new MerkleTree(connection.Genesis.Algorithms.Tree);
        var bundle = new List<ReadOnlyMemory<byte>>(TilePath.FullWidth);
        var documents = new HashSet<Digest>();
        while (tree.Size < size)
        {
            var page = await connection.Ledger.ReadRawAsync(tree.Size, (uint)Math.Min(PageSize, size - tree.Size), cancellationToken).ConfigureAwait(false);
            if (page.Count == 0)
            {
                throw new RefusalException(new Refusal(RefusalReason.Incomplete, $"the node has no entry {tree.Size}, though its checkpoint covers {size}"));
            }

            var written = tree.Size;
            tree.AppendAll(connection.Genesis.Algorithms.Tree.Leaves([.. page.Select(static entry => (ReadOnlyMemory<byte>)entry)]));
            foreach (var entry in page)
            {
                written++;
                bundle.Add(entry);
                if (bundle.Count == TilePath.FullWidth || written == size)
                {
                    var index = (written - 1) / TilePath.FullWidth;
                    files.Write(TilePath.Entries(index, bundle.Count).ToString(), EntryBundle.Encode(bundle));
                    bundle.Clear();
                }

                await WriteDocumentAsync(connection, files, documents, entry, cancellationToken).ConfigureAwait(false);
            }

            progress?.Report(tree.Size);
        }

        foreach (var path in TileTree.Paths(size).Where(path => !path.IsEntries))
        {
            files.Write(path.ToString(), TileTree.ReadTile(tree, path));
        }

        files.Write(TrailLayout.Genesis, connection.Genesis.ToArray());
        files.Write(TrailLayout.Checkpoint, head.Signed.Note.Bytes.Span);
        return size;
    }

    private static async Task WriteDocumentAsync(
        PrivChainConnection connection, ITrailFiles files, HashSet<Digest> written, byte[] bytes, CancellationToken cancellationToken)
    {
        if (!Entry.TryParse(bytes, out var entry))
        {
            return;
        }

        var digest = entry.Kind switch
        {
            EntryKind.Publish => entry.Reference,
            EntryKind.Enrol => entry.Details,
            _ => Digest.Zero,
        };
        if (!digest.IsZero && written.Add(digest))
        {
            var content = await connection.GetDocumentAsync(digest, cancellationToken).ConfigureAwait(false);
            files.Write(TrailLayout.Document(digest), content.Span);
        }
    }
}
