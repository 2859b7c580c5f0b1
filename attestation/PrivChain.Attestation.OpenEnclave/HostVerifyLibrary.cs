using System.Runtime.InteropServices;

namespace PrivChain.Attestation.OpenEnclave;

/// <summary>The loaded library and its functions. It is never unloaded: libraries below it leave handlers behind that run when the process ends.</summary>
internal sealed unsafe class HostVerifyLibrary
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "liboehostverify.so";

    /// <summary>Where packages of the SDK put their libraries.</summary>
    public const string InstalledFolder = "/opt/openenclave/lib/openenclave/host";

    private const string HowToInstall =
        "the package open-enclave-hostverify brings liboehostverify.a, of which this is linked once: gcc -shared -o liboehostverify.so -Wl,--whole-archive liboehostverify.a -Wl,--no-whole-archive -lcrypto -ldl -lpthread";

    private readonly delegate* unmanaged[Cdecl]<int> _initialize;
    private readonly delegate* unmanaged[Cdecl]<int> _shutdown;
    private readonly delegate* unmanaged[Cdecl]<byte*, byte*, nuint, byte*, nuint, OePolicy*, nuint, OeClaim**, nuint*, int> _verify;
    private readonly delegate* unmanaged[Cdecl]<OeClaim*, nuint, int> _free;
    private readonly delegate* unmanaged[Cdecl]<int, byte*> _name;
    private readonly delegate* unmanaged[Cdecl]<int> _initializeTdx;

    private HostVerifyLibrary(nint handle, string path)
    {
        Handle = handle;
        _initialize = (delegate* unmanaged[Cdecl]<int>)Function("oe_verifier_initialize");
        _shutdown = (delegate* unmanaged[Cdecl]<int>)Function("oe_verifier_shutdown");
        _verify = (delegate* unmanaged[Cdecl]<byte*, byte*, nuint, byte*, nuint, OePolicy*, nuint, OeClaim**, nuint*, int>)Function("oe_verify_evidence");
        _free = (delegate* unmanaged[Cdecl]<OeClaim*, nuint, int>)Function("oe_free_claims");
        _name = (delegate* unmanaged[Cdecl]<int, byte*>)Function("oe_result_str");

        // Libraries from before TDX lack it, and know no format of it.
        _initializeTdx = NativeLibrary.TryGetExport(handle, "oe_tdx_verifier_initialize", out var address) ? (delegate* unmanaged[Cdecl]<int>)address : null;

        nint Function(string name) =>
            NativeLibrary.TryGetExport(handle, name, out var function) ? function : throw new HostVerifyException(HostVerifyFault.FunctionMissing, $"{path} has no {name}: is it Open Enclave's host-verify library, 0.17 or later?");
    }

    /// <summary>The same for every opening of the same file.</summary>
    public nint Handle { get; }

    /// <param name="path">The file or its folder; null looks where the system's loader looks, and then where the SDK is installed.</param>
    /// <exception cref="HostVerifyException">It is not there, or not usable.</exception>
    public static HostVerifyLibrary Load(string? path)
    {
        // A bare name is looked for by the loader alone, never in the current folder.
        string[] places = path is null ? [FileName, Path.Combine(InstalledFolder, FileName)] : [Path.GetFullPath(Directory.Exists(path) ? Path.Combine(path, FileName) : path)];
        foreach (var place in places)
        {
            if (NativeLibrary.TryLoad(place, out var handle))
            {
                return new HostVerifyLibrary(handle, place);
            }
        }

        throw places.FirstOrDefault(File.Exists) is { } found
            ? new HostVerifyException(HostVerifyFault.LibraryUnusable, $"{found} does not load: it is for another system, or one of its own libraries (see ldd) is missing")
            : new HostVerifyException(HostVerifyFault.LibraryMissing, $"looked for {string.Join(" and ", places)}; {HowToInstall}");
    }

    public int Initialize() => _initialize();

    /// <summary>OE_UNSUPPORTED (16) where the library knows no TDX.</summary>
    public int InitializeTdx() => _initializeTdx is null ? 16 : _initializeTdx();

    public int Shutdown() => _shutdown();

    /// <summary><c>oe_verify_evidence</c>. Claims, where there are any, have to go back through <see cref="Free"/>.</summary>
    public int Verify(ReadOnlySpan<byte> format, ReadOnlySpan<byte> evidence, ReadOnlySpan<byte> endorsements, DateTimeOffset? at, out OeClaim* claims, out nuint count)
    {
        var time = at is { } given ? new OeDateTime(given) : default;
        var policy = new OePolicy { Type = OePolicy.EndorsementsTime, Policy = &time, PolicySize = OeDateTime.Size };
        OeClaim* list = null;
        nuint length = 0;
        int result;

        // An empty span is a null pointer in here, which is what the library takes for "not given".
        fixed (byte* id = format, main = evidence, endorsed = endorsements)
        {
            result = _verify(id, main, (nuint)evidence.Length, endorsed, (nuint)endorsements.Length, at is null ? null : &policy, at is null ? 0u : 1u, &list, &length);
        }

        claims = list;
        count = length;
        return result;
    }

    public void Free(OeClaim* claims, nuint count) => _free(claims, count);

    /// <summary>A result's name, as the library has it, and its number.</summary>
    public string Name(int result)
    {
        var name = _name(result);
        return name is null ? $"oe_result_t {result}" : $"{Marshal.PtrToStringUTF8((nint)name)} ({result})";
    }
}
