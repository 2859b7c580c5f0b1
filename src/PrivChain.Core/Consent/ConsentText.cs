using System.Globalization;
using System.Text.Json.Nodes;
using PrivChain.Core.Json;

namespace PrivChain.Core.Consent;

/// <summary>Small parts that the export formats share.</summary>
internal static class ConsentText
{
    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static bool TryTime(string? text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    public static string Days(int days) => $"P{days.ToString(CultureInfo.InvariantCulture)}D";

    public static JsonArray Array(IEnumerable<JsonNode?> items) => [.. items];

    public static JsonNode Text(string text) => JsonValue.Create(text);

    public static byte[] Canonical(JsonObject document) => Jcs.Canonicalize(document).OrThrow();
}
