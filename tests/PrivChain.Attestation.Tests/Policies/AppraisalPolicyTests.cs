using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Policies;

namespace PrivChain.Attestation.Tests.Policies;

[TestClass]
public sealed class AppraisalPolicyTests
{
    private static JsonObject Valid() => new()
    {
        ["acceptedKinds"] = new JsonArray("simulated"),
        ["acceptSimulated"] = true,
        ["measurements"] = new JsonArray("0x" + new string('a', 96)),
        ["registers"] = new JsonObject { ["rtmr1"] = new JsonArray("0x" + new string('c', 96)) },
        ["signers"] = new JsonArray(new JsonObject { ["signer"] = "0x" + new string('b', 64), ["productId"] = 7, ["minimumSvn"] = 2 }),
        ["minimumSvn"] = 1,
        ["minimumPlatformVersions"] = new JsonArray(new JsonObject { ["chipFamily"] = "Genoa", ["part"] = "microcode", ["minimum"] = 84 }),
        ["minimumTcb"] = "SWHardeningNeeded",
        ["advisoryExceptions"] = new JsonArray(new JsonObject { ["id"] = "INTEL-SA-00615", ["until"] = "2027-01-31" }),
        ["allowDebug"] = false,
        ["acceptedConditions"] = new JsonArray("smt-allowed"),
        ["deniedChipFamilies"] = new JsonArray("Milan"),
        ["hardwareIds"] = "any",
        ["maxAgeSeconds"] = 60,
        ["maxFutureSeconds"] = 5,
        ["maxCollateralAgeSeconds"] = 86_400,
        ["minimumTcbEvaluation"] = 17,
        ["requireCrl"] = true,
        ["requireNonce"] = true,
        ["requireSessionBinding"] = true,
        ["unlikeRoots"] = 1,
    };

    [TestMethod]
    public void TryParse_Valid_IsRead()
    {
        Assert.IsTrue(Parse(Valid().ToJsonString(), out var policy, out var faults), string.Join("; ", faults));
        Assert.AreEqual(60U, policy!.MaxAgeSeconds);
        Assert.HasCount(1, policy.Measurements);
        Assert.AreEqual(new SignerRule("0x" + new string('b', 64), 7, 2), policy.Signers[0]);
        Assert.AreEqual(TcbStatus.SWHardeningNeeded, policy.MinimumTcb);
        Assert.AreEqual(DateTimeOffset.Parse("2027-01-31T23:59:59.9999999Z", CultureInfo.InvariantCulture), policy.AdvisoryExceptions[0].Until);
        Assert.IsNull(policy.HardwareIds, "any machine");
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
        Refused(With("minimumSvn", 4_294_967_296), "minimumSvn");
        Refused(With("minimumTcb", "Revoked"), "minimumTcb");
        Refused(With("minimumTcb", "1"), "minimumTcb");
        Refused(With("hardwareIds", "all"), "hardwareIds");
        Refused(With("hardwareIds", new JsonArray("0x")), "hardwareIds");
        Refused(With("acceptedConditions", new JsonArray("anything")), "acceptedConditions");
        Refused(With("signers", new JsonArray(new JsonObject { ["signer"] = "0x" + new string('b', 64), ["productId"] = 7 })), "signers[0].minimumSvn");
        Refused(With("signers", new JsonArray(1)), "signers[0]");
        Refused(With("advisoryExceptions", new JsonArray(new JsonObject { ["id"] = "INTEL-SA-00615", ["until"] = "31.1.2027" })), "advisoryExceptions[0].until");
        Refused(With("maxAgeSeconds", 0), "maxAgeSeconds");
        Refused(With("unlikeRoots", 0), "unlikeRoots");
        Refused(With("measurements", new JsonArray("0xAB")), "measurements");
        Refused(With("acceptedKinds", new JsonArray("simulated", "simulated")), "acceptedKinds");
        Refused(With("acceptedKinds", new JsonArray("anything")), "acceptedKinds");
        Refused(With("registers", new JsonObject { ["rtmr1"] = new JsonArray() }), "registers.rtmr1");
        Refused(With("registers", new JsonObject { ["rtmr1"] = new JsonArray("0xAA") }), "registers.rtmr1");
        Refused(With("registers", new JsonObject { ["rtmr 1"] = new JsonArray("0xaa") }), "registers");
        Refused(With("minimumPlatformVersions", new JsonArray(new JsonObject { ["chipFamily"] = "Genoa", ["part"] = "microcode" })), "minimumPlatformVersions[0].minimum");
        Refused(With("deniedChipFamilies", new JsonArray("milan ")), "deniedChipFamilies");
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
