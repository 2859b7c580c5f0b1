using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Records;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Records;

/// <summary>The schemas fit the real input they were written for: every row becomes a valid record.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class RealInputTests
{
    [TestMethod]
    public void Validate_EveryCreditApplication_IsAccepted() => AllRowsValid("credit-application/1", "credit");

    [TestMethod]
    public void Validate_EveryCensusPerson_IsAccepted() => AllRowsValid("census-person/1", "census");

    // The columns of both files are the fields of their schemas, in order; a question mark is a missing value.
    private static void AllRowsValid(string schemaId, string topic)
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind(schemaId, out var schema));
        var rows = 0;
        foreach (var line in Directory.EnumerateFiles(VectorFolder.Data(topic), "*.csv").SelectMany(file => File.ReadLines(file).Where(line => line.Length > 0).Take(3000)))
        {
            var cells = line.Split(',', StringSplitOptions.TrimEntries);
            Assert.HasCount(schema.Fields.Count, cells);
            var claims = new JsonObject();
            for (var i = 0; i < cells.Length; i++)
            {
                if (cells[i] != "?")
                {
                    claims[schema.Fields[i].Name] = schema.Fields[i].Type == FieldType.Integer ? int.Parse(cells[i], CultureInfo.InvariantCulture) : cells[i];
                }
            }

            var verdict = schema.Validate(JsonElement.Parse(claims.ToJsonString()));
            Assert.IsTrue(verdict.Accepted, $"row {rows}: {verdict.Refusal}");
            rows++;
        }

        Assert.IsGreaterThan(0, rows, $"no row in {topic}");
    }
}
