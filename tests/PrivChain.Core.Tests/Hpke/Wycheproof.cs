using System.Text.Json;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.HpkeSessions;

/// <summary>Reads every Wycheproof test of a topic that matches a pattern.</summary>
internal static class Wycheproof
{
    public static int ForEach(string topic, string pattern, Action<JsonElement, JsonElement, string> check)
    {
        var ran = 0;
        foreach (var file in VectorFolder.Files(topic, pattern))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var group in document.RootElement.GetProperty("testGroups").EnumerateArray())
            {
                foreach (var test in group.GetProperty("tests").EnumerateArray())
                {
                    check(group, test, $"{Path.GetFileName(file)} test {test.GetProperty("tcId")}");
                    ran++;
                }
            }
        }

        Assert.IsGreaterThan(0, ran);
        return ran;
    }

    public static byte[] Bytes(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    public static string Result(JsonElement test) => test.GetProperty("result").GetString()!;

    public static bool HasFlag(JsonElement test, string flag) => test.GetProperty("flags").EnumerateArray().Any(item => item.GetString() == flag);
}
