using System.Runtime.InteropServices.JavaScript;
using System.Runtime.Versioning;

namespace PrivChain.App.Browser;

/// <summary>The functions of <c>wwwroot/app.js</c>.</summary>
[SupportedOSPlatform("browser")]
internal static partial class Page
{
    private const string Module = "app";

    public static Task LoadAsync() => JSHost.ImportAsync(Module, "/app.js");

    [JSImport("load", Module)]
    public static partial Task<string?> LoadAsync(string key);

    [JSImport("save", Module)]
    public static partial Task SaveAsync(string key, string value);

    [JSImport("remove", Module)]
    public static partial Task RemoveAsync(string key);

    [JSImport("argon2id", Module)]
    public static partial Task<string> Argon2idAsync(byte[] passphrase, byte[] salt, int memory, int iterations, int lanes, int size);

    [JSImport("download", Module)]
    public static partial void Download(string name, string type, byte[] bytes);

    [JSImport("copy", Module)]
    public static partial Task<bool> CopyAsync(string text);

    [JSImport("language", Module)]
    public static partial string Language();

    [JSImport("setLanguage", Module)]
    public static partial void SetLanguage(string code);

    [JSImport("theme", Module)]
    public static partial string Theme();

    [JSImport("setTheme", Module)]
    public static partial void SetTheme(string name);

    [JSImport("title", Module)]
    public static partial void Title(string text);

    [JSImport("toHeading", Module)]
    public static partial void ToHeading();

    [JSImport("isVisible", Module)]
    public static partial bool IsVisible();

    [JSImport("zoneMinutes", Module)]
    public static partial int ZoneMinutes(double seconds);
}
