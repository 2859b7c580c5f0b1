using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Homes;

/// <summary>A verifier that runs for months: the same work takes the same memory each time, and keeps none.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
[DoNotParallelize]
public sealed class RepeatedUseTests
{
    private const int Rounds = 200;

    [TestMethod]
    public void Verify_AgainAndAgain_AllocatesNoMoreAndKeepsNothing()
    {
        var inputs = AttestationCase.Load("*").Where(@case => @case.IsGenuine && CaseJudgement.IsEvidence(@case)).Select(CaseJudgement.Input)
            .Where(input => input.Authenticate().Accepted).DistinctBy(input => input.Received.Value!.Kind).ToList();
        Assert.IsGreaterThan(5, inputs.Count);
        foreach (var input in inputs)
        {
            var (kind, parts) = (input.Received.Value!.Kind, input.Received.Value.Parts);
            var verified = new VerifiedSignatures();
            for (var i = 0; i < 3; i++)
            {
                Verify();
            }

            var facts = verified.Count;
            var early = Allocated(Verify);
            var held = GC.GetTotalMemory(forceFullCollection: true);
            for (var i = 0; i < Rounds; i++)
            {
                Verify();
            }

            var late = Allocated(Verify);

            // Other threads of the runtime keep a little beside ours; a message kept for each verification would be many times that.
            Assert.IsLessThan(held + (64 * 1024), GC.GetTotalMemory(forceFullCollection: true), $"{kind}: kept");
            Assert.IsLessThan(early + (early / 20) + 4096, late, $"{kind}: bytes for one verification");
            Assert.AreEqual(facts, verified.Count, $"{kind}: facts");

            void Verify() =>
                Assert.IsTrue(AuthenticEvidence.Authenticate(ReceivedEvidence.Parse(kind, parts).Value!, input.Context with { Verified = verified }).Accepted, kind);
        }
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
