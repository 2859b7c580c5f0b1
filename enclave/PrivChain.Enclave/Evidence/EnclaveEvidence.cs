using PrivChain.Attestation;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Sources;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Enclave.Evidence;

/// <summary>Evidence of this program, and the appraisal of workers, under one genesis. A worker must run this very program: broker and worker are one build.</summary>
internal sealed class EnclaveEvidence : IEnclaveEvidence
{
    /// <summary>Security version of this program: raised when a fault is mended that could have leaked.</summary>
    public const ushort SecurityVersion = 1;

    // A worker asks at once after its evidence was made.
    private const uint MaxAgeSeconds = 300;

    private readonly IEvidenceSource _source;
    private readonly ICollateralProvider _collateral;
    private readonly Digest _ledgerId;
    private readonly RootSet _roots;
    private readonly AppraisalPolicy _policy;
    private readonly VerifiedSignatures _verified = new();
    private readonly TimeProvider _time;

    /// <param name="source">Makes this program's evidence.</param>
    /// <param name="collateral">Gives what vendors say about it.</param>
    /// <param name="genesis">Roots and floor.</param>
    /// <param name="time">The clock.</param>
    public EnclaveEvidence(IEvidenceSource source, ICollateralProvider collateral, Genesis genesis, TimeProvider time)
    {
        _source = source;
        _collateral = collateral;
        _ledgerId = genesis.LedgerId;
        _roots = new RootSet(genesis.EvidenceRoots);
        _time = time;
        Measurement = EnclaveMeasurement.DigestOf(source.Program.Span);
        _policy = AppraisalPolicy.Strict(source.Kind, source.Measurement.Span) with
        {
            // Whether simulated evidence is good enough is the contract's to say: the rules ask it for each release, by name.
            AcceptSimulated = true,
            MinimumSvn = (uint)genesis.MinimumSvn,
            MaxAgeSeconds = MaxAgeSeconds,
            MaxFutureSeconds = 60,

            // Every cloud's SEV-SNP guests have it; other modes that weaken evidence stay refused.
            AcceptedConditions = new HashSet<string> { EvidenceCondition.SmtAllowed },

            // Recorded evidence was made for no nonce; it binds keys that were new when the ledger recorded them.
            RequireNonce = false,
        };
    }

    /// <inheritdoc/>
    public Digest Measurement { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// With the collateral that there is for it, so that who has nothing but the trail can verify it in ten years. Where there is none, or nobody to give it, it goes bare: a verifier without collateral of its own refuses it by that name.
    /// </remarks>
    public async ValueTask<byte[]> ProduceAsync(EnclaveRole role, AccountAddress account, HpkePublicKey key, ReadOnlyMemory<byte> nonce, CancellationToken cancellation)
    {
        var envelope = await _source.GetEvidenceAsync(Binding(role, account, key, nonce.Span).Value(EnclaveClaims.ReportDataSize), cancellation).ConfigureAwait(false);
        var parsed = ReceivedEvidence.Parse(envelope);
        if (!parsed.Accepted || parsed.Value.CollateralRequest is not { } request)
        {
            return envelope;
        }

        try
        {
            return new EndorsedEvidence(envelope, await _collateral.GetAsync(request, cancellation).ConfigureAwait(false)).ToArray();
        }
        catch (RefusalException exception) when (exception.Reason is RefusalReason.Unavailable or RefusalReason.Deadline or RefusalReason.Overloaded or RefusalReason.StorageFailed)
        {
            return envelope;
        }
    }

    /// <inheritdoc/>
    public Verdict<AppraisedEvidence> AppraiseWorker(ReadOnlySpan<byte> evidence, AccountAddress account, HpkePublicKey key)
    {
        if (!EndorsedEvidence.TryParse(evidence, out var endorsed))
        {
            return Verdict<AppraisedEvidence>.Refuse(RefusalReason.Malformed, "collateral");
        }

        var result = EvidenceVerifier.Verify(
            endorsed.Envelope,
            new AuthenticationContext(_roots, endorsed.Collateral, _time.GetUtcNow(), _verified),
            _policy,
            ExpectedBinding.Session(Binding(EnclaveRole.Worker, account, key, [])));
        if (!result.Accepted)
        {
            return Verdict<AppraisedEvidence>.Refuse((RefusalReason)result.Fault.Reason, result.Fault.Field);
        }

        // The policy knows the first stage; all that was measured above it has to be the same, too.
        var measurement = EnclaveMeasurement.DigestOf(result.Enclave.Claims.Program.Span);
        return measurement == Measurement
            ? new AppraisedEvidence(result.Enclave.Claims.Kind, measurement)
            : Verdict<AppraisedEvidence>.Refuse(RefusalReason.MeasurementNotAccepted, "program");
    }

    private SessionBinding Binding(EnclaveRole role, AccountAddress account, HpkePublicKey key, ReadOnlySpan<byte> nonce) =>
        new(_ledgerId.ToArray(), role == EnclaveRole.Broker ? SessionBinding.Broker : SessionBinding.Worker, key.ToArray(), account.ToArray(), nonce);
}
