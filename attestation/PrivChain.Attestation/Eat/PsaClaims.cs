using PrivChain.Attestation.Cbor;

namespace PrivChain.Attestation.Eat;

/// <summary>
/// Claims of an Arm PSA token: RFC 9783 (profiles <c>tag:psacertified.org,2023:psa#tfm</c> and, as its drafts called it, <c>http://arm.com/psa/2.0.0</c>) and the older PSA_IOT_PROFILE_1, whose claims have other numbers.
/// Mandatory claims must be there, each of its type and size; unknown ones are ignored (RFC 9783 section 4).
/// </summary>
internal sealed class PsaClaims
{
    private const long LegacyProfile = -75000;
    private const long LegacyNoMeasurements = -75007;
    private const int InstanceIdSize = 33;
    private const byte InstanceIdType = 1;
    private const int ImplementationIdSize = 32;
    private const int MinBootSeed = 8;
    private const int MaxBootSeed = 32;

    private static readonly string[] _profiles = ["tag:psacertified.org,2023:psa#tfm", "http://arm.com/psa/2.0.0"];
    private static readonly string[] _legacyProfiles = ["PSA_IOT_PROFILE_1", "tag:psacertified.org,2019:psa#legacy"];

    /// <summary>The profile; of tokens without one, which are of profile 1, its name.</summary>
    public required string Profile { get; init; }

    public required ReadOnlyMemory<byte> Nonce { get; init; }

    public required ReadOnlyMemory<byte> InstanceId { get; init; }

    public required ReadOnlyMemory<byte> ImplementationId { get; init; }

    public required int ClientId { get; init; }

    public required ArmLifecycle Lifecycle { get; init; }

    public required ReadOnlyMemory<byte>? BootSeed { get; init; }

    public required string? CertificationReference { get; init; }

    public required string? VerificationService { get; init; }

    /// <summary>Empty only for a profile 1 token that says that it has no measurements.</summary>
    public required IReadOnlyList<ArmSoftwareComponent> Components { get; init; }

    /// <summary>The claim of the components as received, to be shown.</summary>
    public required CborValue? ComponentsClaim { get; init; }

    /// <summary>True when a token carries a profile of PSA, or a claim of profile 1, where the profile need not be named.</summary>
    public static bool IsPsa(EatToken token) =>
        token.Sign1 is not null && (token.Claims.Get(EatClaim.Profile) is { Kind: CborKind.Text } profile ? _profiles.Contains(profile.Text) || _legacyProfiles.Contains(profile.Text) : token.Claims.Get(-75009) is not null);

    /// <summary>Reads the claims, or null.</summary>
    public static PsaClaims? Read(CborValue claims)
    {
        var isLegacy = claims.Get(EatClaim.Profile) is null;
        var profile = claims.Get(isLegacy ? LegacyProfile : EatClaim.Profile);
        if (profile is not null && (profile.Kind != CborKind.Text || !(isLegacy ? _legacyProfiles : _profiles).Contains(profile.Text)))
        {
            return null;
        }

        // Numbers of RFC 9783 table 1, then of profile 1.
        CborValue? Claim(long number, long legacy) => claims.Get(isLegacy ? legacy : number);
        var components = Claim(2399, -75006);
        var hasNoMeasurements = isLegacy && components is null && claims.Get(LegacyNoMeasurements) is { Kind: CborKind.Integer } none && none.Number == 1;
        var read = components is null ? (hasNoMeasurements ? [] : null) : ArmSoftwareComponent.ReadAll(components);
        var bootSeed = Claim(2397, -75004);
        if (Claim(EatClaim.Nonce, -75008) is not { Kind: CborKind.Bytes, Bytes.Length: 32 or 48 or 64 } nonce
            || Claim(EatClaim.Ueid, -75009) is not { Kind: CborKind.Bytes, Bytes.Length: InstanceIdSize } instance || instance.Bytes.Span[0] != InstanceIdType
            || Claim(2396, -75003) is not { Kind: CborKind.Bytes, Bytes.Length: ImplementationIdSize } implementation
            || Claim(2394, -75001) is not { Kind: CborKind.Integer } client || client.Number < int.MinValue || client.Number > int.MaxValue
            || ArmLifecycle.Read(Claim(2395, -75002)) is not { } lifecycle
            || bootSeed is not (null or { Kind: CborKind.Bytes, Bytes.Length: >= MinBootSeed and <= MaxBootSeed })
            || Claim(2398, -75005) is not (null or { Kind: CborKind.Text }) || Claim(2400, -75010) is not (null or { Kind: CborKind.Text })
            || read is null)
        {
            return null;
        }

        return new PsaClaims
        {
            Profile = profile?.Text ?? _legacyProfiles[0],
            Nonce = nonce.Bytes,
            InstanceId = instance.Bytes,
            ImplementationId = implementation.Bytes,
            ClientId = (int)client.Number,
            Lifecycle = lifecycle,
            BootSeed = bootSeed?.Bytes,
            CertificationReference = Claim(2398, -75005)?.Text,
            VerificationService = Claim(2400, -75010)?.Text,
            Components = read,
            ComponentsClaim = components,
        };
    }
}
