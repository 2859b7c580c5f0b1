using System.Text.Json.Nodes;

namespace PrivChain.Core.Consent;

/// <summary>
/// A consent artefact as the Account Aggregator API has it. Its date range and data filter have no counterpart: a PrivChain consent names
/// forms, not periods, so both are left out rather than invented.
/// </summary>
internal static class AccountAggregatorWriter
{
    public static JsonObject Write(ConsentFacts facts) => new()
    {
        ["ver"] = "2.0.0",
        ["consentId"] = facts.RecordId,
        ["status"] = StatusOf(facts.State),
        ["createTimestamp"] = ConsentText.Time(facts.Events[0].Time),
        ["consentDetail"] = new JsonObject
        {
            ["consentStart"] = ConsentText.Time(facts.ValidFrom),
            ["consentExpiry"] = ConsentText.Time(facts.ValidUntil),

            // Answers are computed, never handed over as stored data.
            ["consentMode"] = "QUERY",
            ["fetchType"] = facts.Limits.MaxUses == 1 ? "ONETIME" : "PERIODIC",
            ["consentTypes"] = new JsonArray("PROFILE"),
            ["fiTypes"] = ConsentText.Array(facts.Items.Where(item => item.Granted).Select(item => (JsonNode?)item.Name)),
            ["DataConsumer"] = new JsonObject { ["id"] = facts.Controller.Id, ["type"] = "FIU" },
            ["DataProvider"] = new JsonObject { ["id"] = string.Join(", ", facts.Sources), ["type"] = "FIP" },
            ["Customer"] = new JsonObject { ["id"] = facts.Principal },
            ["Purpose"] = new JsonObject { ["code"] = facts.Purpose, ["text"] = facts.PurposeText, ["Category"] = new JsonObject { ["type"] = facts.Purpose } },
            ["DataLife"] = new JsonObject { ["unit"] = "DAY", ["value"] = facts.Limits.RetainDays },
            ["Frequency"] = new JsonObject { ["unit"] = "DAY", ["value"] = facts.Limits.MaxUses },
        },
        ["ConsentUse"] = new JsonObject { ["logUri"] = $"{facts.LedgerOrigin}#{facts.LedgerIndex}" },
        ["ConsentManager"] = new JsonObject { ["id"] = facts.ConsentManager },
    };

    private static string StatusOf(ConsentState state) => state switch
    {
        ConsentState.Requested => "PENDING",
        ConsentState.Given => "ACTIVE",
        ConsentState.Refused => "REJECTED",
        ConsentState.Expired => "EXPIRED",
        _ => "REVOKED",
    };
}
