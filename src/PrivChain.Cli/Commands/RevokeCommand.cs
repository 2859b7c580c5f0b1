using System.CommandLine;
using PrivChain.Core.Bytes;
using PrivChain.Sdk.Consent;

namespace PrivChain.Cli.Commands;

/// <summary><c>revoke</c>: ends a consent.</summary>
internal static class RevokeCommand
{
    private static readonly Argument<Digest?> _consent = Parsing.DigestArgument("CONSENT", "Digest of the consent, as `privchain inbox` shows it.");

    public static Command Make() => CommandMaker.Make(
        "revoke", "Revokes a consent: once this returns, no key is released under it any more.", "privchain revoke 0x… --keystore me.json",
        RunAsync, [_consent, Common.Reason, .. Common.Signing]);

    private static async Task<int> RunAsync(CommandRun run)
    {
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var citizen = new CitizenClient(connection, keys.Wallet);
        var proven = await citizen.RevokeAsync(run.Value(_consent)!.Value, run.Value(Common.Reason), run.Cancellation).ConfigureAwait(false);
        run.Output.Json["entry"] = proven.Index;
        run.Output.Line($"Revoked: entry {proven.Index}, witnessed.");
        return 0;
    }
}
