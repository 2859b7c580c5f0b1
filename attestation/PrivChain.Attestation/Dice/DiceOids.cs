namespace PrivChain.Attestation.Dice;

/// <summary>Object identifiers of the TCG DICE Attestation Architecture 1.1 (2.23.133.5.4), of its key purposes, of the Open Profile for DICE and of the DMTF's device name.</summary>
internal static class DiceOids
{
    private const string Arc = "2.23.133.5.4";

    /// <summary>DiceTcbInfo. NVIDIA's H100 and RIoT put a CompositeDeviceID here: the structure decides.</summary>
    public const string TcbInfo = Arc + ".1";

    /// <summary>Where NVIDIA's GB100 puts DiceTcbInfo.</summary>
    public const string NvidiaTcbInfo = Arc + ".1.1";

    public const string Ueid = Arc + ".4";
    public const string MultiTcbInfo = Arc + ".5";

    /// <summary>CDI certificates of the Open Profile for DICE.</summary>
    public const string OpenDiceInput = "1.3.6.1.4.1.11129.2.1.24";

    /// <summary>otherName <c>vendor:product:serial</c> (DSP0274, 10.6.1.2).</summary>
    public const string SpdmDeviceName = "1.3.6.1.4.1.412.274.1";

    private const string Purposes = Arc + ".100.";

    public const string AttestInitial = Purposes + "8";
    public const string AttestLocal = Purposes + "9";

    /// <summary>The key belongs to an embedded certificate authority.</summary>
    public const string EmbeddedAuthority = Purposes + "12";

    // What a certificate may carry beside what is read here: evidence and manifests in other encodings. Shown by name, and refused where it is critical.
    private static readonly Dictionary<string, string> _unread = new(StringComparer.Ordinal)
    {
        [Arc + ".2"] = "endorsement manifest",
        [Arc + ".3"] = "address of an endorsement manifest",
        [Arc + ".6"] = "UCCS evidence",
        [Arc + ".7"] = "manifest evidence",
        [Arc + ".8"] = "composite MultiTcbInfo",
        [Arc + ".9"] = "conceptual message wrapper",
        [Arc + ".11"] = "freshness",
    };

    /// <summary>True for a purpose that DICE defines.</summary>
    public static bool IsPurpose(string oid) => oid.StartsWith(Purposes, StringComparison.Ordinal);

    /// <summary>True for an extension that says something about DICE.</summary>
    public static bool IsExtension(string oid) => oid is TcbInfo or NvidiaTcbInfo or Ueid or MultiTcbInfo or OpenDiceInput || _unread.ContainsKey(oid);

    /// <summary>The name of an extension that is known and not read, or null.</summary>
    public static string? UnreadName(string oid) => _unread.GetValueOrDefault(oid);
}
