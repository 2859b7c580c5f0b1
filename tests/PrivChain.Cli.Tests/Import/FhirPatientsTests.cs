using System.Text;
using PrivChain.Cli.Import;

namespace PrivChain.Cli.Tests.Import;

/// <summary>FHIR exports with one thing broken: that line is refused by its number, and nobody else's summary changes, gets lost or moves to another row.</summary>
[TestClass]
public sealed class FhirPatientsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-fhir-").FullName;

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("""{"resourceType":"Patient","id":"b","name":[{"family":"B"}""", "truncated")]
    [DataRow("""{"resourceType":"Condition","id":"b"}""", "another resource")]
    [DataRow("""{"id":"b"}""", "no type")]
    [DataRow("""{"resourceType":"Patient"}""", "no id")]
    [DataRow("""{"resourceType":"Patient","id":7}""", "an id that is a number")]
    [DataRow("""{"resourceType":"Patient","id":"a"}""", "the id of another")]
    [DataRow("""{"resourceType":"Patient","id":"b","id":"c"}""", "two ids")]
    [DataRow("""{"resourceType":"Patient","id":"b","x":NaN}""", "NaN")]
    [DataRow("""{"resourceType":"Patient","id":"b","x":1e999}""", "beyond double")]
    [DataRow("""{"resourceType":"Patient","id":"b","name":"\ud800"}""", "lone surrogate")]
    [DataRow("[]", "no object")]
    [DataRow("\0", "no text")]
    public async Task Patient_OneLineBroken_IsRefusedInItsPlaceAndTheOthersStay(string broken, string what)
    {
        Write("Patient.000.ndjson", Patient("a"), broken, Patient("c"));
        Write("Condition.000.ndjson", Condition("a", "Asthma"), Condition("c", "Gout"));
        var rows = (await ReadAsync()).Where(row => row.IsRecord).ToList();
        CollectionAssert.AreEqual(new long[] { 1, 2, 3 }, rows.Select(row => row.Line).ToArray(), what);
        Assert.AreEqual("a", (string?)rows[0].Claims!["patientId"], what);
        Assert.AreEqual("Gout", (string?)rows[2].Claims!["conditions"]![0], what);
        Assert.IsFalse(string.IsNullOrEmpty(rows[1].Fault) || rows[1].Fault!.Contains("   at ", StringComparison.Ordinal), what);
    }

    [TestMethod]
    [DataRow("Condition", """{"resourceType":"Condition","subject":{"reference":"Patient/nobody"},"code":{"text":"x"}}""", "not in the export")]
    [DataRow("Condition", """{"resourceType":"Condition","code":{"text":"x"}}""", "not in the export")]
    [DataRow("Condition", """{"resourceType":"Condition","subject":"Patient/a","code":{"text":"x"}}""", "not in the export")]
    [DataRow("Condition", """{"resourceType":"Condition","subject":{"reference":"Patient/a"},"code":"x"}""", "code")]
    [DataRow("Condition", """{"resourceType":"Condition","subject":{"reference":"Patient/a"},"code":{"coding":[{"display":7}]}}""", "code")]
    [DataRow("Encounter", """{"resourceType":"Encounter","subject":{"reference":"Patient/a"},"period":{"start":"2026-02-30T00:00:00Z"}}""", "calendar")]
    [DataRow("Encounter", """{"resourceType":"Encounter","id":"v","subject":{"reference":"Patient/a"}}""", "second Encounter")]
    [DataRow("Encounter", """{"resourceType":"Patient","id":"d"}""", "not a Encounter")]
    public async Task Companion_Broken_IsRefusedByItsLineAndBelongsToNoRow(string type, string broken, string wanted)
    {
        Write("Patient.000.ndjson", Patient("a"));
        Write("Condition.000.ndjson", Condition("a", "Asthma"));
        Write("Encounter.000.ndjson", """{"resourceType":"Encounter","id":"v","subject":{"reference":"Patient/a"},"period":{"start":"2025-03-04T10:00:00Z"}}""");
        await File.AppendAllTextAsync(Path.Combine(_folder, type + ".000.ndjson"), broken, TestContext.CancellationToken);
        var rows = await ReadAsync();
        var refused = rows.Single(row => row.Fault is not null);
        Assert.IsFalse(refused.IsRecord);
        Assert.AreEqual((type + ".000.ndjson", 2L), (refused.File, refused.Line));
        Assert.Contains(wanted, refused.Fault!);

        var claims = rows.Single(row => row.IsRecord).Claims!;
        Assert.AreEqual(1, (int)claims["encounterCount"]!);
        Assert.AreEqual("2025-03-04", (string?)claims["lastEncounter"]);
        Assert.HasCount(1, claims["conditions"]!.AsArray());
    }

    [TestMethod]
    public async Task File_MarkAndCarriageReturnsAndEmptyLines_IsReadAsWithout()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "Patient.000.ndjson"), $"{Patient("a")}\r\n\r\n{Patient("b")}\r\n", Encoding.UTF8, TestContext.CancellationToken);
        var rows = await ReadAsync();
        CollectionAssert.AreEqual(new[] { "a", "b" }, rows.Select(row => (string?)row.Claims?["patientId"]).ToArray());
        Assert.AreEqual(3, rows[1].Line);
    }

    [TestMethod]
    public async Task File_Utf16_IsRefusedWhole()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "Patient.000.ndjson"), Patient("a") + "\n" + Patient("b") + "\n", Encoding.Unicode, TestContext.CancellationToken);
        var rows = await ReadAsync();
        Assert.IsNotEmpty(rows);
        Assert.IsTrue(rows.All(row => row.Fault is not null));
    }

    [TestMethod]
    public async Task File_DeepOrHugeLine_IsRefusedAndTheNextIsRead()
    {
        Write("Patient.000.ndjson", new string('[', 100_000), "{\"resourceType\":\"Patient\",\"id\":\"" + new string('x', Lines.MaxLength) + "\"}", Patient("c"));
        var rows = await ReadAsync();
        CollectionAssert.AreEqual(new[] { true, true, false }, rows.Select(row => row.Fault is not null).ToArray());
    }

    [TestMethod]
    public async Task Folder_EmptyFilesOrNone_HasNoRows()
    {
        Assert.IsEmpty(await ReadAsync());
        Write("Patient.000.ndjson");
        Assert.IsEmpty(await ReadAsync());
    }

    private static string Patient(string id) =>
        $$"""{"resourceType":"Patient","id":"{{id}}","name":[{"use":"official","family":"F{{id}}","given":["G"]}],"birthDate":"1990-01-02","gender":"female"}""";

    private static string Condition(string patient, string text) =>
        $$$"""{"resourceType":"Condition","subject":{"reference":"Patient/{{{patient}}}"},"code":{"text":"{{{text}}}"}}""";

    private void Write(string name, params string[] lines) => File.WriteAllText(Path.Combine(_folder, name), string.Concat(lines.Select(line => line + "\n")));

    private async Task<List<ImportedRow>> ReadAsync()
    {
        var rows = new List<ImportedRow>();
        await foreach (var row in FhirPatients.ReadAsync(_folder, TestContext.CancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }
}
