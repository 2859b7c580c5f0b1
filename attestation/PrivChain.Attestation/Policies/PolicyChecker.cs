using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;

namespace PrivChain.Attestation.Policies;

/// <summary>Reads a policy with a critical eye: everything that makes it useless, contradictory or looser than most callers want, at once. It changes no verdict.</summary>
public static class PolicyChecker
{
    private const uint DaySeconds = 86_400;
    private const uint LongFutureSeconds = 300;
    private const uint LongCollateralSeconds = 90 * DaySeconds;
    private const int LongExceptionDays = 366;
    private const int FmspcDigits = 12;

    // Kinds whose roots all belong to one owner: more owners than these can show, no set of such evidence has (RootIdentity.Owner).
    private static readonly Dictionary<string, string> _owners = new(StringComparer.Ordinal)
    {
        [EvidenceKind.Sgx] = RootKind.Intel, [EvidenceKind.Tdx] = RootKind.Intel, [EvidenceKind.AzureTdx] = RootKind.Intel, [EvidenceKind.OpenEnclave] = RootKind.Intel,
        [EvidenceKind.SevSnp] = RootKind.Amd, [EvidenceKind.AzureSevSnp] = RootKind.Amd, [EvidenceKind.Nitro] = RootKind.Nitro, [EvidenceKind.NvidiaGpu] = RootKind.Nvidia, [EvidenceKind.Maa] = RootKind.Maa,
    };

    // Kinds whose measurement covers the first stage alone, and what that is.
    private static readonly Dictionary<string, string> _firstStages = new(StringComparer.Ordinal)
    {
        [EvidenceKind.Tdx] = "the guest's firmware", [EvidenceKind.AzureTdx] = "Azure's paravisor", [EvidenceKind.AzureSevSnp] = "Azure's paravisor", [EvidenceKind.Cca] = "the realm's first image",
    };

    // Names of AMD's lines, and Intel's FMSPC: other texts deny nobody.
    private static readonly HashSet<string> _amdFamilies = new(StringComparer.OrdinalIgnoreCase) { "Milan", "Genoa", "Turin" };

    /// <summary>Every finding about a file, in the order of its members. Faults of form come alone, since nothing else can be said then.</summary>
    /// <param name="text">The file.</param>
    /// <param name="at">The time that expiry dates are compared with.</param>
    public static IReadOnlyList<PolicyFinding> CheckText(ReadOnlyMemory<byte> text, DateTimeOffset at)
    {
        var policy = AppraisalPolicy.Read(text, out var faults);
        return policy is null ? faults : CheckPolicy(policy, at);
    }

    /// <summary>Every finding about a policy, in the order of its members.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="at">The time that expiry dates are compared with.</param>
    public static IReadOnlyList<PolicyFinding> CheckPolicy(AppraisalPolicy policy, DateTimeOffset at) =>
        [.. Kinds(policy), .. Programs(policy), .. Status(policy, at), .. Modes(policy), .. Places(policy), .. Times(policy), .. Bindings(policy)];

    private static IEnumerable<PolicyFinding> Kinds(AppraisalPolicy policy)
    {
        var namesSimulated = policy.AcceptedKinds.Contains(EvidenceKind.Simulated);
        if (policy.AcceptedKinds.Count == 0)
        {
            yield return Error("acceptedKinds", "is empty, so nothing is accepted", "name the kinds of evidence that you want");
        }

        if (namesSimulated && !policy.AcceptSimulated)
        {
            yield return policy.AcceptedKinds.Count == 1
                ? Error("acceptedKinds", "names only simulated evidence, which acceptSimulated refuses, so nothing is accepted", "name a kind of real evidence")
                : Warning("acceptedKinds", "names simulated evidence, which acceptSimulated refuses", "take it off the list");
        }

        if (namesSimulated && policy.AcceptSimulated)
        {
            yield return policy.AcceptedKinds.Count > 1
                ? Warning("acceptedKinds", "names simulated evidence beside real: whoever holds a file can pass for hardware", "use a policy of its own for tests")
                : Warning("acceptSimulated", "is true: such evidence proves nothing about hardware", "use this policy in tests and demonstrations only");
        }

        if (policy.AcceptSimulated && !namesSimulated)
        {
            yield return Warning("acceptSimulated", "is true although acceptedKinds does not name simulated evidence", "set it to false");
        }
    }

    private static IEnumerable<PolicyFinding> Programs(AppraisalPolicy policy)
    {
        if (policy.Measurements.Count == 0 && policy.Signers.Count == 0)
        {
            yield return Error("measurements", "is empty and so is signers, so no program is accepted", "name the measurement of a program, or its signer");
        }

        if (policy.Measurements.Any(measurement => !measurement.AsSpan(2).ContainsAnyExcept('0')))
        {
            yield return Warning("measurements", "has one of zeros only, which is what debug mode and unmeasured machines show", "take it off the list");
        }

        foreach (var (kind, above) in _firstStages.Where(stage => policy.AcceptedKinds.Contains(stage.Key) && policy.Registers.Count == 0))
        {
            yield return Warning("registers", $"is empty, and the measurement of {kind} is of {above}: whatever starts above it is accepted", "name the registers that cover what you run, as attest policy new does");
        }

        for (var i = 0; i < policy.Signers.Count; i++)
        {
            if (policy.Signers[i].MinimumSvn == 0)
            {
                yield return Warning($"signers[{i}].minimumSvn", "is 0: every version this signer ever signed is accepted, those with known holes too", "name the lowest version that is good");
            }
        }
    }

    private static IEnumerable<PolicyFinding> Status(AppraisalPolicy policy, DateTimeOffset at)
    {
        if (policy.MinimumTcb is not (>= TcbStatus.UpToDate and <= TcbStatus.OutOfDateConfigurationNeeded))
        {
            yield return Error("minimumTcb", $"is {policy.MinimumTcb}, which no file may say", "choose one from UpToDate to OutOfDateConfigurationNeeded");
        }
        else if (policy.MinimumTcb >= TcbStatus.OutOfDate)
        {
            yield return Warning("minimumTcb", $"is {policy.MinimumTcb}: machines with known holes are accepted", "ask for an update of the machine, and UpToDate here");
        }
        else if (policy.MinimumTcb > TcbStatus.UpToDate)
        {
            yield return Note("minimumTcb", $"is {policy.MinimumTcb}", "see that advisoryExceptions names only what your program is built against");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < policy.AdvisoryExceptions.Count; i++)
        {
            var (id, until) = policy.AdvisoryExceptions[i];
            var field = $"advisoryExceptions[{i}]";
            if (!ids.Add(id))
            {
                yield return Warning(field, $"names {id} a second time, and the later day counts", "keep one");
            }

            if (until < at)
            {
                yield return Warning(field, $"for {id} ended on {until.UtcDateTime:yyyy-MM-dd}", "take it off the list, or decide anew until when it holds");
            }
            else if (until - at > TimeSpan.FromDays(LongExceptionDays))
            {
                yield return Warning(field, $"for {id} holds for more than a year", "choose a nearer day and decide again then");
            }
        }

        if ((policy.AcceptedKinds.Contains(EvidenceKind.SevSnp) || policy.AcceptedKinds.Contains(EvidenceKind.AzureSevSnp)) && policy.MinimumPlatformVersions.Count == 0)
        {
            yield return Warning("minimumPlatformVersions", "is empty: SEV-SNP has no status, so firmware with known holes is accepted", "name the versions that AMD's bulletins ask for, for each line of processors");
        }

        if (policy.AdvisoryExceptions.Count > 0 && policy.MinimumTcb == TcbStatus.UpToDate)
        {
            yield return Warning("advisoryExceptions", "does nothing, since minimumTcb accepts only machines without open advisories", "empty it");
        }
    }

    private static IEnumerable<PolicyFinding> Modes(AppraisalPolicy policy)
    {
        if (policy.AllowDebug)
        {
            yield return Warning("allowDebug", "is true: whoever runs the machine can read everything inside", "set it to false outside of tests");
        }

        foreach (var condition in policy.AcceptedConditions.Order(StringComparer.Ordinal))
        {
            yield return condition == EvidenceCondition.SmtAllowed
                ? Note("acceptedConditions", $"has {condition}: programs beside the guest share its processor cores", "keep it where your cloud offers nothing else")
                : Warning("acceptedConditions", $"has {condition}", "see in the list of conditions what it gives away, and whether you need it");
        }

        if (policy.AcceptedKinds.Contains(EvidenceKind.SevSnp) && !policy.AcceptedConditions.Contains(EvidenceCondition.SmtAllowed))
        {
            yield return Note("acceptedConditions", $"lacks {EvidenceCondition.SmtAllowed}, which guests in almost every cloud show", "expect refusals there");
        }
    }

    private static IEnumerable<PolicyFinding> Places(AppraisalPolicy policy)
    {
        if ((policy.AcceptedKinds.Contains(EvidenceKind.SevSnp) || policy.AcceptedKinds.Contains(EvidenceKind.AzureSevSnp)) && !policy.DeniedChipFamilies.Contains("Milan"))
        {
            yield return Warning("deniedChipFamilies", "lacks Milan, whose root keys can be extracted in software since 2026", "add it, unless you know where each machine stands");
        }

        foreach (var family in policy.DeniedChipFamilies.Where(family => !_amdFamilies.Contains(family) && !(family.Length == FmspcDigits && family.All(char.IsAsciiHexDigit))).Order(StringComparer.Ordinal))
        {
            yield return Warning("deniedChipFamilies", $"has {family}, which is neither a line of AMD's nor an FMSPC of Intel's", "see that evidence names the family so (attest verify shows it), or nothing is denied");
        }

        if (policy.AcceptedKinds.Contains(EvidenceKind.Maa) && policy.DeniedChipFamilies.Count > 0)
        {
            yield return Note("deniedChipFamilies", "refuses every token about SEV-SNP, since tokens do not name the chip", "empty it in a policy for such tokens, and know that they may be about any chip");
        }

        if (policy.HardwareIds is { Count: 0 })
        {
            yield return Error("hardwareIds", "is empty, so no machine is accepted", "name machines, or write the word any");
        }
        else if (policy.HardwareIds is null)
        {
            yield return Note("hardwareIds", "accepts any machine: evidence says what runs, not in whose hands", "name machines where you know them");
        }
    }

    private static IEnumerable<PolicyFinding> Times(AppraisalPolicy policy)
    {
        if (policy.MaxAgeSeconds > DaySeconds)
        {
            yield return Warning("maxAgeSeconds", "is more than a day: what ran then may not run now", "choose minutes");
        }

        if (policy.MaxFutureSeconds > LongFutureSeconds)
        {
            yield return Warning("maxFutureSeconds", "is more than five minutes, more than clocks differ", "choose seconds");
        }

        if (policy.MaxCollateralAgeSeconds > LongCollateralSeconds && policy.AcceptedKinds.Any(EvidenceKind.IsIntel))
        {
            yield return Warning("maxCollateralAgeSeconds", "is more than 90 days: what Intel found out about platforms since is not seen", "choose 30 days or less");
        }

        if (policy.MinimumTcbEvaluation == 0 && policy.AcceptedKinds.Any(EvidenceKind.IsIntel))
        {
            yield return Note("minimumTcbEvaluation", "is 0: an older file of Intel's that has not ended yet can hide what a newer one says", "name the highest number that you have seen");
        }

        if (policy.RequireCrl && policy.AcceptedKinds.Contains(EvidenceKind.Nitro))
        {
            yield return policy.AcceptedKinds.Count == 1
                ? Error("requireCrl", "is true, but AWS has no lists for Nitro's certificates, so nothing is accepted", "set it to false: these certificates live three hours")
                : Warning("requireCrl", "is true, but AWS has no lists for Nitro's certificates, so no such document is accepted", "use a policy of its own for Nitro");
        }

        if (!policy.RequireCrl && !policy.AcceptedKinds.SetEquals([EvidenceKind.Nitro]))
        {
            yield return Warning("requireCrl", "is false: certificates that were revoked are accepted", "set it to true, and fetch revocation lists");
        }
    }

    private static IEnumerable<PolicyFinding> Bindings(AppraisalPolicy policy)
    {
        if (!policy.RequireNonce)
        {
            yield return Warning("requireNonce", "is false: evidence that somebody recorded earlier can be shown again", "set it to true unless the evidence was recorded on purpose");
        }

        if (!policy.RequireSessionBinding)
        {
            yield return Warning("requireSessionBinding", "is false: evidence of one machine can be shown by another", "set it to true where secrets are sent");
        }

        if (policy.UnlikeRoots < 1)
        {
            yield return Error("unlikeRoots", "is below 1, which no file may say", "choose 1 or more");
        }
        else if (policy.AcceptedKinds.Count > 0 && policy.AcceptedKinds.All(_owners.ContainsKey) && policy.AcceptedKinds.Select(kind => _owners[kind]).Distinct().Count() is var most && most < policy.UnlikeRoots)
        {
            yield return Error("unlikeRoots", $"is {policy.UnlikeRoots}, but the accepted kinds have {most} at most, so no set is accepted", "accept kinds of other vendors, or ask for fewer");
        }
    }

    private static PolicyFinding Error(string field, string what, string remedy) => new(PolicySeverity.Error, field, what, remedy);

    private static PolicyFinding Warning(string field, string what, string remedy) => new(PolicySeverity.Warning, field, what, remedy);

    private static PolicyFinding Note(string field, string what, string remedy) => new(PolicySeverity.Note, field, what, remedy);
}
