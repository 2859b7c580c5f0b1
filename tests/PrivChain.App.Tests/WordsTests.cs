using System.Text.Json;
using System.Text.RegularExpressions;
using PrivChain.App.Wallets;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;
using PrivChain.Tests.Shared;

namespace PrivChain.App.Tests;

/// <summary>The texts of the app: the same in both languages, none missing where it is used, none idle.</summary>
[TestClass]
public sealed partial class WordsTests
{
    private static readonly string _folder = Path.Combine(VectorFolder.RepositoryRoot(), "src", "PrivChain.App");

    private static readonly Dictionary<string, string> _english = Read("en");
    private static readonly Dictionary<string, string> _chinese = Read("zh");

    [TestMethod]
    public void BothLanguages_HaveTheSameTexts()
    {
        CollectionAssert.AreEquivalent(_english.Keys, _chinese.Keys);
        foreach (var (key, text) in _english)
        {
            Assert.IsFalse(string.IsNullOrWhiteSpace(text) || string.IsNullOrWhiteSpace(_chinese[key]), key);
            CollectionAssert.AreEquivalent(Places(text), Places(_chinese[key]), $"{key}: the languages fill in other places");
        }
    }

    // A name that only looks translated is English in the Chinese file.
    [TestMethod]
    public void ChineseTexts_AreChinese()
    {
        foreach (var (key, text) in _chinese.Where(item => item.Value.Any(char.IsLetter)))
        {
            Assert.IsTrue(text.Any(letter => letter is >= '\u4e00' and <= '\u9fff') || text is "{0}" or "{0}：{1}", $"{key}: {text}");
        }
    }

    [TestMethod]
    public void EveryTextThatIsUsed_IsThere_AndEveryTextThatIsThere_IsUsed()
    {
        var files = Directory.EnumerateFiles(_folder, "*.*", SearchOption.AllDirectories)
            .Where(path => path.EndsWith(".razor", StringComparison.Ordinal) || path.EndsWith(".cs", StringComparison.Ordinal))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal));
        var code = string.Join('\n', files.Select(File.ReadAllText));
        var literals = Literal().Matches(code).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
        foreach (Match use in Use().Matches(code))
        {
            var key = use.Groups["key"].Value;
            Assert.IsTrue(
                use.Groups["count"].Success ? _english.ContainsKey(key + ".one") && _english.ContainsKey(key + ".many") : _english.ContainsKey(key) || _english.Keys.Any(known => known.StartsWith(key, StringComparison.Ordinal) && key.EndsWith('.')),
                $"no text {key}");
        }

        // A key that is put together begins with a literal that ends in a dot.
        var stems = literals.Where(literal => literal.EndsWith('.')).ToList();
        foreach (var key in _english.Keys)
        {
            var stem = key.EndsWith(".one", StringComparison.Ordinal) || key.EndsWith(".many", StringComparison.Ordinal) ? key[..key.LastIndexOf('.')] : key;
            Assert.IsTrue(literals.Contains(stem) || literals.Contains(key) || stems.Any(known => key.StartsWith(known, StringComparison.Ordinal)), $"nobody uses the text {key}");
        }
    }

    // Each table that is saved has headings in both languages.
    [TestMethod]
    public void EveryColumnThatIsSaved_HasAHeading()
    {
        var columns = Directory.EnumerateFiles(_folder, "*.razor", SearchOption.AllDirectories).SelectMany(path => Columns().Matches(File.ReadAllText(path))).ToList();
        Assert.IsGreaterThan(6, columns.Count);
        foreach (var column in columns.SelectMany(list => Literal().Matches(list.Value)).Select(match => match.Groups[1].Value))
        {
            Assert.IsTrue(_english.ContainsKey("csv." + column), $"no heading for {column}");
        }
    }

    // A waiting act that a rule refuses says by which: there are no details beside it.
    [TestMethod]
    public void EveryRefusalThatEndsTheWaiting_HasAText()
    {
        foreach (var reason in Enum.GetValues<RefusalReason>().Where(Outbox.IsFinal))
        {
            Assert.IsTrue(_english.ContainsKey("reason." + reason), $"no text for {reason}");
        }
    }

    [TestMethod]
    public void EveryStandingOfAnIssuer_HasAText()
    {
        foreach (var standing in Enum.GetValues<IssuerStanding>())
        {
            Assert.IsTrue(_english.ContainsKey("data.standing." + standing), $"no text for {standing}");
            Assert.AreEqual(standing != IssuerStanding.Enrolled, _english.ContainsKey("uncounted." + standing), $"{standing}, where it does not count");
        }
    }

    // What stops everything is said of the ledger alone: one record that is not genuine stops nothing else.
    [TestMethod]
    public void WhatIsWrongWithOneThing_StopsNothingElse()
    {
        foreach (var (key, _) in _english.Where(text => text.Key.StartsWith("reason.", StringComparison.Ordinal) && text.Value.StartsWith("Stop:", StringComparison.Ordinal) && text.Key != "reason.SplitView"))
        {
            Assert.IsTrue(_english.TryGetValue(key.Replace("reason.", "one.", StringComparison.Ordinal), out var one), $"{key}: only as if it stopped everything");
            Assert.IsFalse(one.Contains("Stop", StringComparison.Ordinal) || one.Contains("Nothing more is sent", StringComparison.Ordinal), one);
        }
    }

    [GeneratedRegex("\"([a-z][A-Za-z.-]*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("[cC]olumns = \\[[^\\]]+\\]")]
    private static partial Regex Columns();

    [GeneratedRegex("""W(?:(?<count>\.Count\()|\[)"(?<key>[a-z][A-Za-z.-]*)"(?! \+)""")]
    private static partial Regex Use();

    private static string[] Places(string text) => [.. Enumerable.Range(0, 10).Select(i => $"{{{i}}}").Where(text.Contains)];

    private static Dictionary<string, string> Read(string code) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllText(Path.Combine(_folder, "Language", code + ".json")))!;
}
