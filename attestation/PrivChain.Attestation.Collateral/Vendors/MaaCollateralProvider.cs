using System.Text.Json;
using PrivChain.Attestation.Collateral.Http;

namespace PrivChain.Attestation.Collateral.Vendors;

/// <summary>
/// Key sets of Azure Attestation instances. Anyone can make an instance with a policy of his own, so only instances that the caller has named are asked; the address in a token, and the <c>jku</c> in its header, choose among
/// them and lead nowhere else.
/// </summary>
public sealed class MaaCollateralProvider : ICollateralProvider, IDisposable
{
    private readonly List<(Uri Instance, VendorHttp Service)> _instances;

    /// <param name="instances">Their addresses, such as <c>https://sharedweu.weu.attest.azure.net</c>.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">Not an http or https address.</exception>
    public MaaCollateralProvider(IEnumerable<Uri> instances, CollateralHttpOptions options) => _instances = [.. instances.Select(instance => (instance, new VendorHttp(instance, options)))];

    /// <inheritdoc/>
    /// <remarks>Nothing for another vendor's request and for an instance that was not named.</remarks>
    public async ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        if (request is not CollateralRequest.Maa maa || Find(maa.Issuer) is not { } service || await service.GetAsync("/certs", cancellation).ConfigureAwait(false) is not { } answer)
        {
            return CollateralSet.Empty;
        }

        return AnswerForm.IsObjectWith(answer.Body, "keys")
            ? new CollateralSet([new(CollateralName.Jwks, answer.Body)])
            : throw service.Unexpected("wanted JSON with keys");
    }

    /// <summary>Asks a named instance to describe itself (<c>.well-known/openid-configuration</c>) and compares: true when it calls itself by the name the caller knows it by and keeps its keys below that address.</summary>
    /// <param name="instance">One of the addresses given to the constructor.</param>
    /// <param name="cancellation">Ends the request.</param>
    /// <exception cref="ArgumentException">Another instance.</exception>
    /// <exception cref="HttpRequestException">No usable answer.</exception>
    public async Task<bool> DescribesItselfAsync(Uri instance, CancellationToken cancellation)
    {
        var service = Find(instance.AbsoluteUri) ?? throw new ArgumentException("not one of the instances", nameof(instance));
        if (await service.GetAsync("/.well-known/openid-configuration", cancellation).ConfigureAwait(false) is not { } answer || !AnswerForm.IsObjectWith(answer.Body, "issuer", "jwks_uri"))
        {
            throw service.Unexpected("wanted JSON with issuer and jwks_uri");
        }

        using var document = JsonDocument.Parse(answer.Body);
        var name = instance.AbsoluteUri.TrimEnd('/');
        return document.RootElement.GetProperty("issuer") is { ValueKind: JsonValueKind.String } issuer && issuer.ValueEquals(name)
            && document.RootElement.GetProperty("jwks_uri") is { ValueKind: JsonValueKind.String } keys && keys.ValueEquals(name + "/certs");
    }

    /// <inheritdoc/>
    public void Dispose() => _instances.ForEach(instance => instance.Service.Dispose());

    private VendorHttp? Find(string address) =>
        Uri.TryCreate(address, UriKind.Absolute, out var wanted) ? _instances.Find(instance => instance.Instance == wanted).Service : null;
}
