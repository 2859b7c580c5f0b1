using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Simulated;
using PrivChain.Attestation.Sources;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Start;
using PrivChain.Enclave.Tests.World;

namespace PrivChain.Enclave.Tests.Start;

/// <summary>Where evidence comes from, and that nothing stands in for it.</summary>
[TestClass]
public sealed class EnclaveSourceTests
{
    private static readonly SimulatedRoot _root = SimulatedRoot.Generate();
    private static readonly MemoryLedger _ledger = new(new SettableTime(), [Core.Keys.Account.Generate().Address], [_root.Name]);

    [TestMethod]
    public async Task Open_Simulated_IsMadeByItsName()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllBytesAsync(file, _root.ExportSecret());
        using var source = (await EnclaveSource.OpenAsync(new EnclaveOptions { SimulatedRoot = file }, _ledger.Genesis, TimeProvider.System)).OrThrow();
        Assert.AreEqual(EvidenceKind.Simulated, source.Evidence.Kind);
        CollectionAssert.AreEqual(_root.DeriveSealingKey(source.Evidence.Measurement.Span), source.DeriveSealingKey().OrThrow());
        File.Delete(file);
    }

    /// <summary>Pitfall: a fall-back to a fake attester where the real one is missing.</summary>
    [TestMethod]
    public async Task Open_HardwareThatIsNotThere_IsRefusedByName()
    {
        var options = new EnclaveOptions { Evidence = EvidenceKind.FpgaDice, DiceChannel = "/dev/no-such-device", State = Path.GetTempPath() };
        var source = await EnclaveSource.OpenAsync(options, _ledger.Genesis, TimeProvider.System);
        Assert.AreEqual(RefusalReason.BadSettings, source.Reason);
        Assert.Contains(nameof(EvidenceSourceFault.Absent), source.Refusal!.Detail);
    }

    [TestMethod]
    public void ReasonOf_EveryFault_HasOne()
    {
        foreach (var fault in Enum.GetValues<EvidenceSourceFault>())
        {
            Assert.AreNotEqual(RefusalReason.None, EnclaveSource.ReasonOf(fault), fault.ToString());
        }

        Assert.AreEqual(RefusalReason.BadSettings, EnclaveSource.ReasonOf(EvidenceSourceFault.CannotSeal));
        Assert.AreEqual(RefusalReason.UnsupportedFormat, EnclaveSource.ReasonOf(EvidenceSourceFault.UnsupportedForm));
    }
}
