using System.Globalization;

namespace PrivChain.EndToEnd.Tests;

/// <summary>The memory of a running process as root sees it: every readable mapping, read through /proc. A process that is not dumpable hides it from all others.</summary>
internal static class ProcessMemory
{
    private const int Chunk = 1 << 20;

    // Of a needle that lies across two chunks.
    private const int Overlap = 512;

    /// <summary>Ends the test where this user may not look; under CI that is a failure.</summary>
    public static void RequirePrivilege()
    {
        if (!Environment.IsPrivilegedProcess && Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Inconclusive("only root may read the memory of a process that is not dumpable");
        }

        Assert.IsTrue(Environment.IsPrivilegedProcess, "only root may read the memory of a process that is not dumpable");
    }

    /// <summary>Every pattern found, with the mapping it lies in; and how many bytes were looked at.</summary>
    public static (IReadOnlyList<string> Found, long Searched) Find(int process, Needles needles)
    {
        var found = new List<string>();
        var searched = 0L;
        var buffer = new byte[Chunk + Overlap];
        using var memory = new FileStream($"/proc/{process}/mem", FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        foreach (var mapping in File.ReadLines($"/proc/{process}/maps"))
        {
            var columns = mapping.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns[1][0] != 'r' || (columns.Length > 5 && columns[5] is "[vvar]" or "[vsyscall]" or "[vvar_vclock]"))
            {
                continue;
            }

            var range = columns[0].Split('-');
            var end = long.Parse(range[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            for (var at = long.Parse(range[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture); at < end; at += Chunk)
            {
                var read = Read(memory, at, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - at)));
                searched += Math.Min(read, Chunk);
                found.AddRange(needles.FindIn(mapping, buffer.AsSpan(0, read)));
            }
        }

        return (found, searched);
    }

    private static int Read(FileStream memory, long at, Span<byte> buffer)
    {
        try
        {
            memory.Position = at;
            return memory.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        }
        catch (IOException)
        {
            // Unmapped since the list was read, or a page that nothing stands behind.
            return 0;
        }
    }
}
