using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Eat;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class EatVectorTests
{
    private static readonly HashSet<string> _elsewhere = new(StringComparer.Ordinal);

    private static IEnumerable<AttestationCase> Genuine => AttestationCase.Load("eat").Where(item => item.Result.StartsWith("valid", StringComparison.Ordinal));

    [TestMethod]
    public void Authenticate_EveryCase_GivesTheExpectedVerdictAndValues()
    {
        var cases = AttestationCase.Load("eat");
        Assert.IsNotEmpty(cases);
        var failures = new List<string>();
        foreach (var item in cases)
        {
            var nonce = item.Text("challenge") is { Length: > 0 } hex ? Convert.FromHexString(hex) : null;
            var trial = TokenTrial.Of(EatCase.Parse(item), EatCase.Context(item), nonce);
            if (!item.Acceptable.Contains(trial.Verdict))
            {
                failures.Add($"{item}: wanted {item.Result}, given {trial.Verdict}: {trial.Fault}");
            }

            if (item.Result.StartsWith("valid", StringComparison.Ordinal) || item.Result == "parse_only")
            {
                failures.AddRange(item.Differences(trial.Authentic?.Fields ?? trial.Received?.Fields ?? [], _elsewhere));
            }
        }

        Assert.IsEmpty(failures, string.Join('\n', failures));
    }

    [TestMethod]
    public void Authenticate_EveryFlippedBit_IsRefusedOrShownInAFieldThatNobodySigned()
    {
        foreach (var item in Genuine)
        {
            var kind = EatCase.Parse(item).Value!.Kind;
            var bytes = item.Bytes("evidence");
            var survivors = TokenTrial.Flip(kind, bytes, EatCase.Context(item), step: 5);

            // Only the unprotected header of a COSE message is unsigned: there a key id may change, which chooses nothing.
            var keyId = TokenTrial.Of(EatCase.Parse(item), EatCase.Context(item)).Fields.TryGetValue("kid", out var value) && value is not null ? Convert.FromHexString(value.GetValue<string>()) : [];
            var start = keyId.Length == 0 ? -1 : bytes.AsSpan().IndexOf(keyId);
            Assert.IsTrue(survivors.All(place => place >= start - 2 && place < start + keyId.Length), $"{item}: {string.Join(", ", survivors)}");
        }
    }

    [TestMethod]
    public void Parse_OtherLengths_AreRefused()
    {
        foreach (var item in Genuine)
        {
            TokenTrial.RefusesOtherLengths(EatCase.Parse(item).Value!.Kind, item.Bytes("evidence"), EatCase.Context(item));
        }
    }
}
