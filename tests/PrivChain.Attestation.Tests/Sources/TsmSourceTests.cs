using System.Buffers.Binary;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Sources;
using PrivChain.Attestation.Sources.Tsm;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Sources;

/// <summary>configfs-tsm with real reports and quotes as blobs.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class TsmSourceTests
{
    private const int SnpReportData = 0x50;

    private static readonly byte[] _report = AttestationCase.Load("snp").Where(@case => @case.Result == "valid" && @case.Has("evidence"))
        .Select(@case => @case.Bytes("evidence")).First(bytes => bytes.Length >= 0x4A0 && BinaryPrimitives.ReadUInt32LittleEndian(bytes) is >= 2 and <= 5)[..0x4A0];

    private static IEnumerable<byte[]> Quotes => AttestationCase.Load("tdx").Where(@case => @case.IsGenuine && @case.Has("evidence")).Select(@case => @case.Bytes("evidence"))
        .Where(bytes => bytes.Length is > 1000 and <= 8192 && bytes[0] is 4 or 5 && bytes[1] == 0);

    private static byte[] ReportDataOf(byte[] evidence, int offset) => evidence[offset..(offset + 64)];

    private static byte[] With(byte[] evidence, int offset, byte[] reportData)
    {
        var changed = evidence.ToArray();
        reportData.CopyTo(changed, offset);
        return changed;
    }

    private static KernelLikeTsmFolder Snp(byte[]? auxiliary = null, string? floor = null, int error = 0, bool present = true) => new()
    {
        Provider = "sev_guest",
        Evidence = asked => With(_report, SnpReportData, asked),
        Auxiliary = auxiliary,
        Floor = floor,
        ReadError = error,
        Exists = present,
    };

    private static EvidenceSourceFault? FaultOf(Action act)
    {
        try
        {
            act();
            return null;
        }
        catch (EvidenceSourceException exception)
        {
            return exception.Fault;
        }
    }

    private static async Task<EvidenceParts> AskAsync(HardwareSource source, byte[] reportData) => await source.GetPartsAsync(reportData, CancellationToken.None);

    [TestMethod]
    public async Task Snp_RealReportAndTable_ComeOutAsTheyAre()
    {
        byte[] table = [.. new byte[24]];
        var tsm = Snp(table, floor: "2");
        var source = new SnpSource(tsm, new SevGuestDevice());
        var parts = await AskAsync(source, ReportDataOf(_report, SnpReportData));
        CollectionAssert.AreEqual((byte[])[.. _report, .. table], parts.MainPart.ToArray());
        CollectionAssert.AreEqual(_report[0x90..0xC0], source.Measurement.ToArray());
        Assert.AreEqual(EvidenceKind.SevSnp, source.Kind);
        Assert.AreEqual("2", tsm.LastPrivilegeLevel);
        Assert.AreEqual(0, tsm.Left, "each request is removed");
        Assert.AreEqual(2, tsm.Made);
    }

    [TestMethod]
    public async Task Snp_NoTable_IsTheReportAlone()
    {
        foreach (var auxiliary in new[] { null, Array.Empty<byte>() })
        {
            var parts = await AskAsync(new SnpSource(Snp(auxiliary), new SevGuestDevice()), ReportDataOf(_report, SnpReportData));
            CollectionAssert.AreEqual(_report, parts.MainPart.ToArray());
        }
    }

    /// <summary>Somebody else writes into the request: the blob may bind their bytes, so it is asked for again, a few times.</summary>
    [TestMethod]
    public async Task Ask_GenerationChangedByOthers_IsRetriedAndThenRefused()
    {
        var tsm = Snp();
        var source = new SnpSource(tsm, new SevGuestDevice());
        tsm.Races.Enqueue(1);
        tsm.Races.Enqueue(-1);
        tsm.Races.Enqueue(2);
        var before = tsm.Made;
        CollectionAssert.AreEqual(_report, (await AskAsync(source, ReportDataOf(_report, SnpReportData))).MainPart.ToArray());
        Assert.AreEqual(4, tsm.Made - before, "three races, then an answer");

        for (var i = 0; i < 4; i++)
        {
            tsm.Races.Enqueue(1);
        }

        var exception = await Assert.ThrowsExactlyAsync<EvidenceSourceException>(() => AskAsync(source, new byte[64]));
        Assert.AreEqual(EvidenceSourceFault.Contended, exception.Fault);
        Assert.AreEqual(0, tsm.Left);
    }

    [TestMethod]
    public void Ask_Errors_HaveTheirNames()
    {
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, FaultOf(() => new SnpSource(Snp(auxiliary: [.. Enumerable.Repeat((byte)9, 24)]), new SevGuestDevice())), "a table that no verifier reads");
        Assert.AreEqual(EvidenceSourceFault.UnsupportedForm, FaultOf(() => new SnpSource(new KernelLikeTsmFolder { Provider = "sev_guest", Evidence = _ => [9, .. _report[1..]] }, new SevGuestDevice())), "version 9");
        Assert.AreEqual(EvidenceSourceFault.TooLarge, FaultOf(() => new SnpSource(Snp(error: 27), new SevGuestDevice())), "EFBIG");
        Assert.AreEqual(EvidenceSourceFault.Absent, FaultOf(() => new SnpSource(Snp(error: 6), new SevGuestDevice())), "ENXIO");
        Assert.AreEqual(EvidenceSourceFault.Failed, FaultOf(() => new SnpSource(Snp(error: 5), new SevGuestDevice())), "EIO");
        Assert.AreEqual(EvidenceSourceFault.Contended, FaultOf(() => new SnpSource(Snp(error: 16), new SevGuestDevice())), "EBUSY every time");
        Assert.AreEqual(EvidenceSourceFault.Absent, FaultOf(() => new SnpSource(Snp(present: false), new SevGuestDevice())));
        Assert.AreEqual(EvidenceSourceFault.OtherProvider, FaultOf(() => new TdxSource(Snp())));
        var busy = Snp();
        busy.WriteErrors.Enqueue(16);
        Assert.IsNull(FaultOf(() => new SnpSource(busy, new SevGuestDevice())), "EBUSY once");
        Assert.AreEqual(0, busy.Left);
    }

    /// <summary>The counterpart throws what .NET throws: for this errno it is no IOException, so that handling it as one handled nothing.</summary>
    [TestMethod]
    public void Platform_Efbig_IsAnArgumentOutOfRange()
    {
        var path = Path.GetTempFileName();
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
            try
            {
                RandomAccess.Write(file, [1], 1L << 60);
                Assert.Inconclusive("a file system without a limit that can be reached");
            }
            catch (Exception exception) when (exception is not AssertInconclusiveException)
            {
                Assert.IsInstanceOfType<ArgumentOutOfRangeException>(exception);
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A kernel or host that answers with a report for others: refused here, before anybody else has to.</summary>
    [TestMethod]
    public void Ask_OtherBindingOrLength_IsABadAnswer()
    {
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, FaultOf(() => new SnpSource(new KernelLikeTsmFolder { Provider = "sev_guest", Evidence = _ => _report }, new SevGuestDevice())));
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, FaultOf(() => new SnpSource(new KernelLikeTsmFolder { Provider = "sev_guest", Evidence = _ => _report[..1000] }, new SevGuestDevice())));
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, FaultOf(() => new SnpSource(new KernelLikeTsmFolder { Provider = "sev_guest", Evidence = _ => [] }, new SevGuestDevice())));
        Assert.AreEqual(EvidenceSourceFault.TooLarge, FaultOf(() => new SnpSource(new KernelLikeTsmFolder { Provider = "sev_guest", Evidence = _ => new byte[1024 * 1024] }, new SevGuestDevice())));
    }

    [TestMethod]
    public async Task Tdx_RealQuotes_ComeOutAsTheyAre()
    {
        var quotes = Quotes.ToList();
        Assert.IsNotEmpty(quotes);
        foreach (var quote in quotes)
        {
            var body = quote[0] == 4 ? 48 : 54;
            var source = new TdxSource(new KernelLikeTsmFolder { Provider = "tdx_guest", Evidence = asked => With(quote, body + 520, asked) });
            CollectionAssert.AreEqual(quote, (await AskAsync(source, ReportDataOf(quote, body + 520))).MainPart.ToArray());
            CollectionAssert.AreEqual(quote[(body + 136)..(body + 184)], source.Measurement.ToArray());

            // Firmware, what booted above it, the host's configuration, and the service TD where the report has one.
            (string Name, int Offset)[] registers = [("mrtd", 136), ("rtmr0", 328), ("rtmr1", 376), ("rtmr2", 424), ("rtmr3", 472), ("mrconfigid", 184), ("mrowner", 232), ("mrownerconfig", 280), .. quote[0] == 5 && quote[48] == 3 ? [("mrservicetd", 600)] : Array.Empty<(string, int)>()];
            CollectionAssert.AreEqual(MeasuredValue.DigestOf(registers.Select(register => new MeasuredValue(register.Name, "sha-384", quote.AsMemory(body + register.Offset, 48)))), source.Program.ToArray());
        }
    }

    /// <summary>Platforms with DICE-based attestation give a CBOR Web Token, recognisable by more than 8 KB.</summary>
    [TestMethod]
    public void Tdx_TokenOrOtherVersion_IsRefusedByName()
    {
        Assert.AreEqual(EvidenceSourceFault.UnsupportedForm, FaultOf(() => new TdxSource(new KernelLikeTsmFolder { Provider = "tdx_guest", Evidence = _ => new byte[8193] })));
        Assert.AreEqual(EvidenceSourceFault.UnsupportedForm, FaultOf(() => new TdxSource(new KernelLikeTsmFolder { Provider = "tdx_guest", Evidence = _ => [6, 0, .. new byte[1000]] })));
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, FaultOf(() => new TdxSource(new KernelLikeTsmFolder { Provider = "tdx_guest", Evidence = _ => [4, 0, .. new byte[100]] })));
        var quote = Quotes.First();
        Assert.AreEqual(EvidenceSourceFault.BadAnswer, FaultOf(() => new TdxSource(new KernelLikeTsmFolder { Provider = "tdx_guest", Evidence = asked => With(quote, (quote[0] == 4 ? 48 : 54) + 520, asked)[..3000] })), "cut in its signature data");
    }

    [TestMethod]
    public void Sealing_WithoutAKeyOfTheHardware_IsRefusedByName()
    {
        var quote = Quotes.First();
        var body = quote[0] == 4 ? 48 : 54;
        Assert.AreEqual(EvidenceSourceFault.CannotSeal, FaultOf(() => new TdxSource(new KernelLikeTsmFolder { Provider = "tdx_guest", Evidence = asked => With(quote, body + 520, asked) }).DeriveSealingKey()));
        var nowhere = new SevGuestDevice(Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString()));
        Assert.AreEqual(EvidenceSourceFault.CannotSeal, FaultOf(() => new SnpSource(Snp(), nowhere).DeriveSealingKey()), "no device");
        var file = Path.GetTempFileName();
        Assert.AreEqual(EvidenceSourceFault.CannotSeal, FaultOf(() => new SnpSource(Snp(), new SevGuestDevice(file)).DeriveSealingKey()), "a file that takes no ioctl");
        File.Delete(file);
    }

    [TestMethod]
    public void SevGuest_Request_HasTheKernelsLayout()
    {
        var request = SevGuestDevice.Request();
        Assert.HasCount(32, request);
        Assert.AreEqual(0b1001UL, BinaryPrimitives.ReadUInt64LittleEndian(request.AsSpan(8)), "policy and measurement are mixed in");
        Assert.IsFalse(request.AsSpan(16).ContainsAnyExcept((byte)0) || request.AsSpan(0, 8).ContainsAnyExcept((byte)0));
    }

    /// <summary>The folder itself, on a file system: one write, a read to the end whatever the size says, and rmdir.</summary>
    [TestMethod]
    public void KernelFolder_OnDisk_ReadsWritesAndRemoves()
    {
        var root = Directory.CreateTempSubdirectory("tsm-").FullName;
        var tsm = new KernelTsmFolder(root);
        Assert.IsTrue(tsm.Exists);
        tsm.Make("r");
        File.WriteAllBytes(Path.Combine(root, "r", "inblob"), []);
        tsm.Write("r", "inblob", new byte[64]);
        Assert.HasCount(64, tsm.Read("r", "inblob", 64)!);
        Assert.ThrowsExactly<InvalidDataException>(() => tsm.Read("r", "inblob", 63));
        Assert.IsNull(tsm.Read("r", "auxblob", 64));
        Assert.ThrowsExactly<IOException>(() => tsm.Remove("r"), "rmdir takes along only what the kernel put there");
        File.Delete(Path.Combine(root, "r", "inblob"));
        tsm.Remove("r");
        Assert.IsFalse(new KernelTsmFolder(Path.Combine(root, "none")).Exists);
        Directory.Delete(root, recursive: true);
    }
}
