namespace PrivChain.Attestation;

/// <summary>The roots a caller trusts, by kind. Evidence brings no root of its own: a key inside it counts only when it is in this set.</summary>
public sealed class RootSet
{
    private readonly HashSet<string> _roots;

    /// <param name="roots"><c>kind:key</c>, key in lower-case hex after <c>0x</c>, as a genesis lists them.</param>
    public RootSet(IEnumerable<string> roots) => _roots = new HashSet<string>(roots, StringComparer.Ordinal);

    /// <summary>No root: nothing is authentic.</summary>
    public static RootSet Empty { get; } = new([]);

    /// <summary>True when the set names this key for this kind.</summary>
    public bool Contains(string kind, ReadOnlySpan<byte> key) => _roots.Contains(Name(kind, key));

    /// <summary>The name of a root in a set or genesis.</summary>
    public static string Name(string kind, ReadOnlySpan<byte> key) => $"{kind}:0x{Convert.ToHexStringLower(key)}";
}
