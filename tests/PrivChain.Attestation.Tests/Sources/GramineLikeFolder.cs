using System.Diagnostics;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>Behaves like Gramine's <c>/dev/attestation</c>: what is written to <c>user_report_data</c> is what the next read of <c>quote</c> binds. Both are pipes, served one after the other.</summary>
internal sealed class GramineLikeFolder : IDisposable
{
    private const int ReportDataOffset = 368;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gramine-");
    private readonly Task _serving;

    public GramineLikeFolder(byte[] quote, string type = "dcap", byte[]? sealKey = null, bool ignoreReportData = false)
    {
        File.WriteAllText(PathOf("attestation_type"), type + "\n");
        Directory.CreateDirectory(PathOf("keys"));
        if (sealKey is not null)
        {
            File.WriteAllBytes(PathOf("keys/_sgx_mrenclave"), sealKey);
        }

        using (var made = Process.Start("mkfifo", [PathOf("user_report_data"), PathOf("quote")]))
        {
            made.WaitForExit();
        }

        _serving = Task.Run(() => Serve(quote, ignoreReportData));
    }

    public string FullName => _folder.FullName;

    public void Dispose()
    {
        // A writer that writes nothing ends the service.
        using (new FileStream(PathOf("user_report_data"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1))
        {
        }

        _serving.GetAwaiter().GetResult();
        _folder.Delete(recursive: true);
    }

    private void Serve(byte[] quote, bool ignoreReportData)
    {
        while (true)
        {
            using var asked = new MemoryStream();
            using (var pipe = new FileStream(PathOf("user_report_data"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1))
            {
                pipe.CopyTo(asked);
            }

            if (asked.Length == 0)
            {
                return;
            }

            var answer = quote.ToArray();
            if (!ignoreReportData)
            {
                asked.ToArray().CopyTo(answer, ReportDataOffset);
            }

            using var output = new FileStream(PathOf("quote"), FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1);
            output.Write(answer);
        }
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);
}
