using System.CommandLine;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;

namespace PrivChain.Cli.Commands;

/// <summary><c>up</c>: a whole deployment on this machine, under one governor, until Ctrl-C.</summary>
internal static class UpCommand
{
    private static readonly Option<string> _folder = new("--deployment") { Description = "Folder of the deployment; made at the first start.", DefaultValueFactory = _ => "./privchain" };
    private static readonly Option<string> _name = new("--name") { Description = "Name of a new deployment, printable ASCII.", DefaultValueFactory = _ => "PrivChain" };
    private static readonly Option<int> _port = new("--port") { Description = "Port of the node's gRPC on loopback; 0 takes a free one.", DefaultValueFactory = _ => 0 };

    private static readonly Option<int> _webPort = new("--web-port")
    {
        Description = "Port of the app and of gRPC-Web on loopback; 0 takes a free one. Left out, it is that of the last start: wallets in browsers belong to the address at which they were made.",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<string[]> _authorities = new("--authority")
    {
        Description = "Certificates (PEM or DER) of an authority that certifies organisations' names on a new ledger, for ever; may be repeated. With one, no organisation is admitted without a certificate.", HelpName = "FILE",
    };

    public static Command Make() => CommandMaker.Make(
        "up", "Starts node, enclave and witness on this machine, with simulated evidence, until Ctrl-C.",
        "privchain up --deployment ./privchain --port 7600", RunAsync, _folder, _name, _port, _webPort, _authorities, Common.Suite);

    private static async Task<int> RunAsync(CommandRun run)
    {
        // Before a deployment is made: a refused line leaves nothing behind.
        foreach (var option in new[] { _port, _webPort })
        {
            if (run.Value(option) is < 0 or > ushort.MaxValue)
            {
                throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"{option.Name}: wanted 0 to 65535"));
            }
        }

        var suite = run.IsGiven(Common.Suite) ? Common.SuiteOf(run) : null;
        var authorities = run.Optional(_authorities) is { Length: > 0 } files ? files.SelectMany(file => CertificateFile.ReadAuthorities(file, run.Time)).ToList() : null;
        var folder = new DeploymentFolder(run.Value(_folder));
        var deployment = await RunningDeployment.StartAsync(
            folder, run.Value(_name), run.Value(_port), run.Time, run.Cancellation, suite: suite, webPort: run.IsGiven(_webPort) ? run.Value(_webPort) : null, authorities: authorities).ConfigureAwait(false);
        await using (deployment.ConfigureAwait(false))
        {
            using (var connection = await PrivChainConnection.OpenAsync(
                new ConnectionOptions { Node = deployment.Address.Node, Genesis = deployment.Genesis, AcceptSimulatedEvidence = true, Time = run.Time }, run.Cancellation).ConfigureAwait(false))
            {
                await Bootstrap.EnrolEnclaveAsync(deployment, connection, run.Time, runBy: null, run.Cancellation).ConfigureAwait(false);
                await Bootstrap.EnrolAppAsync(deployment, connection, run.Time, run.Cancellation).ConfigureAwait(false);
            }

            var output = run.Output;
            output.Json["ledger"] = deployment.Genesis.LedgerId.ToString();
            output.Json["node"] = deployment.Address.Node.ToString();
            output.Json["web"] = deployment.Address.Web.ToString();
            output.Json["app"] = deployment.AppLink.ToString();
            output.Json["witness"] = deployment.Address.Witness.ToString();
            output.Json["folder"] = folder.Root;
            output.Facts(
                ("Ledger", deployment.Genesis.LedgerId.ToString()),
                ("Node", deployment.Address.Node.ToString()),
                ("Web", deployment.Address.Web.ToString()),
                ("App", deployment.AppLink.ToString()),
                ("Witness", deployment.Address.Witness.ToString()),
                ("Folder", folder.Root));
            output.Warning("Evidence is simulated: it proves nothing about hardware.");
            output.Line("Up. Ctrl-C ends it.");
            output.Finish();
            return await ServeAsync(deployment, run).ConfigureAwait(false);
        }
    }

    /// <summary>Until Ctrl-C, or until a child dies.</summary>
    public static async Task<int> ServeAsync(RunningDeployment deployment, CommandRun run)
    {
        try
        {
            var failed = await deployment.FailedAsync(run.Cancellation).ConfigureAwait(false);
            throw new RefusalException(failed);
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
    }
}
