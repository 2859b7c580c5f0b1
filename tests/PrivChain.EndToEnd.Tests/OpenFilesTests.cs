using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Refusals;

namespace PrivChain.EndToEnd.Tests;

/// <summary>A process that lacks a file for a library of its own dies on the spot. So servers refuse to start where their connections could use all files up, and nobody's connections get them there.</summary>
[TestClass]
[OSCondition(OperatingSystems.Linux)]
public sealed class OpenFilesTests
{
    private const int Fewest = 3_000;

    // On each of two addresses. Besides: libraries that are loaded meanwhile, and the listeners' own.
    private const int Connections = 2 * 1_000;
    private const int Besides = 100;
    private const int Flood = 1_300;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Node_MoreConnectionsThanItMayHave_TakesNoMoreFilesAndServesAfterwards()
    {
        await using var world = await World.StartAsync();
        await world.IssueIdentityAsync();
        var node = world.Deployment.Children.Single(child => child.Name == "node");
        using (var limiting = Process.Start("prlimit", ["--pid", node.Id.ToString(CultureInfo.InvariantCulture), $"--nofile={Fewest}:{Fewest}"]))
        {
            await limiting.WaitForExitAsync(TestContext.CancellationToken);
            Assert.AreEqual(0, limiting.ExitCode);
        }

        // Each is held open. Whether one of them is served, cut or left waiting is the node's choice.
        var most = Files(node.Id) + Connections + Besides;
        var held = Enumerable.Range(0, 2 * Flood).Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ToList();
        try
        {
            int[] ports = [world.Deployment.Address.Node.Port, world.Deployment.Address.Web.Port];
            var connecting = Task.WhenAll(held.Select((socket, i) => ConnectAsync(socket, ports[i % ports.Length])));
            var found = 0;
            while (!connecting.IsCompleted)
            {
                found = Math.Max(found, Files(node.Id));
            }

            await connecting;
            Assert.IsFalse(node.Exited.IsCompleted, "the node ended");
            Assert.IsLessThanOrEqualTo(most, found);
        }
        finally
        {
            held.ForEach(socket => socket.Dispose());
        }

        // Who was connected before and who comes now are both served.
        await world.IssueIdentityAsync();
        using var other = await world.ConnectAsync();
        Assert.IsFalse(node.Exited.IsCompleted, "the node ended");
    }

    private async Task ConnectAsync(Socket socket, int port)
    {
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.CancellationToken);
        }
        catch (SocketException cut) when (cut.SocketErrorCode == SocketError.ConnectionReset)
        {
        }
    }

    private static int Files(int process) => Directory.GetFileSystemEntries($"/proc/{process}/fd").Length;

    [TestMethod]
    [DataRow("node", "limits: 2000 connections want")]
    [DataRow("witness", "Connections: 256 connections want")]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Server_FewerFilesThanItsConnectionsMayTake_RefusesToStart(string server, string wanted)
    {
        var folder = new DeploymentFolder(Directory.CreateTempSubdirectory("privchain-files-").FullName);
        var genesis = folder.Prepare("test", TimeProvider.System);
        string[] arguments = server == "node"
            ? ["node", "--data", folder.Node, "--genesis", folder.GenesisFile, "--log-key", folder.LogKey, "--witness", $"{DeploymentFolder.WitnessName}=http://127.0.0.1:1"]
            : ["witness", "--listen", "127.0.0.1:0", "--key", folder.WitnessKey, "--name", DeploymentFolder.WitnessName, "--log", $"{genesis.Origin}={genesis.LogKey}", "--data", folder.Witness];
        var start = new ProcessStartInfo("/bin/sh", ["-c", "ulimit -n 800; exec \"$0\" \"$@\"", DotnetHost.Muxer, DotnetHost.OwnProgram, .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual((int)RefusalReason.BadSettings, process.ExitCode, errors + await output);
        Assert.Contains(wanted, errors + await output);
        Directory.Delete(folder.Root, recursive: true);
    }
}
