using System.Text;
using System.Text.Json;
using PrivChain.Core.Consent;
using PrivChain.Core.Contracts;
using PrivChain.Core.Json;
using PrivChain.Core.Records;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Consent;

[TestClass]
public sealed class ConsentRecordExportTests
{
    private static readonly DateTimeOffset s_given = new(2031, 5, 17, 8, 30, 0, TimeSpan.Zero);

    private static readonly ConsentExportFormat[] s_formats = Enum.GetValues<ConsentExportFormat>();

    private static ConsentFacts Facts { get; } = new()
    {
        RecordId = "0x" + new string('1', 64),
        Principal = "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        Controller = new ConsentParty("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "Bank of Jinling 金陵银行", "1 Example Road", "mailto:dpo@bank.example"),
        ConsentManager = "broker-1 (1 of 1)",
        Sources = ["interior-ministry"],
        Contract = "bank-of-jinling/mortgage-precheck/1",
        NoticeDigest = "0x" + new string('2', 64),
        NoticeLanguage = "zh",
        Purpose = "dpv:CreditChecking",
        PurposeText = "Mortgage pre-check",
        Items =
        [
            new ConsentItem("identity-card.birthDate", "dpv-pd:BirthDate", """{"form":"age-at-least","years":18}""", false, true, Sensitivity.S2),
            new ConsentItem("identity-card.idNumber", "dpv-pd:OfficialID", """{"form":"mask","keepLast":4}""", false, true, Sensitivity.S3),
            new ConsentItem("property-certificate.address", "dpv-pd:HouseOwned", """{"form":"exists"}""", true, false, Sensitivity.S1),
        ],
        Limits = new ContractLimits(90, 3, 30, 5),
        StorageLocations = ["loc:CN"],
        Recipients = [new ConsentParty("credit-register", "Credit register", "2 Example Road", "mailto:r@example")],
        LegalBasis = "dpv:ExplicitConsent",
        Jurisdiction = "loc:CN",
        WithdrawalMethod = "in the app, at any time",
        ValidFrom = s_given,
        ValidUntil = s_given.AddDays(90),
        Events =
        [
            new ConsentEvent(ConsentState.Requested, s_given.AddHours(-1), "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "inbox", null),
            new ConsentEvent(ConsentState.Given, s_given, "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", "wallet signature (EIP-712)", 41),
        ],
        LedgerOrigin = "privchain.example/ledger",
        LedgerIndex = 41,
    };

    private static Dictionary<string, Func<ConsentFacts, ConsentFacts>> Changes { get; } = new()
    {
        [nameof(ConsentFacts.RecordId)] = facts => facts with { RecordId = "0x" + new string('3', 64) },
        [nameof(ConsentFacts.Principal)] = facts => facts with { Principal = "other" },
        ["Controller.Id"] = facts => facts with { Controller = facts.Controller with { Id = "other" } },
        ["Controller.Name"] = facts => facts with { Controller = facts.Controller with { Name = "other" } },
        ["Controller.Address"] = facts => facts with { Controller = facts.Controller with { Address = "other" } },
        ["Controller.Contact"] = facts => facts with { Controller = facts.Controller with { Contact = "other" } },
        [nameof(ConsentFacts.ConsentManager)] = facts => facts with { ConsentManager = "other" },
        [nameof(ConsentFacts.Sources)] = facts => facts with { Sources = ["other"] },
        [nameof(ConsentFacts.Contract)] = facts => facts with { Contract = "other" },
        [nameof(ConsentFacts.NoticeDigest)] = facts => facts with { NoticeDigest = "other" },
        [nameof(ConsentFacts.NoticeLanguage)] = facts => facts with { NoticeLanguage = "en" },
        [nameof(ConsentFacts.Purpose)] = facts => facts with { Purpose = "dpv:AgeVerification" },
        [nameof(ConsentFacts.PurposeText)] = facts => facts with { PurposeText = "other" },
        ["Items.Name"] = facts => facts with { Items = facts.Items.SetItem(0, facts.Items[0] with { Name = "other" }) },
        ["Items.Category"] = facts => facts with { Items = facts.Items.SetItem(0, facts.Items[0] with { Category = "dpv-pd:Name" }) },
        ["Items.Form"] = facts => facts with { Items = facts.Items.SetItem(0, facts.Items[0] with { Form = "other" }) },
        ["Items.Optional"] = facts => facts with { Items = facts.Items.SetItem(0, facts.Items[0] with { Optional = true }) },
        ["Items.Granted"] = facts => facts with { Items = facts.Items.SetItem(0, facts.Items[0] with { Granted = false }) },
        ["Items.Sensitivity"] = facts => facts with { Items = facts.Items.SetItem(0, facts.Items[0] with { Sensitivity = Sensitivity.S3 }) },
        ["Limits.ValidDays"] = facts => facts with { Limits = facts.Limits with { ValidDays = 1 } },
        ["Limits.MaxUses"] = facts => facts with { Limits = facts.Limits with { MaxUses = 1 } },
        ["Limits.RetainDays"] = facts => facts with { Limits = facts.Limits with { RetainDays = 1 } },
        ["Limits.Price"] = facts => facts with { Limits = facts.Limits with { Price = 1 } },
        [nameof(ConsentFacts.StorageLocations)] = facts => facts with { StorageLocations = ["loc:DE"] },
        ["Recipients.Id"] = facts => facts with { Recipients = [facts.Recipients[0] with { Id = "other" }] },
        ["Recipients.Name"] = facts => facts with { Recipients = [facts.Recipients[0] with { Name = "other" }] },
        ["Recipients.Address"] = facts => facts with { Recipients = [facts.Recipients[0] with { Address = "other" }] },
        ["Recipients.Contact"] = facts => facts with { Recipients = [facts.Recipients[0] with { Contact = "other" }] },
        [nameof(ConsentFacts.LegalBasis)] = facts => facts with { LegalBasis = "dpv:LegalObligation" },
        [nameof(ConsentFacts.Jurisdiction)] = facts => facts with { Jurisdiction = "loc:DE" },
        [nameof(ConsentFacts.WithdrawalMethod)] = facts => facts with { WithdrawalMethod = "other" },
        [nameof(ConsentFacts.ValidFrom)] = facts => facts with { ValidFrom = facts.ValidFrom.AddDays(1) },
        [nameof(ConsentFacts.ValidUntil)] = facts => facts with { ValidUntil = facts.ValidUntil.AddDays(1) },
        ["Events.State"] = facts => facts with { Events = facts.Events.SetItem(1, facts.Events[1] with { State = ConsentState.Withdrawn }) },
        ["Events.Time"] = facts => facts with { Events = facts.Events.SetItem(1, facts.Events[1] with { Time = s_given.AddSeconds(1) }) },
        ["Events.IndicatedBy"] = facts => facts with { Events = facts.Events.SetItem(1, facts.Events[1] with { IndicatedBy = "other" }) },
        ["Events.Method"] = facts => facts with { Events = facts.Events.SetItem(1, facts.Events[1] with { Method = "other" }) },
        ["Events.LedgerIndex"] = facts => facts with { Events = facts.Events.SetItem(1, facts.Events[1] with { LedgerIndex = 43 }) },
        [nameof(ConsentFacts.Supersedes)] = facts => facts with { Supersedes = "other" },
        [nameof(ConsentFacts.LedgerOrigin)] = facts => facts with { LedgerOrigin = "other" },
        [nameof(ConsentFacts.LedgerIndex)] = facts => facts with { LedgerIndex = 42 },
    };

    // The loss table is what the code does: a member is carried exactly if changing it changes the export.
    [TestMethod]
    public void LostBy_EveryMemberAndFormat_IsTheTruth()
    {
        // Parts that are records of their own are changed member by member.
        var parts = new Dictionary<string, Type>
        {
            [nameof(ConsentFacts.Controller)] = typeof(ConsentParty),
            [nameof(ConsentFacts.Recipients)] = typeof(ConsentParty),
            [nameof(ConsentFacts.Items)] = typeof(ConsentItem),
            [nameof(ConsentFacts.Limits)] = typeof(ContractLimits),
            [nameof(ConsentFacts.Events)] = typeof(ConsentEvent),
        };
        var members = typeof(ConsentFacts).GetProperties().Select(property => property.Name).Where(name => name != nameof(ConsentFacts.State))
            .SelectMany(name => parts.TryGetValue(name, out var part) ? part.GetProperties().Select(property => $"{name}.{property.Name}") : [name]);
        CollectionAssert.AreEqual(members.Order().ToArray(), Changes.Keys.Order().ToArray(), "a member of the facts has no change in this test");
        foreach (var format in s_formats)
        {
            var original = ConsentRecordExport.Write(Facts, format);
            var lost = Changes.Where(change => original.AsSpan().SequenceEqual(ConsentRecordExport.Write(change.Value(Facts), format))).Select(change => change.Key).Order();
            CollectionAssert.AreEqual(ConsentRecordExport.LostBy(format).Order().ToArray(), lost.ToArray(), $"{format}: {string.Join(' ', lost)}");
        }
    }

    [TestMethod]
    public void Write_EveryFormat_IsCanonical_AndNeverNamesThePerson()
    {
        foreach (var format in s_formats)
        {
            var bytes = ConsentRecordExport.Write(Facts, format);
            Assert.IsTrue(bytes.AsSpan().SequenceEqual(Jcs.Canonicalize(bytes).OrThrow()));
            Assert.Contains(Facts.Principal, Encoding.UTF8.GetString(bytes));
        }
    }

    [TestMethod]
    public void WriteDpv_IsAcceptedByTheReader_WithProcessAsArray()
    {
        var bytes = ConsentRecordExport.Write(Facts, ConsentExportFormat.Iso27560Dpv);
        var record = DpvConsentRecord.Parse(bytes).OrThrow();
        Assert.AreEqual(Facts.RecordId, record.Identifier);
        Assert.AreEqual("https://w3id.org/dpv/schema/dpv-27560#record", record.Profile);
        CollectionAssert.AreEqual(
            new[] { new DpvConsentStatus("dpv:ConsentRequested", "2031-05-17T07:30:00Z"), new DpvConsentStatus("dpv:ConsentGiven", "2031-05-17T08:30:00Z") }, record.Statuses);
        Assert.AreEqual(JsonValueKind.Array, JsonElement.Parse(bytes).GetProperty("dpv:hasProcess").ValueKind);
        Assert.HasCount(1, record.Processes);
        Assert.AreEqual(3, record.Processes[0].GetProperty("dpv:hasPersonalData").GetArrayLength());
        Assert.IsTrue(record.Json.Span.SequenceEqual(bytes));
        foreach (var state in Enum.GetValues<ConsentState>())
        {
            var facts = Facts with { Events = Facts.Events.Add(new ConsentEvent(state, s_given.AddDays(1), Facts.Principal, "app", 50)) };
            Assert.AreEqual("dpv:Consent" + state, DpvConsentRecord.Parse(ConsentRecordExport.Write(facts, ConsentExportFormat.Iso27560Dpv)).OrThrow().Statuses[^1].Term);
        }
    }

    [TestMethod]
    public void WriteKantara_HasTheRequiredFields_AndOnlyGrantedItems()
    {
        var root = JsonElement.Parse(ConsentRecordExport.Write(Facts, ConsentExportFormat.Kantara));
        foreach (var name in new[] { "version", "jurisdiction", "consentTimestamp", "collectionMethod", "consentReceiptID", "piiPrincipalId", "piiControllers", "policyUrl", "services", "sensitive", "spiCat" })
        {
            Assert.IsTrue(root.TryGetProperty(name, out _), name);
        }

        Assert.AreEqual(s_given.ToUnixTimeSeconds(), root.GetProperty("consentTimestamp").GetInt64());
        Assert.IsTrue(root.GetProperty("sensitive").GetBoolean());
        var purpose = root.GetProperty("services")[0].GetProperty("purposes")[0];
        Assert.AreEqual(2, purpose.GetProperty("piiCategory").GetArrayLength());
        Assert.IsTrue(purpose.GetProperty("thirdPartyDisclosure").GetBoolean());
        Assert.AreEqual("Credit register", purpose.GetProperty("thirdPartyName").GetString());
    }

    [TestMethod]
    [DataRow(ConsentState.Requested, "PENDING")]
    [DataRow(ConsentState.Given, "ACTIVE")]
    [DataRow(ConsentState.Refused, "REJECTED")]
    [DataRow(ConsentState.Withdrawn, "REVOKED")]
    [DataRow(ConsentState.Expired, "EXPIRED")]
    [DataRow(ConsentState.Invalidated, "REVOKED")]
    public void WriteAccountAggregator_State_BecomesItsStatus(ConsentState state, string status)
    {
        var facts = Facts with { Events = Facts.Events.Add(new ConsentEvent(state, s_given.AddDays(1), Facts.Principal, "app", 50)) };
        var root = JsonElement.Parse(ConsentRecordExport.Write(facts, ConsentExportFormat.AccountAggregator));
        Assert.AreEqual(status, root.GetProperty("status").GetString());
        Assert.AreEqual("PERIODIC", root.GetProperty("consentDetail").GetProperty("fetchType").GetString());
    }

    [TestMethod]
    public void Write_NoEvent_IsTheCallersFault() =>
        Assert.ThrowsExactly<ArgumentException>(() => ConsentRecordExport.Write(Facts with { Events = [] }, ConsentExportFormat.Kantara));

    // The artefact has the members of the published sample, but for those that PrivChain has no counterpart for.
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void WriteAccountAggregator_AgainstThePublishedSample_HasItsMembers()
    {
        string[] noCounterpart = ["confidentialMode", "FIDataRange", "DataFilter"];
        var detail = JsonElement.Parse(ConsentRecordExport.Write(Facts, ConsentExportFormat.AccountAggregator)).GetProperty("consentDetail");
        foreach (var file in VectorFolder.Files("consent", "aa_consent_artefact*.json"))
        {
            foreach (var member in JsonElement.Parse(File.ReadAllBytes(file)).EnumerateObject().Where(member => !noCounterpart.Contains(member.Name)))
            {
                Assert.IsTrue(detail.TryGetProperty(member.Name, out var own), member.Name);
                Assert.AreEqual(member.Value.ValueKind, own.ValueKind, member.Name);
            }
        }
    }

    // What we call a purpose, a status or a category is a term of the published vocabulary.
    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Terms_AllThatWeWrite_AreInTheVocabulary()
    {
        HashSet<string> Terms(string pattern) => [.. VectorFolder.Files("consent", pattern).SelectMany(File.ReadLines).Skip(1).Select(line => line.Split(',')[0].Trim('"'))];

        var purposes = Terms("purposes.csv");
        foreach (var purpose in PurposeProfile.BuiltIn.Keys)
        {
            Assert.Contains(DpvTerms.BroaderPurpose(purpose)["dpv:".Length..], purposes);
        }

        var statuses = Terms("consent_status.csv");
        foreach (var state in Enum.GetValues<ConsentState>())
        {
            Assert.Contains(DpvTerms.StatusOf(state)["dpv:".Length..], statuses);
        }

        Assert.IsTrue(DpvTerms.Statuses.All(status => statuses.Contains(status["dpv:".Length..])));
        var categories = Terms("pd.csv");
        foreach (var field in SchemaCatalog.BuiltIn.All.SelectMany(record => record.Fields))
        {
            Assert.Contains(field.Category.Split(':')[1], categories);
        }

        Assert.Contains(DpvTerms.LegalBasis("dpv:ExplicitConsent")["dpv:".Length..], Terms("consent_types.csv"));
    }
}
