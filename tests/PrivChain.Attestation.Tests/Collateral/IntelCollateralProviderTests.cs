using System.Text;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Http;
using PrivChain.Attestation.Collateral.Vendors;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Collateral;

/// <summary>Real collateral, served as Intel's two services serve it, arrives byte for byte.</summary>
[TestClass]
public sealed class IntelCollateralProviderTests
{
    private static readonly CollateralHttpOptions _options = new() { Pause = TimeSpan.FromMilliseconds(1) };

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_FromTheProvisioningService_GivesEveryItemAsItWasSent()
    {
        foreach (var recorded in RecordedIntel.All())
        {
            await using var service = await LoopbackService.ReplayAsync(recorded.AsProvisioningService());
            await using var roots = await LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer> { ["/IntelSGXRootCA.der"] = new(recorded.RootCaCrl) });
            using var provider = new IntelCollateralProvider(service.Address, new Uri(roots.Address, "/IntelSGXRootCA.der"), _options);
            recorded.AssertSame(await provider.GetAsync(recorded.Request, CancellationToken.None));
        }
    }

    // PCCS sends the root's list as hex, and an older one names the header with SGX in front.
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_FromACachingService_UnderstandsItsHexAndItsHeaders()
    {
        foreach (var recorded in RecordedIntel.All())
        {
            await using var service = await LoopbackService.ReplayAsync(recorded.AsCachingService());
            using var provider = new IntelCollateralProvider(service.Address, null, _options);
            recorded.AssertSame(await provider.GetAsync(recorded.Request, CancellationToken.None));
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_OneItemNotThere_GivesTheOthers()
    {
        var recorded = RecordedIntel.All()[0];
        var answers = recorded.AsCachingService();
        answers.Remove(answers.Keys.Single(path => path.Contains("qe/identity", StringComparison.Ordinal)));
        await using var service = await LoopbackService.ReplayAsync(answers);
        using var provider = new IntelCollateralProvider(service.Address, null, _options);
        var set = await provider.GetAsync(recorded.Request, CancellationToken.None);
        Assert.IsFalse(set.Has(CollateralName.QeIdentity));
        Assert.IsTrue(set.Has(CollateralName.TcbInfo) && set.Has(CollateralName.TcbSigningChain) && set.Has(CollateralName.PckCrl) && set.Has(CollateralName.RootCaCrl));
    }

    // A page that says "log in" with status 200 must not come to lie in a cache as TCB info.
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_AnyAnswerOfAnotherForm_IsAFailure()
    {
        var recorded = RecordedIntel.All()[0];
        var page = Encoding.ASCII.GetBytes("<html>log in</html>");
        foreach (var path in recorded.AsCachingService().Keys)
        {
            var answers = recorded.AsCachingService();
            foreach (var wrong in new LoopbackService.Answer[] { new(page, answers[path].Headers), new([], answers[path].Headers) })
            {
                answers[path] = wrong;
                await using var service = await LoopbackService.ReplayAsync(answers);
                using var provider = new IntelCollateralProvider(service.Address, null, _options);
                var failure = await Assert.ThrowsExactlyAsync<HttpRequestException>(async () => await provider.GetAsync(recorded.Request, CancellationToken.None));
                Assert.AreEqual(HttpRequestError.InvalidResponse, failure.HttpRequestError, path);
            }
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_ChainMissingInTheHeader_IsAFailure()
    {
        var recorded = RecordedIntel.All()[0];
        foreach (var path in recorded.AsCachingService().Where(answer => answer.Value.Headers.Length > 0 && !answer.Key.Contains("identity", StringComparison.Ordinal)).Select(answer => answer.Key))
        {
            var answers = recorded.AsCachingService();
            answers[path] = new LoopbackService.Answer(answers[path].Body);
            await using var service = await LoopbackService.ReplayAsync(answers);
            using var provider = new IntelCollateralProvider(service.Address, null, _options);
            await Assert.ThrowsExactlyAsync<HttpRequestException>(async () => await provider.GetAsync(recorded.Request, CancellationToken.None), path);
        }
    }

    // The values come from evidence that nothing has verified: none may steer the request elsewhere.
    [TestMethod]
    [DataRow("00606A00000", "platform")]
    [DataRow("../../secret", "platform")]
    [DataRow("00606A00&x=1", "platform")]
    [DataRow("00606A000000", "platform&x=1")]
    [DataRow("00606A000000", "root")]
    public async Task Get_ValuesOfNoQuote_AskNobody(string fmspc, string authority)
    {
        await using var service = await LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer>());
        using var provider = new IntelCollateralProvider(service.Address, null, _options);
        Assert.IsTrue((await provider.GetAsync(new CollateralRequest.Intel(false, fmspc, authority), CancellationToken.None)).IsEmpty);
        Assert.IsTrue((await provider.GetAsync(new CollateralRequest.Maa("https://elsewhere"), CancellationToken.None)).IsEmpty);
        Assert.IsEmpty(service.Asked);
    }
}
