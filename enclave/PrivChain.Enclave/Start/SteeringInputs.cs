using System.Collections;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Start;

/// <summary>
/// What steers a process besides its code: environment variables that linker, C library, runtime or HTTP stack read, and files beside the program. The measurement
/// covers none of the former, so a variable that is not on the list stops the start. It runs first in Main, which is too late for what the dynamic
/// linker has loaded by then: README, "What it does not protect against".
/// </summary>
internal static class SteeringInputs
{
    // What shells, service managers and containers set, and nothing in this program, its runtime or the C library takes an instruction from: with invariant globalization
    // no locale is loaded, and no path of HOME or PATH is read but that of the tool that the source of TPM evidence runs, whose answer is verified like a stranger's.
    private static readonly HashSet<string> _harmless = new(StringComparer.Ordinal)
    {
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "SHLVL", "PWD", "OLDPWD", "_", "TERM", "HOSTNAME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE",
        "INVOCATION_ID", "JOURNAL_STREAM", "SYSTEMD_EXEC_PID", "DOTNET_CLI_TELEMETRY_OPTOUT", "DOTNET_NOLOGO",
    };

    /// <summary>Judges this process.</summary>
    public static Refusal? Check() =>
        CheckEnvironment(Environment.GetEnvironmentVariables())
        ?? CheckFolder(
            AppContext.BaseDirectory,
            typeof(SteeringInputs).Assembly.GetName().Name!,
            // The JIT's host hands over the list of its assemblies; a program compiled ahead of time has none. (The feature switches of AOT say the same for both.)
            aheadOfTime: AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") is null);

    /// <summary>Refuses the first variable that is not known to be harmless, even when its value is empty: some are switches by their presence alone. A list of the harmful ones would always miss one.</summary>
    public static Refusal? CheckEnvironment(IDictionary environment)
    {
        foreach (var name in environment.Keys.Cast<string>().Order(StringComparer.Ordinal))
        {
            if (!_harmless.Contains(name))
            {
                return new Refusal(RefusalReason.UnmeasuredInput, "environment variable " + name);
            }
        }

        return null;
    }

    /// <summary>
    /// Refuses a file that does not belong beside the program. Compiled ahead of time, nothing does; otherwise only what the build writes, all of it measured.
    /// </summary>
    public static Refusal? CheckFolder(string folder, string program, bool aheadOfTime)
    {
        foreach (var file in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            if (!Belongs(Path.GetFileName(file), Directory.Exists(file), program, aheadOfTime))
            {
                return new Refusal(RefusalReason.UnmeasuredInput, "file " + Path.GetFileName(file));
            }
        }

        return null;
    }

    private static bool Belongs(string name, bool isFolder, string program, bool aheadOfTime)
    {
        if (isFolder)
        {
            return false;
        }

        if (name == program || ProgramMeasurement.IsSymbolFile(name))
        {
            return true;
        }

        return !aheadOfTime && (name.EndsWith(".dll", StringComparison.Ordinal) || name.EndsWith(".xml", StringComparison.Ordinal)
            || name == program + ".deps.json" || name == program + ".runtimeconfig.json");
    }
}
