using System.Diagnostics;
using System.Text;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Tests.Commands;

/// <summary>
/// Every command that reads a file without a node, given every kind of thing that a name may lead to: it ends soon, with the number of a named reason, and without an exception's words. Memory stays bounded, whatever the
/// file gives.
/// </summary>
[TestClass]
public sealed class HostileFilesTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(20);

    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-files-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("receipt", "verify", "{0}")]
    [DataRow("receipt", "verify", "{valid}", "--genesis", "{0}")]
    [DataRow("trail", "verify", "{0}")]
    [DataRow("trail", "verify", "{folder}", "--genesis", "{0}")]
    [DataRow("contract", "check", "{0}")]
    [DataRow("contract", "show", "{0}")]
    [DataRow("wallet", "show", "--keystore", "{0}")]
    [DataRow("wallet", "import", "{0}", "--keystore", "{fresh}")]
    [DataRow("import", "{0}", "--mapping", "german-credit", "--keystore", "{0}")]
    [DataRow("import", "{valid}", "--mapping", "{0}", "--keystore", "{0}")]
    [DataRow("issue", "{0}", "--schema", "identity-card/1", "--contact", "{0}", "--keystore", "{0}")]
    [DataRow("witness", "--key", "{0}", "--name", "w.example", "--log", "l.example=x", "--data", "{fresh}")]
    [DataRow("node", "--data", "{fresh}", "--genesis", "{0}", "--log-key", "{valid}")]
    public async Task Command_AnyKindOfFile_EndsByNameAndSoon(params string[] command)
    {
        foreach (var (kind, path) in Things())
        {
            var arguments = command.Select(argument => argument
                .Replace("{0}", path, StringComparison.Ordinal)
                .Replace("{valid}", Write("some.json", "{}"u8.ToArray()), StringComparison.Ordinal)
                .Replace("{folder}", _folder, StringComparison.Ordinal)
                .Replace("{fresh}", Path.Combine(_folder, "fresh-" + Guid.NewGuid()), StringComparison.Ordinal)).ToArray();
            var before = GC.GetTotalAllocatedBytes();
            var started = Stopwatch.GetTimestamp();
            var (code, output) = await Cli.RunAsync([.. arguments, "--json"]);
            Assert.IsTrue(Enum.IsDefined((RefusalReason)code) && code > 1, $"{kind}: {string.Join(' ', arguments)} ended with {code}\n{output}");
            Assert.DoesNotContain("   at ", output, kind);
            Assert.IsLessThan(_limit, Stopwatch.GetElapsedTime(started), kind);
            Assert.IsLessThan(512L << 20, GC.GetTotalAllocatedBytes() - before, kind);
        }
    }

    private IEnumerable<(string Kind, string Path)> Things()
    {
        yield return ("missing", Path.Combine(_folder, "none"));
        yield return ("below a file", Path.Combine(Write("plain", "x"u8.ToArray()), "..", "plain", "more"));
        yield return ("a folder", Directory.CreateDirectory(Path.Combine(_folder, "folder")).FullName);
        yield return ("empty", Write("empty", []));
        yield return ("text", Write("text", "hello\n"u8.ToArray()));
        yield return ("not UTF-8", Write("latin", [0xC3, 0x28, 0xFF, 0xFE]));
        yield return ("byte order mark", Write("bom", [0xEF, 0xBB, 0xBF, .. "{}"u8]));
        yield return ("deep", Write("deep", Encoding.ASCII.GetBytes(new string('[', 100_000))));
        yield return ("large", Write("large", new byte[40 << 20]));
        yield return ("a long name", Path.Combine(_folder, new string('n', 5_000)));
        if (OperatingSystem.IsLinux())
        {
            yield return ("without end", "/dev/zero");
            yield return ("without content", "/dev/null");
            var loop = Path.Combine(_folder, "loop");
            if (!Path.Exists(loop))
            {
                File.CreateSymbolicLink(loop, loop);
            }

            yield return ("a link to itself", loop);
            yield return ("of the system", "/proc/self/environ");
        }
    }

    private string Write(string name, byte[] content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllBytes(path, content);
        return path;
    }
}
