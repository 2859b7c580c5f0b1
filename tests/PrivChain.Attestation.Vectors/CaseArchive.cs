using System.IO.Compression;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Vectors;

/// <summary>All folders of cases as one zip file: a browser has no folders, and one file is the same input in every home.</summary>
public static class CaseArchive
{
    private const string Index = "/cases.json";

    /// <summary>Puts a folder of folders into an archive.</summary>
    public static byte[] Pack(string root)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create))
        {
            foreach (var path in Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                _ = zip.CreateEntryFromFile(path, Path.GetRelativePath(root, path).Replace('\\', '/'), CompressionLevel.NoCompression);
            }
        }

        return buffer.ToArray();
    }

    /// <summary>The cases of an archive, in its order.</summary>
    internal static IEnumerable<AttestationCase> Read(byte[] archive)
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        using (var zip = new ZipArchive(new MemoryStream(archive)))
        {
            foreach (var entry in zip.Entries)
            {
                using var content = entry.Open();
                using var copy = new MemoryStream();
                content.CopyTo(copy);
                files.Add(entry.FullName, copy.ToArray());
            }
        }

        foreach (var index in files.Keys.Where(name => name.EndsWith(Index, StringComparison.Ordinal)))
        {
            var topic = index[..^Index.Length];
            foreach (var @case in AttestationCase.Read(topic, files[index], path => files[$"{topic}/{path}"]))
            {
                yield return @case;
            }
        }
    }

    /// <summary>One line for each case of the archive (<see cref="CaseJudgement.Line"/>), in its order.</summary>
    public static IEnumerable<string> Judge(byte[] archive)
    {
        var verified = new VerifiedSignatures();
        return Read(archive).Select(@case => CaseJudgement.Of(@case, verified).Line(@case));
    }

    /// <summary>See <see cref="EvidenceOfEachKind.Time"/>.</summary>
    public static IEnumerable<string> Time(byte[] archive) => EvidenceOfEachKind.Time(archive);
}
