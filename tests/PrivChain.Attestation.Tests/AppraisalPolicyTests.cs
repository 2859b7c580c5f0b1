using System.Text;
using System.Text.Json.Nodes;

namespace PrivChain.Attestation.Tests;

[TestClass]
public sealed class AppraisalPolicyTests
{
    private static JsonObject Valid() => new()
    {
        ["acceptedKinds"] = new JsonArray("simulated"),
        ["acceptSimulated"] = true,
        ["measurements"] = new JsonArray("0x" + new string('a', 96)),
        ["minimumSvn"] = 1,
        ["allowDebug"] = false,
        ["maxAgeSeconds"] = 60,
        ["maxFutureSeconds"] = 5,
        ["unlikeRoots"] = 1,
    };

    [TestMethod]
    public void TryParse_Valid_IsRead()
    {
        Assert.IsTrue(Parse(Valid().ToJsonString(), out var policy, out var faults), string.Join("; ", faults));
        Assert.AreEqual(60U, policy!.MaxAgeSeconds);
        Assert.HasCount(1, policy.Measurements);
    }

    [TestMethod]
    public void TryParse_AnyMemberMissingNullUnknownOrOutOfRange_IsRefusedByName()
    {
        foreach (var name in Valid().Select(member => member.Key).ToList())
        {
            var missing = Valid();
            missing.Remove(name);
            Refused(missing, name);

            var isNull = Valid();
            isNull[name] = null;
            Refused(isNull, name);
        }

        Refused(With("extra", 1), "extra");
        Refused(With("minimumSvn", 65_536), "minimumSvn");
        Refused(With("maxAgeSeconds", 0), "maxAgeSeconds");
        Refused(With("unlikeRoots", 0), "unlikeRoots");
        Refused(With("measurements", new JsonArray("0xAB")), "measurements");
        Refused(With("acceptedKinds", new JsonArray("simulated", "simulated")), "acceptedKinds");
        Refused(With("acceptedKinds", new JsonArray("anything")), "acceptedKinds");
    }

    [TestMethod]
    public void TryParse_SeveralFaults_AreReportedAtOnce()
    {
        Assert.IsFalse(Parse("{\"acceptedKinds\":[],\"extra\":1}", out _, out var faults));
        Assert.IsGreaterThanOrEqualTo(8, faults.Count, string.Join("; ", faults));
    }

    [TestMethod]
    public void TryParse_NotStrictJson_IsRefused()
    {
        var valid = Valid().ToJsonString();
        foreach (var text in new[] { "", "[]", "null", valid + " x", valid.Replace("\"allowDebug\":false", "\"allowDebug\":false,\"allowDebug\":true", StringComparison.Ordinal), "// no\n" + valid })
        {
            Assert.IsFalse(Parse(text, out _, out var faults), text);
            Assert.AreNotEqual(0, faults.Count);
        }

        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(Parse(valid[..length], out _, out _), $"accepted {length} characters");
        }
    }

    private static JsonObject With(string name, JsonNode value)
    {
        var policy = Valid();
        policy[name] = value;
        return policy;
    }

    private static void Refused(JsonObject policy, string name)
    {
        Assert.IsFalse(Parse(policy.ToJsonString(), out _, out var faults), name);
        Assert.IsTrue(faults.Any(fault => fault.Contains(name, StringComparison.Ordinal)), $"{name}: {string.Join("; ", faults)}");
    }

    private static bool Parse(string text, out AppraisalPolicy? policy, out IReadOnlyList<string> faults) =>
        AppraisalPolicy.TryParse(Encoding.UTF8.GetBytes(text), out policy, out faults);
}
