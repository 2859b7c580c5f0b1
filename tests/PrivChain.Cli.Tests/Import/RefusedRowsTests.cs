using PrivChain.Cli.Import;

namespace PrivChain.Cli.Tests.Import;

[TestClass]
public sealed class RefusedRowsTests
{
    [TestMethod]
    [DataRow("plain", "plain")]
    [DataRow("", "")]
    [DataRow("=1+1", "'=1+1")]
    [DataRow("+1", "'+1")]
    [DataRow("-1", "'-1")]
    [DataRow("@SUM(A1)", "'@SUM(A1)")]
    [DataRow("\tx", "\"'\tx\"")]
    [DataRow("\rx", "\"'\rx\"")]
    [DataRow("a,b", "\"a,b\"")]
    [DataRow("a\"b", "\"a\"\"b\"")]
    [DataRow("=\"a\",b", "\"'=\"\"a\"\",b\"")]
    [DataRow("a\nb", "\"a\nb\"")]
    [DataRow("1-2", "1-2")]
    public void Cell_OfAnyText_IsNoFormulaAndOneCell(string text, string cell) => Assert.AreEqual(cell, RefusedRows.Cell(text));

    [TestMethod]
    public void Report_HasHeaderAndOneLineForEachRow()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var report = new RefusedRows(path))
            {
                report.Add("=cmd.csv", 7, "Malformed: 3 cells, 4 are due");
            }

            Assert.AreEqual("file,line,reason\r\n'=cmd.csv,7,\"Malformed: 3 cells, 4 are due\"\r\n", File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
