using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;

namespace PrivChain.Attestation.Vectors.Browser;

/// <summary>The verifier in a page: an archive of cases in, a line for each case out.</summary>
[SupportedOSPlatform("browser")]
internal static partial class Program
{
    private static void Main()
    {
    }

    /// <summary>See <see cref="CaseArchive.Judge"/>.</summary>
    [JSExport]
    internal static string Judge(byte[] archive) => string.Join('\n', CaseArchive.Judge(archive));

    /// <summary>See <see cref="CaseArchive.Time"/>.</summary>
    [JSExport]
    internal static string Time(byte[] archive) => string.Join('\n', CaseArchive.Time(archive));
}
