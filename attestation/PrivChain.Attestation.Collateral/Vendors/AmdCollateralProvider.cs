using System.Globalization;
using PrivChain.Attestation.Collateral.Http;

namespace PrivChain.Attestation.Collateral.Vendors;

/// <summary>
/// Certificates and revocation list of SEV-SNP from AMD's Key Distribution Service (AMD 57230). It answers few requests in a while and says 429 beyond that: put a cache before it. A VLEK cannot be had from it, since only
/// the cloud that was given one has it; its authorities can.
/// </summary>
public sealed class AmdCollateralProvider : ICollateralProvider, IDisposable
{
    // In the order of AMD's own examples; Turin begins with the FMC.
    private static readonly string[] _parts = ["blSPL", "teeSPL", "snpSPL", "ucodeSPL"];
    private static readonly string[] _turinParts = ["fmcSPL", .. _parts];

    // Turin came with version 3.
    private static readonly string[] _productsBeforeVersion3 = ["Milan", "Genoa"];

    private readonly VendorHttp _service;

    /// <param name="service">The service: <see cref="KeyDistributionService"/>, or a cache with its interface.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">Not an http or https address.</exception>
    public AmdCollateralProvider(Uri service, CollateralHttpOptions options) => _service = new VendorHttp(service, options);

    /// <summary>AMD's own service.</summary>
    public static Uri KeyDistributionService { get; } = new("https://kdsintf.amd.com");

    /// <inheritdoc/>
    /// <remarks>
    /// Nothing for requests of other vendors, and for values that no report of AMD's has: they come from evidence and go into an address. A report before version 3 does not say its product; then each that made such reports is
    /// asked for the chip, and the one that knows it answers.
    /// </remarks>
    public async ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        if (request is not CollateralRequest.Amd amd)
        {
            return CollateralSet.Empty;
        }

        // Which product a cloud's key belongs to only its certificate tells, and that comes from the host.
        if (amd.HardwareId.Length == 0)
        {
            return IsProduct(amd.Product) ? new CollateralSet(await AuthoritiesAsync(amd.Product, isVlek: true, cancellation).ConfigureAwait(false)) : CollateralSet.Empty;
        }

        foreach (var product in amd.Product.Length == 0 ? _productsBeforeVersion3 : IsProduct(amd.Product) ? [amd.Product] : [])
        {
            if (Query(product, amd) is not { } query)
            {
                return CollateralSet.Empty;
            }

            if (await _service.GetAsync($"/vcek/v1/{product}/{amd.HardwareId}?{query}", cancellation).ConfigureAwait(false) is { } vcek)
            {
                var certificate = AnswerForm.IsCertificate(vcek.Body) ? vcek.Body : throw _service.Unexpected("wanted a certificate");
                return new CollateralSet([new(CollateralName.Vcek, certificate), .. await AuthoritiesAsync(product, isVlek: false, cancellation).ConfigureAwait(false)]);
            }

            if (amd.Product.Length > 0)
            {
                // No certificate for this chip at this level: what the product has is given all the same, and verification names what is missing.
                return new CollateralSet(await AuthoritiesAsync(product, isVlek: false, cancellation).ConfigureAwait(false));
            }
        }

        return CollateralSet.Empty;
    }

    /// <inheritdoc/>
    public void Dispose() => _service.Dispose();

    // Section 4.2: the authority that signs, then the root.
    internal static KeyValuePair<string, ReadOnlyMemory<byte>>[]? Authorities(ReadOnlySpan<byte> pem, bool isVlek) =>
        AnswerForm.Blocks(System.Text.Encoding.UTF8.GetString(pem)) is [var authority, var root]
            ? [new(isVlek ? CollateralName.Asvk : CollateralName.Ask, authority), new(CollateralName.Ark, root)]
            : null;

    private static bool IsProduct(string product) => product is "Milan" or "Genoa" or "Turin";

    // Null when the id or a part is of another form. Turin chips have an id of 8 bytes and one part more.
    private static string? Query(string product, CollateralRequest.Amd amd)
    {
        var isTurin = product == "Turin";
        var parts = isTurin ? _turinParts : _parts;
        return amd.HardwareId.Length == (isTurin ? 16 : 128) && !amd.HardwareId.AsSpan().ContainsAnyExcept("0123456789abcdef")
            && parts.All(part => amd.ReportedTcb.TryGetValue(part, out var value) && value is >= 0 and <= byte.MaxValue)
            ? string.Join('&', parts.Select(part => $"{part}={amd.ReportedTcb[part].ToString("00", CultureInfo.InvariantCulture)}"))
            : null;
    }

    private async Task<List<KeyValuePair<string, ReadOnlyMemory<byte>>>> AuthoritiesAsync(string product, bool isVlek, CancellationToken cancellation)
    {
        var items = new List<KeyValuePair<string, ReadOnlyMemory<byte>>>();
        var path = $"/{(isVlek ? "vlek" : "vcek")}/v1/{product}";
        if (await _service.GetAsync(path + "/cert_chain", cancellation).ConfigureAwait(false) is { } chain)
        {
            items.AddRange(Authorities(chain.Body, isVlek) ?? throw _service.Unexpected("wanted two certificates"));
        }

        if (await _service.GetAsync(path + "/crl", cancellation).ConfigureAwait(false) is { } list)
        {
            items.Add(new(CollateralName.AmdCrl, AnswerForm.TryReadList(list.Body, out var read) ? read : throw _service.Unexpected("wanted a revocation list")));
        }

        return items;
    }
}
