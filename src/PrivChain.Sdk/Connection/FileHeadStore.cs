using PrivChain.Core.Bytes;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Files;

namespace PrivChain.Sdk.Connection;

/// <summary>Heads in a folder: one file for each ledger, replaced atomically; proofs of a split view beside them.</summary>
public sealed class FileHeadStore : IHeadStore
{
    private readonly string _folder;

    /// <param name="folder">Made when it is missing. Whoever can write there can make a client forget what it has seen.</param>
    public FileHeadStore(string folder)
    {
        _folder = folder;
        OwnPath.RefuseLink(folder);
        Directory.CreateDirectory(folder);
    }

    /// <inheritdoc/>
    public async Task<byte[]?> LoadAsync(Digest ledgerId, CancellationToken cancellationToken = default)
    {
        var path = PathOf(ledgerId);
        return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false) : null;
    }

    /// <inheritdoc/>
    public Task SaveAsync(Digest ledgerId, ReadOnlyMemory<byte> note, CancellationToken cancellationToken = default) =>
        ReplaceAsync(PathOf(ledgerId), note, cancellationToken);

    /// <inheritdoc/>
    public Task KeepProofAsync(Digest ledgerId, SplitViewProof proof, CancellationToken cancellationToken = default)
    {
        var bytes = proof.ToArray();
        return ReplaceAsync(Path.Combine(_folder, $"{Digest.OfSha256(bytes).ToString()[2..]}.split-view"), bytes, cancellationToken);
    }

    private string PathOf(Digest ledgerId) => Path.Combine(_folder, ledgerId.ToString()[2..] + ".head");

    private static async Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        // A name of its own for each writer: two processes then replace the file one after the other and never mix their bytes.
        var temporary = $"{path}.{Environment.ProcessId}.{Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(8))}.tmp";
        // Written through, since .NET swallows what fsync says on Linux, and does not swallow what write says.
        await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 4096, FileOptions.WriteThrough))
        {
            await file.WriteAsync(content, cancellationToken).ConfigureAwait(false);

            // Dies before or here: the old head still stands, and the next run proves consistency from it.
            file.Flush(flushToDisk: true);
        }

        // Dies here: either name holds whole content; a reader sees the old head or the new one.
        File.Move(temporary, path, overwrite: true);
    }
}
