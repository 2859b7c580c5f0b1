using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Sources;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Start;

namespace PrivChain.Enclave.Tests.Start;

[TestClass]
public sealed class EnclaveOptionsTests
{
    private static readonly string[] _valid =
    [
        "--genesis", "g", "--node", "http://127.0.0.1:5000", "--socket", "s", "--state", "d", "--evidence", "simulated", "--simulated-root", "r", "--roles", "broker,worker",
    ];

    [TestMethod]
    public void Parse_Complete_IsAccepted()
    {
        var options = EnclaveOptions.Parse(_valid).OrThrow();
        Assert.AreEqual("http://127.0.0.1:5000/", options.Node.ToString());
        Assert.IsTrue(EnclaveOptions.Parse(_valid[..^2]).Accepted, "roles have one value, so it may be left out");
        Assert.IsTrue(EnclaveOptions.Parse(["--measure"]).OrThrow().Measure);
    }

    [TestMethod]
    public void Parse_OneArgumentMissingOrTwice_IsRefused()
    {
        for (var i = 0; i < _valid.Length - 2; i += 2)
        {
            Assert.AreEqual(RefusalReason.BadSettings, EnclaveOptions.Parse([.. _valid[..i], .. _valid[(i + 2)..]]).Reason, _valid[i]);
            Assert.AreEqual(RefusalReason.BadSettings, EnclaveOptions.Parse([.. _valid, _valid[i], _valid[i + 1]]).Reason, _valid[i]);
            Assert.AreEqual(RefusalReason.BadSettings, EnclaveOptions.Parse(_valid[..(i + 1)]).Reason, _valid[i]);
        }
    }

    [TestMethod]
    public void Parse_HardwareEvidence_TakesNoSimulatedRoot()
    {
        string[] common = ["--genesis", "g", "--node", "http://127.0.0.1:5000", "--socket", "s", "--state", "d"];
        foreach (var name in EvidenceSourceSelector.Names)
        {
            string[] arguments = [.. common, "--evidence", name, .. name == EvidenceKind.FpgaDice ? ["--dice-channel", "/dev/fpga"] : Array.Empty<string>()];
            Assert.AreEqual(name, EnclaveOptions.Parse(arguments).OrThrow().Evidence);
            Assert.AreEqual(RefusalReason.BadSettings, EnclaveOptions.Parse([.. arguments, "--simulated-root", "r"]).Reason, "nothing to fall back to");
            Assert.AreEqual(EnclaveOptions.SealByTpm, EnclaveOptions.Parse([.. arguments, "--seal", "tpm"]).OrThrow().Seal);
            Assert.AreEqual(RefusalReason.BadSettings, EnclaveOptions.Parse([.. arguments, "--seal", "file"]).Reason);
            Assert.AreEqual(RefusalReason.BadSettings, EnclaveOptions.Parse([.. arguments, "--tpm", ""]).Reason);
        }

        Assert.AreEqual(RefusalReason.BadSettings, EnclaveOptions.Parse([.. common, "--evidence", EvidenceKind.FpgaDice]).Reason, "no channel");
    }

    [TestMethod]
    [DataRow("--evidence", "sev-snp")] // beside a simulated root
    [DataRow("--evidence", "sgx2")]
    [DataRow("--seal", "tpm")]
    [DataRow("--dice-channel", "d")]
    [DataRow("--roles", "broker")]
    [DataRow("--node", "http://192.0.2.1:5000")]
    [DataRow("--node", "https://localhost:5000")]
    [DataRow("--node", "here")]
    [DataRow("--genesis", "")]
    [DataRow("--measure", "yes")]
    [DataRow("--config", "file")]
    public void Parse_OtherValue_IsRefused(string name, string value)
    {
        var arguments = _valid.ToList();
        var at = arguments.IndexOf(name);
        if (at < 0)
        {
            arguments.AddRange([name, value]);
        }
        else
        {
            arguments[at + 1] = value;
        }

        Assert.AreEqual(RefusalReason.BadSettings, EnclaveOptions.Parse(arguments).Reason);
    }
}
