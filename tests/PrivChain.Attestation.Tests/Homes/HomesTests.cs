using System.Text.Json.Nodes;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Homes;

/// <summary>Same evidence, collateral, roots and time give the same verdict, reason and claims wherever the verifier runs.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class HomesTests
{
    private static string Folder => Path.GetDirectoryName(Path.GetDirectoryName(VectorFolder.Files("attestation", "cases.json")[0])!)!;

    [TestMethod]
    public void Judge_EveryCaseOfEveryFolder_GivesTheVerdictThatItExpects()
    {
        var cases = AttestationCase.Load("*");
        var wrong = cases.Select(@case => (Case: @case, Judged: CaseJudgement.Of(@case))).Where(item => !item.Case.Acceptable.Contains(item.Judged.Verdict))
            .Select(item => $"{item.Case.Topic}/{item.Case}: wanted {item.Case.Result}, given {item.Judged.Verdict}: {item.Judged.Reason}").ToList();
        Assert.IsEmpty(wrong, string.Join('\n', wrong));

        // The archive that travels to the other homes loses no case.
        Assert.HasCount(cases.Count, CaseArchive.Judge(CaseArchive.Pack(Folder)).ToList());
    }

    [TestMethod]
    public async Task Browser_EveryCase_SaysWhatIsSaidHere()
    {
        var archive = CaseArchive.Pack(Folder);
        AssertSame([.. CaseArchive.Judge(archive)], await Homes.BrowserAsync(archive));
    }

    /// <summary>Slow, since it compiles and links a program.</summary>
    [TestMethod]
    [TestCategory("Slow")]
    public async Task Native_EveryCase_SaysWhatIsSaidHere()
    {
        var archive = CaseArchive.Pack(Folder);
        AssertSame([.. CaseArchive.Judge(archive)], await Homes.NativeAsync(archive));
    }

    [TestMethod]
    public void Line_AnyClaimChanged_IsAnotherLine()
    {
        var @case = AttestationCase.Load("snp").First(item => item.Result == "valid");
        var judged = CaseJudgement.Of(@case);
        var claims = judged.Claims["claims"]!.AsObject();
        foreach (var name in claims.Select(claim => claim.Key).ToList())
        {
            var changed = judged with { Claims = judged.Claims.DeepClone().AsObject() };
            changed.Claims["claims"]![name] = JsonValue.Create("another");
            Assert.AreNotEqual(judged.Line(@case), changed.Line(@case), name);
        }
    }

    private static void AssertSame(IReadOnlyList<string> here, IReadOnlyList<string> there)
    {
        var differences = here.Zip(there).Where(pair => pair.First != pair.Second).Select(pair => $"here:  {pair.First}\nthere: {pair.Second}").ToList();
        Assert.IsEmpty(differences, string.Join('\n', differences));
        Assert.HasCount(here.Count, there);
    }
}
