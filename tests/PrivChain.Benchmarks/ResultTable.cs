using System.Globalization;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace PrivChain.Benchmarks;

/// <summary>The results as one Markdown table, with the machine they were measured on.</summary>
internal sealed class ResultTable
{
    private readonly List<string> _rows = [];

    public void Add(string what, string against, string aim, Ratio ratio, string note) => Row(
        what, against, aim,
        string.Create(CultureInfo.InvariantCulture, $"**{ratio.Median:0.00}** [{ratio.Smallest:0.00} … {ratio.Largest:0.00}]"),
        string.Create(CultureInfo.InvariantCulture, $"{note}; {Time(ratio.OursSeconds)} against {Time(ratio.ReferenceSeconds)} an item"));

    private static string Time(double seconds) =>
        seconds < 1e-6 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e9:0} ns") : string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} µs");

    public void AddFigure(string what, string aim, string figure, string note) => Row(what, "–", aim, $"**{figure}**", note);

    public string ToMarkdown()
    {
        var text = new StringBuilder();
        text.AppendLine("| what | against, in the same run | aim | measured: median [least … most] | how |");
        text.AppendLine("|---|---|---|---|---|");
        _rows.ForEach(row => text.AppendLine(row));
        text.AppendLine();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, shared with other work; .NET {Environment.Version}; AVX2 {Avx2.IsSupported}, AVX-512 {Avx512F.IsSupported}.");
        return text.ToString();
    }

    private void Row(params string[] cells)
    {
        _rows.Add("| " + string.Join(" | ", cells) + " |");
        Console.WriteLine(_rows[^1]);
    }
}
