namespace PrivChain.Attestation.Roots;

/// <summary>
/// Roots of hardware vendors that this library carries, so that a caller can name them. Carrying one does not make it trusted: a <see cref="RootSet"/> is empty until the caller puts roots in. Fingerprints and
/// places where to compare them are in the README.
/// </summary>
public static class VendorRoots
{
    private static readonly Lazy<IReadOnlyList<TrustAnchor>> _all = new(Load);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<TrustAnchor> All => _all.Value;

    /// <summary>The ones of one family, such as <see cref="RootKind.Amd"/>.</summary>
    public static IEnumerable<TrustAnchor> Of(string kind) => All.Where(anchor => anchor.Kind == kind);

    private static List<TrustAnchor> Load()
    {
        var assembly = typeof(VendorRoots).Assembly;
        var anchors = new List<TrustAnchor>();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".pem", StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            // Resources are named family/what.pem.
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            anchors.Add(TrustAnchor.TryFromCertificate(name[..name.IndexOf('/', StringComparison.Ordinal)], bytes.ToArray(), out var anchor)
                ? anchor
                : throw new InvalidOperationException($"{name} is not a certificate"));
        }

        return anchors;
    }
}
