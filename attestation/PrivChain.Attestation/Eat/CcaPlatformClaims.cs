using System.Text.Json.Nodes;
using PrivChain.Attestation.Cbor;

namespace PrivChain.Attestation.Eat;

/// <summary>Claims of a CCA platform token: each mandatory one of its type and size.</summary>
internal sealed class CcaPlatformClaims
{
    private const int InstanceIdSize = 33;
    private const byte InstanceIdType = 1;
    private const int ImplementationIdSize = 32;

    private static readonly string[] _profiles = ["http://arm.com/CCA-SSD/1.0.0", "tag:arm.com,2023:cca_platform#1.0.0", "tag:arm.com,2024:cca_platform#2.0.0"];

    public required string Profile { get; init; }

    /// <summary>Hash of the realm's key.</summary>
    public required ReadOnlyMemory<byte> Challenge { get; init; }

    public required ReadOnlyMemory<byte> ImplementationId { get; init; }

    public required ReadOnlyMemory<byte> InstanceId { get; init; }

    public required ReadOnlyMemory<byte> Configuration { get; init; }

    public required ArmLifecycle Lifecycle { get; init; }

    /// <summary>Hash of the components' digests.</summary>
    public required string HashAlgorithm { get; init; }

    public required IReadOnlyList<ArmSoftwareComponent> Components { get; init; }

    public required CborValue ComponentsClaim { get; init; }

    public required string? VerificationService { get; init; }

    /// <summary>Reads the claims, or null.</summary>
    public static CcaPlatformClaims? Read(CborValue claims) =>
        claims.Kind == CborKind.Map
        && claims.Get(EatClaim.Profile) is { Kind: CborKind.Text } profile && _profiles.Contains(profile.Text)
        && claims.Get(EatClaim.Nonce) is { Kind: CborKind.Bytes, Bytes.Length: 32 or 48 or 64 } challenge
        && claims.Get(2396) is { Kind: CborKind.Bytes, Bytes.Length: ImplementationIdSize } implementation
        && claims.Get(EatClaim.Ueid) is { Kind: CborKind.Bytes, Bytes.Length: InstanceIdSize } instance && instance.Bytes.Span[0] == InstanceIdType
        && claims.Get(2401) is { Kind: CborKind.Bytes, Bytes.Length: > 0 } configuration
        && ArmLifecycle.Read(claims.Get(2395)) is { } lifecycle
        && claims.Get(2399) is { } array && ArmSoftwareComponent.ReadAll(array) is { } components
        && claims.Get(2402) is { Kind: CborKind.Text, Text.Length: > 0 } hash
        && claims.Get(2400) is null or { Kind: CborKind.Text }
            ? new CcaPlatformClaims
            {
                Profile = profile.Text,
                Challenge = challenge.Bytes,
                ImplementationId = implementation.Bytes,
                InstanceId = instance.Bytes,
                Configuration = configuration.Bytes,
                Lifecycle = lifecycle,
                HashAlgorithm = hash.Text,
                Components = components,
                ComponentsClaim = array,
                VerificationService = claims.Get(2400)?.Text,
            }
            : null;

    /// <summary>The claims, to be shown.</summary>
    public JsonObject ToJson(Int128? algorithm) => new()
    {
        ["cose_alg"] = (int?)algorithm,
        ["profile"] = Profile,
        ["challenge"] = Convert.ToHexStringLower(Challenge.Span),
        ["implementation_id"] = Convert.ToHexStringLower(ImplementationId.Span),
        ["instance_id"] = Convert.ToHexStringLower(InstanceId.Span),
        ["config"] = Convert.ToHexStringLower(Configuration.Span),
        ["lifecycle"] = Lifecycle.Value,
        ["hash_alg"] = HashAlgorithm,
        ["sw_components"] = CborJson.Of(ComponentsClaim),
    };
}
