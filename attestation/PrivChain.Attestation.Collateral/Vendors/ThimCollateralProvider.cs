using System.Text;
using System.Text.Json;
using PrivChain.Attestation.Collateral.Http;

namespace PrivChain.Attestation.Collateral.Vendors;

/// <summary>
/// The certificates of the machine that one runs on, from Azure's Trusted Hardware Identity Management: every confidential guest can ask it at an address that only guests can reach. It has the VCEK of this machine alone, so
/// it serves an attester that sends certificates along, and no verifier elsewhere. It has no revocation list.
/// </summary>
public sealed class ThimCollateralProvider : ICollateralProvider, IDisposable
{
    private readonly VendorHttp _service;

    /// <param name="service">The service: <see cref="MetadataService"/>.</param>
    /// <param name="options">Limits.</param>
    /// <exception cref="ArgumentException">Not an http or https address.</exception>
    public ThimCollateralProvider(Uri service, CollateralHttpOptions options) => _service = new VendorHttp(service, options);

    /// <summary>Azure's metadata service, as every guest sees it.</summary>
    public static Uri MetadataService { get; } = new("http://169.254.169.254");

    /// <inheritdoc/>
    public async ValueTask<CollateralSet> GetAsync(CollateralRequest request, CancellationToken cancellation)
    {
        // The header tells the service that no other server was tricked into asking.
        if (request is not CollateralRequest.Amd || await _service.GetAsync("/metadata/THIM/amd/certification", cancellation, ("Metadata", "true")).ConfigureAwait(false) is not { } answer)
        {
            return CollateralSet.Empty;
        }

        return TryRead(answer.Body) ?? throw _service.Unexpected("wanted JSON with vcekCert and certificateChain");
    }

    /// <inheritdoc/>
    public void Dispose() => _service.Dispose();

    private static CollateralSet? TryRead(byte[] body)
    {
        if (!AnswerForm.IsObjectWith(body, "vcekCert", "certificateChain"))
        {
            return null;
        }

        using var document = JsonDocument.Parse(body);
        return Text(document.RootElement, "vcekCert") is { } vcek && AnswerForm.Blocks(vcek) is [var certificate]
            && Text(document.RootElement, "certificateChain") is { } chain && AmdCollateralProvider.Authorities(Encoding.UTF8.GetBytes(chain), isVlek: false) is { } authorities
            ? new CollateralSet([new(CollateralName.Vcek, certificate), .. authorities])
            : null;
    }

    private static string? Text(JsonElement root, string name)
    {
        var member = root.GetProperty(name);
        try
        {
            return member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            // Invalid UTF-8, which JsonDocument notices only when a text is read.
            return null;
        }
    }
}
