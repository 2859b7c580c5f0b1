using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Jose;

/// <summary>A public key as JWK (RFC 7517, 7518 section 6, 8037). A private or symmetric one is no public key; where <c>x5c</c> stands beside a key, it must hold the same one.</summary>
internal sealed class JsonWebKey
{
    private const int MaxCertificates = 10;

    private static readonly string[] _privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    private JsonWebKey(PublicKey key, JsonElement element, IReadOnlyList<Certificate> certificates)
    {
        Key = key;
        Certificates = certificates;
        KeyId = StrictJson.Text(element, "kid") ?? string.Empty;
        AlgorithmName = StrictJson.Text(element, "alg");
        MayVerify = (StrictJson.Text(element, "use") ?? "sig") == "sig"
            && (!element.TryGetProperty("key_ops", out var operations)
                || (operations.ValueKind == JsonValueKind.Array && operations.EnumerateArray().Any(operation => operation.ValueKind == JsonValueKind.String && operation.GetString() == "verify")));
    }

    public PublicKey Key { get; }

    /// <summary>Empty when the key has none.</summary>
    public string KeyId { get; }

    /// <summary>The one algorithm that the key is for, or null when it does not say.</summary>
    public string? AlgorithmName { get; }

    /// <summary>False when the key says that it is for something else.</summary>
    public bool MayVerify { get; }

    /// <summary>The chain of <c>x5c</c>, leaf first, or none. Nothing about it is verified.</summary>
    public IReadOnlyList<Certificate> Certificates { get; }

    /// <summary>Reads one key from bytes.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8, [NotNullWhen(true)] out JsonWebKey? key)
    {
        key = null;
        return StrictJson.TryReadObject(utf8, out var element) && TryRead(element, out key);
    }

    /// <summary>Reads one key from an object.</summary>
    public static bool TryRead(JsonElement element, [NotNullWhen(true)] out JsonWebKey? key)
    {
        key = null;
        if (element.ValueKind != JsonValueKind.Object || _privateMembers.Any(member => element.TryGetProperty(member, out _)) || !TryReadChain(element, out var chain))
        {
            return false;
        }

        PublicKey? own = StrictJson.Text(element, "kty") switch
        {
            "EC" => ReadEc(element),
            "RSA" => ReadRsa(element),
            "OKP" => StrictJson.Text(element, "crv") == "Ed25519" && Member(element, "x") is { } x ? Ed25519Key.FromRaw(x) : null,
            _ => null,
        };
        var certified = chain.Count > 0 ? chain[0].Key : null;

        // A key without numbers is the certificate's (Azure Attestation, 2020); with numbers both must agree.
        var named = element.TryGetProperty("n", out _) || element.TryGetProperty("x", out _);
        if ((own is null && named) || (own ?? certified) is not { } result || (own is not null && certified is not null && !own.Fingerprint.Span.SequenceEqual(certified.Fingerprint.Span)))
        {
            return false;
        }

        key = new JsonWebKey(result, element, chain);
        return true;
    }

    /// <summary>True when the key may verify a signature of that algorithm: its use, its own word for the algorithm, and its type agree.</summary>
    public bool IsFor(string algorithm) => MayVerify && (AlgorithmName is null || AlgorithmName == algorithm) && KeyFit.Fits(JoseAlgorithm.Of(algorithm), Key);

    private static EcKey? ReadEc(JsonElement element)
    {
        var curve = StrictJson.Text(element, "crv") switch { "P-256" => EcKey.P256, "P-384" => EcKey.P384, "P-521" => EcKey.P521, _ => string.Empty };
        return Member(element, "x") is { } x && Member(element, "y") is { } y ? EcKey.FromCoordinates(curve, x, y) : null;
    }

    private static RsaKey? ReadRsa(JsonElement element) =>
        Member(element, "n") is { } n && Member(element, "e") is { } e && !RocaFingerprint.Matches(n) ? RsaKey.FromNumbers(n, e) : null;

    private static byte[]? Member(JsonElement element, string name) => Base64Text.TryDecodeUrl(StrictJson.Text(element, name) ?? "=", out var bytes) ? bytes : null;

    private static bool TryReadChain(JsonElement element, out IReadOnlyList<Certificate> chain)
    {
        var certificates = new List<Certificate>();
        chain = certificates;
        if (!element.TryGetProperty("x5c", out var items))
        {
            return true;
        }

        if (items.ValueKind != JsonValueKind.Array || items.GetArrayLength() is 0 or > MaxCertificates)
        {
            return false;
        }

        foreach (var item in items.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String || !Base64Text.TryDecode(item.GetString()!, out var der) || !Certificate.TryParse(der, out var certificate))
            {
                return false;
            }

            certificates.Add(certificate);
        }

        return true;
    }
}
