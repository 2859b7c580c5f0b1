using System.Diagnostics;
using System.Globalization;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Vectors;

/// <summary>One genuine piece of evidence of each kind, to be verified from its bytes to a verdict, over and over, by whoever measures.</summary>
internal static class EvidenceOfEachKind
{
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _measured = TimeSpan.FromSeconds(2);

    /// <summary>The first valid case of each kind.</summary>
    public static IReadOnlyList<CaseInput> In(IEnumerable<AttestationCase> cases) =>
        [.. cases.Where(@case => @case.Result == "valid" && CaseJudgement.IsEvidence(@case)).Select(CaseJudgement.Input).Where(input => input.Authenticate().Accepted).DistinctBy(input => input.Received.Value!.Kind)];

    /// <summary>From the bytes on, with the strictest policy: what a node, an enclave or a browser does with evidence that arrives.</summary>
    public static void Verify(CaseInput input, VerifiedSignatures verified)
    {
        var received = ReceivedEvidence.Parse(input.Received.Value!.Kind, input.Received.Value.Parts).Value!;
        var authentic = AuthenticEvidence.Authenticate(received, input.Context with { Verified = verified }).Value!;
        var policy = AppraisalPolicy.Strict(authentic.Claims.Kind, authentic.Claims.Measurement.IsEmpty ? new byte[48] : authentic.Claims.Measurement.Span) with { RequireNonce = false, RequireSessionBinding = false };
        _ = EvidenceVerifier.Appraise(authentic, policy, input.Binding);
    }

    /// <summary>A line for each kind: its name and the median of one verification in microseconds, collateral known, measured where this runs.</summary>
    public static IEnumerable<string> Time(byte[] archive)
    {
        foreach (var input in In(CaseArchive.Read(archive)))
        {
            var verified = new VerifiedSignatures();
            var times = new List<double>();
            for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < _warmUp + _measured;)
            {
                var one = Stopwatch.GetTimestamp();
                Verify(input, verified);
                if (Stopwatch.GetElapsedTime(started) > _warmUp)
                {
                    times.Add(Stopwatch.GetElapsedTime(one).TotalMicroseconds);
                }
            }

            times.Sort();
            yield return string.Create(CultureInfo.InvariantCulture, $"{input.Received.Value!.Kind} {times[times.Count / 2]:0}");
        }
    }
}
