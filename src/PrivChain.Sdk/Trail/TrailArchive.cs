using System.IO.Compression;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Trail;

/// <summary>A trail as one zip file: its files in the folder <c>trail/</c>, and beside it whatever else was put in, which is not the trail's.</summary>
public static class TrailArchive
{
    /// <summary>Largest trail that is read, unpacked, in bytes.</summary>
    public const long MaxSize = 512 * 1024 * 1024;

    private const string Folder = "trail/";

    // A bundle of entries is 52 KiB, a document at most 64.
    private const int MaxFile = 1024 * 1024;
    private const int MaxFiles = 1_000_000;

    /// <summary>The archive.</summary>
    /// <param name="trail">The trail.</param>
    /// <param name="others">Files beside it, by name.</param>
    public static byte[] Write(MemoryTrail trail, IEnumerable<(string Name, ReadOnlyMemory<byte> Content)> others)
    {
        ArgumentNullException.ThrowIfNull(trail);
        ArgumentNullException.ThrowIfNull(others);
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in others.Concat(trail.Paths.Order(StringComparer.Ordinal).Select(path => (Folder + path, trail.Read(path)!.Value))))
            {
                // Hashes and signatures do not get shorter.
                using var file = archive.CreateEntry(name, CompressionLevel.NoCompression).Open();
                file.Write(content.Span);
            }
        }

        return stream.ToArray();
    }

    /// <summary>Reads the trail in an archive into memory; nothing is written anywhere, and nothing verified.</summary>
    public static Verdict<MemoryTrail> Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
            return archive.Entries.Count > MaxFiles ? TooLarge() : Read(archive);
        }
        catch (InvalidDataException)
        {
            return Verdict<MemoryTrail>.Refuse(RefusalReason.Malformed, "no zip archive, or a damaged one");
        }
    }

    private static Verdict<MemoryTrail> Read(ZipArchive archive)
    {
        var trail = new MemoryTrail();
        var buffer = new byte[MaxFile + 1];
        var total = 0L;
        foreach (var entry in archive.Entries.Where(entry => entry.FullName.StartsWith(Folder, StringComparison.Ordinal) && entry.FullName.Length > Folder.Length))
        {
            // What an archive says of its sizes is its maker's word: what comes out is counted.
            using var file = entry.Open();
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            total += length;
            if (length > MaxFile || total > MaxSize)
            {
                return TooLarge();
            }

            var path = entry.FullName[Folder.Length..];
            if (trail.Read(path) is not null)
            {
                return Verdict<MemoryTrail>.Refuse(RefusalReason.Malformed, "the archive has a file twice");
            }

            trail.Write(path, buffer.AsSpan(0, length));
        }

        return trail.Paths.Any() ? trail : Verdict<MemoryTrail>.Refuse(RefusalReason.NotFound, $"no {Folder} in the archive");
    }

    private static Verdict<MemoryTrail> TooLarge() =>
        Verdict<MemoryTrail>.Refuse(RefusalReason.TooLarge, $"wanted files of at most {MaxFile} bytes, {MaxFiles} of them and {MaxSize} bytes together");
}
