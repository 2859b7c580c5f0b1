using PrivChain.Attestation;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Enclaves;

/// <summary>
/// The one place where this library judges enclaves: evidence roots and lowest security version come from the pinned genesis, measurements from the verified ledger. Debug enclaves
/// are always refused.
/// </summary>
public sealed class EnclaveAppraisal
{
    /// <summary>Greatest age, in seconds, of evidence made for a fresh nonce.</summary>
    public const uint FreshSeconds = 300;

    private const uint MaxFutureSeconds = 300;

    private readonly Genesis _genesis;
    private readonly Digest _ledgerId;
    private readonly RootSet _roots;
    private readonly TimeProvider _time;
    private readonly bool _acceptSimulated;

    /// <param name="genesis">The pinned genesis.</param>
    /// <param name="time">The clock.</param>
    /// <param name="acceptSimulatedEvidence">True to accept evidence that no hardware made.</param>
    public EnclaveAppraisal(Genesis genesis, TimeProvider time, bool acceptSimulatedEvidence = false)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        _genesis = genesis;
        _ledgerId = genesis.LedgerId;
        _roots = new RootSet(genesis.EvidenceRoots);
        _time = time;
        _acceptSimulated = acceptSimulatedEvidence;
    }

    /// <summary>Digest by which enrolments name a measurement of 48 bytes.</summary>
    public static Digest MeasurementDigest(ReadOnlySpan<byte> measurement) => Digest.Sha256(Labels.Measurement, measurement.ToArray());

    /// <summary>Judges evidence made just now for <paramref name="nonce"/>.</summary>
    /// <param name="identity">What it must bind.</param>
    /// <param name="evidence">As received.</param>
    /// <param name="nonce">The caller's own, 16 to 64 bytes.</param>
    /// <param name="isMeasurementAccepted">Whether a measurement digest is welcome: enrolled, or about to be.</param>
    public Verdict<AppraisedEnclave> AppraiseFresh(
        EnclaveIdentity identity, ReadOnlySpan<byte> evidence, ReadOnlySpan<byte> nonce, Func<Digest, bool> isMeasurementAccepted) =>
        Appraise(identity, evidence, nonce, (ulong)_time.GetUtcNow().ToUnixTimeMilliseconds(), FreshSeconds, isMeasurementAccepted);

    /// <summary>Judges evidence that a profile or session entry names: made without a nonce, at most <paramref name="maxAgeSeconds"/> before <paramref name="at"/>.</summary>
    /// <param name="identity">What it must bind.</param>
    /// <param name="evidence">As stored.</param>
    /// <param name="at">The moment to judge for, unix ms: that of the ledger entry.</param>
    /// <param name="maxAgeSeconds">Greatest age at that moment.</param>
    /// <param name="isMeasurementAccepted">Whether a measurement digest is welcome.</param>
    public Verdict<AppraisedEnclave> AppraiseRecorded(
        EnclaveIdentity identity, ReadOnlySpan<byte> evidence, ulong at, uint maxAgeSeconds, Func<Digest, bool> isMeasurementAccepted) =>
        Appraise(identity, evidence, [], at, maxAgeSeconds, isMeasurementAccepted);

    private Verdict<AppraisedEnclave> Appraise(
        EnclaveIdentity identity, ReadOnlySpan<byte> evidence, ReadOnlySpan<byte> nonce, ulong at, uint maxAgeSeconds, Func<Digest, bool> isMeasurementAccepted)
    {
        ArgumentNullException.ThrowIfNull(identity);
        ArgumentNullException.ThrowIfNull(isMeasurementAccepted);
        var received = ReceivedEvidence.Parse(evidence);
        if (!received.Accepted)
        {
            return Refusal(received.Fault);
        }

        var authentic = AuthenticEvidence.Authenticate(received.Value, _roots);
        if (!authentic.Accepted)
        {
            return Refusal(authentic.Fault);
        }

        // The ledger names measurements by digest; the policy wants the bytes. Only an accepted digest puts its bytes on the list.
        var claims = authentic.Value.Claims;
        var measurement = MeasurementDigest(claims.Measurement.Span);
        if (!isMeasurementAccepted(measurement))
        {
            return Verdict<AppraisedEnclave>.Refuse(RefusalReason.MeasurementNotAccepted, $"measurement {measurement} is not enrolled");
        }

        var policy = new AppraisalPolicy
        {
            // A root in the genesis names its kind, so whatever the roots authenticate is of a kind that the governors chose.
            AcceptedKinds = new HashSet<string>(StringComparer.Ordinal) { claims.Kind },
            AcceptSimulated = _acceptSimulated,
            Measurements = new HashSet<string>(StringComparer.Ordinal) { Hex.Encode(claims.Measurement.Span) },
            MinimumSvn = (ushort)_genesis.MinimumSvn,
            AllowDebug = false,
            MaxAgeSeconds = maxAgeSeconds,
            MaxFutureSeconds = MaxFutureSeconds,
            UnlikeRoots = 1,
        };
        var binding = SessionBinding.ReportData(
            _ledgerId.ToArray(),
            identity.Role == EnclaveRole.Broker ? SessionBinding.Broker : SessionBinding.Worker,
            identity.EncryptionKey.ToArray(),
            identity.Account.ToArray(),
            nonce);
        var appraised = EvidenceVerifier.Appraise(authentic.Value, policy, binding, at);
        return appraised.Accepted ? new AppraisedEnclave(identity, appraised.Value, measurement) : Refusal(appraised.Fault);
    }

    // The reasons share their numbers with ours, by that library's promise.
    private static Refusal Refusal(AttestationFault fault) => new((RefusalReason)(int)fault.Reason, $"{fault.Field}: wanted {fault.Wanted}, given {fault.Given}");
}
