using System.Globalization;
using System.Text;
using PrivChain.Sdk.Files;

namespace PrivChain.Cli.Import;

/// <summary>
/// The report of rows that were not issued: CSV with file, line and reason, never a value. People open it in a spreadsheet, so a cell that a spreadsheet would take for a
/// formula begins with an apostrophe.
/// </summary>
internal sealed class RefusedRows : IDisposable
{
    private readonly StreamWriter _writer;

    /// <param name="path">The report; an older one is replaced.</param>
    public RefusedRows(string path)
    {
        OwnPath.RefuseLink(path);
        _writer = new StreamWriter(path, append: false, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\r\n" };
        _writer.WriteLine("file,line,reason");
    }

    public void Add(string file, long line, string reason) =>
        _writer.WriteLine($"{Cell(file)},{line.ToString(CultureInfo.InvariantCulture)},{Cell(reason)}");

    /// <summary>One cell, quoted where RFC 4180 wants it.</summary>
    public static string Cell(string text)
    {
        var safe = text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\r\n\t") >= 0 ? "\"" + safe.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"" : safe;
    }

    public void Dispose() => _writer.Dispose();
}
