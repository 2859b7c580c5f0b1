using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Records;

/// <summary>A public key that verifies signatures of one algorithm and refuses every other: a token never chooses how it is checked (RFC 8725 section 3.1).</summary>
public sealed class JwsKey
{
    private const int CoordinateSize = 32;
    private static readonly string[] Algorithms = [EcdsaJws.Es256, EcdsaJws.Es256K, EcdsaJws.Sm2Sm3];
    private readonly byte[] _point;

    private JwsKey(string algorithm, byte[] uncompressed) => (Algorithm, _point) = (algorithm, uncompressed);

    /// <summary><see cref="EcdsaJws.Es256"/>, <see cref="EcdsaJws.Es256K"/> or <see cref="EcdsaJws.Sm2Sm3"/>.</summary>
    public string Algorithm { get; }

    /// <summary>The uncompressed point, 65 bytes.</summary>
    public ReadOnlyMemory<byte> Point => _point;

    /// <summary>SHA-256 thumbprint of the key (RFC 7638) in base64url, used as <c>kid</c>.</summary>
    public string Thumbprint => Base64Url.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Jwk)));

    /// <summary>The key in JWK form (RFC 7517), its required members alone and in order, as the thumbprint hashes them.</summary>
    public string Jwk =>
        $$"""{"crv":"{{CurveName(Algorithm)}}","kty":"EC","x":"{{Base64Url.Encode(_point.AsSpan(1, CoordinateSize))}}","y":"{{Base64Url.Encode(_point.AsSpan(1 + CoordinateSize))}}"}""";

    /// <summary>The public half of an issuer's key.</summary>
    public static JwsKey Of(IssuerKey key) => new(key.Algorithm, key.PublicKey.ToArray());

    /// <summary>Reads a point of 33 or 65 bytes on the algorithm's curve.</summary>
    public static bool TryParse(string algorithm, ReadOnlySpan<byte> point, [NotNullWhen(true)] out JwsKey? key)
    {
        key = EcdsaJws.TryParsePublicKey(algorithm, point, out var uncompressed) ? new JwsKey(algorithm, uncompressed) : null;
        return key is not null;
    }

    /// <summary>
    /// Reads an EC key in JWK form (RFC 7517) on P-256, secp256k1 or sm2p256v1 (<c>crv</c> its OID). A key that says it is for something other than verifying
    /// signatures, or names another algorithm than its curve's, is refused.
    /// </summary>
    public static bool TryFromJwk(JsonElement jwk, [NotNullWhen(true)] out JwsKey? key)
    {
        key = null;
        if (jwk.ValueKind != JsonValueKind.Object || Text(jwk, "kty") != "EC")
        {
            return false;
        }

        var curve = Text(jwk, "crv");
        var algorithm = Algorithms.FirstOrDefault(known => CurveName(known) == curve);
        if (algorithm is null
            || (jwk.TryGetProperty("alg", out _) && Text(jwk, "alg") != algorithm)
            || (jwk.TryGetProperty("use", out _) && Text(jwk, "use") != "sig")
            || (jwk.TryGetProperty("key_ops", out var operations) && !AllowsVerify(operations))
            || !Base64Url.TryDecode(Text(jwk, "x"), CoordinateSize, out var x) || x.Length != CoordinateSize
            || !Base64Url.TryDecode(Text(jwk, "y"), CoordinateSize, out var y) || y.Length != CoordinateSize)
        {
            return false;
        }

        return TryParse(algorithm, [4, .. x, .. y], out key);
    }

    /// <summary>True when this key made the 64-byte signature over the input.</summary>
    public bool Verify(ReadOnlySpan<byte> signingInput, ReadOnlySpan<byte> signature) => EcdsaJws.Verify(Algorithm, _point, signingInput, signature);

    private static bool AllowsVerify(JsonElement operations) =>
        operations.ValueKind == JsonValueKind.Array
        && operations.EnumerateArray().Any(operation => operation.ValueKind == JsonValueKind.String && operation.GetString() == "verify");

    private static string CurveName(string algorithm) => algorithm switch { EcdsaJws.Es256 => "P-256", EcdsaJws.Es256K => "secp256k1", _ => "urn:oid:1.2.156.10197.1.301" };

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
