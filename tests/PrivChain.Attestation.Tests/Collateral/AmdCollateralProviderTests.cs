using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Http;
using PrivChain.Attestation.Collateral.Vendors;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Collateral;

/// <summary>Real certificates of AMD, served as its service and as Azure's serve them.</summary>
[TestClass]
public sealed class AmdCollateralProviderTests
{
    private static readonly CollateralHttpOptions _options = new() { Pause = TimeSpan.FromMilliseconds(1) };
    private static readonly byte[] _list = [0x30, 0x03, 0x02, 0x01, 0x00];

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_EveryReportOfTheVectors_GivesItsCertificatesAndTheList()
    {
        var products = new HashSet<string>();
        foreach (var @case in Cases())
        {
            var request = Request(@case);
            var chip = @case.Has("vcek");
            var key = chip ? "vcek" : "vlek";
            var authority = chip ? "ask" : "asvk";
            var path = $"/{key}/v1/{request.Product}";
            var answers = new Dictionary<string, LoopbackService.Answer>
            {
                [path + "/cert_chain"] = new([.. @case.Bytes(authority), (byte)'\n', .. @case.Bytes("ark")]),
                [path + "/crl"] = new(_list),
            };
            if (chip)
            {
                answers[$"{path}/{request.HardwareId}?{Query(request)}"] = new(@case.Bytes("vcek"));
            }

            await using var service = await LoopbackService.ReplayAsync(answers);
            using var provider = new AmdCollateralProvider(service.Address, _options);
            var set = await provider.GetAsync(request, CancellationToken.None);
            CollectionAssert.AreEquivalent(
                chip ? new[] { CollateralName.Vcek, CollateralName.Ask, CollateralName.Ark, CollateralName.AmdCrl } : [CollateralName.Asvk, CollateralName.Ark, CollateralName.AmdCrl],
                set.Names.ToList(), $"{@case}: {string.Join(", ", service.Asked)}");
            AssertCertificate(set, authority, @case.Bytes(authority));
            AssertCertificate(set, CollateralName.Ark, @case.Bytes("ark"));
            _ = products.Add(request.Product);
        }

        Assert.IsTrue(products.Contains("Turin") && products.Count > 1, "Turin asks in another way than the rest, so both have to be among the vectors");
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_FromAzuresMetadataService_ReadsItsJson()
    {
        var @case = Cases().First(item => item.Has("vcek") && item.Bytes("vcek").AsSpan().StartsWith("-----"u8));
        var body = new JsonObject
        {
            ["vcekCert"] = Encoding.ASCII.GetString(@case.Bytes("vcek")), ["tcbm"] = "DB18000000000004",
            ["certificateChain"] = Encoding.ASCII.GetString([.. @case.Bytes("ask"), (byte)'\n', .. @case.Bytes("ark")]), ["cacheControl"] = "86400",
        };
        var asked = string.Empty;
        await using var service = await LoopbackService.StartAsync(async context =>
        {
            asked = context.Request.Headers["Metadata"].ToString() + context.Request.Path;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(body.ToJsonString()));
        });
        using var provider = new ThimCollateralProvider(service.Address, _options);
        var set = await provider.GetAsync(Request(@case), CancellationToken.None);
        Assert.AreEqual("true/metadata/THIM/amd/certification", asked);
        AssertCertificate(set, CollateralName.Vcek, @case.Bytes("vcek"));
        AssertCertificate(set, CollateralName.Ask, @case.Bytes("ask"));
        AssertCertificate(set, CollateralName.Ark, @case.Bytes("ark"));

        foreach (var (name, wrong) in new (string, JsonNode?)[] { ("vcekCert", 1), ("vcekCert", "none"), ("certificateChain", (string)body["vcekCert"]!), ("certificateChain", null) })
        {
            var before = body[name]?.DeepClone();
            body[name] = wrong;
            await Assert.ThrowsExactlyAsync<HttpRequestException>(async () => await provider.GetAsync(Request(@case), CancellationToken.None), name);
            body[name] = before;
        }
    }

    // Reports before version 3 do not name their product: the chip is known to one product's service only.
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_ProductNotNamed_FindsTheOneThatKnowsTheChip()
    {
        foreach (var product in new[] { "Milan", "Genoa" })
        {
            var @case = Cases().First(item => item.Has("vcek") && (string?)item.Expect["product"] == "Milan");
            var request = Request(@case) with { Product = string.Empty };
            await using var service = await LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer>
            {
                [$"/vcek/v1/{product}/{request.HardwareId}?{Query(request)}"] = new(@case.Bytes("vcek")),
                [$"/vcek/v1/{product}/cert_chain"] = new([.. @case.Bytes("ask"), (byte)'\n', .. @case.Bytes("ark")]),
            });
            using var provider = new AmdCollateralProvider(service.Address, _options);
            CollectionAssert.AreEquivalent(new[] { CollateralName.Vcek, CollateralName.Ask, CollateralName.Ark }, (await provider.GetAsync(request, CancellationToken.None)).Names.ToList());
            Assert.IsTrue((await provider.GetAsync(request with { HardwareId = new string('0', 128) }, CancellationToken.None)).IsEmpty, "no service knows this chip");
            Assert.IsTrue((await provider.GetAsync(request with { HardwareId = string.Empty }, CancellationToken.None)).IsEmpty, "a cloud's key tells its product itself");
        }
    }

    [TestMethod]
    public async Task Get_ValuesOfNoReport_AskNobody()
    {
        await using var service = await LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer>());
        using var provider = new AmdCollateralProvider(service.Address, _options);
        var tcb = new Dictionary<string, int> { ["blSPL"] = 1, ["teeSPL"] = 0, ["snpSPL"] = 8, ["ucodeSPL"] = 115 };
        foreach (var request in new CollateralRequest[]
        {
            new CollateralRequest.Amd("Rome", new string('a', 128), tcb),
            new CollateralRequest.Amd("Milan/../x", new string('a', 128), tcb),
            new CollateralRequest.Amd("Milan", new string('a', 127) + "/", tcb),
            new CollateralRequest.Amd("Milan", new string('A', 128), tcb),
            new CollateralRequest.Amd("Milan", new string('a', 16), tcb),
            new CollateralRequest.Amd("Turin", new string('a', 16), tcb),
            new CollateralRequest.Amd("Milan", new string('a', 128), new Dictionary<string, int>(tcb) { ["blSPL"] = 256 }),
            new CollateralRequest.Amd("Milan", new string('a', 128), new Dictionary<string, int>()),
            new CollateralRequest.Intel(false, "00606A000000", "platform"),
        })
        {
            Assert.IsTrue((await provider.GetAsync(request, CancellationToken.None)).IsEmpty, request.ToString());
        }

        Assert.IsEmpty(service.Asked);
    }

    private static IEnumerable<AttestationCase> Cases() => AttestationCase.Load("snp").Where(@case => @case.Expect["reported_tcb"] is not null && @case.Expect["product"] is not null);

    private static CollateralRequest.Amd Request(AttestationCase @case)
    {
        var product = (string)@case.Expect["product"]!;
        var names = new Dictionary<string, string> { ["fmc"] = "fmcSPL", ["bootloader"] = "blSPL", ["tee"] = "teeSPL", ["snp"] = "snpSPL", ["microcode"] = "ucodeSPL" };
        var tcb = @case.Expect["reported_tcb"]!.AsObject().ToDictionary(part => names[part.Key], part => (int)part.Value!);
        var chip = (string)@case.Expect["chip_id"]!;
        return new CollateralRequest.Amd(product, @case.Has("vlek") ? string.Empty : product == "Turin" ? chip[..16] : chip, tcb);
    }

    private static string Query(CollateralRequest.Amd request) =>
        (request.Product == "Turin" ? $"fmcSPL={request.ReportedTcb["fmcSPL"]:00}&" : string.Empty)
        + $"blSPL={request.ReportedTcb["blSPL"]:00}&teeSPL={request.ReportedTcb["teeSPL"]:00}&snpSPL={request.ReportedTcb["snpSPL"]:00}&ucodeSPL={request.ReportedTcb["ucodeSPL"]:00}";

    private static void AssertCertificate(CollateralSet set, string name, byte[] wanted)
    {
        Assert.IsTrue(set.TryGet(name, out var given), name);
        Assert.AreEqual(Encoding.ASCII.GetString(wanted).ReplaceLineEndings("\n").Trim(), Encoding.ASCII.GetString(given.Span).ReplaceLineEndings("\n").Trim(), name);
    }
}
