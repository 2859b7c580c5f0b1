using System.Security.Cryptography;

namespace PrivChain.Attestation;

/// <summary>Step three, and all three in one call.</summary>
public static class EvidenceVerifier
{
    /// <summary>Parses, authenticates and appraises.</summary>
    /// <param name="evidence">The bytes as received.</param>
    /// <param name="roots">The roots the caller trusts.</param>
    /// <param name="policy">What is accepted; silence refuses.</param>
    /// <param name="reportData">What the evidence must bind, 64 bytes (<see cref="SessionBinding.ReportData"/>).</param>
    /// <param name="now">Unix milliseconds.</param>
    public static AttestationVerdict<AttestedEnclave> Verify(
        ReadOnlySpan<byte> evidence, RootSet roots, AppraisalPolicy policy, ReadOnlySpan<byte> reportData, ulong now)
    {
        var received = ReceivedEvidence.Parse(evidence);
        if (!received.Accepted)
        {
            return new AttestationVerdict<AttestedEnclave>(received.Fault);
        }

        var authentic = AuthenticEvidence.Authenticate(received.Value, roots);
        return authentic.Accepted ? Appraise(authentic.Value, policy, reportData, now) : new AttestationVerdict<AttestedEnclave>(authentic.Fault);
    }

    /// <summary>Step three: claims against the policy. The first claim that does not hold is named.</summary>
    public static AttestationVerdict<AttestedEnclave> Appraise(AuthenticEvidence evidence, AppraisalPolicy policy, ReadOnlySpan<byte> reportData, ulong now)
    {
        var claims = evidence.Claims;
        if (!policy.AcceptedKinds.Contains(claims.Kind))
        {
            return Refuse(AttestationRefusal.EvidenceNotAccepted, "kind", string.Join(", ", policy.AcceptedKinds), claims.Kind);
        }

        // A list of kinds copied from elsewhere must not let simulated evidence in by accident.
        if (claims.Kind == EvidenceKind.Simulated && !policy.AcceptSimulated)
        {
            return Refuse(AttestationRefusal.EvidenceNotAccepted, "kind", "real evidence (acceptSimulated is false)", claims.Kind);
        }

        var measurement = Convert.ToHexStringLower(claims.Measurement.Span);
        if (!policy.Measurements.Contains("0x" + measurement))
        {
            return Refuse(AttestationRefusal.MeasurementNotAccepted, "measurement", $"one of {policy.Measurements.Count}", "0x" + measurement);
        }

        if (claims.Svn < policy.MinimumSvn)
        {
            return Refuse(AttestationRefusal.TcbTooOld, "svn", $"at least {policy.MinimumSvn}", $"{claims.Svn}");
        }

        if (claims.Debug && !policy.AllowDebug)
        {
            return Refuse(AttestationRefusal.DebugEnclave, "debug", "false", "true");
        }

        if (claims.IssuedAt > now && claims.IssuedAt - now > policy.MaxFutureSeconds * 1000UL)
        {
            return Refuse(AttestationRefusal.EvidenceNotFresh, "issuedAt", $"at most {policy.MaxFutureSeconds} s ahead", $"{(claims.IssuedAt - now) / 1000} s ahead");
        }

        if (claims.IssuedAt < now && now - claims.IssuedAt > policy.MaxAgeSeconds * 1000UL)
        {
            return Refuse(AttestationRefusal.EvidenceNotFresh, "issuedAt", $"at most {policy.MaxAgeSeconds} s old", $"{(now - claims.IssuedAt) / 1000} s old");
        }

        if (!CryptographicOperations.FixedTimeEquals(claims.ReportData.Span, reportData))
        {
            return Refuse(AttestationRefusal.EvidenceNotBound, "reportData", "these keys, ledger, role and nonce", "others");
        }

        return new AttestationVerdict<AttestedEnclave>(new AttestedEnclave(claims));
    }

    /// <summary>Judges a set: how many unlike roots stand behind these enclaves. Two enclaves under one root count once; simulated evidence counts like its test root.</summary>
    public static int CountUnlikeRoots(IEnumerable<AttestedEnclave> enclaves) =>
        enclaves.Select(enclave => Convert.ToHexStringLower(enclave.Claims.RootId.Span)).Distinct(StringComparer.Ordinal).Count();

    private static AttestationVerdict<AttestedEnclave> Refuse(AttestationRefusal reason, string field, string wanted, string given) =>
        new(new AttestationFault(reason, AttestationStep.Appraise, field, wanted, given));
}
