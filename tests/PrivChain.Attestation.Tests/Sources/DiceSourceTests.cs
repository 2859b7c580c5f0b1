using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Sources;
using PrivChain.Attestation.Sources.Dice;
using PrivChain.Attestation.Tests.Dice;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>The channel of a DICE device.</summary>
[TestClass]
public sealed class DiceSourceTests
{
    private static async Task<EvidenceSourceFault?> FaultOfAsync(Func<byte[], byte[]> change)
    {
        using var device = new SoftwareDevice();
        await using var server = new DiceDeviceServer(device, answer: change);
        try
        {
            _ = await DiceSource.OpenAsync(server.Path, device.Roots, TimeProvider.System, CancellationToken.None);
            return null;
        }
        catch (EvidenceSourceException exception)
        {
            return exception.Fault;
        }
    }

    [TestMethod]
    public async Task Evidence_OfTheDevice_IsAcceptedForItsSession()
    {
        using var device = new SoftwareDevice();
        await using var server = new DiceDeviceServer(device, seal: RandomNumberGenerator.GetBytes(32));
        var source = await DiceSource.OpenAsync(server.Path, device.Roots, TimeProvider.System, CancellationToken.None);
        Assert.HasCount(EnclaveClaims.MeasurementSize, source.Measurement.ToArray());

        var session = new SessionBinding(new byte[32], SessionBinding.Worker, [1], new byte[20], [2]);
        var envelope = await source.GetEvidenceAsync(session.Value(EnclaveClaims.ReportDataSize), CancellationToken.None);
        var policy = AppraisalPolicy.Strict(EvidenceKind.FpgaDice, source.Measurement.Span) with { RequireCrl = false };
        var result = EvidenceVerifier.Verify(envelope, new AuthenticationContext(device.Roots, TimeProvider.System.GetUtcNow()), policy, ExpectedBinding.Session(session));
        Assert.IsTrue(result.Accepted, result.Fault?.ToString());
        CollectionAssert.AreEqual(source.DeriveSealingKey(), source.DeriveSealingKey());
    }

    [TestMethod]
    public async Task Open_DeviceOfAnotherRoot_IsRefused()
    {
        using var device = new SoftwareDevice();
        await using var server = new DiceDeviceServer(device);
        var exception = await Assert.ThrowsExactlyAsync<EvidenceSourceException>(async () => await DiceSource.OpenAsync(server.Path, RootSet.Empty, TimeProvider.System, CancellationToken.None));
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, exception.Fault);
        Assert.Contains("UntrustedRoot", exception.Message);
    }

    [TestMethod]
    public async Task Seal_DeviceWithoutSecret_IsRefusedByName()
    {
        using var device = new SoftwareDevice();
        await using var server = new DiceDeviceServer(device);
        var source = await DiceSource.OpenAsync(server.Path, device.Roots, TimeProvider.System, CancellationToken.None);
        Assert.AreEqual(EvidenceSourceFault.CannotSeal, Assert.ThrowsExactly<EvidenceSourceException>(() => source.DeriveSealingKey()).Fault);
    }

    [TestMethod]
    public async Task Answer_OfAnotherForm_IsRefused()
    {
        Assert.IsNull(await FaultOfAsync(message => message));
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, await FaultOfAsync(message => [.. "PCDX"u8, .. message[4..]]), "magic");
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, await FaultOfAsync(message => [.. message[..4], 2, .. message[5..]]), "version");
        Assert.AreEqual(EvidenceSourceFault.Failed, await FaultOfAsync(message => [.. message[..5], 9, 0, 0, 0, 0]), "status");
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, await FaultOfAsync(message => [.. message[..6], 0x7F, 0, 0, 0]), "length");
        Assert.AreEqual(EvidenceSourceFault.Failed, await FaultOfAsync(message => message[..^1]), "cut off");
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, await FaultOfAsync(message => [.. message[..6], 0, 0, 0, 3, 1, 2, 3]), "no parts");
    }

    [TestMethod]
    public async Task Answer_ForOtherReportData_IsRefused()
    {
        using var device = new SoftwareDevice();
        var other = device.Evidence(RandomNumberGenerator.GetBytes(64)).ToArray();
        await using var server = new DiceDeviceServer(device, answer: message => [.. message[..6], 0, 0, (byte)(other.Length >> 8), (byte)(other.Length & 0xFF), .. other]);
        var exception = await Assert.ThrowsExactlyAsync<EvidenceSourceException>(async () => await DiceSource.OpenAsync(server.Path, device.Roots, TimeProvider.System, CancellationToken.None));
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, exception.Fault);
    }
}
