using System.Text.RegularExpressions;
using PrivChain.Tests.Shared;

namespace PrivChain.Sdk.Tests;

/// <summary>The README's lines are compiled into this project (tests/Shared/ReadmeSnippet.targets); here is what else was promised of them.</summary>
[TestClass]
public sealed partial class ReadmeTests
{
    [TestMethod]
    public void Snippet_IsAtMostTwelveLines()
    {
        var lines = Snippet("src/PrivChain.Sdk/README.md").Split('\n');
        Assert.IsLessThanOrEqualTo(12, lines.Length, "the institution's main job has grown");
    }

    [GeneratedRegex("<!-- sdk-snippet -->\\s*```csharp\\n(.*?)\\n```", RegexOptions.Singleline)]
    private static partial Regex Lines();

    private static string Snippet(string path)
    {
        var match = Lines().Match(File.ReadAllText(Path.Combine(VectorFolder.RepositoryRoot(), path)));
        Assert.IsTrue(match.Success, path + " has no snippet");
        return match.Groups[1].Value;
    }
}
