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

    private const string KeyClaim = "sub_jwk";

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

    /// <summary>Verifies an issuer's token. Every claim is one that <see cref="Issue"/> writes for an issuer; another one is refused.</summary>
    /// <param name="token">The compact JWT, without disclosures.</param>
    /// <param name="schema">The schema that the record says it follows.</param>
    /// <param name="issuerKey">The key that the ledger names for the issuer.</param>
    public static Verdict<RecordCredential> Verify(string token, RecordSchema schema, JwsKey issuerKey) => Verify(token, schema, issuerKey, selfAsserted: false);

    /// <summary>
    /// Verifies a self-asserted token: of a person about themselves, under a key that it brings along as <c>sub_jwk</c> (SIOP 2 section 11). By itself that says nothing about who made it: the record's anchor does, which its holder signed.
    /// </summary>
    /// <param name="token">The compact JWT, without disclosures.</param>
    /// <param name="schema">The schema that the record says it follows.</param>
    /// <param name="suite">The record's algorithms.</param>
    public static Verdict<RecordCredential> VerifySelfAsserted(string token, RecordSchema schema, Suite suite)
    {
        var parts = token.Length <= CompactJws.MaxLength ? token.Split('.') : [];
        if (parts.Length != 3 || !Base64Url.TryDecode(parts[1], CompactJws.MaxLength, out var payload)
            || StrictJson.ParseObject(payload) is not { Accepted: true, Value: var claims }
            || !claims.TryGetProperty(KeyClaim, out var jwk) || !JwsKey.TryFromJwk(jwk, out var key))
        {
            return Malformed($"a self-asserted token has its key as {KeyClaim}");
        }

        if (Suite.OfIssuerAlgorithm(key.Algorithm) != suite)
        {
            return Verdict<RecordCredential>.Refuse(RefusalReason.WrongSuite, $"the token is signed by {key.Algorithm} on a record of {suite}");
        }

        var credential = Verify(token, schema, key, selfAsserted: true);
        return credential.Accepted && credential.Value.Issuer != credential.Value.Holder.ToString()
            ? Malformed("a self-asserted token is of its holder")
            : credential;
    }

    private static Verdict<RecordCredential> Verify(string token, RecordSchema schema, JwsKey issuerKey, bool selfAsserted)
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

        if (claims.GetPropertyCount() != (selfAsserted ? 7 : 6)
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
    /// The digests are sorted, so that their order tells nothing. The claims must have passed the schema. Where the issuer is the holder, the token brings its key along.
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
        return (CompactJws.Sign(key, header, Payload(schema, suite, key, issuer, holder, issuedAt, digests)), disclosures);
    }

    private static byte[] Payload(RecordSchema schema, Suite suite, IssuerKey key, string issuer, AccountAddress holder, long issuedAt, string[] digests)
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
        if (issuer == holder.ToString())
        {
            writer.WritePropertyName(KeyClaim);
            writer.WriteRawValue(JwsKey.Of(key).Jwk);
        }

        writer.WriteString("vct", schema.Urn);
        writer.WriteEndObject();
        writer.Flush();
        return output.WrittenSpan.ToArray();
    }

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Verdict<RecordCredential> Malformed(string detail) => Verdict<RecordCredential>.Refuse(RefusalReason.Malformed, detail);
}
