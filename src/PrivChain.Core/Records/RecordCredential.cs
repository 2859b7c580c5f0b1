using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Json;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.Core.Records;

/// <summary>
/// An issuer's token for one record whose signature was verified: who issued it, for whom, after which schema, and the digests of its
/// fields. Single disclosures are believed only through <see cref="Accept"/>. This is the flat SD-JWT of our records, without a tree on the way.
/// </summary>
public sealed class RecordCredential
{
    /// <summary>The <c>typ</c> header of a record's token.</summary>
    public const string Type = "dc+sd-jwt";

    /// <summary>Longest issuer id, in bytes of UTF-8.</summary>
    public const int MaxIssuerLength = 200;

    private readonly Suite _suite;
    private readonly HashSet<string> _digests;

    private RecordCredential(Suite suite, string issuer, long issuedAt, RecordSchema schema, AccountAddress holder, HashSet<string> digests) =>
        (_suite, Issuer, IssuedAt, Schema, Holder, _digests) = (suite, issuer, issuedAt, schema, holder, digests);

    /// <summary>The issuer, as its token names it.</summary>
    public string Issuer { get; }

    /// <summary>When it was issued, in Unix seconds, as the issuer says.</summary>
    public long IssuedAt { get; }

    /// <summary>The schema it was issued after.</summary>
    public RecordSchema Schema { get; }

    /// <summary>Whom the record is about.</summary>
    public AccountAddress Holder { get; }

    /// <summary>Verifies an issuer's token. Every claim is one that <see cref="Issue"/> writes; another one is refused.</summary>
    /// <param name="token">The compact JWT, without disclosures.</param>
    /// <param name="schema">The schema that the record says it follows.</param>
    /// <param name="issuerKey">The key that the ledger names for the issuer.</param>
    public static Verdict<RecordCredential> Verify(string token, RecordSchema schema, JwsKey issuerKey)
    {
        var verified = CompactJws.Verify(token, issuerKey);
        if (!verified.Accepted)
        {
            return verified.Refusal;
        }

        if (verified.Value.Type != Type)
        {
            return Verdict<RecordCredential>.Refuse(RefusalReason.UnknownVersion, $"typ: wanted {Type}");
        }

        var parsed = StrictJson.ParseObject(verified.Value.Payload);
        if (!parsed.Accepted)
        {
            return parsed.Refusal;
        }

        var claims = parsed.Value;
        var suite = Suite.OfIssuerAlgorithm(issuerKey.Algorithm);
        if (Text(claims, "vct") != schema.Urn)
        {
            return Verdict<RecordCredential>.Refuse(RefusalReason.SchemaViolation, $"vct: wanted {schema.Urn}");
        }

        if (claims.GetPropertyCount() != 6
            || Text(claims, "iss") is not { Length: > 0 } issuer
            || Text(claims, "_sd_alg") != suite.DisclosureHash
            || !AccountAddress.TryParse(Text(claims, "holder"), out var holder)
            || !claims.TryGetProperty("iat", out var iat) || iat.ValueKind != JsonValueKind.Number || !iat.TryGetInt64(out var issuedAt)
            || !claims.TryGetProperty("_sd", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != schema.Fields.Count)
        {
            return Malformed("the token's claims are not iss, iat, vct, holder, _sd_alg and one digest for each field");
        }

        var digests = new HashSet<string>(StringComparer.Ordinal);
        foreach (var digest in list.EnumerateArray())
        {
            if (digest.ValueKind != JsonValueKind.String || !digests.Add(digest.GetString()!))
            {
                return Malformed("a digest is no text, or occurs twice");
            }
        }

        return new RecordCredential(suite, issuer, issuedAt, schema, holder, digests);
    }

    /// <summary>
    /// The value of a field that the issuer signed: the disclosure's digest is in the token, its name is the field's, and its value
    /// follows the schema. JSON null says that the record does not have the field.
    /// </summary>
    public Verdict<JsonElement> Accept(RecordField field, Disclosure disclosure)
    {
        if (!_digests.Contains(disclosure.DigestText(_suite)))
        {
            return Verdict<JsonElement>.Refuse(RefusalReason.DigestMismatch, $"{field.Name}: the issuer did not sign this disclosure");
        }

        if (disclosure.Name != field.Name || !Schema.TryField(field.Name, out var known) || !ReferenceEquals(known, field))
        {
            return Verdict<JsonElement>.Refuse(RefusalReason.SchemaViolation, $"{field.Name}: the disclosure is of another field");
        }

        var broken = disclosure.Value.ValueKind == JsonValueKind.Null
            ? field.Required ? "required" : null
            : field.BrokenRule(disclosure.Value);
        return broken is null
            ? disclosure.Value
            : Verdict<JsonElement>.Refuse(RefusalReason.SchemaViolation, $"{field.Name}: {broken}");
    }

    /// <summary>
    /// Signs a record: one disclosure for each field of the schema, in its order, absent fields as null, each with 128 random bits of salt.
    /// The digests are sorted, so that their order tells nothing. The claims must have passed the schema.
    /// </summary>
    internal static (string Token, byte[][] Disclosures) Issue(
        RecordSchema schema, JsonElement validClaims, IssuerKey key, string issuer, AccountAddress holder, long issuedAt)
    {
        var suite = Suite.OfIssuerAlgorithm(key.Algorithm);
        var values = new JsonElement[schema.Fields.Count];
        foreach (var claim in validClaims.EnumerateObject())
        {
            values[schema.IndexOf(claim.Name)] = claim.Value;
        }

        var salts = System.Security.Cryptography.RandomNumberGenerator.GetBytes(values.Length * Disclosure.SaltSize);
        var disclosures = new byte[values.Length][];
        var digests = new string[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            disclosures[i] = Disclosure.WriteClaim(salts.AsSpan(i * Disclosure.SaltSize, Disclosure.SaltSize), schema.Fields[i].Name, values[i]);
            digests[i] = Disclosure.DigestOf(suite, Base64Url.Encode(disclosures[i]));
        }

        Array.Sort(digests, StringComparer.Ordinal);
        var header = Encoding.ASCII.GetBytes($$"""{"alg":"{{key.Algorithm}}","kid":"{{JwsKey.Of(key).Thumbprint}}","typ":"{{Type}}"}""");
        return (CompactJws.Sign(key, header, Payload(schema, suite, issuer, holder, issuedAt, digests)), disclosures);
    }

    private static byte[] Payload(RecordSchema schema, Suite suite, string issuer, AccountAddress holder, long issuedAt, string[] digests)
    {
        var output = new ArrayBufferWriter<byte>(1024);
        using var writer = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteStartArray("_sd");
        foreach (var digest in digests)
        {
            writer.WriteStringValue(digest);
        }

        writer.WriteEndArray();
        writer.WriteString("_sd_alg", suite.DisclosureHash);
        writer.WriteString("holder", holder.ToString());
        writer.WriteNumber("iat", issuedAt);
        writer.WriteString("iss", issuer);
        writer.WriteString("vct", schema.Urn);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Verdict<RecordCredential> Malformed(string detail) => Verdict<RecordCredential>.Refuse(RefusalReason.Malformed, detail);
}
