using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace PrivChain.Cli.Demo;

/// <summary>JSON files as people like to read them: indented, Chinese as Chinese.</summary>
internal static class DemoJson
{
    private static readonly JsonSerializerOptions _options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Text(JsonNode node) => node.ToJsonString(_options) + "\n";
}
