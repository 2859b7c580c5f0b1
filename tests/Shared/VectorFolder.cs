namespace PrivChain.Tests.Shared;

/// <summary>
/// Public vectors and real input lie outside the project, in <c>PRIVCHAIN_VECTORS</c> and <c>PRIVCHAIN_DATA</c>. Where a folder
/// is absent its tests are inconclusive (counted as skipped) and say so; under <c>CI=true</c> absence fails.
/// </summary>
internal static class VectorFolder
{
    /// <summary>The MSTest category of tests that read vectors.</summary>
    public const string Category = "Vectors";

    /// <summary>All files of a topic that match a pattern, by enumeration: files added later are tested too.</summary>
    public static IReadOnlyList<string> Files(string topic, string pattern, SearchOption option = SearchOption.AllDirectories)
    {
        var folder = Folder(topic);
        var files = Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, pattern, option).Order(StringComparer.Ordinal).ToList()
            : [];
        Assert.IsNotEmpty(files, $"no file matches {pattern} in {folder}");
        return files;
    }

    /// <summary>The folder of a topic, or of all.</summary>
    public static string Folder(string topic = "") => Path.Combine(Root("PRIVCHAIN_VECTORS", "vectors"), topic);

    /// <summary>The path of real input, such as <c>census</c>.</summary>
    public static string Data(string topic) => Path.Combine(Root("PRIVCHAIN_DATA", "data"), topic);

    private static string Root(string variable, string name)
    {
        var configured = Environment.GetEnvironmentVariable(variable);
        var root = string.IsNullOrEmpty(configured) ? Path.Combine(RepositoryRoot(), "..", "shared", name) : configured;
        if (Directory.Exists(root))
        {
            return root;
        }

        var message = $"{variable} is not set and {root} is absent";
        if (Environment.GetEnvironmentVariable("CI") == "true")
        {
            Assert.Fail(message);
        }

        Assert.Inconclusive(message);
        return root;
    }

    /// <summary>The folder that holds the solution.</summary>
    public static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PrivChain.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the tests must run from inside the repository");
    }
}
