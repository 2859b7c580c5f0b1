using System.Text.Json.Nodes;
using PrivChain.Core.Records;

namespace PrivChain.Core.Consent;

/// <summary>A receipt with the field names of Kantara 1.1. It knows one moment and no later states.</summary>
internal static class KantaraConsentWriter
{
    public static JsonObject Write(ConsentFacts facts)
    {
        var moment = facts.Events.LastOrDefault(each => each.State == ConsentState.Given) ?? facts.Events[^1];
        var sensitive = facts.Items.Where(item => item.Sensitivity == Sensitivity.S3).Select(item => item.Category).Distinct(StringComparer.Ordinal).ToList();
        return new JsonObject
        {
            ["version"] = "KI-CR-v1.1.0",
            ["jurisdiction"] = facts.Jurisdiction,
            ["consentTimestamp"] = moment.Time.ToUnixTimeSeconds(),
            ["collectionMethod"] = string.Join(", ", facts.Sources),
            ["consentReceiptID"] = facts.RecordId,
            ["language"] = facts.NoticeLanguage,
            ["piiPrincipalId"] = facts.Principal,
            ["piiControllers"] = new JsonArray(new JsonObject
            {
                ["piiController"] = $"{facts.Controller.Name} ({facts.Controller.Id})",
                ["contact"] = facts.Controller.Contact,
                ["address"] = new JsonObject { ["streetAddress"] = facts.Controller.Address },
            }),
            ["policyUrl"] = $"urn:privchain:contract:{facts.NoticeDigest}",
            ["services"] = new JsonArray(new JsonObject
            {
                ["service"] = facts.Contract,
                ["purposes"] = new JsonArray(new JsonObject
                {
                    ["purpose"] = facts.PurposeText,
                    ["purposeCategory"] = new JsonArray(facts.Purpose),
                    ["consentType"] = "EXPLICIT",
                    ["piiCategory"] = ConsentText.Array(facts.Items.Where(item => item.Granted).Select(item => (JsonNode?)$"{item.Category} ({item.Name}, {item.Form})")),
                    ["primaryPurpose"] = true,
                    ["termination"] = $"consent until {ConsentText.Time(facts.ValidUntil)}, at most {facts.Limits.MaxUses} uses, data kept {ConsentText.Days(facts.Limits.RetainDays)}",
                    ["thirdPartyDisclosure"] = !facts.Recipients.IsEmpty,
                    ["thirdPartyName"] = string.Join(", ", facts.Recipients.Select(recipient => recipient.Name)),
                }),
            }),
            ["sensitive"] = sensitive.Count > 0,
            ["spiCat"] = ConsentText.Array(sensitive.Select(category => (JsonNode?)category)),
        };
    }
}
