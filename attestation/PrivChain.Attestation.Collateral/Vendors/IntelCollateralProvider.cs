using PrivChain.Attestation.Collateral.Http;

namespace PrivChain.Attestation.Collateral.Vendors;

/// <summary>
/// Collateral of SGX and TDX from Intel's Provisioning Certification Service, version 4, or from a service with the same interface: Intel's caching service (PCCS), a cloud's cache. Five items come with one request: TCB
/// info, identity of the quoting enclave, both revocation lists, and the chains that services send in headers.
/// </summary>
public sealed class IntelCollateralProvider : ICollateralProvider, IDisposable
{
    private const string EnclaveChainHeader = "SGX-Enclave-Identity-Issuer-Chain";
    private const string ListChainHeader = "SGX-PCK-CRL-Issuer-Chain";

    private static readonly string[] _tcbChainHeaders = ["TCB-Info-Issuer-Chain", "SGX-TCB-Info-Issuer-Chain"];

    private readonly VendorHttp _service;
    private readonly VendorHttp? _rootList;

    /// <param name="service">The service, such as <see cref="ProvisioningService"/> or <c>https://localhost:8081</c>.</param>
    /// <param name="rootList">Where the root's revocation list lies; null asks the service for <c>rootcacrl</c>, which caching services have and Intel's own has not.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">Not an http or https address.</exception>
    public IntelCollateralProvider(Uri service, Uri? rootList, CollateralHttpOptions options)
    {
        _service = new VendorHttp(service, options);
        _rootList = rootList is null ? null : new VendorHttp(rootList, options);
    }

    /// <summary>Intel's own service.</summary>
    public static Uri ProvisioningService { get; } = new("https://api.trustedservices.intel.com");

    /// <summary>Where Intel puts the revocation list of its root.</summary>
    public static Uri RootList { get; } = new("https://certificates.trustedservices.intel.com/IntelSGXRootCA.der");

    /// <inheritdoc/>
    /// <remarks>Nothing for requests of other vendors, and for values that no quote of Intel's has: they come from evidence and go into an address.</remarks>
    public async ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        if (request is not CollateralRequest.Intel { Fmspc.Length: 12, Authority: "processor" or "platform" } intel || intel.Fmspc.AsSpan().ContainsAnyExcept("0123456789ABCDEFabcdef"))
        {
            return CollateralSet.Empty;
        }

        var tee = intel.Tdx ? "tdx" : "sgx";
        var items = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        if (await _service.GetAsync($"/{tee}/certification/v4/tcb?fmspc={intel.Fmspc}", cancellation).ConfigureAwait(false) is { } tcb)
        {
            RequireObject(tcb, "tcbInfo");
            items.Add(new(CollateralName.TcbInfo, tcb.Body));
            items.Add(new(CollateralName.TcbSigningChain, Chain(tcb, _tcbChainHeaders)));
        }

        if (await _service.GetAsync($"/{tee}/certification/v4/qe/identity", cancellation).ConfigureAwait(false) is { } identity)
        {
            RequireObject(identity, "enclaveIdentity");
            items.Add(new(CollateralName.QeIdentity, identity.Body));

            // One name for one certificate: identity and TCB info are signed by the same. Where a service hands out an answer from before a new one and one from after, verification refuses the pair until it has both.
            if (items.TrueForAll(item => item.Key != CollateralName.TcbSigningChain))
            {
                items.Add(new(CollateralName.TcbSigningChain, Chain(identity, EnclaveChainHeader)));
            }
        }

        if (await _service.GetAsync($"/sgx/certification/v4/pckcrl?ca={intel.Authority}&encoding=der", cancellation).ConfigureAwait(false) is { } list)
        {
            items.Add(new(CollateralName.PckCrl, List(list)));
            items.Add(new(CollateralName.PckCrlIssuerChain, Chain(list, ListChainHeader)));
        }

        var root = _rootList is null ? _service.GetAsync("/sgx/certification/v4/rootcacrl", cancellation) : _rootList.GetAsync(string.Empty, cancellation);
        if (await root.ConfigureAwait(false) is { } rootList)
        {
            items.Add(new(CollateralName.RootCaCrl, List(rootList)));
        }

        return new CollateralSet(items);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _service.Dispose();
        _rootList?.Dispose();
    }

    private void RequireObject(VendorAnswer answer, string member)
    {
        // Signed JSON is kept as it came; it is only looked at here.
        if (!AnswerForm.IsObjectWith(answer.Body, member, "signature"))
        {
            throw _service.Unexpected($"wanted JSON with {member} and signature");
        }
    }

    private byte[] List(VendorAnswer answer) => AnswerForm.TryReadList(answer.Body, out var list) ? list : throw _service.Unexpected("wanted a revocation list");

    // The header is PEM with %-escapes (PCS API, "Issuer Certificate chain, URL-encoded").
    private byte[] Chain(VendorAnswer answer, params ReadOnlySpan<string> headers)
    {
        foreach (var header in headers)
        {
            if (answer.Headers.TryGetValue(header, out var escaped) && AnswerForm.Blocks(Uri.UnescapeDataString(escaped)) is { Count: > 0 } blocks)
            {
                return [.. blocks.SelectMany(block => block)];
            }
        }

        throw _service.Unexpected($"wanted certificates in the header {string.Join(" or ", headers)}");
    }
}
