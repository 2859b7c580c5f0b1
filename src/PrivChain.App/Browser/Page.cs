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

    /// <summary>As <see cref="SaveAsync"/>, for what can be done without: where the browser keeps nothing, it says so.</summary>
    public static async Task TrySaveAsync(string key, string value, Action notKept)
    {
        try
        {
            await SaveAsync(key, value);
        }
        catch (JSException)
        {
            notKept();
        }
    }

    /// <summary>As <see cref="LoadAsync(string)"/>, for what can be done without: null where the browser's database does not open.</summary>
    public static async Task<string?> TryLoadAsync(string key)
    {
        try
        {
            return await LoadAsync(key);
        }
        catch (JSException)
        {
            return null;
        }
    }

    [JSImport("remove", Module)]
    public static partial Task RemoveAsync(string key);

    /// <summary>Removes whatever is kept under names that begin so.</summary>
    [JSImport("forget", Module)]
    public static partial Task ForgetAsync(string prefix);

    [JSImport("keepSealed", Module)]
    public static partial Task KeepSealedAsync(string name, byte[] key, byte[] content);

    /// <summary>In base64; null when there is nothing, or when it was not sealed by this key under this name.</summary>
    [JSImport("openSealed", Module)]
    public static partial Task<string?> OpenSealedAsync(string name, byte[] key);

    /// <summary>The sum of the numbers that are kept under names that begin so.</summary>
    [JSImport("sum", Module)]
    public static partial Task<int> SumAsync(string prefix);

    /// <summary>Waits until no other window of this browser, and nothing else in this one, holds a name; then it is held here.</summary>
    [JSImport("lock", Module)]
    public static partial Task LockAsync(string name);

    [JSImport("unlock", Module)]
    public static partial void Unlock(string name);

    /// <summary>Asks the browser not to clear away what is kept when it wants room.</summary>
    [JSImport("persist", Module)]
    public static partial Task PersistAsync();

    /// <summary>Has the browser ask before the page is left or loaded anew, or not any more for this reason.</summary>
    [JSImport("guardLeaving", Module)]
    public static partial void GuardLeaving(string reason, bool guard);

    /// <summary>True where a page may seal what it keeps: over TLS, or from this machine.</summary>
    [JSImport("canKeep", Module)]
    public static partial bool CanKeep();

    /// <summary>Has the browser keep this version of the app, so that it opens without the site; ends when it is kept, or cannot be.</summary>
    [JSImport("keepApp", Module)]
    public static partial Task KeepAppAsync();

    /// <summary>Digest of the manifest of the version that is kept and shown; empty when none is.</summary>
    [JSImport("keptApp", Module)]
    public static partial string KeptApp();

    /// <summary>True when a newer version is kept whole and waits for this one to be closed.</summary>
    [JSImport("newerApp", Module)]
    public static partial bool NewerApp();

    /// <summary>Loads the newer version, when no other page of the app is open; ends only when there is one.</summary>
    [JSImport("useNewerApp", Module)]
    public static partial Task UseNewerAppAsync();

    /// <summary>Gives the one thread back for as long as a frame takes. A time and not the frame itself, which a page in the background never gets.</summary>
    public static Task YieldToPaintAsync() => Task.Delay(20);

    [JSImport("argon2id", Module)]
    public static partial Task<string> Argon2idAsync(byte[] passphrase, byte[] salt, int memory, int iterations, int lanes, int size);

    /// <summary>PBKDF2-HMAC-SHA512 by the browser, in base64; null where a page may not use it.</summary>
    [JSImport("pbkdf2", Module)]
    public static partial Task<string?> Pbkdf2Async(byte[] secret, byte[] salt, int rounds, int size);

    /// <summary>True when an extension has put a wallet into the page.</summary>
    [JSImport("hasWallet", Module)]
    public static partial bool HasWallet();

    /// <summary>Asks that wallet; parameters and answer are JSON.</summary>
    [JSImport("askWallet", Module)]
    public static partial Task<string> AskWalletAsync(string method, string parameters);

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
