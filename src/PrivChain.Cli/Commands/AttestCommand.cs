using System.CommandLine;

namespace PrivChain.Cli.Commands;

/// <summary><c>attest</c>: evidence about enclaves of any kind, looked at and judged without any network but for <c>collateral fetch</c>.</summary>
internal static class AttestCommand
{
    public static Command Make() => CommandMaker.Group(
        "attest", "Evidence of enclaves: verify it, look at it, write policies for it, fetch what vendors say about it.", "privchain attest show quote.bin",
        AttestVerifyCommand.Make(),
        AttestShowCommand.Make(),
        AttestPolicyCommand.Make(),
        AttestCollateralCommand.Make());
}
