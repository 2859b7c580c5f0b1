using System.Text.Json;

namespace PrivChain.Core.Tests.Keys;

/// <summary>Reading values of vector files, whose hex comes with and without <c>0x</c> and in both cases.</summary>
internal static class VectorJson
{
    public static JsonElement Load(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static byte[] Bytes(this JsonElement element, string name) => FromHex(element.Text(name));

    public static byte[] FromHex(string text) => Convert.FromHexString(text.StartsWith("0x", StringComparison.Ordinal) ? text[2..] : text);

    /// <summary>Every test of a Wycheproof file with its group.</summary>
    public static IEnumerable<(JsonElement Group, JsonElement Test)> Wycheproof(string file) =>
        from testGroup in Load(file).GetProperty("testGroups").EnumerateArray()
        from test in testGroup.GetProperty("tests").EnumerateArray()
        select (testGroup, test);
}
