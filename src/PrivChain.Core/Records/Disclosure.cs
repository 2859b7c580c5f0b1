using System.Buffers;
using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Records;

/// <summary>
/// One disclosure of an SD-JWT (RFC 9901 section 4.2): <c>[salt, name, value]</c> for a claim, <c>[salt, value]</c> for an array element.
/// It means something only once an issuer's token has its digest.
/// </summary>
public sealed class Disclosure
{
    /// <summary>Bytes of salt in the disclosures we issue: 128 bits.</summary>
    public const int SaltSize = 16;

    internal const int MaxLength = 65536;

    private Disclosure(string text, byte[] json, string? name, JsonElement value) => (Text, Json, Name, Value) = (text, json, name, value);

    /// <summary>The base64url text, exactly as it was or will be sent; the digest covers this text.</summary>
    public string Text { get; }

    /// <summary>The JSON array that the text encodes. Base64url has one form for each byte string, so either gives the other.</summary>
    public ReadOnlyMemory<byte> Json { get; }

    /// <summary>Name of the claim; null for an array element.</summary>
    public string? Name { get; }

    /// <summary>The value.</summary>
    public JsonElement Value { get; }

    /// <summary>The suite's digest of the text, in base64url: what the issuer's token lists.</summary>
    public string DigestText(Suite suite) => DigestOf(suite, Text);

    /// <summary>Parses the base64url text of a disclosure.</summary>
    public static Verdict<Disclosure> Parse(string text) =>
        Base64Url.TryDecode(text, MaxLength, out var json)
            ? Read(text, json)
            : Verdict<Disclosure>.Refuse(RefusalReason.Malformed, "a disclosure is base64url text");

    /// <summary>Parses the JSON array of a disclosure.</summary>
    public static Verdict<Disclosure> ParseJson(ReadOnlySpan<byte> json) =>
        json.Length <= MaxLength
            ? Read(Base64Url.Encode(json), json.ToArray())
            : Verdict<Disclosure>.Refuse(RefusalReason.TooLarge, $"a disclosure has at most {MaxLength} bytes");

    /// <summary>The JSON array for a claim: salt in base64url, name, canonical value (RFC 8785).</summary>
    internal static byte[] WriteClaim(ReadOnlySpan<byte> salt, string name, JsonElement value)
    {
        var output = new ArrayBufferWriter<byte>(128);
        output.Write("[\""u8);
        output.Write(Encoding.ASCII.GetBytes(Base64Url.Encode(salt)));
        output.Write("\",\""u8);
        output.Write(Encoding.ASCII.GetBytes(name));
        output.Write("\","u8);
        output.Write(value.ValueKind == JsonValueKind.Undefined ? "null"u8 : Jcs.Canonicalize(value).OrThrow());
        output.Write("]"u8);
        return output.WrittenSpan.ToArray();
    }

    internal static string DigestOf(Suite suite, string text) => Base64Url.Encode(suite.DigestOf(Encoding.ASCII.GetBytes(text)).ToArray());

    private static Verdict<Disclosure> Read(string text, byte[] json)
    {
        var parsed = StrictJson.Parse(json);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var array = parsed.Value;
        var length = array.ValueKind == JsonValueKind.Array ? array.GetArrayLength() : 0;
        if (length is not (2 or 3) || array[0].ValueKind != JsonValueKind.String || (length == 3 && array[1].ValueKind != JsonValueKind.String))
        {
            return Verdict<Disclosure>.Refuse(RefusalReason.Malformed, "a disclosure is [salt, value] or [salt, name, value]");
        }

        // RFC 9901 section 7.1, 3.c.ii.3: these two names would rewrite the structure itself.
        var name = length == 3 ? array[1].GetString() : null;
        return name is "_sd" or "..."
            ? Verdict<Disclosure>.Refuse(RefusalReason.Malformed, "a disclosure must not be named _sd or ...")
            : new Disclosure(text, json, name, array[length - 1]);
    }
}
