using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Sources;
using PrivChain.Attestation.Tests.Amd;
using PrivChain.Attestation.Tests.Dice;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>What a machine has decides; nothing is fallen back to.</summary>
[TestClass]
public sealed class EvidenceSourceSelectorTests
{
    private static EvidenceSourceSettings Bare => new()
    {
        StateFolder = "/nowhere",
        Roots = RootSet.Empty,
        Time = TimeProvider.System,
        Tsm = new KernelLikeTsmFolder { Provider = "none", Evidence = _ => [], Exists = false },
        GramineFolder = "/nowhere",
        TpmDevice = "/nowhere",
        TpmTcti = "device:/nowhere",
    };

    // An SEV-SNP report that binds what is asked.
    private static KernelLikeTsmFolder Snp => new() { Provider = "sev_guest", Evidence = asked => SnpForge.Report(report => asked.CopyTo(report, 0x50)) };

    private static async Task<EvidenceSourceFault> FaultOfAsync(string name, EvidenceSourceSettings settings) =>
        (await Assert.ThrowsExactlyAsync<EvidenceSourceException>(async () => await EvidenceSourceSelector.OpenAsync(name, settings, CancellationToken.None))).Fault;

    [TestMethod]
    public async Task Auto_BareMachine_HasNoneAndSimulatesNothing()
    {
        Assert.AreEqual(EvidenceSourceFault.Absent, await FaultOfAsync(EvidenceSourceSelector.Auto, Bare));
        CollectionAssert.DoesNotContain(EvidenceSourceSelector.Names.ToList(), EvidenceKind.Simulated);
        await Assert.ThrowsExactlyAsync<ArgumentException>(async () => await EvidenceSourceSelector.OpenAsync(EvidenceKind.Simulated, Bare, CancellationToken.None));
    }

    [TestMethod]
    public async Task Auto_SeveralThere_TakesTheNarrowestAndNamesIt()
    {
        using var device = new SoftwareDevice();
        await using var server = new DiceDeviceServer(device);
        var settings = Bare with { DiceChannel = server.Path, Roots = device.Roots };
        Assert.AreEqual(EvidenceKind.FpgaDice, (await EvidenceSourceSelector.OpenAsync(EvidenceSourceSelector.Auto, settings, CancellationToken.None)).Kind);
        var source = await EvidenceSourceSelector.OpenAsync(EvidenceSourceSelector.Auto, settings with { Tsm = Snp }, CancellationToken.None);
        Assert.AreEqual(EvidenceKind.SevSnp, source.Kind);
        Assert.Contains("sev_guest", source.Origin);
    }

    /// <summary>Pitfall: a fall-back to a weaker or fake attester when the platform is unknown or broken.</summary>
    [TestMethod]
    public async Task Auto_TheOneItHasIsBrokenOrUnknown_TriesNoOther()
    {
        using var device = new SoftwareDevice();
        await using var server = new DiceDeviceServer(device);
        var settings = Bare with { DiceChannel = server.Path, Roots = device.Roots };
        Assert.AreEqual(EvidenceSourceFault.OtherProvider, await FaultOfAsync(EvidenceSourceSelector.Auto, settings with { Tsm = new KernelLikeTsmFolder { Provider = "arm_cca_guest", Evidence = _ => [] } }));
        Assert.AreEqual(EvidenceSourceFault.TooLarge, await FaultOfAsync(EvidenceSourceSelector.Auto, settings with { Tsm = new KernelLikeTsmFolder { Provider = "tdx_guest", Evidence = _ => [], ReadError = 27 } }));
    }

    [TestMethod]
    [DataRow(EvidenceKind.Sgx, EvidenceSourceFault.Absent)]
    [DataRow(EvidenceKind.SevSnp, EvidenceSourceFault.Absent)]
    [DataRow(EvidenceKind.Tdx, EvidenceSourceFault.Absent)]
    [DataRow(EvidenceKind.FpgaDice, EvidenceSourceFault.Absent)]
    public async Task Named_NotThere_IsAbsent(string name, EvidenceSourceFault fault) => Assert.AreEqual(fault, await FaultOfAsync(name, Bare));
}
