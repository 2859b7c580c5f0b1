using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Jose;

/// <summary>
/// A JWS in compact serialisation (RFC 7515 section 7.1), parsed and not verified. Keys that the header names or carries (<c>jku</c>, <c>jwk</c>, <c>x5u</c>, <c>x5c</c>) are never followed here; critical headers are
/// refused, since none is understood.
/// </summary>
internal sealed class JsonWebSignature
{
    private JsonWebSignature(JsonElement header, byte[] payload, byte[] signature, byte[] signedText)
    {
        Header = header;
        Payload = payload;
        Signature = signature;
        SignedText = signedText;
    }

    public JsonElement Header { get; }

    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>Empty for <c>alg: none</c>, which nothing accepts.</summary>
    public ReadOnlyMemory<byte> Signature { get; }

    /// <summary>Header, dot and payload as received: what is signed.</summary>
    public ReadOnlyMemory<byte> SignedText { get; }

    public string AlgorithmName => StrictJson.Text(Header, "alg") ?? string.Empty;

    public SignatureAlgorithm Algorithm => JoseAlgorithm.Of(AlgorithmName);

    /// <summary>The key id, or null.</summary>
    public string? KeyId => StrictJson.Text(Header, "kid");

    /// <summary>Reads three base64url segments of which the first is a JSON object with an algorithm.</summary>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out JsonWebSignature? signature)
    {
        signature = null;
        if (Base64Text.Ascii(bytes) is not { } text)
        {
            return false;
        }

        var segments = text.Split('.', 4);
        if (segments.Length != 3
            || !Base64Text.TryDecodeUrl(segments[0], out var header)
            || !Base64Text.TryDecodeUrl(segments[1], out var payload)
            || !Base64Text.TryDecodeUrl(segments[2], out var signed)
            || !StrictJson.TryReadObject(header, out var parsed)
            || StrictJson.Text(parsed, "alg") is null
            || parsed.TryGetProperty("crit", out _))
        {
            return false;
        }

        signature = new JsonWebSignature(parsed, payload, signed, Encoding.ASCII.GetBytes(text[..text.LastIndexOf('.')]));
        return true;
    }

    /// <summary>True when this key signed it, with the algorithm of the header, which must be one that the key is for.</summary>
    public bool IsSignedBy(PublicKey key) => KeyFit.Fits(Algorithm, key) && key.VerifyRaw(Algorithm, SignedText.Span, Signature.Span);
}
