namespace PrivChain.Attestation.Roots;

/// <summary>The roots a caller trusts, by family. Evidence brings no root of its own: a key inside it counts only when it is in this set.</summary>
public sealed class RootSet
{
    private readonly Dictionary<string, TrustAnchor> _anchors = new(StringComparer.Ordinal);

    /// <param name="anchors">The roots; the same one twice counts once.</param>
    public RootSet(IEnumerable<TrustAnchor> anchors)
    {
        foreach (var anchor in anchors)
        {
            _anchors[anchor.SetName] = anchor;
        }
    }

    /// <param name="names"><c>family:key</c>, key in lower-case hex after <c>0x</c>, as a genesis lists them; token services with <c>@issuer</c> and, where the policy is pinned too, <c>#policy hash</c> behind it (<see cref="TrustAnchor.ForIssuer"/>). A name of another form is the name of no root.</param>
    public RootSet(IEnumerable<string> names)
        : this(names.Select(ByName).OfType<TrustAnchor>())
    {
    }

    /// <summary>No root: nothing is authentic.</summary>
    public static RootSet Empty { get; } = new(Array.Empty<TrustAnchor>());

    /// <summary>Every root.</summary>
    public IEnumerable<TrustAnchor> Anchors => _anchors.Values;

    /// <summary>True when the set names this key for this family.</summary>
    public bool Contains(string kind, ReadOnlySpan<byte> key) => _anchors.ContainsKey(Name(kind, key));

    /// <summary>This set and more.</summary>
    public RootSet With(IEnumerable<TrustAnchor> more) => new(_anchors.Values.Concat(more));

    /// <summary>The name of a root in a set or genesis.</summary>
    public static string Name(string kind, ReadOnlySpan<byte> key) => $"{kind}:0x{Convert.ToHexStringLower(key)}";

    internal IEnumerable<TrustAnchor> Of(string kind) => _anchors.Values.Where(anchor => anchor.Kind == kind);

    internal TrustAnchor? Find(string kind, ReadOnlySpan<byte> key) => _anchors.GetValueOrDefault(Name(kind, key));

    // A vendor's root that this library carries comes with its certificate, so that a genesis can name it by fingerprint alone.
    private static TrustAnchor? ByName(string name)
    {
        var split = name.IndexOf(":0x", StringComparison.Ordinal);
        if (split <= 0)
        {
            return null;
        }

        var kind = name[..split];
        var end = kind == RootKind.Maa && name.IndexOf('@', split) is > 0 and var at ? at : name.Length;
        var key = new byte[(end - split - 3) / 2];
        if (Convert.FromHexString(name.AsSpan(split + 3, end - split - 3), key, out _, out _) != System.Buffers.OperationStatus.Done || Name(kind, key) != name[..end])
        {
            return null;
        }

        var anchor = VendorRoots.All.FirstOrDefault(root => root.Kind == kind && root.Fingerprint.Span.SequenceEqual(key)) ?? TrustAnchor.FromFingerprint(kind, key);
        return end == name.Length ? anchor : name[(end + 1)..].Split('#') switch
        {
            [var issuer] => anchor.ForIssuer(issuer),
            [var issuer, var policyHash] => anchor.ForIssuer(issuer, policyHash),
            _ => null,
        };
    }
}
