using System.Text;
using System.Text.Json;
using PrivChain.Attestation.Cbor;
using PrivChain.Attestation.Cose;
using PrivChain.Attestation.Jose;

namespace PrivChain.Attestation.Eat;

/// <summary>Reads tokens of RFC 9711 from CBOR and JSON, with their submodules. Null for anything else: a CWT tag without a COSE tag behind it, a nested token without a signature, a claim of another type than it must have.</summary>
internal static class EatReader
{
    private const int MaxDepth = 4;
    private const int MaxSubmodules = 32;
    private const int MinNonce = 8;
    private const int MaxNonce = 64;
    private const int MaxJsonNonce = 88;
    private const int MaxDebugStatus = 4;

    /// <summary>The last second of the year 9999.</summary>
    private const long LastSecond = 253_402_300_799;

    public static EatToken? Read(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length == 0)
        {
            return null;
        }

        // A JWT begins with base64url of a brace, a claims-set in JSON with a brace, a bundle in JSON with a bracket; none of these bytes begins a token in CBOR that is at most MaxSize long.
        return bytes.Span[0] is (byte)'e' or (byte)'{' or (byte)'[' ? ReadJson(bytes) : CborValue.TryParse(bytes, out var value) ? ReadCbor(value, depth: 0) : null;
    }

    private static EatToken? ReadJson(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span[0] == 'e')
        {
            return ReadJws(bytes, depth: 0);
        }

        if (!StrictJson.TryRead(bytes, out var json))
        {
            return null;
        }

        if (json.ValueKind == JsonValueKind.Object)
        {
            return EatJson.Read(json) is { } claims ? Complete(claims, null, null, hasCwtTag: false, depth: 0, isJson: true) : null;
        }

        // Detached bundle in JSON: [ [ "JWT", token ], { name: base64url of a claims-set, … } ].
        if (json.GetArrayLength() != 2 || json[0].ValueKind != JsonValueKind.Array || json[0].GetArrayLength() != 2 || json[1].ValueKind != JsonValueKind.Object
            || json[0][0].ValueKind != JsonValueKind.String || json[0][1].ValueKind != JsonValueKind.String)
        {
            return null;
        }

        var main = json[0][0].GetString() switch
        {
            "JWT" => ReadJws(Encoding.UTF8.GetBytes(json[0][1].GetString()!), depth: 1),
            "CBOR" when Base64Text.TryDecodeUrl(json[0][1].GetString(), out var inner) => ReadNested(inner, depth: 1),
            _ => null,
        };
        var sets = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var member in json[1].EnumerateObject())
        {
            if (member.Value.ValueKind != JsonValueKind.String || !Base64Text.TryDecodeUrl(member.Value.GetString(), out var set))
            {
                return null;
            }

            sets.Add(member.Name, set);
        }

        return main is null ? null : WithDetached(main, sets);
    }

    private static EatToken? ReadCbor(CborValue value, int depth)
    {
        if (value.Untag(EatToken.BundleTag) is { } bundle)
        {
            return depth == 0 ? ReadBundle(bundle) : null;
        }

        if (value.Untag(EatToken.UnprotectedTag) is { } unprotected)
        {
            return unprotected.Kind == CborKind.Map ? Complete(unprotected, null, null, hasCwtTag: false, depth) : null;
        }

        if (value.Kind == CborKind.Map)
        {
            return Complete(value, null, null, hasCwtTag: false, depth);
        }

        // RFC 8392 section 6: the CWT tag is followed by a COSE tag.
        var content = value.Untag(EatToken.CwtTag);
        if (!CoseSign1.TryRead(content ?? value, out var sign1) || (content is not null && !sign1.IsTagged))
        {
            return null;
        }

        return CborValue.TryParse(sign1.Payload, out var claims) && claims.Kind == CborKind.Map ? Complete(claims, sign1, null, content is not null, depth) : null;
    }

    private static EatToken? ReadJws(ReadOnlyMemory<byte> bytes, int depth) =>
        JsonWebSignature.TryParse(bytes.Span, out var jws) && StrictJson.TryReadObject(jws.Payload, out var json) && EatJson.Read(json) is { } claims
            ? Complete(claims, null, jws, hasCwtTag: false, depth, isJson: true)
            : null;

    // What is nested has a signature of its own; a claims-set without one stands there as a map.
    private static EatToken? ReadNested(ReadOnlyMemory<byte> bytes, int depth) =>
        CborValue.TryParse(bytes, out var value) && value.Kind == CborKind.Tag && ReadCbor(value, depth) is { IsSigned: true } token ? token : null;

    private static EatToken? ReadBundle(CborValue bundle)
    {
        if (bundle is not { Kind: CborKind.Array, Items: [var first, { Kind: CborKind.Map } map] } || map.Entries.Count is 0 or > MaxSubmodules)
        {
            return null;
        }

        var main = first.Kind switch
        {
            CborKind.Bytes => ReadNested(first.Bytes, depth: 1),
            CborKind.Text => ReadJws(Encoding.UTF8.GetBytes(first.Text), depth: 1),
            _ => null,
        };
        return main is not null && map.Entries.All(entry => entry is { Key.Kind: CborKind.Text, Value.Kind: CborKind.Bytes })
            ? WithDetached(main, map.Entries.ToDictionary(entry => entry.Key.Text, entry => entry.Value.Bytes, StringComparer.Ordinal))
            : null;
    }

    // The sets are read as if they stood where their digests do: what they say about times and debugging counts as much. Null when one is no claims-set.
    private static EatToken? WithDetached(EatToken main, IReadOnlyDictionary<string, ReadOnlyMemory<byte>> sets)
    {
        var read = new Dictionary<string, DetachedClaims>(StringComparer.Ordinal);
        foreach (var (name, bytes) in sets)
        {
            if (ReadClaimsSet(bytes) is not { } claims)
            {
                return null;
            }

            read.Add(name, new DetachedClaims(bytes, claims));
        }

        return new() { Claims = main.Claims, Sign1 = main.Sign1, Jws = main.Jws, HasCwtTag = main.HasCwtTag, Submodules = main.Submodules, Detached = read };
    }

    private static EatToken? ReadClaimsSet(ReadOnlyMemory<byte> bytes) =>
        bytes.Length > 0 && bytes.Span[0] == '{' ? StrictJson.TryReadObject(bytes, out var json) && EatJson.Read(json) is { } claims ? Complete(claims, null, null, hasCwtTag: false, depth: 1, isJson: true) : null
            : CborValue.TryParse(bytes, out var map) && map.Kind == CborKind.Map ? Complete(map, null, null, hasCwtTag: false, depth: 1) : null;

    private static EatToken? Complete(CborValue claims, CoseSign1? sign1, JsonWebSignature? jws, bool hasCwtTag, int depth, bool isJson = false)
    {
        if (depth > MaxDepth || !HasValidTypes(claims, isJson) || ReadSubmodules(claims.Get(EatClaim.Submodules), depth, isJson) is not { } submodules)
        {
            return null;
        }

        return new EatToken { Claims = claims, Sign1 = sign1, Jws = jws, HasCwtTag = hasCwtTag, Submodules = submodules };
    }

    private static List<EatSubmodule>? ReadSubmodules(CborValue? map, int depth, bool isJson)
    {
        var submodules = new List<EatSubmodule>();
        if (map is null)
        {
            return submodules;
        }

        if (map.Kind != CborKind.Map || map.Entries.Count > MaxSubmodules)
        {
            return null;
        }

        foreach (var (key, value) in map.Entries)
        {
            var submodule = key.Kind == CborKind.Text ? ReadSubmodule(key.Text, value, depth + 1, isJson) : null;
            if (submodule is null)
            {
                return null;
            }

            submodules.Add(submodule);
        }

        return submodules;
    }

    private static EatSubmodule? ReadSubmodule(string name, CborValue value, int depth, bool isJson)
    {
        switch (value.Kind)
        {
            case CborKind.Map:
                return Complete(value, null, null, hasCwtTag: false, depth, isJson) is { } claims ? new EatSubmodule(name, claims, null, default) : null;
            case CborKind.Bytes:
                return ReadNested(value.Bytes, depth) is { } cwt ? new EatSubmodule(name, cwt, null, default) : null;
            case CborKind.Text:
                return ReadJws(Encoding.UTF8.GetBytes(value.Text), depth) is { } jwt ? new EatSubmodule(name, jwt, null, default) : null;
            case CborKind.Array when value.Items is [var algorithm, { Kind: CborKind.Bytes } digest]:
                return EatHash.NameOf(algorithm) is { } hash ? new EatSubmodule(name, null, hash, digest.Bytes) : null;
            default:
                return null;
        }
    }

    private static bool HasValidTypes(CborValue claims, bool isJson) =>
        new[] { EatClaim.Expires, EatClaim.NotBefore, EatClaim.IssuedAt }.All(key => claims.Get(key) is not { } time || IsTime(time))
        && (claims.Get(EatClaim.Nonce) is not { } nonce || (nonce.Kind == CborKind.Array ? nonce.Items.Count > 0 && nonce.Items.All(item => IsNonce(item, isJson)) : IsNonce(nonce, isJson)))
        && (claims.Get(EatClaim.DebugStatus) is not { } status || (status.Kind == CborKind.Integer && status.Number >= 0 && status.Number <= MaxDebugStatus))
        && (claims.Get(EatClaim.OemBoot) is not { } boot || boot.Kind == CborKind.Boolean)
        && (claims.Get(EatClaim.Ueid) is not { } ueid || ueid.Kind == CborKind.Bytes);

    private static bool IsTime(CborValue value) =>
        (value.Kind == CborKind.Integer && value.Number >= 0 && value.Number <= LastSecond) || (value.Kind == CborKind.Float && value.Float >= 0 && value.Float <= LastSecond);

    private static bool IsNonce(CborValue value, bool isJson) =>
        value is { Kind: CborKind.Bytes, Bytes.Length: >= MinNonce and <= MaxNonce } || (isJson && value is { Kind: CborKind.Text, Text.Length: >= MinNonce and <= MaxJsonNonce });
}
