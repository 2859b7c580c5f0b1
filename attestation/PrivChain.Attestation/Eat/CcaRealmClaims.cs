using System.Text.Json.Nodes;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Eat;

/// <summary>Claims of a CCA realm token: each mandatory one of its type and size. Tokens without a profile carry their key as a bare point of P-384, those with one as COSE_Key.</summary>
internal sealed class CcaRealmClaims
{
    private const int ChallengeSize = 64;
    private const int PersonalizationSize = 64;
    private const int ExtensibleCount = 4;
    private const int PointSize = 97;
    private const int CoordinateSize = 48;
    private const byte Uncompressed = 4;

    private static readonly string[] _profiles = ["tag:arm.com,2023:realm#1.0.0", "tag:arm.com,2024:realm#2.0.0"];

    public required string? Profile { get; init; }

    /// <summary>What the realm bound.</summary>
    public required ReadOnlyMemory<byte> Challenge { get; init; }

    public required ReadOnlyMemory<byte> Personalization { get; init; }

    public required ReadOnlyMemory<byte> InitialMeasurement { get; init; }

    public required IReadOnlyList<ReadOnlyMemory<byte>> ExtensibleMeasurements { get; init; }

    public required string HashAlgorithm { get; init; }

    /// <summary>The realm's key as received: these bytes are what the platform's challenge is the hash of.</summary>
    public required ReadOnlyMemory<byte> KeyBytes { get; init; }

    public required PublicKey Key { get; init; }

    public required string KeyHashAlgorithm { get; init; }

    /// <summary>Reads the claims, or null.</summary>
    public static CcaRealmClaims? Read(CborValue claims) =>
        claims.Kind == CborKind.Map
        && claims.Get(EatClaim.Profile) is var profile && (profile is null || (profile.Kind == CborKind.Text && _profiles.Contains(profile.Text)))
        && claims.Get(EatClaim.Nonce) is { Kind: CborKind.Bytes, Bytes.Length: ChallengeSize } challenge
        && claims.Get(44235) is { Kind: CborKind.Bytes, Bytes.Length: PersonalizationSize } personalization
        && claims.Get(44236) is { Kind: CborKind.Text } hash
        && claims.Get(44237) is { Kind: CborKind.Bytes } keyBytes && ReadKey(keyBytes.Bytes, hasProfile: profile is not null) is { } key
        && claims.Get(44238) is { Kind: CborKind.Bytes, Bytes.Length: 32 or 48 or 64 } initial
        && claims.Get(44239) is { Kind: CborKind.Array, Items.Count: ExtensibleCount } extensible && extensible.Items.All(item => item is { Kind: CborKind.Bytes, Bytes.Length: 32 or 48 or 64 })
        && claims.Get(44240) is { } keyHash && EatHash.NameOf(keyHash) is { } keyHashName
            ? new CcaRealmClaims
            {
                Profile = profile?.Text,
                Challenge = challenge.Bytes,
                Personalization = personalization.Bytes,
                InitialMeasurement = initial.Bytes,
                ExtensibleMeasurements = [.. extensible.Items.Select(item => item.Bytes)],
                HashAlgorithm = hash.Text,
                KeyBytes = keyBytes.Bytes,
                Key = key,
                KeyHashAlgorithm = keyHashName,
            }
            : null;

    /// <summary>The claims, to be shown.</summary>
    public JsonObject ToJson(Int128? algorithm)
    {
        var json = new JsonObject
        {
            ["cose_alg"] = (int?)algorithm,
            ["challenge"] = Convert.ToHexStringLower(Challenge.Span),
            ["personalization_value"] = Convert.ToHexStringLower(Personalization.Span),
            ["initial_measurement"] = Convert.ToHexStringLower(InitialMeasurement.Span),
            ["extensible_measurements"] = new JsonArray([.. ExtensibleMeasurements.Select(item => (JsonNode?)Convert.ToHexStringLower(item.Span))]),
            ["hash_alg"] = HashAlgorithm,
            ["public_key"] = Convert.ToHexStringLower(KeyBytes.Span),
            ["public_key_encoding"] = Profile is null ? "EC point" : "COSE_Key",
            ["public_key_hash_alg"] = KeyHashAlgorithm,
        };
        if (Profile is not null)
        {
            json["profile"] = Profile;
        }

        return json;
    }

    private static PublicKey? ReadKey(ReadOnlyMemory<byte> bytes, bool hasProfile) =>
        hasProfile ? (CborValue.TryParse(bytes, out var map) ? CoseKey.Read(map) : null)
            : bytes.Length == PointSize && bytes.Span[0] == Uncompressed ? EcKey.FromCoordinates(EcKey.P384, bytes.Span.Slice(1, CoordinateSize), bytes.Span[(1 + CoordinateSize)..])
            : null;
}
