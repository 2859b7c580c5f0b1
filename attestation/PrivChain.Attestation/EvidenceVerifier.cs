using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;

namespace PrivChain.Attestation;

/// <summary>All three steps in one call, and the judgement of sets.</summary>
public static class EvidenceVerifier
{
    /// <summary>Parses, authenticates and appraises an envelope.</summary>
    /// <param name="envelope">The bytes as received (<see cref="ReceivedEvidence.Parse(ReadOnlySpan{byte})"/>).</param>
    /// <param name="context">Roots, collateral and time.</param>
    /// <param name="policy">What is accepted; silence refuses.</param>
    /// <param name="binding">What the evidence must bind.</param>
    public static AttestationResult Verify(ReadOnlyMemory<byte> envelope, AuthenticationContext context, AppraisalPolicy policy, ExpectedBinding binding)
    {
        var received = ReceivedEvidence.Parse(envelope.Span);
        return received.Accepted ? Verify(received.Value, context, policy, binding) : new AttestationResult(envelope, context, null, null, received.Fault);
    }

    /// <summary>Authenticates and appraises parsed evidence.</summary>
    public static AttestationResult Verify(ReceivedEvidence received, AuthenticationContext context, AppraisalPolicy policy, ExpectedBinding binding)
    {
        var bytes = received.Parts.ToArray();
        var authentic = AuthenticEvidence.Authenticate(received, context);
        if (!authentic.Accepted)
        {
            return new AttestationResult(bytes, context, null, null, authentic.Fault);
        }

        var appraised = Appraise(authentic.Value, policy, binding);
        return new AttestationResult(bytes, context, authentic.Value, appraised.Value, appraised.Fault);
    }

    /// <summary>Step three: claims against the policy, at the time of authentication. The first claim that does not hold is named.</summary>
    public static AttestationVerdict<AttestedEnclave> Appraise(AuthenticEvidence evidence, AppraisalPolicy policy, ExpectedBinding binding) =>
        Appraisal.FirstFault(evidence.Claims, evidence.Context.At, policy, binding) is { } fault
            ? new AttestationVerdict<AttestedEnclave>(fault)
            : new AttestationVerdict<AttestedEnclave>(new AttestedEnclave(evidence, policy));

    /// <summary>
    /// Judges a set: how many owners (<see cref="Claims.EnclaveClaims.Owners"/>) have to fail before no enclave of it can be believed. Two Intel quotes are one; an Intel quote and a token about another Intel quote are one, too; simulated evidence
    /// counts like its test root.
    /// </summary>
    public static int CountUnlikeRoots(IEnumerable<AttestedEnclave> enclaves) => CountOwners([.. enclaves.Select(enclave => enclave.Claims.Owners)]);

    // The fewest owners of whom each enclave has one: tried by size, since there are a handful.
    internal static int CountOwners(IReadOnlyList<IReadOnlyList<string>> enclaves)
    {
        return enclaves.Count == 0 ? 0 : Enumerable.Range(1, enclaves.Count).First(count => Covers(enclaves, [], count));

        // Somebody of the first enclave's that is left has to be among them.
        static bool Covers(IEnumerable<IReadOnlyList<string>> left, IReadOnlyList<string> failed, int more) =>
            left.FirstOrDefault(owners => !owners.Any(failed.Contains)) is not { } next || (more > 0 && next.Any(owner => Covers(left, [.. failed, owner], more - 1)));
    }

    /// <summary>Judges a set against a policy: null when it has enough unlike roots.</summary>
    public static AttestationFault? JudgeSet(IReadOnlyCollection<AttestedEnclave> enclaves, AppraisalPolicy policy) =>
        CountUnlikeRoots(enclaves) is var count && count >= policy.UnlikeRoots
            ? null
            : AttestationFault.Appraise(AttestationRefusal.TooFewRoots, "unlikeRoots", $"at least {policy.UnlikeRoots}", $"{count} over {enclaves.Count} enclaves");
}
