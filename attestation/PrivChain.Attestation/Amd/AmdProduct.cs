namespace PrivChain.Attestation.Amd;

/// <summary>A line of processors with an ARK of its own (AMD 57230, section 3).</summary>
/// <param name="Name">As in the subjects of its authorities, such as <c>Milan</c>.</param>
/// <param name="Silicon">What the product names of its chips begin with: Bergamo and Siena chips hang under Genoa's keys.</param>
/// <param name="IsTurin">True from Turin on: the TCB has an FMC byte, a chip's id 8 bytes.</param>
internal sealed record AmdProduct(string Name, IReadOnlyList<string> Silicon, bool IsTurin)
{
    /// <summary>Bytes of a chip's id on Turin.</summary>
    public const int TurinIdSize = 8;

    private const byte ZenThreeAndFour = 0x19;
    private const byte ZenFive = 0x1a;

    private static readonly AmdProduct _milan = new("Milan", ["Milan"], IsTurin: false);
    private static readonly AmdProduct _genoa = new("Genoa", ["Genoa", "Bergamo", "Siena"], IsTurin: false);
    private static readonly AmdProduct _turin = new("Turin", ["Turin"], IsTurin: true);

    /// <summary>Common name of the root.</summary>
    public string Ark => "ARK-" + Name;

    /// <summary>Common name of the authority that issues VCEKs.</summary>
    public string Ask => "SEV-" + Name;

    /// <summary>Common name of the authority that issues VLEKs.</summary>
    public string Asvk => "SEV-VLEK-" + Name;

    /// <summary>The line of a CPUID family and model (extended ones added), or null for one that is not known.</summary>
    public static AmdProduct? Of(byte family, byte model) => (family, model) switch
    {
        (ZenThreeAndFour, < 0x10) => _milan,
        (ZenThreeAndFour, (>= 0x10 and < 0x20) or (>= 0xa0 and < 0xb0)) => _genoa,
        (ZenFive, < 0x20) => _turin,
        _ => null,
    };

    /// <summary>The line whose authority for that kind of key has this common name, or null.</summary>
    public static AmdProduct? OfIssuer(string commonName, bool vlek) =>
        Array.Find([_milan, _genoa, _turin], product => commonName == (vlek ? product.Asvk : product.Ask));

    /// <summary>True when a certificate's product name (such as <c>Milan-B0</c>) is a chip of this line.</summary>
    public bool Covers(string productName) => Silicon.Any(silicon => productName == silicon || productName.StartsWith(silicon + "-", StringComparison.Ordinal));
}
