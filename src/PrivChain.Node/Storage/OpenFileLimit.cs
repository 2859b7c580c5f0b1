using System.Globalization;

namespace PrivChain.Node.Storage;

/// <summary>How many files a server may have open. A runtime that lacks one for a library of its own dies on the spot, so strangers' connections must never get it there.</summary>
public static class OpenFileLimit
{
    // Libraries (two each), databases, sockets to the enclave and the witnesses: 310 were counted in a node, before some that are loaded late.
    private const int OfItsOwn = 1_000;

    /// <summary>What is wrong when a server with that many connections would have too few; null when nothing is, or where the system does not say.</summary>
    public static string? FaultOf(long connections)
    {
        var wanted = connections + OfItsOwn;
        return Allowed() is { } allowed && allowed < wanted ? $"{connections} connections want {wanted} open files (ulimit -n), this process may open {allowed}" : null;
    }

    // The runtime has raised the limit as far as it may by now. "unlimited" is no number.
    private static long? Allowed() =>
        OperatingSystem.IsLinux() && File.ReadLines("/proc/self/limits").FirstOrDefault(line => line.StartsWith("Max open files", StringComparison.Ordinal)) is { } line
        && long.TryParse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3], NumberStyles.None, CultureInfo.InvariantCulture, out var allowed) ? allowed : null;
}
