using System.Text;
using PrivChain.Cli.Import;
using PrivChain.Core.Records;

namespace PrivChain.Cli.Tests.Import;

/// <summary>Files as they come from outside, broken in every usual way: a named fault for the row, the next row is read where it can be, and nothing is read as something else.</summary>
[TestClass]
public sealed class ReaderTests
{
    private const string CsvMapping = """
        {"format":"privchain-mapping/1","schema":"identity-card/1","source":"csv","header":true,"holder":"contact","fields":{"familyName":"name","address":"address"}}
        """;

    private const string JsonMapping = """
        {"format":"privchain-mapping/1","schema":"income-statement/1","source":"json","fields":{"monthly":"income","employer":"employer"}}
        """;

    private readonly string _path = Path.GetTempFileName();

    public TestContext TestContext { get; set; } = null!;

    [TestCleanup]
    public void Clean() => File.Delete(_path);

    [TestMethod]
    [DataRow("name,address,contact\nLin,Road 1,c\n")]
    [DataRow("\uFEFFname,address,contact\nLin,Road 1,c\n")]
    [DataRow("name,address,contact\r\nLin,Road 1,c\r\n")]
    [DataRow("name,address,contact\n\"Lin\",\"Road 1\",c")]
    public async Task Csv_BomOrLineEndsOrQuotes_GiveTheSameRow(string text)
    {
        var row = (await CsvAsync(Encoding.UTF8.GetBytes(text))).Single();
        Assert.IsNull(row.Fault);
        Assert.AreEqual("Lin", (string?)row.Claims!["familyName"]);
        Assert.AreEqual("Road 1", (string?)row.Claims["address"]);
        Assert.AreEqual("c", row.Holder);
    }

    [TestMethod]
    public async Task Csv_RaggedRow_IsAFaultAndTheNextIsRead()
    {
        var rows = await CsvAsync("name,address,contact\nLin,Road 1\nWang,Road 2,c,d\nZhao,Road 3,c\n"u8.ToArray());
        Assert.HasCount(3, rows);
        Assert.IsNotNull(rows[0].Fault);
        Assert.AreEqual(2, rows[0].Line);
        Assert.IsNotNull(rows[1].Fault);
        Assert.IsNull(rows[2].Fault);
        Assert.AreEqual(4, rows[2].Line);
    }

    [TestMethod]
    public async Task Csv_UnclosedQuote_IsAFault()
    {
        var rows = await CsvAsync("name,address,contact\nLin,\"Road 1,c\nWang,Road 2,c\n"u8.ToArray());
        Assert.IsTrue(rows.All(row => row.Fault is not null), "a row with a quote that never closes was read");
        Assert.IsNotEmpty(rows);
    }

    [TestMethod]
    public async Task Csv_DuplicateHeader_IsAFaultAndNothingIsRead()
    {
        var row = (await CsvAsync("name,name,address,contact\nLin,Wang,Road 1,c\n"u8.ToArray())).Single();
        Assert.Contains("second time", row.Fault!);
    }

    [TestMethod]
    public async Task Csv_MissingColumn_IsAFaultThatNamesIt()
    {
        var row = (await CsvAsync("name,contact\nLin,c\n"u8.ToArray())).Single();
        Assert.Contains("address", row.Fault!);
    }

    [TestMethod]
    public async Task Csv_InvalidUtf8_IsAFault()
    {
        var rows = await CsvAsync([.. "name,address,contact\nLin,"u8, 0xC3, 0x28, .. ",c\n"u8]);
        Assert.IsTrue(rows.All(row => row.Fault is not null));
        Assert.IsNotEmpty(rows);
    }

    [TestMethod]
    public async Task Csv_HugeCell_IsAFault()
    {
        var rows = await CsvAsync(Encoding.UTF8.GetBytes("name,address,contact\nLin," + new string('x', 2 * CsvRows.MaxCell) + ",c\n"));
        Assert.IsTrue(rows.All(row => row.Fault is not null));
        Assert.IsNotEmpty(rows);
    }

    [TestMethod]
    public async Task Csv_NulAndRightToLeft_ComeThroughUnchanged()
    {
        // The schema, not the reader, says which characters a field may hold; screens neutralise them.
        var row = (await CsvAsync(Encoding.UTF8.GetBytes("name,address,contact\nL\0n,\u202EdaoR,c\n"))).Single();
        if (row.Fault is null)
        {
            Assert.AreEqual("L\0n", (string?)row.Claims!["familyName"]);
            Assert.AreEqual("\u202EdaoR", (string?)row.Claims["address"]);
        }
    }

    [TestMethod]
    public async Task Csv_Utf16_IsReadByItsMarkOrRefused()
    {
        var rows = await CsvAsync([.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("name,address,contact\nLin,Road 1,c\n")]);
        var row = rows.Single();
        Assert.IsTrue(row.Fault is not null || (string?)row.Claims!["familyName"] == "Lin", "UTF-16 was read as something else");
    }

    [TestMethod]
    public async Task Csv_Utf16WithoutMark_IsAFault()
    {
        var rows = await CsvAsync(Encoding.Unicode.GetBytes("name,address,contact\nLin,Road 1,c\n"));
        Assert.IsTrue(rows.All(row => row.Fault is not null));
    }

    [TestMethod]
    public async Task Csv_Empty_HasNoRows() => Assert.IsEmpty(await CsvAsync([]));

    [TestMethod]
    public async Task Json_BrokenLines_AreFaultsAndTheNextIsRead()
    {
        var text = string.Join('\n', "{\"employer\":\"a\",\"employer\":\"b\"}", "[1]x", "{\"employer\":\"\\ud800\"}", "{", "7", "{\"employer\":\"Mill\"}");
        var rows = await JsonAsync(Encoding.UTF8.GetBytes(text));
        Assert.HasCount(6, rows);
        Assert.IsTrue(rows.Take(5).All(row => row.Fault is not null), string.Join("; ", rows.Select(row => row.Fault)));
        Assert.IsNull(rows[5].Fault);
        Assert.AreEqual(6, rows[5].Line);
        Assert.AreEqual("Mill", (string?)rows[5].Claims!["employer"]);
    }

    [TestMethod]
    public async Task Json_HugeLine_IsAFaultAndTheNextIsRead()
    {
        var rows = await JsonAsync(Encoding.UTF8.GetBytes("{\"employer\":\"" + new string('x', Lines.MaxLength + 10) + "\"}\n{\"employer\":\"Mill\"}\n"));
        Assert.HasCount(2, rows);
        Assert.IsNotNull(rows[0].Fault);
        Assert.IsNull(rows[1].Fault);
        Assert.AreEqual(2, rows[1].Line);
    }

    [TestMethod]
    public async Task Json_NumberBeyondDouble_IsRefusedByReaderOrSchema()
    {
        var row = (await JsonAsync("{\"income\":1e400,\"employer\":\"Mill\"}"u8.ToArray())).Single();
        if (row.Fault is null)
        {
            Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("income-statement/1", out var schema));
            var claims = Core.Json.StrictJson.ParseObject(Encoding.UTF8.GetBytes(row.Claims!.ToJsonString()));
            Assert.IsFalse(claims.Accepted && schema.Validate(claims.Value).Accepted);
        }
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    public async Task Readers_SeededMutations_NeverThrow(int seed)
    {
        var random = new Random(seed);
        var valid = "name,address,contact\n\"Lin\",\"Road \"\"1\"\"\",c\nWang,Road 2,d\n"u8.ToArray();
        for (var i = 0; i < 200; i++)
        {
            var bytes = (byte[])valid.Clone();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            await CsvAsync(bytes);
            await JsonAsync(bytes);
        }
    }

    private async Task<List<ImportedRow>> CsvAsync(byte[] content) => await ReadAsync(content, CsvMapping, (path, mapping) => CsvRows.ReadAsync(path, mapping, TestContext.CancellationToken));

    private async Task<List<ImportedRow>> JsonAsync(byte[] content) => await ReadAsync(content, JsonMapping, (path, mapping) => JsonRows.ReadAsync(path, mapping, TestContext.CancellationToken));

    private async Task<List<ImportedRow>> ReadAsync(byte[] content, string mapping, Func<string, ImportMapping, IAsyncEnumerable<ImportedRow>> read)
    {
        await File.WriteAllBytesAsync(_path, content, TestContext.CancellationToken);
        var rows = new List<ImportedRow>();
        await foreach (var row in read(_path, ImportMapping.Parse(Encoding.UTF8.GetBytes(mapping), SchemaCatalog.BuiltIn).OrThrow()))
        {
            rows.Add(row);
        }

        return rows;
    }
}
