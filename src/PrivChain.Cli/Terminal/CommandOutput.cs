using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Refusals;
using Spectre.Console;

namespace PrivChain.Cli.Terminal;

/// <summary>
/// What a command says: short tables and lines for people, or exactly one JSON document. Whatever came from outside is shown without control characters and without markup.
/// </summary>
internal sealed class CommandOutput
{
    private static readonly JsonSerializerOptions _indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int MaxText = 2000;

    private static readonly Style _bold = new(decoration: Decoration.Bold);
    private static readonly Style _quiet = new(Color.Grey);
    private static readonly Style _good = new(Color.Green);
    private static readonly Style _bad = new(Color.Red, decoration: Decoration.Bold);
    private static readonly Style _loud = new(Color.Yellow, decoration: Decoration.Bold);

    private readonly TextWriter _writer;
    private readonly IAnsiConsole _console;
    private bool _finished;

    public CommandOutput(bool json, TextWriter writer)
    {
        IsJson = json;
        _writer = writer;
        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
        if (!_console.Profile.Out.IsTerminal)
        {
            // Files and pipes have no width: nothing is folded there.
            _console.Profile.Width = 160;
        }
    }

    public bool IsJson { get; }

    /// <summary>The document printed at the end under <c>--json</c>.</summary>
    public JsonObject Json { get; } = [];

    /// <summary>The console for progress bars; only for people.</summary>
    public IAnsiConsole Console => _console;

    public void Line(string text = "")
    {
        if (!IsJson)
        {
            // Each line by itself, so that line feeds of ours stay and those from outside do not.
            Say((text, Style.Plain));
        }
    }

    /// <summary>One line that is not folded, to be copied as it is: a contact, a JSON line.</summary>
    public void Verbatim(string text)
    {
        if (!IsJson)
        {
            _writer.WriteLine(TerminalText.Neutralise(text, int.MaxValue));
        }
    }

    /// <summary>Text of ours with line feeds, already neutralised where it holds foreign text.</summary>
    public void Block(string text)
    {
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            Line(line);
        }
    }

    public void Heading(string text)
    {
        if (!IsJson)
        {
            _console.WriteLine();
            Say((text, _bold));
        }
    }

    /// <summary>How a step came out: a mark, its name, a detail and the time it took.</summary>
    public void Outcome(bool ok, string name, string detail, long milliseconds)
    {
        if (!IsJson)
        {
            Say(
                (ok ? "  ok  " : "  BAD ", ok ? _good : _bad),
                (name, Style.Plain),
                (detail.Length == 0 ? string.Empty : " " + TerminalText.Neutralise(detail, 300), _quiet),
                ($" {milliseconds} ms", _quiet));
        }
    }

    /// <summary>A loud line: something that weakens what follows.</summary>
    public void Warning(string text)
    {
        if (!IsJson)
        {
            Say(("! " + text, _loud));
        }
    }

    public void Table(IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        if (IsJson)
        {
            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        foreach (var column in columns)
        {
            table.AddColumn(new TableColumn(Plain(column)));
        }

        foreach (var row in rows)
        {
            table.AddRow([.. row.Select(cell => Plain(cell))]);
        }

        _console.Write(table);
    }

    /// <summary>Name and value pairs.</summary>
    public void Facts(params ReadOnlySpan<(string Name, string Value)> facts)
    {
        if (IsJson)
        {
            return;
        }

        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn();
        foreach (var (name, value) in facts)
        {
            grid.AddRow(new Text(TerminalText.Neutralise(name, MaxText), _quiet), Plain(value));
        }

        _console.Write(grid);
    }

    /// <summary>One line: the reason, what was wanted and given, what to do.</summary>
    /// <param name="refusal">Reason and detail.</param>
    /// <param name="otherAdvice">What to do, where it is not what <see cref="Advice"/> has for the reason.</param>
    public void Refused(Refusal refusal, string? otherAdvice = null)
    {
        if (IsJson)
        {
            Json["refused"] = refusal.Reason.ToString();
            Json["code"] = (int)refusal.Reason;
            Json["detail"] = TerminalText.Neutralise(refusal.Detail, 4000);
            return;
        }

        var lines = refusal.Detail.Split('\n');
        var advice = otherAdvice ?? Advice.For(refusal.Reason);
        Say(($"Refused: {refusal.Reason}", _bad), (lines[0].Length == 0 ? string.Empty : " - " + lines[0], Style.Plain), (advice.Length == 0 ? string.Empty : " - " + advice, Style.Plain));
        foreach (var line in lines.Skip(1))
        {
            Say((line, Style.Plain));
        }
    }

    /// <summary>Prints the document, once; does nothing for people.</summary>
    public void Finish()
    {
        if (IsJson && !_finished)
        {
            _finished = true;
            _writer.WriteLine(Json.ToJsonString(_indented));
        }
    }

    // Never as markup, in which brackets are styles and a name between colons is a picture.
    private static Text Plain(string text) => new(TerminalText.Neutralise(text, MaxText));

    private void Say(params ReadOnlySpan<(string Text, Style Style)> parts)
    {
        var line = new Paragraph();
        foreach (var (text, style) in parts)
        {
            line.Append(TerminalText.Neutralise(text, MaxText), style);
        }

        _console.Write(line.Append(Environment.NewLine));
    }
}
