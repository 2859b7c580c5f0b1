using PrivChain.Attestation;
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
    private readonly Digest _ledgerId;
    private readonly RootSet _roots;
    private readonly AppraisalPolicy _policy;
    private readonly TimeProvider _time;

    public EnclaveEvidence(IEvidenceSource source, Genesis genesis, TimeProvider time)
    {
        _source = source;
        _ledgerId = genesis.LedgerId;
        _roots = new RootSet(genesis.EvidenceRoots);
        _time = time;
        Measurement = EnclaveMeasurement.DigestOf(source.Measurement.Span);
        _policy = new AppraisalPolicy
        {
            AcceptedKinds = new HashSet<string>(StringComparer.Ordinal) { source.Kind },

            // Whether simulated evidence is good enough is the contract's to say: the rules ask it for each release, by name.
            AcceptSimulated = true,
            Measurements = new HashSet<string>(StringComparer.Ordinal) { Hex.Encode(source.Measurement.Span) },
            MinimumSvn = (ushort)genesis.MinimumSvn,
            AllowDebug = false,
            MaxAgeSeconds = MaxAgeSeconds,
            MaxFutureSeconds = 60,
            UnlikeRoots = 1,
        };
    }

    /// <inheritdoc/>
    public Digest Measurement { get; }

    /// <inheritdoc/>
    public ValueTask<byte[]> ProduceAsync(EnclaveRole role, AccountAddress account, HpkePublicKey key, ReadOnlyMemory<byte> nonce, CancellationToken cancellation) =>
        _source.GetEvidenceAsync(ReportData(role, account, key, nonce.Span), cancellation);

    /// <inheritdoc/>
    public Verdict<AppraisedEvidence> AppraiseWorker(ReadOnlySpan<byte> evidence, AccountAddress account, HpkePublicKey key)
    {
        var verdict = EvidenceVerifier.Verify(
            evidence, _roots, _policy, ReportData(EnclaveRole.Worker, account, key, []), (ulong)_time.GetUtcNow().ToUnixTimeMilliseconds());
        return verdict.Accepted
            ? new AppraisedEvidence(verdict.Value.Claims.Kind, EnclaveMeasurement.DigestOf(verdict.Value.Claims.Measurement.Span))
            : Verdict<AppraisedEvidence>.Refuse((RefusalReason)verdict.Fault.Reason, verdict.Fault.Field);
    }

    private byte[] ReportData(EnclaveRole role, AccountAddress account, HpkePublicKey key, ReadOnlySpan<byte> nonce) =>
        SessionBinding.ReportData(
            _ledgerId.ToArray(), role == EnclaveRole.Broker ? SessionBinding.Broker : SessionBinding.Worker, key.ToArray(), account.ToArray(), nonce);
}
