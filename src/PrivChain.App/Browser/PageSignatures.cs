using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;
using PrivChain.Core.Keys;

namespace PrivChain.App.Browser;

/// <summary>The functions of <c>wwwroot/secp256k1.js</c>: signatures of entries, by WebAssembly in the place of interpreted .NET.</summary>
[SupportedOSPlatform("browser")]
internal static partial class PageSignatures
{
    private const string Module = "secp256k1";

    private static Task? _loading;

    /// <summary>From its end on accounts are recovered there; where the browser cannot have it, by .NET as before.</summary>
    public static Task LoadAsync() => _loading ??= ImportAsync();

    private static async Task ImportAsync()
    {
        try
        {
            await JSHost.ImportAsync(Module, "/secp256k1.js");
        }
        catch (JSException)
        {
            // Perhaps at the next connection.
            _loading = null;
            return;
        }

        Secp256k1.RecoverBy(Recover);
    }

    private static void Recover(Span<byte> digests, Span<byte> signatures, Span<byte> odd, Span<byte> keys, Span<byte> found)
    {
        try
        {
            RecoverInPage(digests, signatures, odd, keys, found);
        }
        catch (JSException)
        {
            found.Fill((byte)RecoveredKey.Unsure);
        }
    }

    [JSImport("recover", Module)]
    private static partial void RecoverInPage(
        [JSMarshalAs<JSType.MemoryView>] Span<byte> digests,
        [JSMarshalAs<JSType.MemoryView>] Span<byte> signatures,
        [JSMarshalAs<JSType.MemoryView>] Span<byte> odd,
        [JSMarshalAs<JSType.MemoryView>] Span<byte> keys,
        [JSMarshalAs<JSType.MemoryView>] Span<byte> found);
}
