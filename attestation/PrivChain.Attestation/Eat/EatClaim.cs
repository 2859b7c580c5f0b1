namespace PrivChain.Attestation.Eat;

/// <summary>A claim of RFC 8392 or RFC 9711.</summary>
/// <param name="Key">Its number in CBOR.</param>
/// <param name="JsonName">Its name in JSON.</param>
/// <param name="Field">What it is called among decoded fields.</param>
/// <param name="JsonBytes">True when JSON writes its bytes as base64url.</param>
internal sealed record EatClaim(long Key, string JsonName, string Field, bool JsonBytes = false)
{
    public const long Issuer = 1;
    public const long Expires = 4;
    public const long NotBefore = 5;
    public const long IssuedAt = 6;
    public const long Confirmation = 8;
    public const long Nonce = 10;
    public const long Ueid = 256;
    public const long HardwareModel = 259;
    public const long OemBoot = 262;
    public const long DebugStatus = 263;
    public const long Profile = 265;
    public const long Submodules = 266;
    public const long Manifests = 272;
    public const long Measurements = 273;

    /// <summary>All of them, with their numbers at IANA.</summary>
    public static IReadOnlyList<EatClaim> All { get; } =
    [
        new(Issuer, "iss", "iss"), new(2, "sub", "sub"), new(3, "aud", "aud"), new(Expires, "exp", "exp"), new(NotBefore, "nbf", "nbf"), new(IssuedAt, "iat", "iat"), new(7, "jti", "cti"),
        new(Confirmation, "cnf", "cnf"), new(Nonce, "eat_nonce", "nonce"), new(Ueid, "ueid", "ueid", JsonBytes: true), new(257, "sueids", "sueids", JsonBytes: true),
        new(258, "oemid", "oemid", JsonBytes: true), new(HardwareModel, "hwmodel", "hwmodel", JsonBytes: true), new(260, "hwversion", "hwversion"), new(261, "uptime", "uptime"),
        new(OemBoot, "oemboot", "oemboot"), new(DebugStatus, "dbgstat", "dbgstat"), new(264, "location", "location"), new(Profile, "eat_profile", "eat_profile"), new(Submodules, "submods", "submods"),
        new(267, "bootcount", "bootcount"), new(268, "bootseed", "bootseed", JsonBytes: true), new(269, "dloas", "dloas"), new(270, "swname", "swname"), new(271, "swversion", "swversion"),
        new(Manifests, "manifests", "manifests"), new(Measurements, "measurements", "measurements"), new(274, "measres", "measres"), new(275, "intuse", "intuse"),
    ];

    /// <summary>The numbers that drafts of RFC 9711 used between 2021 and 2023, where they differ; claim 261 was the security level.</summary>
    public static IReadOnlyList<EatClaim> Draft { get; } =
    [
        .. All.Where(claim => claim.Key is not (261 or (>= 270 and <= 273))),
        new(261, "security_level", "security_level_draft_261"), new(271, "swname", "swname"), new(272, "swversion", "swversion"), new(273, "manifests", "manifests"),
    ];
}
