using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Files;
using PrivChain.Attestation.Tests.Collateral;
using PrivChain.Core.Refusals;
using PrivChain.Node.Collateral;
using PrivChain.Schemas.V1;
using PrivChain.Tests.Shared;

namespace PrivChain.Node.Tests.Collateral;

/// <summary>Collateral through a node: from the operator's folder, or from a vendor's service and the node's store.</summary>
[TestClass]
public sealed class EndorsementServiceTests
{
    private static readonly GetCollateralRequest _sgx = new() { Intel = new IntelPlatform { Fmspc = "00906ED50000", Authority = "platform" } };

    [TestMethod]
    public async Task GetCollateral_Folder_IsReadAnewForEachRequest()
    {
        var folder = Directory.CreateTempSubdirectory("privchain-collateral-").FullName;
        await using var node = await NodeFixture.StartAsync(witness: false, collateral: [new CollateralPlace(CollateralPlace.Folder, folder)]);
        using var client = new NodeClient(node.Address);
        var token = await client.SignInAsync(node.Ledger.Broker);
        Assert.IsEmpty((await client.Endorsements.GetCollateralAsync(_sgx, NodeClient.Options(token))).Items);

        CollateralFolder.Write(new CollateralSet([new(CollateralName.TcbInfo, "{}"u8.ToArray())]), folder);
        var items = (await client.Endorsements.GetCollateralAsync(_sgx, NodeClient.Options(token))).Items;
        Assert.AreEqual("{}", items[CollateralName.TcbInfo].ToStringUtf8());
        Assert.HasCount(1, items);

        await File.WriteAllTextAsync(Path.Combine(folder, "tcb_info.txt"), "{}");
        Assert.AreEqual(RefusalReason.StorageFailed, await NodeClient.ReasonAsync(async () => await client.Endorsements.GetCollateralAsync(_sgx, NodeClient.Options(token))), "two files for one item");
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task GetCollateral_Service_IsAskedOnceAlsoAcrossARestart_AndDespiteItsEnd()
    {
        var recorded = RecordedIntel.All()[0];
        var vendor = await LoopbackService.ReplayAsync(recorded.AsCachingService());
        await using var node = await NodeFixture.StartAsync(witness: false, collateral: [new CollateralPlace(CollateralPlace.Intel, vendor.Address.ToString())]);
        var wanted = new GetCollateralRequest { Intel = new IntelPlatform { Tdx = recorded.Request.Tdx, Fmspc = recorded.Request.Fmspc, Authority = recorded.Request.Authority } };
        recorded.AssertSame(await GetAsync(node, wanted));
        var asked = vendor.Asked.Count;
        recorded.AssertSame(await GetAsync(node, wanted));
        Assert.HasCount(asked, vendor.Asked, "asked again");

        await vendor.DisposeAsync();
        await node.StopNodeAsync();
        await node.StartNodeAsync();
        recorded.AssertSame(await GetAsync(node, wanted));
    }

    // What an enclave waits for while it identifies itself must not hang on a vendor.
    [TestMethod]
    public async Task GetCollateral_ServiceThatNeverAnswers_IsGivenUpSoon_AndNotAskedAgainAtOnce()
    {
        var hanging = 0;
        await using var vendor = await LoopbackService.StartAsync(async context =>
        {
            _ = Interlocked.Increment(ref hanging);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);
        });
        await using var node = await NodeFixture.StartAsync(witness: false, collateral: [new CollateralPlace(CollateralPlace.Intel, vendor.Address.ToString())]);
        using var client = new NodeClient(node.Address);
        var token = await client.SignInAsync(node.Ledger.Broker);
        Assert.AreEqual(RefusalReason.Unavailable, await NodeClient.ReasonAsync(async () => await client.Endorsements.GetCollateralAsync(_sgx, NodeClient.Options(token))));
        var asked = hanging;
        Assert.IsGreaterThan(0, asked);
        Assert.AreEqual(RefusalReason.Unavailable, await NodeClient.ReasonAsync(async () => await client.Endorsements.GetCollateralAsync(_sgx, NodeClient.Options(token))));
        Assert.AreEqual(asked, hanging, "asked again within a minute");
    }

    [TestMethod]
    public async Task GetCollateral_ServiceThatIsNotThere_IsRefusedByName_AndOneForAnotherVendorGivesNothing()
    {
        await using var node = await NodeFixture.StartAsync(witness: false, collateral: [new CollateralPlace(CollateralPlace.Intel, "http://127.0.0.1:9")]);
        using var client = new NodeClient(node.Address);
        var token = await client.SignInAsync(node.Ledger.Broker);
        Assert.AreEqual(RefusalReason.Unavailable, await NodeClient.ReasonAsync(async () => await client.Endorsements.GetCollateralAsync(_sgx, NodeClient.Options(token))));
        var amd = new GetCollateralRequest { Amd = new AmdPlatform { Product = "Genoa", HardwareId = new string('a', 128), ReportedTcb = { ["blSPL"] = 3 } } };
        Assert.IsEmpty((await client.Endorsements.GetCollateralAsync(amd, NodeClient.Options(token))).Items);
    }

    [TestMethod]
    public async Task GetCollateral_RequestThatNoEvidenceMakes_IsMalformed()
    {
        GetCollateralRequest[] requests =
        [
            new(),
            new() { Intel = new IntelPlatform { Fmspc = "00906ed50000", Authority = "platform" } },
            new() { Intel = new IntelPlatform { Fmspc = "00906ED5000&", Authority = "platform" } },
            new() { Intel = new IntelPlatform { Fmspc = "00906ED50000", Authority = "../platform" } },
            new() { Amd = new AmdPlatform { Product = "Rome", HardwareId = string.Empty } },
            new() { Amd = new AmdPlatform { Product = "Milan", HardwareId = "?" } },
            new() { Amd = new AmdPlatform { Product = "Milan", HardwareId = new string('a', 129) } },
            new() { Amd = new AmdPlatform { Product = "Milan", ReportedTcb = { ["a&b"] = 1 } } },
            new() { Amd = new AmdPlatform { Product = "Milan", ReportedTcb = { ["blSPL"] = 256 } } },
            new() { Maa = new MaaInstance() },
            new() { Maa = new MaaInstance { Issuer = new string('h', 257) } },
        ];
        await using var node = await NodeFixture.StartAsync(witness: false);
        using var client = new NodeClient(node.Address);
        var token = await client.SignInAsync(node.Ledger.Broker);
        foreach (var request in requests)
        {
            Assert.AreEqual(RefusalReason.Malformed, await NodeClient.ReasonAsync(async () => await client.Endorsements.GetCollateralAsync(request, NodeClient.Options(token))), request.ToString());
        }
    }

    [TestMethod]
    [DataRow("folder=/tmp", true)]
    [DataRow("intel=https://api.trustedservices.intel.com", true)]
    [DataRow("amd=http://127.0.0.1:8080/cache", true)]
    [DataRow("intel", false)]
    [DataRow("folder=", false)]
    [DataRow("intel=ftp://example.org", false)]
    [DataRow("maa=https://user@example.org", false)]
    [DataRow("thim=https://example.org?a=b", false)]
    [DataRow("oracle=https://example.org", false)]
    public void TryParse_Place_ReadsTheFormAndNothingElse(string text, bool good)
    {
        Assert.AreEqual(good, CollateralPlace.TryParse(text, out var place));
        Assert.AreEqual(good ? text : null, place is null ? null : $"{place.Kind}={place.At}");
    }

    private static async Task<CollateralSet> GetAsync(NodeFixture node, GetCollateralRequest wanted)
    {
        using var client = new NodeClient(node.Address);
        var token = await client.SignInAsync(node.Ledger.Broker);
        var reply = await client.Endorsements.GetCollateralAsync(wanted, NodeClient.Options(token));
        return new CollateralSet(reply.Items.Select(item => new KeyValuePair<string, ReadOnlyMemory<byte>>(item.Key, item.Value.ToByteArray())));
    }
}
