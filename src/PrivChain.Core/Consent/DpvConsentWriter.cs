using System.Text.Json.Nodes;
using PrivChain.Core.Records;

namespace PrivChain.Core.Consent;

/// <summary>ISO/IEC TS 27560:2023 with DPV, following the W3C guide; what it has no term for goes under <c>privchain:</c>.</summary>
internal static class DpvConsentWriter
{
    public static JsonObject Write(ConsentFacts facts)
    {
        var document = new JsonObject
        {
            ["@context"] = new JsonObject
            {
                ["dct"] = "http://purl.org/dc/terms/",
                ["dpv"] = "https://w3id.org/dpv#",
                ["dpv-pd"] = "https://w3id.org/dpv/pd#",
                ["loc"] = "https://w3id.org/dpv/loc#",
                ["privchain"] = "urn:privchain:terms#",
                ["rdf"] = "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
                ["schema"] = "https://schema.org/",
                ["skos"] = "http://www.w3.org/2004/02/skos/core#",
            },
            ["@id"] = $"urn:privchain:consent:{facts.RecordId}",
            ["@type"] = DpvTerms.ConsentRecord,
            ["dct:conformsTo"] = DpvTerms.Profile,
            ["dct:identifier"] = facts.RecordId,
            ["dpv:hasDataSubject"] = facts.Principal,
            ["dpv:hasDataController"] = facts.Controller.Id,
            ["dpv:hasEntity"] = Entities(facts),
            ["dpv:hasNotice"] = new JsonObject
            {
                ["@id"] = $"urn:privchain:contract:{facts.NoticeDigest}",
                ["@type"] = "dpv:ConsentNotice",
                ["dct:identifier"] = facts.Contract,
                ["dct:language"] = facts.NoticeLanguage.ToUpperInvariant(),
            },
            ["dpv:hasJurisdiction"] = facts.Jurisdiction,
            ["dpv:hasLegalBasis"] = DpvTerms.LegalBasis(facts.LegalBasis),

            // Always an array: the guide's own examples fail where a second process repeats the member.
            ["dpv:hasProcess"] = new JsonArray(Process(facts)),
            ["dpv:hasConsentControl"] = new JsonObject { ["@type"] = new JsonArray("dpv:WithdrawConsent"), ["dpv:isExercisedAt"] = facts.WithdrawalMethod },
            ["dpv:hasConsentStatus"] = ConsentText.Array(facts.Events.Select(each => (JsonNode?)Status(each))),
            ["privchain:ledger"] = new JsonObject { ["privchain:origin"] = facts.LedgerOrigin, ["privchain:index"] = facts.LedgerIndex },
        };
        if (facts.Supersedes is not null)
        {
            document["dct:replaces"] = $"urn:privchain:consent:{facts.Supersedes}";
        }

        return document;
    }

    private static JsonArray Entities(ConsentFacts facts) => ConsentText.Array(
    [
        Party(facts.Controller, "dpv:DataController"),
        .. facts.Recipients.Select(recipient => Party(recipient, "dpv:Recipient")),
        new JsonObject { ["@type"] = "dpv:Entity", ["privchain:role"] = "consent-manager", ["dpv:hasName"] = facts.ConsentManager },
    ]);

    private static JsonObject Party(ConsentParty party, string role) => new()
    {
        ["@id"] = party.Id,
        ["@type"] = role,
        ["dpv:hasName"] = party.Name,
        ["dpv:hasAddress"] = party.Address,
        ["dpv:hasContact"] = party.Contact,
    };

    private static JsonObject Process(ConsentFacts facts)
    {
        return new JsonObject
        {
            ["@type"] = DpvTerms.Process,
            ["dpv:hasPurpose"] = new JsonObject
            {
                ["@type"] = "dpv:Purpose",
                ["skos:broader"] = DpvTerms.BroaderPurpose(facts.Purpose),
                ["dct:identifier"] = facts.Purpose,
                ["dct:description"] = facts.PurposeText,
            },
            ["dpv:hasPersonalData"] = ConsentText.Array(facts.Items.Select(item => (JsonNode?)Item(item))),
            ["dpv:hasProcessing"] = new JsonArray("dpv:Use", "dpv:Derive", "dpv:Store"),
            ["dpv:hasStorageCondition"] = new JsonArray(
                new JsonObject { ["@type"] = "dpv:StorageDuration", ["dpv:hasDuration"] = ConsentText.Days(facts.Limits.RetainDays) },
                new JsonObject { ["@type"] = "dpv:StorageLocation", ["dpv:hasLocation"] = ConsentText.Array(facts.StorageLocations.Select(location => (JsonNode?)location)) }),
            ["dpv:hasDataSource"] = ConsentText.Array(facts.Sources.Select(source => (JsonNode?)source)),
            ["dpv:hasRecipient"] = ConsentText.Array([facts.Controller.Id, .. facts.Recipients.Select(recipient => (JsonNode?)recipient.Id)]),
            ["dpv:hasDuration"] = new JsonObject
            {
                ["@type"] = "dpv:TemporalDuration",
                ["schema:startTime"] = ConsentText.Time(facts.ValidFrom),
                ["schema:endTime"] = ConsentText.Time(facts.ValidUntil),
            },
            ["privchain:limits"] = new JsonObject
            {
                ["privchain:validDays"] = facts.Limits.ValidDays,
                ["privchain:maxUses"] = facts.Limits.MaxUses,
                ["privchain:price"] = facts.Limits.Price,
            },
        };
    }

    private static JsonObject Item(ConsentItem item) => new()
    {
        ["@type"] = item.Sensitivity switch
        {
            Sensitivity.S3 => "dpv:SpecialCategoryPersonalData",
            Sensitivity.S2 => "dpv:SensitivePersonalData",
            _ => "dpv:PersonalData",
        },
        ["skos:broader"] = item.Category,
        ["dct:identifier"] = item.Name,
        ["dpv:hasNecessity"] = item.Optional ? "dpv:Optional" : "dpv:Required",
        ["privchain:form"] = item.Form,
        ["privchain:granted"] = item.Granted,
    };

    private static JsonObject Status(ConsentEvent change)
    {
        var status = new JsonObject
        {
            ["@type"] = change.State == ConsentState.Given ? new JsonArray(DpvTerms.StatusOf(change.State), "dpv:ExplicitlyExpressedConsent") : DpvTerms.StatusOf(change.State),
            ["dpv:isIndicatedAtTime"] = ConsentText.Time(change.Time),
            ["dpv:isIndicatedBy"] = change.IndicatedBy,
            ["dpv:hasIndicationMethod"] = change.Method,
        };
        if (change.LedgerIndex is { } index)
        {
            status["privchain:index"] = index;
        }

        return status;
    }
}
