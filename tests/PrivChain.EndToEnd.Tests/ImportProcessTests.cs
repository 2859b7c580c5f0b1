using System.Text.Json;
using PrivChain.Cli.Deployment;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Consent;

namespace PrivChain.EndToEnd.Tests;

/// <summary><c>issue</c> and <c>import</c> as processes against a whole deployment: in every language of the machine they seal the same, and a broken line costs nobody but itself.</summary>
[TestClass]
public sealed class ImportProcessTests
{
    private static World _world = null!;
    private static RoleKeys _clinic = null!;
    private static string _folder = null!;
    private static string _keystore = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task BeginAsync(TestContext context)
    {
        _ = context;
        _folder = Directory.CreateTempSubdirectory("privchain-import-").FullName;
        _world = await SharedWorld.JoinAsync();
        using var phrase = Mnemonic.Generate();
        _clinic = new RoleKeys(Wallet.Open(phrase).OrThrow());
        _keystore = Path.Combine(_folder, "clinic.json");
        CommandProcess.Keep(_keystore, phrase);
        await _world.EnrolAsync(LedgerRole.Issuer, _clinic.Profile("City Clinic", "市诊所", "-", "-", "CN", signsRecords: true));
    }

    [ClassCleanup]
    public static async Task EndAsync()
    {
        _clinic.Dispose();
        await _world.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    // Decimals, dates, an I and an İ, a sign: what a person in Turkey, Germany or China would have written otherwise.
    [TestMethod]
    [Timeout(180_000, CooperativeCancellation = true)]
    public async Task Import_InEveryLanguageOfTheMachine_SealsTheSame()
    {
        var mapping = Write("income.mapping", """
            {"format":"privchain-mapping/1","schema":"income-statement/1","source":"csv","header":true,"delimiter":";",
             "fields":{"employer":"EMPLOYER","position":"TITLE","monthly":"MONTHLY","annual":"ANNUAL","currency":"CURRENCY","taxYear":"TAXYEAR","from":"FROM"}}
            """);
        string? first = null;
        foreach (var (language, invariant) in (IEnumerable<(string, string)>)[("C", "1"), ("tr_TR.UTF-8", "0"), ("de_DE.UTF-8", "0"), ("zh_CN.UTF-8", "0"), ("ar_SA.UTF-8", "0"), ("nothing known", "0")])
        {
            using var person = RoleKeys.Generate();
            using var citizen = new CitizenClient(_world.Connection, person.Wallet);
            var holders = Write("holders.txt", $"{citizen.ContactFor(_clinic.Account.Address)}\n{citizen.ContactFor(_clinic.Account.Address)}\n");
            var name = $"income-{Guid.NewGuid():N}.csv";
            var source = Write(name, "EMPLOYER;TITLE;MONTHLY;ANNUAL;CURRENCY;TAXYEAR;FROM\nIŞIK İnşaat;MİMAR;12345.67;148148.04;CNY;2025;2019-12-31\nMühle;;1,5;18;CNY;2025;2019-12-31\n");
            var environment = new Dictionary<string, string>
            {
                ["LANG"] = language, ["LC_ALL"] = language, ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = invariant, ["DOTNET_SYSTEM_GLOBALIZATION_PREDEFINED_CULTURES_ONLY"] = "0",
            };
            var (code, document, errors) = await ImportAsync(source, mapping, holders, environment);
            Assert.AreEqual((int)RefusalReason.SchemaViolation, code, $"{language}: {document} {errors}");
            var records = await citizen.RecordsAsync(TestContext.CancellationToken);
            var report = (await File.ReadAllTextAsync(source + ".refused.csv", TestContext.CancellationToken)).Replace(name, "income.csv", StringComparison.Ordinal);
            var seen = JsonSerializer.Serialize(records.Single().Values.OrderBy(value => value.Key, StringComparer.Ordinal).ToDictionary()) + $"{document["issued"]} {document["refused"]} {report}";
            first ??= seen;
            Assert.AreEqual(first, seen, language);
            Assert.Contains("12345.67", seen);
            foreach (var record in records)
            {
                record.Dispose();
            }
        }
    }

    // A stray quote makes one row of two, with the right number of cells: every later record would go to the person before.
    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Import_RowsAndContactsDoNotMatch_IssuesNothing()
    {
        using var person = RoleKeys.Generate();
        using var citizen = new CitizenClient(_world.Connection, person.Wallet);
        var contact = citizen.ContactFor(_clinic.Account.Address);
        var mapping = Write("short.mapping", """
            {"format":"privchain-mapping/1","schema":"income-statement/1","source":"csv","header":true,"delimiter":";",
             "fields":{"employer":"EMPLOYER","position":"TITLE","monthly":"MONTHLY","annual":"ANNUAL","currency":"CURRENCY","taxYear":"TAXYEAR","from":"FROM"}}
            """);
        const string Header = "EMPLOYER;TITLE;MONTHLY;ANNUAL;CURRENCY;TAXYEAR;FROM\n";
        const string Row = ";Clerk;1.00;12.00;CNY;2025;2019-12-31\n";
        foreach (var (rows, contacts) in (IEnumerable<(string, int)>)[($"\"A\n{Row}B\"{Row}C{Row}", 3), ($"A{Row}B{Row}", 1), ($"A{Row}", 2)])
        {
            var source = Write($"short-{Guid.NewGuid():N}.csv", Header + rows);
            var (code, document, errors) = await ImportAsync(source, mapping, Write("short-holders.txt", string.Concat(Enumerable.Repeat($"{contact}\n", contacts))));
            Assert.AreEqual((int)RefusalReason.BadSettings, code, $"{document} {errors}");
            Assert.IsEmpty(await citizen.RecordsAsync(TestContext.CancellationToken));
        }
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task Import_FhirWithBrokenLines_IssuesTheGoodOnesToTheirOwnHolders()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "fhir")).FullName;
        string[] broken = ["""{"resourceType":"Patient","id":"x""", """{"resourceType":"Observation","id":"x"}""", Patient("a"), """{"resourceType":"Patient","id":"n","birthDate":NaN}""", new string('[', 50_000), """{"resourceType":"Patient","id":"noname"}"""];
        var people = new[] { RoleKeys.Generate(), RoleKeys.Generate(), RoleKeys.Generate() };
        var citizens = people.Select(person => new CitizenClient(_world.Connection, person.Wallet)).ToArray();
        try
        {
            // The first and the last person's rows are good and stand around those that are not; the contacts of those are another person's.
            var contacts = citizens.Select(citizen => citizen.ContactFor(_clinic.Account.Address).ToString()).ToArray();
            File.WriteAllText(Path.Combine(folder, "Patient.000.ndjson"), string.Concat(((string[])[Patient("a"), .. broken, Patient("c")]).Select(line => line + "\r\n")));
            File.WriteAllText(Path.Combine(folder, "Condition.000.ndjson"), """
                {"resourceType":"Condition","subject":{"reference":"Patient/c"},"code":{"text":"Gout"}}
                {"resourceType":"Condition","subject":{"reference":"Patient/nobody"},"code":{"text":"Gout"}}
                """);
            var holders = Write("fhir-holders.txt", string.Join('\n', (string[])[contacts[0], .. broken.Select(_ => contacts[1]), contacts[2]]));
            var (code, document, errors) = await ImportAsync(folder, "fhir-patient-summary", holders);
            Assert.AreEqual((int)RefusalReason.Malformed, code, errors);
            Assert.AreEqual(2UL, (ulong)document["issued"]!, document.ToString());
            Assert.AreEqual(broken.Length + 1, (int)document["refused"]!, document.ToString());
            var report = await File.ReadAllLinesAsync(folder + ".refused.csv", TestContext.CancellationToken);
            foreach (var line in Enumerable.Range(2, broken.Length))
            {
                Assert.ContainsSingle(row => row.StartsWith($"Patient.000.ndjson,{line},", StringComparison.Ordinal), report);
            }

            Assert.ContainsSingle(row => row.StartsWith("Condition.000.ndjson,2,", StringComparison.Ordinal), report);
            Assert.AreEqual("a", await PatientOfAsync(citizens[0]));
            Assert.IsNull(await PatientOfAsync(citizens[1]));
            Assert.AreEqual("c", await PatientOfAsync(citizens[2]));

            // Once more: nothing is issued twice, and the same lines are refused.
            var (again, second, _) = await ImportAsync(folder, "fhir-patient-summary", holders);
            Assert.AreEqual((code, 0UL, 2UL), (again, (ulong)second["issued"]!, (ulong)second["skipped"]!));
        }
        finally
        {
            Array.ForEach(citizens, citizen => citizen.Dispose());
            Array.ForEach(people, person => person.Dispose());
        }
    }

    private static string Patient(string id) =>
        $$"""{"resourceType":"Patient","id":"{{id}}","name":[{"use":"official","family":"F{{id}}","given":["G"]}],"birthDate":"1990-01-02","gender":"female"}""";

    private async Task<string?> PatientOfAsync(CitizenClient citizen)
    {
        var records = await citizen.RecordsAsync(TestContext.CancellationToken);
        try
        {
            return records.SingleOrDefault()?.Values["patientId"]?.GetString();
        }
        finally
        {
            foreach (var record in records)
            {
                record.Dispose();
            }
        }
    }

    private Task<(int Code, System.Text.Json.Nodes.JsonObject Document, string Errors)> ImportAsync(string source, string mapping, string holders, IReadOnlyDictionary<string, string>? environment = null) =>
        CommandProcess.RunAsync(
            ["import", source, "--mapping", mapping, "--holders", holders, "--keystore", _keystore, "--deployment", _world.Folder, "--accept-simulated"], environment, TestContext.CancellationToken);

    private static string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
