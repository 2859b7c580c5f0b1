using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;

namespace PrivChain.Attestation.Policies;

/// <summary>Authentic claims against a policy. Order: kind, mode, status, what runs, where, freshness, binding.</summary>
internal static class Appraisal
{
    public static AttestationFault? FirstFault(EnclaveClaims claims, DateTimeOffset at, AppraisalPolicy policy, ExpectedBinding binding) =>
        Kind(claims, policy)
        ?? Mode(claims, policy)
        ?? Status(claims, policy, at)
        ?? Program(claims, policy)
        ?? Place(claims, policy)
        ?? Freshness(claims, policy, binding, at)
        ?? Binding(claims, policy, binding);

    private static AttestationFault? Kind(EnclaveClaims claims, AppraisalPolicy policy)
    {
        if (!policy.AcceptedKinds.Contains(claims.Kind))
        {
            return Fault(AttestationRefusal.EvidenceNotAccepted, "kind", string.Join(", ", policy.AcceptedKinds), claims.Kind);
        }

        // A list of kinds copied from elsewhere must not let simulated evidence in by accident.
        return claims.Kind == EvidenceKind.Simulated && !policy.AcceptSimulated
            ? Fault(AttestationRefusal.EvidenceNotAccepted, "kind", "real evidence (acceptSimulated is false)", claims.Kind)
            : null;
    }

    private static AttestationFault? Mode(EnclaveClaims claims, AppraisalPolicy policy)
    {
        if (claims.Debug && !policy.AllowDebug)
        {
            return Fault(AttestationRefusal.DebugEnclave, "debug", "false", "true");
        }

        var condition = claims.Conditions.FirstOrDefault(condition => !policy.AcceptedConditions.Contains(condition));
        return condition is null ? null : Fault(AttestationRefusal.ConditionNotAccepted, "conditions", policy.AcceptedConditions.Count == 0 ? "none" : string.Join(", ", policy.AcceptedConditions), condition);
    }

    private static AttestationFault? Status(EnclaveClaims claims, AppraisalPolicy policy, DateTimeOffset at)
    {
        var tcb = claims.Tcb;
        if (tcb.Status == TcbStatus.NotChecked)
        {
            return Fault(AttestationRefusal.MissingCollateral, "tcb", "collateral that says the status", "none");
        }

        if (tcb.Status > policy.MinimumTcb)
        {
            return Fault(AttestationRefusal.TcbStatusNotAccepted, "tcb.status", $"{policy.MinimumTcb} or better", tcb.Status.ToString());
        }

        if (tcb.Status is not (TcbStatus.NotApplicable or TcbStatus.UpToDate)
            && tcb.Advisories.FirstOrDefault(advisory => !policy.AdvisoryExceptions.Any(exception => exception.Id == advisory && at <= exception.Until)) is { } open)
        {
            return Fault(AttestationRefusal.AdvisoryNotAccepted, "tcb.advisories", "advisories with an exception in force", open);
        }

        if (policy.MinimumPlatformVersions.FirstOrDefault(floor => string.Equals(floor.ChipFamily, claims.ChipFamily, StringComparison.OrdinalIgnoreCase)
            && !(claims.PlatformVersions.TryGetValue(floor.Part, out var version) && version >= floor.Minimum)) is { } broken)
        {
            return Fault(AttestationRefusal.TcbTooOld, $"platformVersions.{broken.Part}", $"at least {broken.Minimum} on {broken.ChipFamily}", claims.PlatformVersions.TryGetValue(broken.Part, out var given) ? $"{given}" : "none");
        }

        if (policy.RequireCrl && !claims.RevocationChecked)
        {
            return Fault(AttestationRefusal.MissingCollateral, "revocation", "a revocation list of every issuer", "not all of them");
        }

        if (tcb.EvaluationNumber is { } number && number < policy.MinimumTcbEvaluation)
        {
            return Fault(AttestationRefusal.CollateralTooOld, "tcb.evaluationNumber", $"at least {policy.MinimumTcbEvaluation}", $"{number}");
        }

        return tcb.IssuedAt is { } issued && at - issued > TimeSpan.FromSeconds(policy.MaxCollateralAgeSeconds)
            ? Fault(AttestationRefusal.CollateralTooOld, "tcb.issuedAt", $"at most {policy.MaxCollateralAgeSeconds} s old", $"{issued:u}")
            : null;
    }

    private static AttestationFault? Program(EnclaveClaims claims, AppraisalPolicy policy)
    {
        var measurement = AppraisalPolicy.Hex(claims.Measurement.Span);
        if (!policy.Measurements.Contains(measurement))
        {
            var signer = claims.Signer.Length == 0 ? "none" : AppraisalPolicy.Hex(claims.Signer.Span);
            var rule = policy.Signers.FirstOrDefault(rule => rule.Signer == signer && rule.ProductId == claims.ProductId);
            if (rule is null)
            {
                return Fault(AttestationRefusal.MeasurementNotAccepted, "measurement", $"one of {policy.Measurements.Count} measurements or {policy.Signers.Count} signers", $"{measurement}, signer {signer}");
            }

            if ((claims.Svn ?? 0) < rule.MinimumSvn)
            {
                return Fault(AttestationRefusal.TcbTooOld, "svn", $"at least {rule.MinimumSvn} of this signer", $"{claims.Svn}");
            }
        }

        foreach (var (name, accepted) in policy.Registers)
        {
            var values = claims.Measurements.Where(value => value.Name == name).Select(value => AppraisalPolicy.Hex(value.Value.Span)).ToList();
            if (values.Count == 0 || values.Exists(value => !accepted.Contains(value)))
            {
                return Fault(AttestationRefusal.MeasurementNotAccepted, $"registers.{name}", $"one of {accepted.Count} values", values.Count == 0 ? "no such register" : string.Join(", ", values));
            }
        }

        return (claims.Svn ?? 0) < policy.MinimumSvn ? Fault(AttestationRefusal.TcbTooOld, "svn", $"at least {policy.MinimumSvn}", claims.Svn is { } svn ? $"{svn}" : "none") : null;
    }

    private static AttestationFault? Place(EnclaveClaims claims, AppraisalPolicy policy)
    {
        // A token about a chip that does not say which: it may be one of those.
        if (claims.Tee == "sev-snp" && claims.ChipFamily.Length == 0 && policy.DeniedChipFamilies.Count > 0)
        {
            return Fault(AttestationRefusal.PlatformNotAccepted, "chipFamily", "a family that is not denied", "not stated");
        }

        if (policy.DeniedChipFamilies.Contains(claims.ChipFamily))
        {
            return Fault(AttestationRefusal.PlatformNotAccepted, "chipFamily", "a family that is not denied", claims.ChipFamily);
        }

        var id = AppraisalPolicy.Hex(claims.HardwareId.Span);
        return policy.HardwareIds is { } accepted && !accepted.Contains(id) ? Fault(AttestationRefusal.PlatformNotAccepted, "hardwareId", $"one of {accepted.Count}", id) : null;
    }

    private static AttestationFault? Freshness(EnclaveClaims claims, AppraisalPolicy policy, ExpectedBinding binding, DateTimeOffset at)
    {
        if (claims.IssuedAt is { } issued)
        {
            if (issued - at > TimeSpan.FromSeconds(policy.MaxFutureSeconds))
            {
                return Fault(AttestationRefusal.EvidenceNotFresh, "issuedAt", $"at most {policy.MaxFutureSeconds} s ahead", $"{(issued - at).TotalSeconds:F0} s ahead");
            }

            if (at - issued > TimeSpan.FromSeconds(policy.MaxAgeSeconds))
            {
                return Fault(AttestationRefusal.EvidenceNotFresh, "issuedAt", $"at most {policy.MaxAgeSeconds} s old", $"{(at - issued).TotalSeconds:F0} s old");
            }
        }

        return policy.RequireNonce && !binding.HasNonce ? Fault(AttestationRefusal.EvidenceNotFresh, "nonce", "a nonce of the asker", "none was asked for") : null;
    }

    private static AttestationFault? Binding(EnclaveClaims claims, AppraisalPolicy policy, ExpectedBinding binding) =>
        policy.RequireSessionBinding && !binding.BindsSession
            ? Fault(AttestationRefusal.EvidenceNotBound, "reportData", "session keys of the asker's choice", "none were asked for")
            : binding.Check(claims);

    private static AttestationFault Fault(AttestationRefusal reason, string field, string wanted, string given) => AttestationFault.Appraise(reason, field, wanted, given);
}
