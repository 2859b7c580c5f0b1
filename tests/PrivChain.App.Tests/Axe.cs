using System.Text.Json;
using PrivChain.Tests.Shared;

namespace PrivChain.App.Tests;

/// <summary>axe-core over a page as it stands: what it finds, in words.</summary>
internal static class Axe
{
    private static readonly string _script = Path.Combine(VectorFolder.RepositoryRoot(), "tests", "interop", "node_modules", "axe-core", "axe.min.js");

    /// <summary>False on a machine without the counterparts from npm; where all tests have to run, that is a failure.</summary>
    public static bool IsThere => File.Exists(_script) || (Environment.GetEnvironmentVariable("CI") == "true" ? throw new FileNotFoundException("tests/run.sh installs it", _script) : false);

    public static async Task AssertNothingAsync(AppVisit visit, string where)
    {
        await visit.Page.EvaluateAsync(await File.ReadAllTextAsync(_script));
        var found = await visit.Page.EvaluateAsync<JsonElement>("async () => (await axe.run(document)).violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)");
        Assert.AreEqual(0, found.GetArrayLength(), $"{where}: {found}");
    }
}
