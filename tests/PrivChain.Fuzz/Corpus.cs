namespace PrivChain.Fuzz;

/// <summary>Seeds for a harness: its own, and every file of a folder that its parser takes. New vectors become seeds by lying there.</summary>
public static class Corpus
{
    /// <summary>Larger seeds make searches slow and find nothing that smaller ones do not.</summary>
    public const int MaxSeed = 64 * 1024;

    /// <summary>Every file of the folder that is small enough.</summary>
    public static IReadOnlyList<byte[]> Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
            .Where(path => new FileInfo(path).Length is > 0 and <= MaxSeed).Select(File.ReadAllBytes),
    ];

    /// <summary>The seeds of a harness among them; when there is none, a few bytes to grow from.</summary>
    public static IReadOnlyList<byte[]> SeedsOf(Harness harness, IReadOnlyList<byte[]> files)
    {
        var seeds = (harness.Seeds?.Invoke() ?? []).Concat(files.Where(harness.Takes)).DistinctBy(Convert.ToHexString).ToList();
        return seeds.Count > 0 ? seeds : [new byte[1], new byte[64], new byte[256]];
    }
}
