using System.ComponentModel;
using System.Diagnostics;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Sources.Tpm;

/// <summary>
/// Runs programs of tpm2-tools in a folder of its own, which is removed with it: contexts and public areas lie there, secrets go through pipes. Each program gets its arguments as such (no shell) and an environment of two
/// variables. The tools are not part of what is measured here: whoever can replace them can make them say anything but what the TPM signs.
/// </summary>
internal sealed class TpmTools : IDisposable
{
    /// <summary>The kernel's resource manager.</summary>
    public const string DefaultTcti = "device:/dev/tpmrm0";

    private const int MaxOutput = 64 * 1024;
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(60);

    private readonly string _tcti;
    private readonly TimeProvider _time;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("privchain-tpm-");

    /// <param name="tcti">How tpm2-tools reach the TPM, such as <see cref="DefaultTcti"/>.</param>
    /// <param name="time">The clock for deadlines.</param>
    public TpmTools(string tcti, TimeProvider time)
    {
        _tcti = tcti;
        _time = time;
    }

    public string Tcti => _tcti;

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public byte[] Read(string name) => DeviceFile.Read(PathOf(name), MaxOutput);

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Runs one program and gives what it wrote to standard output.</summary>
    /// <exception cref="EvidenceSourceException">It is not installed, failed, or took too long.</exception>
    public byte[] Run(string tool, IEnumerable<string> arguments, ReadOnlySpan<byte> input = default)
    {
        var (code, output, error) = Start(tool, arguments, input);
        return code == 0 ? output : throw Fault(EvidenceSourceFault.Failed, $"{tool} ended with {code}: {error}");
    }

    /// <summary>The same, for what a TPM may lack: null when the program says no.</summary>
    public byte[]? TryRun(string tool, IEnumerable<string> arguments)
    {
        var (code, output, _) = Start(tool, arguments, default);
        return code == 0 ? output : null;
    }

    /// <summary>Drops transient objects. Behind a resource manager each connection has its own; without one the few slots of the TPM would fill.</summary>
    public void Flush() => Run("tpm2_flushcontext", ["--transient-object"]);

    private (int Code, byte[] Output, string Error) Start(string tool, IEnumerable<string> arguments, ReadOnlySpan<byte> input)
    {
        var start = new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/bin:/bin";
        start.Environment["TPM2TOOLS_TCTI"] = _tcti;
        using var process = Begin(start);
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
            using var deadline = new CancellationTokenSource(_deadline, _time);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            using var output = new MemoryStream();
            var copied = process.StandardOutput.BaseStream.CopyToAsync(output, deadline.Token);
            Task.WhenAll(error, copied, process.WaitForExitAsync(deadline.Token)).GetAwaiter().GetResult();
            return (process.ExitCode, output.ToArray(), error.Result.Trim());
        }
        catch (OperationCanceledException exception)
        {
            process.Kill();
            throw Fault(EvidenceSourceFault.Failed, $"{tool} took more than {_deadline.TotalSeconds} s", exception);
        }
        catch (IOException exception)
        {
            throw Fault(EvidenceSourceFault.Failed, $"{tool}: {exception.Message}", exception);
        }
    }

    private static Process Begin(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw Fault(EvidenceSourceFault.Absent, $"{start.FileName} of tpm2-tools cannot be started", exception);
        }
    }

    private static EvidenceSourceException Fault(EvidenceSourceFault fault, string detail, Exception? inner = null) => new(fault, EvidenceKind.Tpm, detail, inner);
}
