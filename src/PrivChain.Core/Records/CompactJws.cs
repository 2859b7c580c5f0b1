using System.Buffers;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Records;

/// <summary>A signed token in compact form (RFC 7515 section 7.1) whose signature was checked with a key that the caller chose.</summary>
internal sealed class CompactJws
{
    public const int MaxLength = 65536;

    private CompactJws(JsonElement header, byte[] payload) => (Header, Payload) = (header, payload);

    public JsonElement Header { get; }

    /// <summary>The payload's bytes; JSON only by the kind of token.</summary>
    public byte[] Payload { get; }

    /// <summary>The <c>typ</c> header, or null.</summary>
    public string? Type => Header.TryGetProperty("typ", out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;

    /// <summary>Verifies a token with a key whose algorithm is pinned.</summary>
    public static Verdict<CompactJws> Verify(string token, JwsKey key)
    {
        if (token.Length > MaxLength)
        {
            return Verdict<CompactJws>.Refuse(RefusalReason.TooLarge, $"a token of at most {MaxLength} characters is wanted");
        }

        // Exactly three parts, each base64url without padding in its one form: text that decodes alike is not the same token.
        var parts = token.Split('.');
        if (parts.Length != 3
            || !Base64Url.TryDecode(parts[0], MaxLength, out var headerBytes)
            || !Base64Url.TryDecode(parts[1], MaxLength, out var payload)
            || !Base64Url.TryDecode(parts[2], EcdsaJws.SignatureSize, out var signature))
        {
            return Verdict<CompactJws>.Refuse(RefusalReason.Malformed, "a compact JWS is wanted");
        }

        var header = StrictJson.ParseObject(headerBytes);
        if (!header.Accepted)
        {
            return header.Refusal;
        }

        // The algorithm is the key's. What would bring a key along or change how the payload is read is refused, not ignored;
        // x5c is allowed to be there, since issuers of SD-JWT VC send it, and nothing here reads it.
        var algorithm = header.Value.TryGetProperty("alg", out var named) && named.ValueKind == JsonValueKind.String ? named.GetString() : null;
        if (algorithm != key.Algorithm)
        {
            var foreign = algorithm is not null && Suite.All.Any(suite => suite.UsesIssuerAlgorithm(algorithm) && !suite.UsesIssuerAlgorithm(key.Algorithm));
            return Verdict<CompactJws>.Refuse(foreign ? RefusalReason.WrongSuite : RefusalReason.BadSignature, $"alg: wanted {key.Algorithm}");
        }

        foreach (var forbidden in (ReadOnlySpan<string>)["crit", "b64", "jwk", "jku", "x5u", "zip"])
        {
            if (header.Value.TryGetProperty(forbidden, out _))
            {
                return Verdict<CompactJws>.Refuse(RefusalReason.Malformed, $"{forbidden}: not accepted in a header");
            }
        }

        return key.Verify(Encoding.ASCII.GetBytes(token, 0, parts[0].Length + 1 + parts[1].Length), signature)
            ? new CompactJws(header.Value, payload)
            : Verdict<CompactJws>.Refuse(RefusalReason.BadSignature, "the token is not signed by this key");
    }

    /// <summary>Signs header and payload, both JSON texts, into a compact token.</summary>
    public static string Sign(IssuerKey key, ReadOnlySpan<byte> header, ReadOnlySpan<byte> payload)
    {
        var input = Base64Url.Encode(header) + "." + Base64Url.Encode(payload);
        return input + "." + Base64Url.Encode(key.Sign(Encoding.ASCII.GetBytes(input)));
    }
}
