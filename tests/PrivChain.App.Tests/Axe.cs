using System.Text.Json;
using PrivChain.Tests.Shared;

namespace PrivChain.App.Tests;

/// <summary>axe-core over a page as it stands: what it finds, in words.</summary>
internal static class Axe
{
    private static readonly string _script = Path.Combine(VectorFolder.RepositoryRoot(), "tests", "interop", "node_modules", "axe-core", "axe.min.js");

    /// <summary>False on a machine without the counterparts from npm; where all tests have to run, that is a failure.</summary>
    public static bool IsThere => File.Exists(_script) || (Environment.GetEnvironmentVariable("CI") == "true" ? throw new FileNotFoundException("tests/run.sh installs it", _script) : false);

    /// <param name="visit">The page.</param>
    /// <param name="where">For the message.</param>
    /// <param name="looksOnly">Only what colours, widths and another language can change: for a page that was looked at in others.</param>
    public static async Task AssertNothingAsync(AppVisit visit, string where, bool looksOnly)
    {
        if (!await visit.Page.EvaluateAsync<bool>("typeof axe === 'object'"))
        {
            await visit.Page.EvaluateAsync(await File.ReadAllTextAsync(_script));
        }

        var found = await visit.Page.EvaluateAsync<JsonElement>(
            """
            async looksOnly => (await axe.run(document, looksOnly ? { runOnly: ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size', 'html-has-lang', 'html-lang-valid', 'valid-lang'] } : {}))
              .violations.map(v => `${v.id}: ${v.help}: ${v.nodes.map(n => n.target.join(' ')).join(', ')}`)
            """,
            looksOnly);
        Assert.AreEqual(0, found.GetArrayLength(), $"{where}: {found}");
    }
}
