using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Json;
using PrivChain.Core.Refusals;
using static PrivChain.Core.Tests.Contracts.ContractFixtures;

namespace PrivChain.Core.Tests.Contracts;

[TestClass]
public sealed class PrivacyContractTests
{
    [TestMethod]
    public void Parse_TheDesignsContract_HoldsEveryMember()
    {
        var contract = Parse(Mortgage);
        Assert.AreEqual("bank-of-jinling/mortgage-precheck", contract.Id);
        Assert.AreEqual(1, contract.Version);
        Assert.AreEqual("房贷预审", contract.Title.Zh);
        Assert.AreEqual(Controller, contract.Controller.ToString());
        Assert.AreEqual("dpv:CreditChecking", contract.Purpose);
        Assert.AreEqual("dpv:ExplicitConsent", contract.LegalBasis);
        Assert.HasCount(3, contract.Records);
        CollectionAssert.AreEqual(
            new[] { "identity-card.birthDate", "identity-card.idNumber", "income-statement.monthly", "property-certificate.address" },
            contract.Shows.Select(field => field.Name).ToArray());
        Assert.AreEqual(18, ((AgeAtLeastForm)contract.Shows[0].Form).Years);
        Assert.IsTrue(contract.Shows[3].Optional);
        Assert.IsFalse(contract.Shows[2].Optional);
        Assert.AreEqual(new ContractLimits(90, 3, 30, 5), contract.Limits);
        Assert.AreEqual(2, contract.Enclave.UnlikeRoots);
        Assert.HasCount(4, contract.Enclave.AcceptedEvidence);
        Assert.IsFalse(contract.Enclave.AcceptsSimulated);
        Assert.AreEqual(Mortgage, Encoding.UTF8.GetString(contract.Text.Span));
    }

    [TestMethod]
    public void Digest_OtherWhiteSpaceAndOrder_IsTheSame_AndOfTheCanonicalBytes()
    {
        var contract = Parse(Mortgage);
        var canonical = Jcs.Canonicalize(Encoding.UTF8.GetBytes(Mortgage)).OrThrow();
        Assert.AreEqual(Digest.OfSha256(canonical), contract.Digest);
        Assert.AreEqual(contract.Digest, Parse(Encoding.UTF8.GetString(canonical)).Digest);
        Assert.AreNotEqual(contract.Digest, Parse(Changed(root => root["version"] = 2)).Digest);
    }

    public static IEnumerable<(string Path, Action<JsonObject> Change, RefusalReason Reason)> Faults =>
    [
        ("$.extra: unknown member", root => root["extra"] = 1, RefusalReason.Malformed),
        ("$.id", root => root["id"] = "Bank/x", RefusalReason.Malformed),
        ("$.id", root => root["id"] = "bank", RefusalReason.Malformed),
        ("$.id", root => root["id"] = "bank/x\n", RefusalReason.Malformed),
        ("$.id", root => root["id"] = "bank/" + new string('x', 124), RefusalReason.Malformed),
        ("$.version", root => root["version"] = 0, RefusalReason.Malformed),
        ("$.version", root => root["version"] = 65536, RefusalReason.Malformed),
        ("$.version", root => root["version"] = "1", RefusalReason.Malformed),
        ("$.version", root => root["version"] = 1.5, RefusalReason.Malformed),
        ("$.title.zh: missing", root => root["title"]!.AsObject().Remove("zh"), RefusalReason.Malformed),
        ("$.title.fr: unknown member", root => root["title"]!["fr"] = "x", RefusalReason.Malformed),
        ("$.title.en", root => root["title"]!["en"] = "", RefusalReason.Malformed),
        ("$.title.en", root => root["title"]!["en"] = new string('x', 121), RefusalReason.Malformed),
        ("$.title.en", root => root["title"]!["en"] = "a\u001b[2J", RefusalReason.Malformed),
        ("$.title: wanted an object", root => root["title"] = "x", RefusalReason.Malformed),
        ("$.controller", root => root["controller"] = Controller.ToLowerInvariant(), RefusalReason.Malformed),
        ("$.controller", root => root["controller"] = PrivacyContract.PlaceholderController, RefusalReason.Malformed),
        ("$.controller: null", root => root["controller"] = null, RefusalReason.Malformed),
        ("$.purpose", root => root["purpose"] = "CreditChecking", RefusalReason.Malformed),
        ("$.legalBasis", root => root["legalBasis"] = "dpv:", RefusalReason.Malformed),
        ("$.records", root => root["records"] = new JsonArray(), RefusalReason.Malformed),
        ("$.records[3]: given twice", root => root["records"]!.AsArray().Add("identity-card/1"), RefusalReason.Malformed),
        ("$.records[3]: no record schema identity-card/2", root => root["records"]!.AsArray().Add("identity-card/2"), RefusalReason.Malformed),
        ("$.records[3]: no record schema tax-return/1", root => root["records"]!.AsArray().Add("tax-return/1"), RefusalReason.FieldNotInContract),
        ("$.records[3]: wanted a record", root => root["records"]!.AsArray().Add("tax-return"), RefusalReason.Malformed),
        ("$.selfAsserted[0]: the record is not among $.records", root => root["selfAsserted"] = new JsonArray("census-person/1"), RefusalReason.FieldNotInContract),
        ("$.selfAsserted[1]", root => root["selfAsserted"] = new JsonArray("identity-card/1", "identity-card/1"), RefusalReason.Malformed),
        ("$.selfAsserted", root => root["selfAsserted"] = new JsonArray(), RefusalReason.Malformed),
        ("$.selfAsserted", root => root["selfAsserted"] = "identity-card/1", RefusalReason.Malformed),
        ("$.records[3]: wanted a text", root => root["records"]!.AsArray().Add(5), RefusalReason.Malformed),
        ("$.shows", root => root["shows"] = new JsonObject(), RefusalReason.Malformed),
        ("$.shows['identity-card.shoeSize']: identity-card/1 has no such field", root => root["shows"]!["identity-card.shoeSize"] = new JsonObject { ["form"] = "value" }, RefusalReason.FieldNotInContract),
        ("$.shows['census-person.age']: the record is not among", root => root["shows"]!["census-person.age"] = new JsonObject { ["form"] = "value" }, RefusalReason.FieldNotInContract),
        ("$.shows['birthDate']: wanted record.field", root => root["shows"]!["birthDate"] = new JsonObject { ["form"] = "value" }, RefusalReason.Malformed),
        ("$.shows['identity-card.sex'].form: unknown form", root => root["shows"]!["identity-card.sex"] = new JsonObject { ["form"] = "values" }, RefusalReason.Malformed),
        ("$.shows['identity-card.sex'].form: wanted the name", root => root["shows"]!["identity-card.sex"] = new JsonObject(), RefusalReason.Malformed),
        ("aggregate is not supported by this version", root => root["shows"]!["identity-card.sex"] = new JsonObject { ["form"] = "aggregate" }, RefusalReason.Malformed),
        ("module is not supported by this version", root => root["shows"]!["identity-card.sex"] = new JsonObject { ["form"] = "module" }, RefusalReason.Malformed),
        ("the form year does not fit a field of type Text", root => root["shows"]!["identity-card.sex"] = new JsonObject { ["form"] = "year" }, RefusalReason.FormNotApplicable),
        ("$.limits.validDays: missing", root => root["limits"]!.AsObject().Remove("validDays"), RefusalReason.Malformed),
        ("$.limits: missing", root => root.Remove("limits"), RefusalReason.Malformed),
        ("$.limits.validDays", root => root["limits"]!["validDays"] = 0, RefusalReason.Malformed),
        ("$.limits.validDays", root => root["limits"]!["validDays"] = 3651, RefusalReason.Malformed),
        ("$.limits.maxUses", root => root["limits"]!["maxUses"] = 0, RefusalReason.Malformed),
        ("$.limits.retainDays", root => root["limits"]!["retainDays"] = -1, RefusalReason.Malformed),
        ("$.limits.price", root => root["limits"]!["price"] = 1_000_000_001, RefusalReason.Malformed),
        ("$.enclave.acceptedEvidence: wanted a list", root => root["enclave"]!["acceptedEvidence"] = new JsonArray(), RefusalReason.Malformed),
        ("$.enclave.acceptedEvidence[0]", root => root["enclave"]!["acceptedEvidence"] = new JsonArray("nitro"), RefusalReason.Malformed),
        ("$.enclave.unlikeRoots", root => root["enclave"]!["unlikeRoots"] = 0, RefusalReason.Malformed),
        ("$.enclave.minimumTcb", root => root["enclave"]!["minimumTcb"] = "Revoked", RefusalReason.Malformed),
    ];

    [TestMethod]
    public void Parse_OneThingWrong_IsRefusedWithItsPath()
    {
        foreach (var (path, change, reason) in Faults)
        {
            var verdict = PrivacyContract.Parse(Encoding.UTF8.GetBytes(Changed(change)), Catalog);
            Assert.IsFalse(verdict.Accepted, path);
            Assert.Contains(path, verdict.Refusal.Detail);
            Assert.AreEqual(reason, verdict.Reason, verdict.Refusal.Detail);
        }
    }

    [TestMethod]
    public void Parse_LimitsAtTheirBounds_AreAccepted()
    {
        Parse(Changed(root => root["limits"] = new JsonObject { ["validDays"] = 1, ["maxUses"] = 1, ["retainDays"] = 0, ["price"] = 0 }));
        Parse(Changed(root => root["limits"] = new JsonObject { ["validDays"] = 3650, ["maxUses"] = 10000, ["retainDays"] = 36500, ["price"] = 1_000_000_000 }));
        Parse(Changed(root => root["version"] = 65535));
        Parse(Changed(root => root["enclave"]!["unlikeRoots"] = 8));
    }

    [TestMethod]
    public void Parse_SeveralThingsWrong_ReportsThemAll()
    {
        var text = Changed(root =>
        {
            root["extra"] = true;
            root["version"] = 0;
            root["limits"]!.AsObject().Remove("price");
            root["shows"]!["identity-card.shoeSize"] = new JsonObject { ["form"] = "band", ["edges"] = new JsonArray(2, 1) };
        });
        var detail = PrivacyContract.Parse(Encoding.UTF8.GetBytes(text), Catalog).Refusal!.Detail;
        foreach (var path in new[] { "$.extra", "$.version", "$.limits.price: missing", "$.shows['identity-card.shoeSize'].edges", "no such field" })
        {
            Assert.Contains(path, detail);
        }
    }

    [TestMethod]
    [DataRow("""{"form":"band"}""")]
    [DataRow("""{"form":"band","edges":[]}""")]
    [DataRow("""{"form":"band","edges":[1,1]}""")]
    [DataRow("""{"form":"band","edges":[2,1]}""")]
    [DataRow("""{"form":"band","edges":["1"]}""")]
    [DataRow("""{"form":"band","edges":[1e15]}""")]
    [DataRow("""{"form":"band","edges":[0.0000001]}""")]
    [DataRow("""{"form":"band","edges":[1234567890.1234567]}""")]
    [DataRow("""{"form":"band","edges":[1],"years":1}""")]
    [DataRow("""{"form":"band","edges":null}""")]
    [DataRow("""{"form":"band","edges":[1],"optional":"yes"}""")]
    [DataRow("""{"form":"band","edges":[1],"optional":null}""")]
    [DataRow("""{"form":"age-at-least"}""")]
    [DataRow("""{"form":"age-at-least","years":0}""")]
    [DataRow("""{"form":"age-at-least","years":151}""")]
    [DataRow("""{"form":"age-at-least","years":18.5}""")]
    [DataRow("""{"form":"compare","op":"at-least"}""")]
    [DataRow("""{"form":"compare","against":1}""")]
    [DataRow("""{"form":"compare","op":">=","against":1}""")]
    [DataRow("""{"form":"compare","op":"at-least","against":"2020-02-30"}""")]
    [DataRow("""{"form":"compare","op":"at-least","against":true}""")]
    [DataRow("""{"form":"in-set","values":[]}""")]
    [DataRow("""{"form":"in-set","values":["a","a"]}""")]
    [DataRow("""{"form":"in-set","values":[1,1.0]}""")]
    [DataRow("""{"form":"in-set","values":["a",1]}""")]
    [DataRow("""{"form":"in-set","values":[1,"a"]}""")]
    [DataRow("""{"form":"in-set","values":[true]}""")]
    [DataRow("""{"form":"round","to":0}""")]
    [DataRow("""{"form":"round","to":-1}""")]
    [DataRow("""{"form":"mask"}""")]
    [DataRow("""{"form":"mask","keepLast":0}""")]
    [DataRow("""{"form":"mask","keepLast":33}""")]
    [DataRow("""{"form":"mask","keepLast":4,"keepFirst":4}""")]
    [DataRow("""{"form":"value","x":1}""")]
    [DataRow("""{"form":5}""")]
    [DataRow("""{"FORM":"value"}""")]
    [DataRow("5")]
    public void FormParser_WrongParameters_IsRefused(string form)
    {
        var faults = new ContractFaults();
        FormParser.Read(JsonOf(form), "$.shows['a.b']", faults);
        Assert.IsTrue(faults.Any, form);
        Assert.IsTrue(faults.All.All(fault => fault.Path.StartsWith("$.shows['a.b']", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void Parse_TooLarge_IsRefusedBeforeItIsRead()
    {
        var padded = Mortgage + new string(' ', PrivacyContract.MaximumBytes - Encoding.UTF8.GetByteCount(Mortgage));
        Parse(padded);
        Assert.AreEqual(RefusalReason.TooLarge, PrivacyContract.Parse(Encoding.UTF8.GetBytes(padded + " "), Catalog).Reason);
    }

    [TestMethod]
    public void Parse_DuplicateMember_TruncationOrTrailingBytes_IsRefused()
    {
        Assert.IsFalse(PrivacyContract.Parse(Encoding.UTF8.GetBytes(Mortgage.Replace("\"version\": 1,", "\"version\": 1, \"version\": 1,")), Catalog).Accepted);
        Assert.IsFalse(PrivacyContract.Parse(Encoding.UTF8.GetBytes(Mortgage + "x"), Catalog).Accepted);
        var bytes = Encoding.UTF8.GetBytes(Mortgage);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(PrivacyContract.Parse(bytes.AsSpan(0, length), Catalog).Accepted, $"accepted {length} bytes");
        }
    }

    // Whatever is changed, the answer is a verdict, and an accepted text with another canonical form has another digest.
    [TestMethod]
    public void Parse_SeededMutations_NeverThrowAndNeverKeepTheDigest()
    {
        var random = new Random(20310517);
        var original = Encoding.UTF8.GetBytes(Mortgage);
        var contract = Parse(Mortgage);
        for (var round = 0; round < 3000; round++)
        {
            var bytes = (byte[])original.Clone();
            for (var changes = random.Next(1, 4); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var verdict = PrivacyContract.Parse(bytes, Catalog);
            if (verdict.Accepted && !verdict.Value.CanonicalText.Span.SequenceEqual(contract.CanonicalText.Span))
            {
                Assert.AreNotEqual(contract.Digest, verdict.Value.Digest);
            }
        }
    }

    [TestMethod]
    public void WithController_Template_ChangesOnlyTheAddress()
    {
        var template = Mortgage.Replace(Controller, PrivacyContract.PlaceholderController);
        var text = PrivacyContract.WithController(Encoding.UTF8.GetBytes(template), AccountAddress.Parse(Controller)).OrThrow();
        Assert.AreEqual(Mortgage, Encoding.UTF8.GetString(text));
        Assert.IsFalse(PrivacyContract.WithController("{}"u8, AccountAddress.Parse(Controller)).Accepted);
        Assert.IsFalse(PrivacyContract.WithController("""{"a":{"controller":"x"},"controller":5}"""u8, AccountAddress.Parse(Controller)).Accepted);
        Assert.IsFalse(PrivacyContract.WithController("{"u8, AccountAddress.Parse(Controller)).Accepted);
    }
}
