using System.Globalization;
using System.Text.Json;
using PrivChain.App.Browser;
using PrivChain.Attestation.Explanations;
using PrivChain.Core.Contracts;
using PrivChain.Core.Json;
using PrivChain.Core.Ledger;

namespace PrivChain.App.Language;

/// <summary>Every text of the app in the language of the moment, from <c>en.json</c> and <c>zh.json</c>. Switched at run time: whoever shows text listens to <see cref="Changed"/>.</summary>
internal sealed class Words
{
    public const string English = "en";
    public const string Chinese = "zh";

    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _tables = [];

    public event Action? Changed;

    public string Code { get; private set; } = English;

    public bool IsChinese => Code == Chinese;

    public DisplayLanguage Display => IsChinese ? DisplayLanguage.Chinese : DisplayLanguage.English;

    public ExplanationLanguage Explanations => IsChinese ? ExplanationLanguage.Chinese : ExplanationLanguage.English;

    /// <summary>The text of a key, its places filled in: {0}, {1}…</summary>
    public string this[string key, params object[] values] =>
        !Table.TryGetValue(key, out var text) ? throw new KeyNotFoundException($"no text {key} in {Code}.json")
        : values.Length == 0 ? text : string.Format(CultureInfo.InvariantCulture, text, values);

    public bool Has(string key) => Table.ContainsKey(key);

    /// <summary>A number of things: the key with <c>.one</c> for one, with <c>.many</c> otherwise.</summary>
    public string Count(string key, ulong count) => this[count == 1 ? key + ".one" : key + ".many", count.ToString("N0", CultureInfo.InvariantCulture)];

    public string Pick(LocalText text) => IsChinese ? text.Zh : text.En;

    public string Date(DateTimeOffset time) => Local(time).ToString(IsChinese ? "yyyy'年'M'月'd'日'" : "d MMMM yyyy", CultureInfo.InvariantCulture);

    public string Time(DateTimeOffset time) => Local(time).ToString(IsChinese ? "yyyy'年'M'月'd'日' HH:mm" : "d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture);

    public string Date(ulong seconds) => Date(UnixTime.Date(seconds));

    public string Days(TimeSpan time) => time < TimeSpan.FromDays(1)
        ? Count("hours", (ulong)Math.Max(1, Math.Round(time.TotalHours)))
        : Count("days", (ulong)Math.Round(time.TotalDays));

    /// <summary>A length that was cut to whole days, hours, minutes or seconds, exactly.</summary>
    public string Length(TimeSpan time) => time switch
    {
        { TotalDays: >= 1 } => Count("days", (ulong)time.TotalDays),
        { TotalHours: >= 1 } => Count("hours", (ulong)time.TotalHours),
        { TotalMinutes: >= 1 } => Count("minutes", (ulong)time.TotalMinutes),
        _ => Count("seconds", (ulong)time.TotalSeconds),
    };

    public void Start() => Code = Page.Language() == Chinese ? Chinese : English;

    public void Switch(string code)
    {
        Code = code == Chinese ? Chinese : English;
        Page.SetLanguage(Code);
        Changed?.Invoke();
    }

    // Each when it is first wanted: reading a table takes a moment.
    private IReadOnlyDictionary<string, string> Table => _tables.TryGetValue(Code, out var table) ? table : _tables[Code] = Read(Code);

    internal static IReadOnlyDictionary<string, string> Read(string code)
    {
        using var stream = typeof(Words).Assembly.GetManifestResourceStream($"words/{code}.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);

        // Nothing shows before this is done, and a document would be gone through three times.
        var table = new Dictionary<string, string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                var key = reader.GetString()!;
                reader.Read();
                table.Add(key, reader.GetString()!);
            }
        }

        return table;
    }

    // The browser knows the person's clock; the runtime here has no table of time zones.
    private static DateTimeOffset Local(DateTimeOffset time) => time.ToOffset(TimeSpan.FromMinutes(Page.ZoneMinutes(time.ToUnixTimeSeconds())));
}
