using System.Diagnostics;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>swtpm with an endorsement key certificate, on Unix sockets, for one test class. Where it is not installed, tests are inconclusive; under <c>CI=true</c> they fail.</summary>
internal sealed class SoftwareTpm : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("swtpm-");
    private readonly Process _process;

    public SoftwareTpm()
    {
        if (!File.Exists("/usr/bin/swtpm_setup") || !File.Exists("/usr/bin/tpm2_quote"))
        {
            Assert.AreNotEqual("true", Environment.GetEnvironmentVariable("CI"), "swtpm and tpm2-tools are not installed");
            Assert.Inconclusive("swtpm and tpm2-tools are not installed");
        }

        var state = _folder.CreateSubdirectory("state").FullName;
        using (var setup = Start("/usr/bin/swtpm_setup", "--tpm2", "--tpmstate", state, "--create-ek-cert", "--overwrite"))
        {
            var output = setup.StandardOutput.ReadToEnd();
            setup.WaitForExit();
            Assert.AreEqual(0, setup.ExitCode, output);
        }

        var socket = Path.Combine(_folder.FullName, "tpm");
        _process = Start(
            "/usr/bin/swtpm", "socket", "--tpm2", "--tpmstate", "dir=" + state, "--server", "type=unixio,path=" + socket, "--ctrl", "type=unixio,path=" + socket + ".ctrl", "--flags", "not-need-init,startup-clear", "--log", "file=" + socket + ".log");
        Assert.IsTrue(SpinWait.SpinUntil(() => File.Exists(socket) && File.Exists(socket + ".ctrl"), TimeSpan.FromSeconds(30)), "swtpm does not listen");
        Tcti = "swtpm:path=" + socket;
        StateFolder = Path.Combine(_folder.FullName, "sealed");
    }

    public string Tcti { get; }

    public string StateFolder { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private Process Start(string program, params string[] arguments)
    {
        // The certificate authority of swtpm keeps its keys below these folders and not in the user's.
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = false };
        start.Environment["XDG_CONFIG_HOME"] = _folder.FullName;
        return Process.Start(start)!;
    }
}
