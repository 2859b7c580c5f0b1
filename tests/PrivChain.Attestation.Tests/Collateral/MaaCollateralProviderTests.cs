using System.Text;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Http;
using PrivChain.Attestation.Collateral.Vendors;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Collateral;

[TestClass]
public sealed class MaaCollateralProviderTests
{
    private static readonly CollateralHttpOptions _options = new() { Pause = TimeSpan.FromMilliseconds(1) };

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Get_NamedInstance_GivesItsKeySetAsSent()
    {
        foreach (var path in VectorFolder.Files("attestation/maa/jwks", "*.json"))
        {
            var keys = await File.ReadAllBytesAsync(path);
            await using var service = await LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer> { ["/certs"] = new(keys) });
            using var provider = new MaaCollateralProvider([service.Address], _options);
            var set = await provider.GetAsync(new CollateralRequest.Maa(service.Address.AbsoluteUri.TrimEnd('/')), CancellationToken.None);
            Assert.IsTrue(set.TryGet(CollateralName.Jwks, out var given), path);
            CollectionAssert.AreEqual(keys, given.ToArray(), path);
        }
    }

    // Anyone can make an instance with a policy of his own: the address in a token is no reason to ask it.
    [TestMethod]
    public async Task Get_InstanceThatNobodyNamed_IsNotAsked()
    {
        await using var named = await LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer> { ["/certs"] = new("{\"keys\":[]}"u8.ToArray()) });
        await using var other = await LoopbackService.ReplayAsync(new Dictionary<string, LoopbackService.Answer> { ["/certs"] = new("{\"keys\":[]}"u8.ToArray()) });
        using var provider = new MaaCollateralProvider([named.Address], _options);
        foreach (var issuer in new[] { other.Address.AbsoluteUri, named.Address.AbsoluteUri + "x/..//", "not an address", string.Empty, named.Address.AbsoluteUri + "?x" })
        {
            Assert.IsTrue((await provider.GetAsync(new CollateralRequest.Maa(issuer), CancellationToken.None)).IsEmpty, issuer);
        }

        Assert.IsEmpty(other.Asked);
    }

    [TestMethod]
    public async Task DescribesItself_ComparesNameAndAddressOfKeys()
    {
        var text = string.Empty;
        await using var service = await LoopbackService.StartAsync(context => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask());
        using var provider = new MaaCollateralProvider([service.Address], _options);
        var name = service.Address.AbsoluteUri.TrimEnd('/');
        text = $$"""{"issuer":"{{name}}","jwks_uri":"{{name}}/certs","response_types_supported":["token"]}""";
        Assert.IsTrue(await provider.DescribesItselfAsync(service.Address, CancellationToken.None));
        text = $$"""{"issuer":"https://elsewhere","jwks_uri":"{{name}}/certs"}""";
        Assert.IsFalse(await provider.DescribesItselfAsync(service.Address, CancellationToken.None));
        text = $$"""{"issuer":"{{name}}","jwks_uri":"https://elsewhere/certs"}""";
        Assert.IsFalse(await provider.DescribesItselfAsync(service.Address, CancellationToken.None));
        text = "<html>";
        await Assert.ThrowsExactlyAsync<HttpRequestException>(async () => await provider.DescribesItselfAsync(service.Address, CancellationToken.None));
        await Assert.ThrowsExactlyAsync<ArgumentException>(async () => await provider.DescribesItselfAsync(new Uri("http://127.0.0.1:1"), CancellationToken.None));
    }
}
