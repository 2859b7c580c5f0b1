using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;

namespace PrivChain.EndToEnd.Tests;

/// <summary>One command as a person's shell runs it: a process of its own, with an environment of our choice, and one JSON document at its end.</summary>
internal static class CommandProcess
{
    public const string Passphrase = "a long enough passphrase";

    /// <summary>A keystore for commands, with the least work that one may take: each opens it anew.</summary>
    public static void Keep(string keystore, Mnemonic phrase)
    {
        using var content = KeystoreContent.Of(phrase);
        PrivateFile.WriteNew(keystore, Encoding.UTF8.GetBytes(Keystore.Seal(content, Passphrase, Argon2idParameters.Floor).OrThrow()));
    }

    public static async Task<(int Code, JsonObject Document, string Errors)> RunAsync(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, CancellationToken cancellation = default)
    {
        var start = new ProcessStartInfo(DotnetHost.Muxer) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in (IEnumerable<string>)[DotnetHost.OwnProgram, .. arguments, "--json"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PRIVCHAIN_PASSPHRASE"] = Passphrase;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        var output = await process.StandardOutput.ReadToEndAsync(cancellation);
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, JsonNode.Parse(output)?.AsObject() ?? [], await errors);
    }
}
