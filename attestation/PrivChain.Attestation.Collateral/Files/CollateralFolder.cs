using System.Diagnostics.CodeAnalysis;
using PrivChain.Attestation.Collateral.Http;

namespace PrivChain.Attestation.Collateral.Files;

/// <summary>
/// Collateral in a folder: one file for each item, called by the item's name (<see cref="CollateralName"/>) with any extension; underscores are taken for dashes, and revocation lists may be hex digits of DER. Other files are left alone, so that roots or evidence may lie beside.
/// </summary>
public static class CollateralFolder
{
    private static readonly string[] _lists = [CollateralName.RootCaCrl, CollateralName.PckCrl, CollateralName.AmdCrl, CollateralName.Crls];

    /// <summary>Reads a folder. False when it is not there, two files are one item, or an item is above <see cref="CollateralSet.MaxItemSize"/>.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="set">The items; empty when no file is one.</param>
    /// <param name="fault">What is wrong, for an operator.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public static bool TryRead(string path, [NotNullWhen(true)] out CollateralSet? set, [NotNullWhen(false)] out string? fault)
    {
        set = null;
        if (!Directory.Exists(path))
        {
            fault = $"no folder {path}";
            return false;
        }

        var items = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var file in new DirectoryInfo(path).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            var name = Path.GetFileNameWithoutExtension(file.Name).Replace('_', '-');
            if (!CollateralName.All.Contains(name, StringComparer.Ordinal))
            {
                continue;
            }

            if (file.Length > CollateralSet.MaxItemSize)
            {
                fault = $"{file.Name}: {file.Length} bytes, at most {CollateralSet.MaxItemSize} are read";
                return false;
            }

            // Which of two would count must not depend on the order of a folder.
            if (!items.TryAdd(name, Item(name, File.ReadAllBytes(file.FullName))))
            {
                fault = $"{file.Name}: a second file for {name}";
                return false;
            }
        }

        set = new CollateralSet(items);
        fault = null;
        return true;
    }

    /// <summary>Writes each item to a file of its own, with an extension after what it looks like. Items of the same names that are there already, whatever their extension, are replaced.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public static void Write(CollateralSet set, string path)
    {
        var folder = Directory.CreateDirectory(path);
        foreach (var old in folder.EnumerateFiles().Where(file => set.Has(Path.GetFileNameWithoutExtension(file.Name).Replace('_', '-'))))
        {
            old.Delete();
        }

        foreach (var name in set.Names)
        {
            _ = set.TryGet(name, out var bytes);
            File.WriteAllBytes(Path.Combine(path, name + Extension(bytes.Span)), bytes.Span);
        }
    }

    // Intel's caching service sends lists as hex digits, and that is how they are saved: read as a provider reads them.
    private static byte[] Item(string name, byte[] bytes) => _lists.Contains(name) && AnswerForm.TryReadList(bytes, out var list) ? list : bytes;

    private static string Extension(ReadOnlySpan<byte> bytes) => bytes.StartsWith("{"u8) ? ".json" : bytes.StartsWith("-----BEGIN "u8) ? ".pem" : ".der";
}
