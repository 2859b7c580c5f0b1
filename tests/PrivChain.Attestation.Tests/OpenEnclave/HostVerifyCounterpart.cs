using System.Diagnostics;
using System.Runtime.InteropServices;
using PrivChain.Attestation.OpenEnclave;

namespace PrivChain.Attestation.Tests.OpenEnclave;

/// <summary>A shared library of our own with the binary interface of Open Enclave's, compiled by the C compiler that the tests need anyway.</summary>
internal static class HostVerifyCounterpart
{
    private delegate int Count();

    /// <summary>Compiles it into a folder, under the library's own name.</summary>
    public static string Compile(string folder, params string[] definitions)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, HostVerifyLibrary.FileName);
        var source = Path.Combine(AppContext.BaseDirectory, "OpenEnclave", "host-verify-counterpart.c");
        var start = new ProcessStartInfo("gcc", ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", .. definitions.Select(name => "-D" + name), "-o", path, source]) { RedirectStandardError = true };
        using var compiler = Process.Start(start)!;
        var errors = compiler.StandardError.ReadToEnd();
        compiler.WaitForExit();
        Assert.AreEqual(0, compiler.ExitCode, errors);
        return path;
    }

    /// <summary>How many lists of claims were given and not freed.</summary>
    public static int Lists(string path) => Ask(path, "counterpart_lists");

    /// <summary>How often it was initialized since it was shut down.</summary>
    public static int Initialized(string path) => Ask(path, "counterpart_initialized");

    private static int Ask(string path, string name) => Marshal.GetDelegateForFunctionPointer<Count>(NativeLibrary.GetExport(NativeLibrary.Load(path), name))();
}
