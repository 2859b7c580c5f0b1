using System.Diagnostics.CodeAnalysis;

namespace PrivChain.Node.Collateral;

/// <summary>A place that the operator named for collateral: <c>folder=DIR</c>, or a service with its address, <c>intel=URL</c>, <c>amd=URL</c>, <c>thim=URL</c>, <c>maa=URL</c>.</summary>
/// <param name="Kind">One of <see cref="Folder"/>, <see cref="Intel"/>, <see cref="Amd"/>, <see cref="Thim"/>, <see cref="Maa"/>.</param>
/// <param name="At">Path or address.</param>
public sealed record CollateralPlace(string Kind, string At)
{
    /// <summary>A folder of items, read anew for each request.</summary>
    public const string Folder = "folder";

    /// <summary>Intel's provisioning service or a cache of it.</summary>
    public const string Intel = "intel";

    /// <summary>AMD's key distribution service or a cache of it.</summary>
    public const string Amd = "amd";

    /// <summary>The metadata service of an Azure guest, for AMD's certificates.</summary>
    public const string Thim = "thim";

    /// <summary>An instance of Azure Attestation that the operator trusts to sign tokens.</summary>
    public const string Maa = "maa";

    /// <summary>What an operator has to write.</summary>
    public const string Form = "folder=DIR, intel=URL, amd=URL, thim=URL or maa=URL";

    /// <summary>Reads <see cref="Form"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out CollateralPlace? place)
    {
        ArgumentNullException.ThrowIfNull(text);
        var parts = text.Split('=', 2);
        place = parts.Length == 2 && parts[1].Length > 0 && (parts[0] == Folder || (parts[0] is Intel or Amd or Thim or Maa && IsService(parts[1]))) ? new CollateralPlace(parts[0], parts[1]) : null;
        return place is not null;
    }

    private static bool IsService(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" && address.Query.Length == 0 && address.UserInfo.Length == 0;
}
