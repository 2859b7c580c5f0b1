using System.Text.Json;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Records;

/// <summary>An SD-JWT taken apart (RFC 9901 section 4), nothing verified. <see cref="SdJwtVerifier"/> decides what it is worth.</summary>
public sealed class SdJwt
{
    /// <summary>Most disclosures accepted.</summary>
    public const int MaxDisclosures = 1024;

    private const int MaxLength = 262144;

    private SdJwt(string issuerToken, IReadOnlyList<string> disclosures, string? keyBindingToken) =>
        (IssuerToken, Disclosures, KeyBindingToken) = (issuerToken, disclosures, keyBindingToken);

    /// <summary>The issuer-signed JWT.</summary>
    public string IssuerToken { get; }

    /// <summary>The disclosures' texts, as received.</summary>
    public IReadOnlyList<string> Disclosures { get; }

    /// <summary>The holder's key binding JWT, or null.</summary>
    public string? KeyBindingToken { get; }

    /// <summary>The compact text up to and including the last tilde before the key binding JWT: what <c>sd_hash</c> covers.</summary>
    internal string Bound => string.Join('~', [IssuerToken, .. Disclosures, string.Empty]);

    /// <summary>Takes the compact form apart: <c>token~disclosure~…~</c> with or without a key binding JWT behind the last tilde.</summary>
    public static Verdict<SdJwt> Parse(string text)
    {
        if (text.Length > MaxLength)
        {
            return Verdict<SdJwt>.Refuse(RefusalReason.TooLarge, $"an SD-JWT of at most {MaxLength} characters is wanted");
        }

        var parts = text.Split('~');
        return parts.Length < 2
            ? Verdict<SdJwt>.Refuse(RefusalReason.Malformed, "an SD-JWT has a tilde behind the issuer's token")
            : Assemble(parts[0], parts[1..^1], parts[^1].Length == 0 ? null : parts[^1]);
    }

    /// <summary>
    /// Takes the JWS JSON form apart (section 8), flattened or general; of a general one, the first signature, as disclosures and proof
    /// belong there. What <c>sd_hash</c> covers is the compact text of the same parts.
    /// </summary>
    public static Verdict<SdJwt> ParseJson(ReadOnlySpan<byte> utf8)
    {
        var parsed = StrictJson.ParseObject(utf8);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var signed = parsed.Value;
        if (parsed.Value.TryGetProperty("signatures", out var signatures))
        {
            if (signatures.ValueKind != JsonValueKind.Array || signatures.GetArrayLength() == 0 || signatures[0].ValueKind != JsonValueKind.Object
                || parsed.Value.TryGetProperty("signature", out _) || parsed.Value.TryGetProperty("header", out _))
            {
                return Malformed();
            }

            signed = signatures[0];
        }

        var protectedHeader = Text(signed, "protected");
        var payload = Text(parsed.Value, "payload");
        var signature = Text(signed, "signature");
        if (protectedHeader is null || payload is null || signature is null)
        {
            return Malformed();
        }

        var disclosures = new List<string>();
        string? keyBinding = null;
        if (signed.TryGetProperty("header", out var header))
        {
            if (header.ValueKind != JsonValueKind.Object
                || (header.TryGetProperty("disclosures", out var list) && !TryTexts(list, disclosures))
                || (header.TryGetProperty("kb_jwt", out _) && (keyBinding = Text(header, "kb_jwt")) is null))
            {
                return Malformed();
            }
        }

        return Assemble($"{protectedHeader}.{payload}.{signature}", disclosures, keyBinding);
    }

    private static Verdict<SdJwt> Assemble(string token, IReadOnlyList<string> disclosures, string? keyBinding)
    {
        if (disclosures.Count > MaxDisclosures)
        {
            return Verdict<SdJwt>.Refuse(RefusalReason.TooLarge, $"at most {MaxDisclosures} disclosures are wanted");
        }

        // A tilde inside a part would mean another compact text.
        return token.Contains('~') || disclosures.Any(disclosure => disclosure.Length == 0 || disclosure.Contains('~')) || keyBinding is "" || keyBinding?.Contains('~') == true
            ? Malformed()
            : new SdJwt(token, disclosures, keyBinding);
    }

    private static bool TryTexts(JsonElement list, List<string> texts)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var item in list.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.String)
            {
                return false;
            }

            texts.Add(item.GetString()!);
        }

        return true;
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Verdict<SdJwt> Malformed() => Verdict<SdJwt>.Refuse(RefusalReason.Malformed, "not an SD-JWT");
}
