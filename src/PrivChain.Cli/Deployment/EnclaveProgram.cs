using PrivChain.Core.Bytes;
using PrivChain.Core.Refusals;

namespace PrivChain.Cli.Deployment;

/// <summary>Asks the enclave's program for its measurement, which governors compare with a build of their own before they enrol it.</summary>
internal static class EnclaveProgram
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    public static async Task<(string Measurement, Digest Digest)> MeasureAsync(string folder, CancellationToken cancellation)
    {
        var program = Path.Combine(folder, "PrivChain.Enclave.dll");
        if (!File.Exists(program))
        {
            throw new RefusalException(new Refusal(RefusalReason.NotFound, $"no enclave program in {folder}"));
        }

        var child = ChildProcess.Start("enclave", program, ["--measure"]);
        await using (child.ConfigureAwait(false))
        {
            var measured = await child.WaitForAsync("measured", _limit, cancellation).ConfigureAwait(false);
            return (measured.GetProperty("measurement").GetString()!, Digest.Parse(measured.GetProperty("digest").GetString()!));
        }
    }
}
