using System.Runtime.InteropServices;

namespace PrivChain.Cli.Deployment;

/// <summary>How a program of ours is started again: by the runtime that runs this one, found from where its library lies and not from a path variable.</summary>
internal static class DotnetHost
{
    /// <summary>The <c>dotnet</c> program of the runtime that runs now.</summary>
    public static string Muxer { get; } = Find();

    /// <summary>This program's library.</summary>
    public static string OwnProgram { get; } = Path.Combine(AppContext.BaseDirectory, "privchain.dll");

    /// <summary>The enclave's program folder: all that is in it is measured.</summary>
    public static string EnclaveFolder { get; } = Path.Combine(AppContext.BaseDirectory, "enclave");

    private static string Find()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        var runtime = Path.TrimEndingDirectorySeparator(RuntimeEnvironment.GetRuntimeDirectory());
        var root = Path.GetDirectoryName(Path.GetDirectoryName(Path.GetDirectoryName(runtime)))!;
        return Path.Combine(root, OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet");
    }
}
