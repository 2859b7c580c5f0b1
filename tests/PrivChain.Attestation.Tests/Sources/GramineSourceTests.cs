using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Sources;
using PrivChain.Attestation.Sources.Gramine;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>Gramine's folder with a real quote in it.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class GramineSourceTests
{
    private static readonly byte[] _quote = AttestationCase.Load("sgx").Where(@case => @case.Has("evidence")).Select(@case => @case.Bytes("evidence")).First(bytes => bytes.Length > 1000 && bytes[0] == 3 && bytes[1] == 0);
    private static readonly byte[] _key = [.. Enumerable.Range(1, 16).Select(value => (byte)value)];

    [TestMethod]
    public async Task Quote_Real_ComesOutAsItIs()
    {
        using var folder = new GramineLikeFolder(_quote, sealKey: _key);
        var source = new GramineSource(folder.FullName);
        var parts = await source.GetPartsAsync(_quote[368..432], CancellationToken.None);
        CollectionAssert.AreEqual(_quote, parts.MainPart.ToArray());
        CollectionAssert.AreEqual((byte[])[.. _quote[112..144], .. new byte[16]], source.Measurement.ToArray());
        Assert.AreEqual(EvidenceKind.Sgx, source.Kind);

        var sealing = source.DeriveSealingKey();
        Assert.HasCount(32, sealing);
        CollectionAssert.AreEqual(sealing, source.DeriveSealingKey(), "the same program gets the same key");
        CollectionAssert.AreNotEqual(_key, sealing[..16], "the CPU's key is not used as it is");
    }

    [TestMethod]
    [DataRow("none", EvidenceSourceFault.OtherProvider)]
    [DataRow("epid", EvidenceSourceFault.OtherProvider)]
    public void Open_OtherAttestation_IsRefused(string type, EvidenceSourceFault fault)
    {
        using var folder = new GramineLikeFolder(_quote, type);
        Assert.AreEqual(fault, Assert.ThrowsExactly<EvidenceSourceException>(() => new GramineSource(folder.FullName)).Fault);
    }

    [TestMethod]
    public void Open_QuoteForOthersOrNothingThere_IsRefused()
    {
        Assert.AreEqual(EvidenceSourceFault.Absent, Assert.ThrowsExactly<EvidenceSourceException>(() => new GramineSource("/nowhere")).Fault);
        using var folder = new GramineLikeFolder(_quote, ignoreReportData: true);
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, Assert.ThrowsExactly<EvidenceSourceException>(() => new GramineSource(folder.FullName)).Fault);
    }

    [TestMethod]
    public void Seal_NoKeyOrZeros_IsRefused()
    {
        foreach (var key in new[] { null, Array.Empty<byte>(), new byte[16], new byte[15] })
        {
            using var folder = new GramineLikeFolder(_quote, sealKey: key);
            Assert.AreEqual(EvidenceSourceFault.CannotSeal, Assert.ThrowsExactly<EvidenceSourceException>(() => new GramineSource(folder.FullName).DeriveSealingKey()).Fault);
        }
    }
}
