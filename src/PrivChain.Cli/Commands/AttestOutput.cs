using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Explanations;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Bytes;

namespace PrivChain.Cli.Commands;

/// <summary>How claims, fields and explanations are shown, to people and as JSON.</summary>
internal static class AttestOutput
{
    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Every claim.</summary>
    public static void Claims(CommandOutput output, EnclaveClaims claims)
    {
        output.Json["claims"] = ToJson(claims);
        output.Facts(
            ("Kind", claims.Kind),
            ("Protected by", claims.Tee),
            ("Root", $"{claims.Root.Name} ({claims.Root.Kind})"),
            ("Measurement", Hex.Encode(claims.Measurement.Span)),
            ("Signer", claims.Signer.Length == 0 ? "-" : Hex.Encode(claims.Signer.Span)),
            ("Product, version", $"{claims.ProductId?.ToString(CultureInfo.InvariantCulture) ?? "-"}, {claims.Svn?.ToString(CultureInfo.InvariantCulture) ?? "-"}"),
            ("Platform status", claims.Tcb.Status.ToString()),
            ("Advisories", List(claims.Tcb.Advisories)),
            ("Debug", claims.Debug ? "YES" : "no"),
            ("Conditions", List(claims.Conditions)),
            ("Report data", claims.ReportData.Length == 0 ? "-" : Hex.Encode(claims.ReportData.Span)),
            ("Nonce", claims.Nonce is { } nonce ? Hex.Encode(nonce.Span) : "-"),
            ("Issued at", Time(claims.IssuedAt)),
            ("Holds until", Time(claims.HoldsUntil)),
            ("Hardware", claims.HardwareId.Length == 0 ? "-" : Hex.Encode(claims.HardwareId.Span)),
            ("Family", claims.ChipFamily.Length == 0 ? "-" : claims.ChipFamily),
            ("Revocation lists", claims.RevocationChecked ? "checked" : "not checked"));
        if (claims.NotChecked.Count > 0)
        {
            output.Line("What this cannot show, or nobody checked:");
            foreach (var line in claims.NotChecked)
            {
                output.Line("  - " + line);
            }
        }
    }

    /// <summary>Every decoded field.</summary>
    public static void Fields(CommandOutput output, IReadOnlyList<EvidenceField> fields)
    {
        output.Json["fields"] = new JsonArray([.. fields.Select(field => (JsonNode)new JsonObject { ["name"] = field.Name, ["value"] = field.Value?.DeepClone(), ["meaning"] = field.Meaning })]);
        output.Table(["Field", "Value", "Meaning"], fields.Select(field => new[] { field.Name, Text(field.Value), field.Meaning }));
    }

    /// <summary>Both languages in JSON, the chosen one for people.</summary>
    public static void Explain(CommandOutput output, Func<ExplanationLanguage, Explanation> explain, ExplanationLanguage language)
    {
        output.Json["explanation"] = new JsonObject { ["en"] = explain(ExplanationLanguage.English).ToString(), ["zh"] = explain(ExplanationLanguage.Chinese).ToString() };
        output.Line();
        output.Line(explain(language).ToString());
    }

    /// <summary>What evidence wants fetched, in words.</summary>
    public static string Words(CollateralRequest? request) => request switch
    {
        null => "none",
        CollateralRequest.Intel intel => $"Intel, {(intel.Tdx ? "TDX" : "SGX")}, FMSPC {intel.Fmspc}, {intel.Authority} authority",
        CollateralRequest.Amd { HardwareId.Length: 0 } amd => $"AMD, {Product(amd)}, a cloud's key (VLEK), which its host hands out",
        CollateralRequest.Amd amd => $"AMD, {Product(amd)}, chip {amd.HardwareId[..Math.Min(16, amd.HardwareId.Length)]}…",
        CollateralRequest.Maa maa => $"the key set of {maa.Issuer}",
        _ => request.ToString(),
    };

    public static string Time(DateTimeOffset? time) => time is { } at ? at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "-";

    private static string Product(CollateralRequest.Amd amd) => amd.Product.Length == 0 ? "a product that the report does not name" : amd.Product;

    private static JsonObject ToJson(EnclaveClaims claims) => new()
    {
        ["kind"] = claims.Kind,
        ["tee"] = claims.Tee,
        ["root"] = new JsonObject { ["family"] = claims.Root.Kind, ["fingerprint"] = Hex.Encode(claims.Root.Fingerprint.Span), ["name"] = claims.Root.Name },
        ["measurement"] = Hex.Encode(claims.Measurement.Span),
        ["measurements"] = new JsonArray([.. claims.Measurements.Select(value => (JsonNode)new JsonObject { ["name"] = value.Name, ["algorithm"] = value.Algorithm, ["value"] = Hex.Encode(value.Value.Span) })]),
        ["program"] = Hex.Encode(claims.Program.Span),
        ["platformVersions"] = new JsonObject(claims.PlatformVersions.Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Value))),
        ["signer"] = claims.Signer.Length == 0 ? null : Hex.Encode(claims.Signer.Span),
        ["productId"] = claims.ProductId,
        ["svn"] = claims.Svn,
        ["tcb"] = new JsonObject
        {
            ["status"] = claims.Tcb.Status.ToString(), ["date"] = Json(claims.Tcb.Date), ["advisories"] = Texts(claims.Tcb.Advisories),
            ["evaluationNumber"] = claims.Tcb.EvaluationNumber, ["issuedAt"] = Json(claims.Tcb.IssuedAt),
        },
        ["debug"] = claims.Debug,
        ["conditions"] = Texts(claims.Conditions),
        ["reportData"] = Hex.Encode(claims.ReportData.Span),
        ["nonce"] = claims.Nonce is { } nonce ? Hex.Encode(nonce.Span) : null,
        ["issuedAt"] = Json(claims.IssuedAt),
        ["holdsUntil"] = Json(claims.HoldsUntil),
        ["hardwareId"] = claims.HardwareId.Length == 0 ? null : Hex.Encode(claims.HardwareId.Span),
        ["chipFamily"] = claims.ChipFamily,
        ["revocationChecked"] = claims.RevocationChecked,
        ["notChecked"] = Texts(claims.NotChecked),
    };

    private static string Text(JsonNode? value) => value is null ? "-" : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString(_plain);

    private static string? Json(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static string List(IReadOnlyList<string> texts) => texts.Count == 0 ? "none" : string.Join(", ", texts);
}
