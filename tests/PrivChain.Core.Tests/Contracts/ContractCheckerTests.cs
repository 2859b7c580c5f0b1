using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using static PrivChain.Core.Tests.Contracts.ContractFixtures;

namespace PrivChain.Core.Tests.Contracts;

[TestClass]
public sealed class ContractCheckerTests
{
    private static IReadOnlyList<ContractFinding> Check(string text, params PrivacyContract[] approved) =>
        ContractChecker.Check(Parse(text), PurposeProfile.BuiltIn, approved);

    private static string Codes(IEnumerable<ContractFinding> findings, FindingSeverity? severity = null) =>
        string.Join(' ', findings.Where(finding => severity is null || finding.Severity == severity).Select(finding => finding.Code).Distinct());

    [TestMethod]
    public void Check_TheDesignsContract_HasNoFinding() => Assert.IsEmpty(Check(Mortgage));

    [TestMethod]
    public void Check_EveryTemplate_HasNoErrorAndOnlyTheWarningsOfSimulation()
    {
        Assert.HasCount(6, ContractTemplates.All);
        foreach (var name in ContractTemplates.All.Keys)
        {
            var text = ContractTemplates.For(name, AccountAddress.Parse(Controller)).OrThrow();
            var findings = ContractChecker.CheckText(text, Catalog, PurposeProfile.BuiltIn);
            Assert.AreEqual("", Codes(findings, FindingSeverity.Error), $"{name}: {string.Join('\n', findings)}");
            Assert.IsNull(ContractChecker.RefusalOf(findings));
            Assert.Contains("simulated-evidence", Codes(findings));
            Assert.IsEmpty(findings.Where(finding => finding.Code is not ("simulated-evidence" or "one-root")));
        }
    }

    [TestMethod]
    public void Template_NotFilledIn_IsRefused()
    {
        foreach (var text in ContractTemplates.All.Values)
        {
            Assert.Contains("$.controller", PrivacyContract.Parse(text.Span, Catalog).Refusal!.Detail);
        }

        Assert.AreEqual(RefusalReason.NotFound, ContractTemplates.For("no-such", AccountAddress.Parse(Controller)).Reason);
    }

    // One field widened or one limit stretched, just outside what the profile allows; and just inside.
    [TestMethod]
    [DataRow("""{"income-statement.monthly":{"form":"value"}}""", "over-asking")]
    [DataRow("""{"income-statement.monthly":{"form":"pseudonym"}}""", "over-asking")]
    [DataRow("""{"income-statement.monthly":{"form":"band","edges":[5000,5999]}}""", "too-narrow")]
    [DataRow("""{"income-statement.monthly":{"form":"band","edges":[5000,6000]}}""", "")]
    [DataRow("""{"income-statement.monthly":{"form":"round","to":999}}""", "too-narrow")]
    [DataRow("""{"income-statement.monthly":{"form":"round","to":1000}}""", "")]
    [DataRow("""{"identity-card.idNumber":{"form":"mask","keepLast":5}}""", "mask-too-wide")]
    [DataRow("""{"identity-card.idNumber":{"form":"mask","keepLast":4}}""", "")]
    [DataRow("""{"identity-card.address":{"form":"mask","keepLast":4}}""", "over-asking")]
    [DataRow("""{"identity-card.address":{"form":"exists"}}""", "over-asking")]
    [DataRow("""{"credit-application.age":{"form":"band","edges":[30,34]}}""", "too-narrow")]
    [DataRow("""{"credit-application.age":{"form":"band","edges":[30,35]}}""", "")]
    [DataRow("""{"credit-application.creditAmount":{"form":"band","edges":[30,31]}}""", "")]
    [DataRow("""{"income-statement.monthly":{"form":"compare","op":"equals","against":5000}}""", "one-value")]
    [DataRow("""{"credit-application.savings":{"form":"in-set","values":["A61"]}}""", "")]
    [DataRow("""{"credit-application.foreignWorker":{"form":"value"}}""", "over-asking")]
    public void Check_OneField_IsJudgedByTheProfile(string shows, string expected) =>
        Assert.AreEqual(expected, Codes(Check(Showing(shows)), FindingSeverity.Error));

    // A list of one, and a list of all but one, tell the value where the profile allows only lists.
    [TestMethod]
    [DataRow("""["Divorced"]""", "one-value")]
    [DataRow("""["Divorced","Separated"]""", "")]
    [DataRow("all but one", "one-value")]
    [DataRow("all but two", "")]
    public void Check_ListThatNamesOneValue_IsFound(string values, string expected)
    {
        var all = Catalog.All.Single(record => record.Name == "census-person").Fields.Single(field => field.Name == "maritalStatus").AllowedValues;
        values = values switch
        {
            "all but one" => $"[{string.Join(',', all.Skip(1))}]",
            "all but two" => $"[{string.Join(',', all.Skip(2))}]",
            _ => values,
        };
        var shows = "{\"census-person.maritalStatus\":{\"form\":\"in-set\",\"values\":" + values + "}}";
        Assert.AreEqual(expected, Codes(Check(Showing(shows, "dpv:ProvideOfficialStatistics")), FindingSeverity.Error));
    }

    [TestMethod]
    [DataRow("validDays", 365, 366)]
    [DataRow("maxUses", 12, 13)]
    [DataRow("retainDays", 180, 181)]
    public void Check_LimitBeyondTheProfile_IsFound(string name, int inside, int outside)
    {
        Assert.IsEmpty(Check(Changed(root => root["limits"]![name] = inside)));
        var findings = Check(Changed(root => root["limits"]![name] = outside));
        Assert.AreEqual("limit-too-long", Codes(findings));
        Assert.AreEqual($"$.limits.{name}", findings[0].Path);
        Assert.StartsWith(name == "maxUses" ? $"uses: {outside}, at most {inside}" : $"days of {(name == "validDays" ? "validity" : "keeping the answer")}: {outside}, at most {inside}", findings[0].En);
        Assert.AreEqual(RefusalReason.UnsafeContract, ContractChecker.RefusalOf(findings)!.Reason);
    }

    [TestMethod]
    public void CheckText_LimitMissing_IsFoundByName()
    {
        foreach (var name in new[] { "validDays", "maxUses", "retainDays", "price" })
        {
            var text = Changed(root => root["limits"]!.AsObject().Remove(name));
            var finding = ContractChecker.CheckText(Encoding.UTF8.GetBytes(text), Catalog, PurposeProfile.BuiltIn).Single();
            Assert.AreEqual(("limit-missing", $"$.limits.{name}", FindingSeverity.Error), (finding.Code, finding.Path, finding.Severity));
        }

        Assert.AreEqual("malformed", ContractChecker.CheckText("{"u8, Catalog, PurposeProfile.BuiltIn).Single().Code);
    }

    [TestMethod]
    public void Check_UnknownPurpose_IsAnError() =>
        Assert.AreEqual("no-profile", Codes(Check(Changed(root => root["purpose"] = "dpv:Marketing"))));

    // One pair for each kind of combination, on one field of two contracts of one controller; and beside it a pair that tells nothing new.
    [TestMethod]
    [DataRow("income-statement.monthly", """{"form":"band","edges":[5000,10000]}""", """{"form":"band","edges":[5500,10000]}""", true)]
    [DataRow("income-statement.monthly", """{"form":"band","edges":[5000,10000]}""", """{"form":"band","edges":[10000,5000000]}""", false)]
    [DataRow("income-statement.monthly", """{"form":"band","edges":[5000,10000]}""", """{"form":"compare","op":"at-least","against":5900}""", true)]
    [DataRow("income-statement.monthly", """{"form":"band","edges":[5000,10000]}""", """{"form":"compare","op":"at-least","against":5000}""", false)]
    [DataRow("income-statement.monthly", """{"form":"compare","op":"at-least","against":5000}""", """{"form":"compare","op":"less-than","against":5999}""", true)]
    [DataRow("income-statement.monthly", """{"form":"round","to":1000}""", """{"form":"round","to":1500}""", true)]
    [DataRow("income-statement.monthly", """{"form":"round","to":1000}""", """{"form":"round","to":3000}""", false)]
    [DataRow("income-statement.monthly", """{"form":"round","to":1000}""", """{"form":"round","to":2000}""", true)]
    [DataRow("income-statement.monthly", """{"form":"round","to":1000}""", """{"form":"compare","op":"at-least","against":5000}""", true)]
    [DataRow("income-statement.monthly", """{"form":"round","to":1000}""", """{"form":"compare","op":"at-least","against":5500}""", false)]
    [DataRow("income-statement.monthly", """{"form":"exists"}""", """{"form":"band","edges":[5000,10000]}""", false)]
    [DataRow("identity-card.birthDate", """{"form":"age-at-least","years":18}""", """{"form":"age-at-least","years":22}""", true)]
    [DataRow("identity-card.birthDate", """{"form":"age-at-least","years":18}""", """{"form":"age-at-least","years":23}""", false)]
    [DataRow("identity-card.birthDate", """{"form":"age-at-least","years":18}""", """{"form":"year"}""", true)]
    [DataRow("identity-card.validUntil", """{"form":"compare","op":"at-least","against":"2030-01-01"}""", """{"form":"compare","op":"at-least","against":"2034-01-01"}""", true)]
    [DataRow("identity-card.validUntil", """{"form":"compare","op":"at-least","against":"2030-01-01"}""", """{"form":"compare","op":"at-least","against":"2036-01-01"}""", false)]
    [DataRow("identity-card.validUntil", """{"form":"compare","op":"at-least","against":"2030-01-01"}""", """{"form":"year"}""", false)]
    [DataRow("identity-card.validUntil", """{"form":"compare","op":"at-least","against":"2030-01-02"}""", """{"form":"year"}""", true)]
    [DataRow("identity-card.idNumber", """{"form":"mask","keepLast":4}""", """{"form":"mask","keepFirst":4}""", true)]
    [DataRow("identity-card.idNumber", """{"form":"mask","keepLast":4}""", """{"form":"mask","keepLast":3}""", false)]
    [DataRow("identity-card.idNumber", """{"form":"mask","keepLast":4}""", """{"form":"in-set","values":["a","b"]}""", true)]
    [DataRow("credit-application.savings", """{"form":"in-set","values":["A61","A62"]}""", """{"form":"in-set","values":["A62","A63"]}""", true)]
    [DataRow("credit-application.job", """{"form":"in-set","values":["A171","A172"]}""", """{"form":"in-set","values":["A173","A174"]}""", false)]
    [DataRow("credit-application.existingCredits", """{"form":"in-set","values":[1,2]}""", """{"form":"compare","op":"at-least","against":2}""", true)]
    public void Check_TwoFormsOfOneField_AcrossContracts_AreSeenTogether(string field, string form, string other, bool pinned)
    {
        var approved = Parse(Changed(Showing($$"""{"{{field}}":{{other}}}"""), root => root["id"] = "bank/other"));
        var findings = Check(Showing($$"""{"{{field}}":{{form}}}"""), approved).Where(finding => finding.Code == "combination").ToList();
        Assert.AreEqual(pinned, findings.Any(finding => finding.Severity == FindingSeverity.Error), string.Join('\n', findings));

        // The order does not matter.
        var reversed = ContractChecker.Check(approved, PurposeProfile.BuiltIn, [Parse(Showing($$"""{"{{field}}":{{form}}}"""))]);
        Assert.AreEqual(pinned, reversed.Any(finding => finding.Code == "combination" && finding.Severity == FindingSeverity.Error));

        // Another controller's contract is another's knowledge.
        var foreign = Parse(Changed(Encoding.UTF8.GetString(approved.Text.Span), root => root["controller"] = OtherController));
        Assert.DoesNotContain("combination", Codes(Check(Showing($$"""{"{{field}}":{{form}}}"""), foreign)));
    }

    [TestMethod]
    public void Check_ValueShownElsewhere_IsAWarning()
    {
        var approved = Parse(Changed(Showing("""{"credit-application.job":{"form":"value"}}"""), root => root["id"] = "bank/other"));
        var findings = Check(Showing("""{"credit-application.job":{"form":"in-set","values":["A171","A172"]}}"""), approved);
        Assert.AreEqual("combination", Codes(findings, FindingSeverity.Warning));
        Assert.AreEqual("", Codes(findings, FindingSeverity.Error));
    }

    [TestMethod]
    public void Check_MaskPlusYear_IsFound_InOneContractAndAcross()
    {
        const string mask = """{"identity-card.idNumber":{"form":"mask","keepLast":4}}""";
        const string year = """{"identity-card.birthDate":{"form":"year"}}""";
        var both = Check(Showing("""{"identity-card.idNumber":{"form":"mask","keepLast":4},"identity-card.birthDate":{"form":"year"}}""", "dpv:IdentityVerification"));
        Assert.Contains("mask-and-year", Codes(both, FindingSeverity.Error));
        Assert.Contains("mask-and-year", Codes(Check(Showing(mask), Parse(Showing(year, "dpv:IdentityVerification")))));
        Assert.DoesNotContain("mask-and-year", Codes(Check(Showing(year, "dpv:IdentityVerification"))));
    }

    [TestMethod]
    public void Check_OneFactInTwoRecords_IsSeenTogether() =>
        Assert.Contains("combination", Codes(Check(Showing(
            """{"identity-card.birthDate":{"form":"age-at-least","years":18},"patient-summary.birthDate":{"form":"year"}}""", "dpv:CustomerClaimsManagement"))));

    [TestMethod]
    public void Check_SensitiveFieldUnderOneRoot_IsAnError_AndAWarningWhileSimulated()
    {
        Assert.AreEqual("one-root", Codes(Check(Changed(root => root["enclave"]!["unlikeRoots"] = 1)), FindingSeverity.Error));
        var simulated = Check(Changed(root =>
        {
            root["enclave"]!["unlikeRoots"] = 1;
            root["enclave"]!["acceptedEvidence"] = new JsonArray("simulated");
        }));
        Assert.AreEqual("", Codes(simulated, FindingSeverity.Error));
        Assert.AreEqual("simulated-evidence one-root", Codes(simulated, FindingSeverity.Warning));
        Assert.AreEqual("legal-basis", Codes(Check(Changed(root => root["legalBasis"] = "dpv:LegitimateInterest"))));
    }

    [TestMethod]
    [DataRow("Mortgage\u202E kcehc-erp", "title-hidden")]
    [DataRow("Mort\u200Bgage", "title-hidden")]
    [DataRow("Mоrtgage", "title-lookalike")]
    [DataRow("Ｍortgage", "title-lookalike")]
    [DataRow("Prüfung für Käufer", "")]
    public void Check_Title_HiddenOrLookalike_IsFound(string title, string expected) =>
        Assert.AreEqual(expected, Codes(Check(Changed(root => root["title"]!["en"] = title))));

    [TestMethod]
    public void Check_RecordWithoutField_IsAWarning() =>
        Assert.AreEqual("record-unused", Codes(Check(Changed(root => root["records"]!.AsArray().Add("census-person/1"))), FindingSeverity.Warning));

    [TestMethod]
    public void RefusalOf_OverAsking_ComesBeforeOthers()
    {
        var findings = Check(Changed(root =>
        {
            root["limits"]!["maxUses"] = 13;
            root["shows"]!["income-statement.monthly"] = new JsonObject { ["form"] = "value" };
        }));
        var refusal = ContractChecker.RefusalOf(findings)!;
        Assert.AreEqual(RefusalReason.OverAsking, refusal.Reason);
        Assert.Contains("$.shows['income-statement.monthly']", refusal.Detail);
        Assert.Contains("limit-too-long", refusal.Detail);
        Assert.IsTrue(findings.All(finding => finding.En.Length > 0 && finding.Zh.Any(c => c > 0x4E00)));
    }

    [TestMethod]
    public void Profile_BuiltIn_NamesOnlyKnownFieldsAndCategories()
    {
        var fields = Catalog.All.SelectMany(record => record.Fields.Select(field => $"{record.Name}.{field.Name}")).ToHashSet();
        var categories = Catalog.All.SelectMany(record => record.Fields.Select(field => field.Category)).ToHashSet();
        Assert.HasCount(6, PurposeProfile.BuiltIn);
        foreach (var rule in PurposeProfile.BuiltIn.Values.SelectMany(profile => profile.Rules))
        {
            Assert.IsTrue(fields.Contains(rule.Match) || categories.Contains(rule.Match), rule.Match);
        }
    }

    [TestMethod]
    [DataRow("""{"purpose":"dpv:X","title":{"en":"a","zh":"b"},"limits":{"validDays":1,"maxUses":1,"retainDays":0},"allows":[]}""")]
    [DataRow("""{"purpose":"dpv:X","title":{"en":"a","zh":"b"},"limits":{"validDays":1,"maxUses":1},"allows":[{"field":"a.b","forms":["value"]}]}""")]
    [DataRow("""{"purpose":"dpv:X","title":{"en":"a","zh":"b"},"limits":{"validDays":1,"maxUses":1,"retainDays":0},"allows":[{"field":"a.b","forms":["all"]}]}""")]
    [DataRow("""{"purpose":"dpv:X","title":{"en":"a","zh":"b"},"limits":{"validDays":1,"maxUses":1,"retainDays":0},"allows":[{"field":"a.b","category":"c","forms":["value"]}]}""")]
    [DataRow("""{"purpose":"dpv:X","title":{"en":"a","zh":"b"},"limits":{"validDays":1,"maxUses":1,"retainDays":0},"allows":[{"field":"a.b","forms":["value"]},{"field":"a.b","forms":["value"]}]}""")]
    [DataRow("""{"purpose":"dpv:X","title":{"en":"a","zh":"b"},"limits":{"validDays":1,"maxUses":1,"retainDays":0},"allows":[{"field":"a.b","forms":["value"],"minimumWidth":0}]}""")]
    [DataRow("[]")]
    public void ProfileParse_OneThingWrong_IsRefused(string text) =>
        Assert.IsFalse(PurposeProfile.Parse(Encoding.UTF8.GetBytes(text)).Accepted);
}
