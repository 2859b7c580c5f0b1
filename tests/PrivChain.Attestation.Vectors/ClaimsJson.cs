using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Vectors;

/// <summary>Every claim and every field as JSON. Written out by hand: reflection has no place in a program compiled ahead of time.</summary>
internal static class ClaimsJson
{
    public static JsonObject Of(IEnumerable<EvidenceField> fields) => new(fields.Select(field => KeyValuePair.Create(field.Name, field.Value?.DeepClone())));

    public static JsonObject Of(EnclaveClaims claims) => new()
    {
        ["kind"] = claims.Kind,
        ["tee"] = claims.Tee,
        ["root"] = new JsonObject { ["kind"] = claims.Root.Kind, ["fingerprint"] = Hex(claims.Root.Fingerprint), ["name"] = claims.Root.Name },
        ["measurement"] = Hex(claims.Measurement),
        ["measurements"] = new JsonArray([.. claims.Measurements.Select(value => (JsonNode)$"{value.Name} {value.Algorithm} {Hex(value.Value)}")]),
        ["program"] = Hex(claims.Program),
        ["platformVersions"] = new JsonObject(claims.PlatformVersions.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Value))),
        ["owners"] = Texts(claims.Owners),
        ["signer"] = Hex(claims.Signer),
        ["productId"] = claims.ProductId,
        ["svn"] = claims.Svn,
        ["tcb"] = new JsonObject
        {
            ["status"] = claims.Tcb.Status.ToString(),
            ["date"] = Time(claims.Tcb.Date),
            ["advisories"] = Texts(claims.Tcb.Advisories),
            ["evaluationNumber"] = claims.Tcb.EvaluationNumber,
            ["issuedAt"] = Time(claims.Tcb.IssuedAt),
        },
        ["debug"] = claims.Debug,
        ["reportData"] = Hex(claims.ReportData),
        ["nonce"] = claims.Nonce is { } nonce ? Hex(nonce) : null,
        ["otherNonces"] = Texts(claims.OtherNonces.Select(Hex)),
        ["issuedAt"] = Time(claims.IssuedAt),
        ["holdsUntil"] = Time(claims.HoldsUntil),
        ["hardwareId"] = Hex(claims.HardwareId),
        ["chipFamily"] = claims.ChipFamily,
        ["conditions"] = Texts(claims.Conditions),
        ["revocationChecked"] = claims.RevocationChecked,
        ["notChecked"] = Texts(claims.NotChecked),
    };

    private static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private static string? Time(DateTimeOffset? time) => time?.ToString("O", CultureInfo.InvariantCulture);

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)text)];
}
