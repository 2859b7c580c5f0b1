using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Records;

namespace PrivChain.Core.Tests.Contracts;

/// <summary>The contract of the design document and helpers that change one thing in it.</summary>
internal static class ContractFixtures
{
    public const string Controller = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    public const string OtherController = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359";

    public const string Mortgage = """
        {
          "id": "bank-of-jinling/mortgage-precheck", "version": 1,
          "title": { "en": "Mortgage pre-check", "zh": "房贷预审" },
          "controller": "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "purpose": "dpv:CreditChecking", "legalBasis": "dpv:ExplicitConsent",
          "records": ["identity-card/1", "income-statement/1", "property-certificate/1"],
          "shows": {
            "identity-card.birthDate":      { "form": "age-at-least", "years": 18 },
            "identity-card.idNumber":       { "form": "mask", "keepLast": 4 },
            "income-statement.monthly":     { "form": "band", "edges": [5000, 10000, 20000, 50000] },
            "property-certificate.address": { "form": "exists", "optional": true }
          },
          "limits": { "validDays": 90, "maxUses": 3, "retainDays": 30, "price": 5 },
          "enclave": { "acceptedEvidence": ["sev-snp", "tdx", "sgx", "fpga-dice"], "unlikeRoots": 2, "minimumTcb": "UpToDate" }
        }
        """;

    public static SchemaCatalog Catalog => SchemaCatalog.BuiltIn;

    public static PrivacyContract Parse(string text) => PrivacyContract.Parse(Encoding.UTF8.GetBytes(text), Catalog).OrThrow();

    public static string Changed(Action<JsonObject> change) => Changed(Mortgage, change);

    public static string Changed(string text, Action<JsonObject> change)
    {
        var root = JsonNode.Parse(text)!.AsObject();
        change(root);
        return root.ToJsonString();
    }

    /// <summary>The design's contract with these fields shown and only the records that they need.</summary>
    public static string Showing(string shows, string purpose = "dpv:CreditChecking") => Changed(root =>
    {
        var fields = JsonNode.Parse(shows)!.AsObject();
        root["shows"] = fields;
        root["purpose"] = purpose;
        root["records"] = new JsonArray([.. fields.Select(field => field.Key.Split('.')[0]).Distinct().Select(name => (JsonNode)(name + "/1"))]);
    });

    public static FieldForm Form(string json) =>
        FormParser.Read(JsonOf(json), "$", new ContractFaults()).Form ?? throw new AssertFailedException($"no form: {json}");

    public static JsonElement JsonOf(string text) => JsonElement.Parse(text);

    public static FormContext Context(string today = "2031-05-17", string controller = Controller) => new()
    {
        Today = DateOnly.Parse(today, System.Globalization.CultureInfo.InvariantCulture),
        Controller = AccountAddress.Parse(controller),
        PseudonymSecret = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(),
    };

    /// <summary>The form's result as text, or the reason of its refusal.</summary>
    public static string Apply(string form, string? value, FormContext? context = null)
    {
        var result = Form(form).Apply(value is null ? null : JsonOf(value), context ?? Context());
        return result.Accepted ? Encoding.UTF8.GetString(result.Value.ToJson()) : result.Reason.ToString();
    }
}
