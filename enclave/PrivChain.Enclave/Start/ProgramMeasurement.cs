using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;

namespace PrivChain.Enclave.Start;

/// <summary>
/// SHA-384 over what is executed: a label, then path, length and SHA-384 of every file in the program's folder in ordinal order, debug symbols aside. Compiled
/// ahead of time that is one file. Real hardware measures what it loads; this stands in for it under simulated evidence.
/// </summary>
internal static class ProgramMeasurement
{
    /// <summary>Length in bytes.</summary>
    public const int Size = SHA384.HashSizeInBytes;

    /// <summary>The measurement of a folder.</summary>
    public static byte[] OfFolder(string folder)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA384);
        hash.AppendData(Encoding.ASCII.GetBytes(Labels.Measurement));
        hash.AppendData([0]);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => (Path: file, Name: Path.GetRelativePath(folder, file).Replace('\\', '/')))
            .Where(file => !IsSymbolFile(file.Name))
            .OrderBy(file => file.Name, StringComparer.Ordinal);
        foreach (var (path, name) in files)
        {
            using var content = File.OpenRead(path);
            var length = (ulong)content.Length;
            hash.AppendData(new RecordWriter().Text(name).UInt64(length).Raw(SHA384.HashData(content)).ToArray());
        }

        return hash.GetHashAndReset();
    }

    /// <summary>Symbols are read by debuggers only, and differ from build to build where the code does not.</summary>
    public static bool IsSymbolFile(string name) =>
        name.EndsWith(".pdb", StringComparison.Ordinal) || name.EndsWith(".dbg", StringComparison.Ordinal);
}
