using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Sdk.Files;

namespace PrivChain.Sdk.Issuing;

/// <summary>A journal in a folder: <c>done.jsonl</c> with one key a line, and one <c>*.pending</c> file for each batch under way, named by its digest.</summary>
public sealed class FileIssueJournal : IIssueJournal, IDisposable
{
    private readonly string _folder;
    private readonly ConcurrentDictionary<string, bool> _done = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _writing = new(1);

    /// <param name="folder">Made when it is missing; one import at a time.</param>
    public FileIssueJournal(string folder)
    {
        _folder = folder;
        OwnPath.RefuseLink(folder);
        Directory.CreateDirectory(folder);
        OwnPath.RefuseLink(DonePath);
        if (File.Exists(DonePath))
        {
            foreach (var line in File.ReadLines(DonePath))
            {
                // A line cut off by a crash names no key; its batch is still pending and is sent again.
                if (TryReadKey(line) is { } key)
                {
                    _done[key] = true;
                }
            }
        }
    }

    private string DonePath => Path.Combine(_folder, "done.jsonl");

    /// <inheritdoc/>
    public bool IsDone(string key) => _done.ContainsKey(key);

    /// <inheritdoc/>
    public IReadOnlyList<PendingBatch> LoadPending()
    {
        var batches = new List<PendingBatch>();
        foreach (var path in Directory.EnumerateFiles(_folder, "*.pending").Order(StringComparer.Ordinal))
        {
            if (PendingBatch.TryParse(File.ReadAllBytes(path), out var batch))
            {
                batches.Add(batch);
            }
        }

        return batches;
    }

    /// <inheritdoc/>
    public async Task<string> SavePendingAsync(PendingBatch batch, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var bytes = batch.ToArray();
        var name = Digest.OfSha256(bytes).ToString()[2..] + ".pending";
        var path = Path.Combine(_folder, name);
        // Written through, here and below, since .NET swallows what fsync says on Linux, and does not swallow what write says.
        File.Delete(path + ".tmp");
        await using (var file = new FileStream(path + ".tmp", FileMode.CreateNew, FileAccess.Write, FileShare.None, 4096, FileOptions.WriteThrough))
        {
            await file.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);

            // Dies before the rename: nothing was sent yet, and the rows are sealed anew.
            file.Flush(flushToDisk: true);
        }

        File.Move(path + ".tmp", path, overwrite: true);
        return name;
    }

    /// <inheritdoc/>
    public async Task CompleteAsync(string name, PendingBatch batch, IReadOnlyCollection<string> issued, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(issued);
        await _writing.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await using (var file = new FileStream(DonePath, FileMode.Append, FileAccess.Write, FileShare.Read, 4096, FileOptions.WriteThrough))
            {
                // Begins with a line break: a line that a crash cut off then spoils no other.
                var lines = string.Concat(issued.Select(key => "\n" + WriteKey(key)));
                await file.WriteAsync(Encoding.UTF8.GetBytes(lines), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            foreach (var key in issued)
            {
                _done[key] = true;
            }

            // Dies here: the batch is sent once more and recognised by the node.
            File.Delete(Path.Combine(_folder, name));
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private static string WriteKey(string key) => "\"" + JsonEncodedText.Encode(key).ToString() + "\"";

    private static string? TryReadKey(string line)
    {
        try
        {
            if (line.Length == 0)
            {
                return null;
            }

            using var document = JsonDocument.Parse(line);
            return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
