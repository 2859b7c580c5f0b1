using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Demo;

/// <summary>Where the demo writes, in fixed places.</summary>
internal sealed class DemoFolder
{
    private DemoFolder(string root) => Root = root;

    public string Root { get; }

    /// <summary>What citizens hold, in the clear: to compare with.</summary>
    public string Plain => Path.Combine(Root, "plain");

    public string Trail => Path.Combine(Root, "trail");

    public string Receipts => Path.Combine(Root, "receipts");

    public string Answers => Path.Combine(Root, "answers");

    /// <summary>An empty folder: the one named, or a fresh one under <c>./privchain-demo</c>.</summary>
    public static DemoFolder Make(string? named, TimeProvider time)
    {
        var root = Path.GetFullPath(named ?? Fresh(time));
        if (Directory.Exists(root) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, $"{root} is not empty: the demo tells a new story from the start, name another folder"));
        }

        var folder = new DemoFolder(root);
        foreach (var path in (string[])[folder.Plain, folder.Trail, folder.Receipts, folder.Answers])
        {
            Directory.CreateDirectory(path);
        }

        return folder;
    }

    private static string Fresh(TimeProvider time)
    {
        var stem = Path.Combine("privchain-demo", time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture));
        var path = stem;
        for (var i = 2; Directory.Exists(path); i++)
        {
            path = $"{stem}-{i}";
        }

        return path;
    }
}
