using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Records;
using static PrivChain.Core.Tests.Contracts.ContractFixtures;

namespace PrivChain.Core.Tests.Contracts;

[TestClass]
public sealed class ContractRenderingTests
{
    private static readonly DisplayLanguage[] s_languages = Enum.GetValues<DisplayLanguage>();

    private static RecordField FieldOf(FieldType type) => type switch
    {
        FieldType.Integer => Field("census-person", "age"),
        FieldType.Number => Field("income-statement", "monthly"),
        FieldType.Date => Field("identity-card", "birthDate"),
        FieldType.TextList => Field("patient-summary", "conditions"),
        FieldType.Boolean => Field("property-certificate", "mortgaged"),
        _ => Field("identity-card", "idNumber"),
    };

    private static RecordField Field(string record, string name) =>
        Catalog.All.Single(schema => schema.Name == record).Fields.Single(field => field.Name == name);

    [TestMethod]
    public void Words_EveryEntry_IsThereInBothLanguagesWithTheSamePlaceholders()
    {
        foreach (var (key, text) in ContractWords.All)
        {
            Assert.IsFalse(string.IsNullOrWhiteSpace(text.En), key);
            Assert.IsTrue(text.Zh.Any(c => c > 0x2E80) || text.Zh.All(c => c is '{' or '}' or '：' or '0' or '1'), key);
            foreach (var placeholder in new[] { "{0}", "{1}", "{2}" })
            {
                Assert.AreEqual(text.En.Contains(placeholder), text.Zh.Contains(placeholder), key);
            }

            Assert.IsFalse((text.En + text.Zh).AsSpan().ContainsAny("<>*`"), key);
        }

        CollectionAssert.IsSubsetOf(EnclaveDemand.KnownEvidence.Select(kind => "evidence." + kind).ToArray(), ContractWords.All.Keys.ToArray());
    }

    [TestMethod]
    public void Render_Contract_SaysRecordByRecordWhoseWordCounts()
    {
        var contract = Parse(Changed(root => root["selfAsserted"] = new JsonArray("income-statement/1")));
        Assert.IsTrue(contract.AcceptsSelfAsserted(contract.Records.Single(record => record.Id == "income-statement/1")));
        Assert.IsFalse(contract.AcceptsSelfAsserted(contract.Records.Single(record => record.Id == "identity-card/1")));
        Assert.AreNotEqual(Parse(Mortgage).Digest, contract.Digest);
        foreach (var (language, own, issuers) in new[] { (DisplayLanguage.English, "what you state yourself will do", "only what an admitted issuer has signed"), (DisplayLanguage.Chinese, "您自己的陈述即可", "仅以获准的签发机构签名为准") })
        {
            var rendered = ContractRendering.Render(contract, language);
            CollectionAssert.AreEqual(
                new[] { issuers, own, issuers },
                rendered.Vouching.Select((line, i) => new[] { own, issuers }.Single(words => line.Contains(words, StringComparison.Ordinal))).ToArray());
            Assert.Contains(rendered.Vouching[1], rendered.ToText());
        }
    }

    [TestMethod]
    public void Describe_EveryFormAndOperatorInBothLanguages_HasWordsOfItsOwn()
    {
        var forms = FieldFormTests.Every.Select(each => (each.Form, each.Type)).ToList();
        foreach (var op in new[] { "less-than", "at-most", "equals", "at-least", "more-than" })
        {
            forms.Add(($$"""{"form":"compare","op":"{{op}}","against":7}""", FieldType.Integer));
            forms.Add(($$"""{"form":"compare","op":"{{op}}","against":"2031-01-01"}""", FieldType.Date));
        }

        forms.Add(("""{"form":"in-set","values":["a","b"]}""", FieldType.TextList));
        foreach (var language in s_languages)
        {
            var described = forms.Select(form => ContractRendering.Describe(Form(form.Form), FieldOf(form.Type), language)).ToList();
            Assert.IsTrue(described.All(text => text.Length > 1 && !text.Contains('{')));
            Assert.AreEqual(described.Count, described.Distinct().Count(), string.Join('\n', described));
        }

        foreach (var (form, type) in forms)
        {
            Assert.AreNotEqual(
                ContractRendering.Describe(Form(form), FieldOf(type), DisplayLanguage.English), ContractRendering.Describe(Form(form), FieldOf(type), DisplayLanguage.Chinese), form);
        }
    }

    [TestMethod]
    public void Describe_EveryResultInBothLanguages_HasWords()
    {
        foreach (var language in s_languages)
        {
            foreach (var (form, type, value) in FieldFormTests.Every)
            {
                var result = Form(form).Apply(JsonOf(value), Context()).OrThrow();
                Assert.AreNotEqual("", ContractRendering.Describe(result, FieldOf(type), language), form);
            }

            Assert.AreNotEqual("", ContractRendering.Describe(FormResult.NotGranted, FieldOf(FieldType.Text), language));
            Assert.AreNotEqual("", ContractRendering.Describe(FormResult.Absent, FieldOf(FieldType.Text), language));
        }
    }

    [TestMethod]
    public void Render_WithTheOwnRecord_ShowsWhatWouldBeSeen()
    {
        var rendered = ContractRendering.Render(Parse(Mortgage), DisplayLanguage.English, "Bank of Jinling", ContractEvaluatorTests.Records(), Context());
        Assert.AreEqual($"Bank of Jinling ({Controller})", rendered.Who);
        CollectionAssert.AreEqual(new[] { "yes", "••••1234", "10000 to under 20000 CNY", "yes" }, rendered.Seen.Select(field => field.Example).ToArray());
        Assert.AreEqual("only in which of these bands it lies: below 5000 CNY; 5000 to under 10000 CNY; 10000 to under 20000 CNY; 20000 to under 50000 CNY; 50000 CNY or more", rendered.Seen[2].What);
        Assert.IsTrue(rendered.Seen[3].Optional);
        var text = rendered.ToText();
        foreach (var wanted in new[]
        {
            "They will see:", "Date of birth: only whether you are 18 or older. From your record: yes", "They will not see:", "Family name; Given name", "Employer",
            "for 90 days from your consent", "at most 3 times", "kept for 30 days", "5 points for each use", "2 machines of different makers must agree", "checking whether a credit can be granted",
        })
        {
            Assert.Contains(wanted, text);
        }

        // What is not shown is not in the text either.
        foreach (var unseen in new[] { "secret", "12345.67", "1990", "320106" })
        {
            Assert.DoesNotContain(unseen, text);
        }
    }

    [TestMethod]
    public void Render_InChinese_SaysTheSame()
    {
        var text = ContractRendering.Render(Parse(Mortgage), DisplayLanguage.Chinese, null, ContractEvaluatorTests.Records(), Context()).ToText();
        foreach (var wanted in new[] { "房贷预审", Controller, "出生日期：仅告知是否年满 18 周岁。按您的记录：是", "10000 至 20000 元（不含）", "对方不会看到：", "工作单位", "最多 3 次", "可不提供", "信贷资格审查" })
        {
            Assert.Contains(wanted, text);
        }
    }

    [TestMethod]
    public void Render_EveryFieldOfTheRecords_IsOnOneSideOrTheOther()
    {
        foreach (var language in s_languages)
        {
            foreach (var name in ContractTemplates.All.Keys)
            {
                var contract = PrivacyContract.Parse(ContractTemplates.For(name, AccountAddress.Parse(Controller)).OrThrow(), Catalog).OrThrow();
                var rendered = ContractRendering.Render(contract, language);
                Assert.HasCount(contract.Shows.Length, rendered.Seen);
                Assert.IsTrue(rendered.Seen.All(field => field.Example is null));
                Assert.Contains(ContractWords.In(language, "enclave.simulated"), rendered.ToText());
                foreach (var field in contract.Records.SelectMany(record => record.Fields.Where(field => contract.Find($"{record.Name}.{field.Name}") is null)))
                {
                    Assert.Contains(ContractWords.Pick(language, field.Title), string.Join('\n', rendered.NotSeen));
                }
            }
        }
    }

    // A person reads what this request asks for, never less.
    [TestMethod]
    [DataRow(3 * 86_400, "for 3 days from", "自同意起 3 天内有效")]
    [DataRow(3 * 86_400 + 1, "for 73 hours from", "自同意起 73 小时内有效")]
    [DataRow(1, "for 1 hour from", "自同意起 1 小时内有效")]
    public void Render_AskedForLessThanTheContract_SaysWhatIsAsked(int seconds, string english, string chinese)
    {
        foreach (var (language, validity, uses) in new[] { (DisplayLanguage.English, english, "at most 2 times"), (DisplayLanguage.Chinese, chinese, "最多 2 次") })
        {
            var text = ContractRendering.Render(Parse(Mortgage), language, asked: (2, TimeSpan.FromSeconds(seconds))).ToText();
            Assert.Contains(validity, text);
            Assert.Contains(uses, text);
            Assert.DoesNotContain("90", string.Join('\n', ContractRendering.Render(Parse(Mortgage), language, asked: (2, TimeSpan.FromSeconds(seconds))).Limits.Take(2)));
        }
    }

    [TestMethod]
    public void Render_OneAndNone_AreSaidAsPeopleSayThem()
    {
        var text = ContractRendering.Render(
            Parse(Changed(root => root["limits"] = new JsonObject { ["validDays"] = 1, ["maxUses"] = 1, ["retainDays"] = 0, ["price"] = 1 })), DisplayLanguage.English).ToText();
        foreach (var wanted in new[] { "for 1 day from", "1 time\n", "may not be kept", "paid 1 point for" })
        {
            Assert.Contains(wanted, text);
        }
    }

    [TestMethod]
    [DataRow("credit-application/1", "durationMonths", "12", "12 months", "12 个月")]
    [DataRow("credit-application/1", "durationMonths", "1", "1 month", "1 个月")]
    [DataRow("credit-application/1", "age", "37", "37 years", "37 岁")]
    [DataRow("property-certificate/1", "areaSquareMetres", "96.5", "96.5 m²", "96.5 平方米")]
    [DataRow("income-statement/1", "monthly", "23457.13", "23457.13 CNY", "23457.13 元")]
    public void Measured_HasTheUnitInWords(string schema, string field, string number, string english, string chinese)
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind(schema, out var found));
        var described = found.Fields.Single(each => each.Name == field);
        Assert.AreEqual(english, ContractRendering.Measured(number, described, DisplayLanguage.English));
        Assert.AreEqual(chinese, ContractRendering.Measured(number, described, DisplayLanguage.Chinese));
    }

    // Every unit that a schema of ours names has its words.
    [TestMethod]
    public void UnitOf_BuiltInSchemas_IsChinese()
    {
        foreach (var field in SchemaCatalog.BuiltIn.All.SelectMany(schema => schema.Fields).Where(field => field.Unit is not (null or "%")))
        {
            Assert.AreNotEqual(field.Unit, ContractRendering.UnitOf(field, DisplayLanguage.Chinese), field.Name);
        }
    }

    // Names from outside cannot move the cursor, colour the text or turn its direction.
    [TestMethod]
    public void Render_HostileTexts_AreShownEscaped()
    {
        var text = Changed(root =>
        {
            root["title"]!["en"] = "Safe\u202E!knab\u2066";
            root["shows"]!["identity-card.nationality"] = JsonNode.Parse("""{"form":"in-set","values":["\u200bCN","x\u2028"]}""");
        });
        var rendered = ContractRendering.Render(Parse(text), DisplayLanguage.English, "Bank\u001b[2J\r\u0000\u009b", ContractEvaluatorTests.Records(), Context()).ToText();
        foreach (var wanted in new[] { "Safe\\u{202E}!knab\\u{2066}", "Bank\\u{001B}[2J\\u{000D}\\u{0000}\\u{009B}", "\\u{200B}CN", "x\\u{2028}" })
        {
            Assert.Contains(wanted, rendered);
        }

        Assert.IsFalse(rendered.Replace("\n", "").EnumerateRunes().Any(TerminalText.IsHostile));
    }

    [TestMethod]
    public void Neutralise_LongText_IsCutBetweenCharacters()
    {
        Assert.AreEqual("abc…", TerminalText.Neutralise("abcd", 3));
        Assert.AreEqual("abc", TerminalText.Neutralise("abc", 3));
        Assert.AreEqual("ab…", TerminalText.Neutralise("ab😀", 3));
        Assert.AreEqual("\uFFFD", TerminalText.Neutralise("\ud800"));
    }
}
