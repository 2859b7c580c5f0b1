using System.Collections;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Start;

namespace PrivChain.Enclave.Tests.Start;

[TestClass]
public sealed class SteeringInputsTests
{
    [TestMethod]
    [DataRow("LD_PRELOAD")]
    [DataRow("LD_LIBRARY_PATH")]
    [DataRow("LD_AUDIT")]
    [DataRow("DOTNET_STARTUP_HOOKS")]
    [DataRow("DOTNET_ADDITIONAL_DEPS")]
    [DataRow("DOTNET_EnableDiagnostics")]
    [DataRow("DOTNET_gcServer")]
    [DataRow("DOTNET_ROOT")]
    [DataRow("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT")]
    [DataRow("CORECLR_PROFILER")]
    [DataRow("CORECLR_ENABLE_PROFILING")]
    [DataRow("COMPlus_EnableDiagnostics")]
    [DataRow("complus_enablediagnostics")]
    [DataRow("COREHOST_TRACE")]
    [DataRow("ASPNETCORE_URLS")]
    [DataRow("ASPNETCORE_HOSTINGSTARTUPASSEMBLIES")]
    [DataRow("MALLOC_CHECK_")]
    [DataRow("GLIBC_TUNABLES")]
    [DataRow("GCONV_PATH")]
    [DataRow("OPENSSL_CONF")]
    [DataRow("SSL_CERT_FILE")]
    [DataRow("SSLKEYLOGFILE")]
    [DataRow("GRPC_TRACE")]
    [DataRow("http_proxy")]
    [DataRow("HTTPS_PROXY")]
    [DataRow("all_proxy")]
    [DataRow("No_Proxy")]
    [DataRow("TZ")]
    [DataRow("TZDIR")]
    [DataRow("RES_OPTIONS")]
    [DataRow("RESOLV_HOST_CONF")]
    [DataRow("TMPDIR")]
    [DataRow("OTEL_EXPORTER_OTLP_ENDPOINT")]
    [DataRow("path")]
    [DataRow("WhatTheNextRuntimeReads")]
    public void CheckEnvironment_SteeringVariable_IsRefusedByName(string name)
    {
        foreach (var value in new[] { "1", string.Empty })
        {
            var refusal = SteeringInputs.CheckEnvironment(Environment((name, value)));
            Assert.AreEqual(RefusalReason.UnmeasuredInput, refusal?.Reason);
            Assert.Contains(name, refusal!.Detail);
        }
    }

    [TestMethod]
    public void CheckEnvironment_OrdinaryVariables_Pass() => Assert.IsNull(SteeringInputs.CheckEnvironment(Environment(
        ("PATH", "/bin"), ("HOME", "/"), ("LANG", "C"), ("USER", "u"), ("PWD", "/"), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1"))));

    [TestMethod]
    [DataRow("appsettings.json")]
    [DataRow("appsettings.Production.json")]
    [DataRow("openssl.cnf")]
    [DataRow("libfoo.so")]
    [DataRow("Other.deps.json")]
    [DataRow("Program.runtimeconfig.dev.json")]
    [DataRow("Program.dll.config")]
    [DataRow("web.config")]
    [DataRow("folder/")]
    [DataRow(".env")]
    public void CheckFolder_FileThatDoesNotBelong_IsRefused(string name)
    {
        foreach (var aheadOfTime in new[] { true, false })
        {
            using var folder = new ProgramFolder();
            Assert.IsNull(folder.Check(aheadOfTime));
            folder.Add(name);
            Assert.AreEqual(RefusalReason.UnmeasuredInput, folder.Check(aheadOfTime)?.Reason, name);
        }
    }

    [TestMethod]
    public void CheckFolder_Library_BelongsOnlyToABuildThatIsNotAheadOfTime()
    {
        using var folder = new ProgramFolder();
        folder.Add("Library.dll");
        folder.Add("Program.pdb");
        Assert.IsNull(folder.Check(aheadOfTime: false));
        Assert.AreEqual(RefusalReason.UnmeasuredInput, folder.Check(aheadOfTime: true)?.Reason);
    }

    // Every file counts, by name, content and length; symbols do not.
    [TestMethod]
    public void Measurement_AnyFileChanged_Changes()
    {
        using var folder = new ProgramFolder();
        folder.Add("Library.dll", "one");
        var seen = new HashSet<string> { folder.Measure() };
        Assert.IsFalse(seen.Add(folder.Measure()), "the same folder has the same measurement");

        folder.Add("Library.dll", "two");
        Assert.IsTrue(seen.Add(folder.Measure()), "content");
        folder.Add("Library.dll", "twoo");
        Assert.IsTrue(seen.Add(folder.Measure()), "length");
        folder.Add("Second.dll", string.Empty);
        Assert.IsTrue(seen.Add(folder.Measure()), "empty file");
        folder.Add("sub/Third.dll", "x");
        Assert.IsTrue(seen.Add(folder.Measure()), "file in a folder");
        folder.Rename("Second.dll", "Secone.dll");
        Assert.IsTrue(seen.Add(folder.Measure()), "name");
        folder.Add("Library.pdb", "symbols");
        Assert.IsFalse(seen.Add(folder.Measure()), "symbols");
    }

    private static Hashtable Environment(params (string Name, string Value)[] variables)
    {
        var environment = new Hashtable();
        foreach (var (name, value) in variables)
        {
            environment[name] = value;
        }

        return environment;
    }

    private sealed class ProgramFolder : IDisposable
    {
        private readonly string _path = Directory.CreateTempSubdirectory("program").FullName;

        public ProgramFolder() => Add("Program");

        public void Add(string name, string content = "x")
        {
            var path = Path.Combine(_path, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            if (!name.EndsWith('/'))
            {
                File.WriteAllText(path, content);
            }
        }

        public void Rename(string from, string to) => File.Move(Path.Combine(_path, from), Path.Combine(_path, to));

        public Refusal? Check(bool aheadOfTime) => SteeringInputs.CheckFolder(_path, "Program", aheadOfTime);

        public string Measure() => Convert.ToHexString(ProgramMeasurement.OfFolder(_path));

        public void Dispose() => Directory.Delete(_path, recursive: true);
    }
}
