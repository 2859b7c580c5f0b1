using PrivChain.Attestation;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Evidence;

/// <summary>
/// The one place where a client judges an enclave: roots and security floor from the pinned genesis, measurements from the verified ledger, keys and nonce from the conversation.
/// </summary>
/// <param name="genesis">The pinned genesis.</param>
/// <param name="acceptSimulated">True to accept evidence that proves nothing about hardware. Default of every client: false.</param>
/// <param name="collateral">Vendors' collateral that the client got itself; it counts instead of items that came along with the evidence. Null for none.</param>
public sealed class EnclaveAppraisal(Genesis genesis, bool acceptSimulated, CollateralSet? collateral = null)
{
    /// <summary>Greatest age, in seconds, of evidence made for a nonce of ours.</summary>
    public const uint FreshSeconds = 120;

    private readonly RootSet _roots = new(genesis.EvidenceRoots);
    private readonly Digest _ledgerId = genesis.LedgerId;
    private readonly VerifiedSignatures _verified = new();

    /// <summary>Judges evidence against the measurements that the ledger has enrolled.</summary>
    /// <param name="ledger">State of the verified ledger.</param>
    /// <param name="role"><see cref="SessionBinding.Broker"/> or <see cref="SessionBinding.Worker"/>.</param>
    /// <param name="key">The enclave's HPKE key.</param>
    /// <param name="account">The enclave's account.</param>
    /// <param name="nonce">The nonce asked for, or empty for recorded evidence.</param>
    /// <param name="evidence">The evidence.</param>
    /// <param name="at">Unix ms at which it has to hold.</param>
    /// <param name="maxAgeSeconds">Greatest age then.</param>
    public Verdict<AttestedEnclave> Appraise(
        LedgerState ledger,
        string role,
        HpkePublicKey key,
        AccountAddress account,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> evidence,
        ulong at,
        uint maxAgeSeconds) =>
        Appraise(measurement => ledger.Holds(LedgerRole.Measurement, AccountAddress.Zero, measurement, at), role, key, account, nonce, evidence, at, maxAgeSeconds);

    /// <summary>Judges evidence against a measurement that was proved in another way.</summary>
    /// <param name="isEnrolled">Whether the digest of a measurement is enrolled.</param>
    /// <param name="role">As above.</param>
    /// <param name="key">As above.</param>
    /// <param name="account">As above.</param>
    /// <param name="nonce">As above.</param>
    /// <param name="evidence">As above.</param>
    /// <param name="at">As above.</param>
    /// <param name="maxAgeSeconds">As above.</param>
    public Verdict<AttestedEnclave> Appraise(
        Func<Digest, bool> isEnrolled,
        string role,
        HpkePublicKey key,
        AccountAddress account,
        ReadOnlySpan<byte> nonce,
        ReadOnlySpan<byte> evidence,
        ulong at,
        uint maxAgeSeconds)
    {
        if (!EndorsedEvidence.TryParse(evidence, out var endorsed))
        {
            return new Refusal(RefusalReason.Malformed, "Parse, collateral: wanted named items in order, given something else");
        }

        var received = ReceivedEvidence.Parse(endorsed.Envelope.Span);
        if (!received.Accepted)
        {
            return Refuse(received.Fault);
        }

        var authentic = AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(_roots, endorsed.Collateral.With(collateral ?? CollateralSet.Empty), AttestationTime.FromUnixMilliseconds(at), _verified));
        if (!authentic.Accepted)
        {
            return Refuse(authentic.Fault);
        }

        var claims = authentic.Value.Claims;
        var policy = AppraisalPolicy.Strict(claims.Kind, claims.Measurement.Span) with
        {
            AcceptSimulated = acceptSimulated,
            MinimumSvn = (uint)genesis.MinimumSvn,
            MaxAgeSeconds = maxAgeSeconds,

            // Every cloud's SEV-SNP guests have it; other modes that weaken evidence stay refused.
            AcceptedConditions = new HashSet<string> { EvidenceCondition.SmtAllowed },

            // Recorded evidence was made for no nonce; it binds keys that were new when the ledger recorded them.
            RequireNonce = !nonce.IsEmpty,
        };

        // The ledger enrols digests: what was measured, registers above the first stage included, is on the list when its digest is enrolled.
        if (!isEnrolled(EnclaveMeasurement.DigestOf(claims.Program.Span)))
        {
            policy = policy with { Measurements = new HashSet<string>() };
        }

        var binding = ExpectedBinding.Session(new SessionBinding(_ledgerId.ToArray(), role, key.ToArray(), account.ToArray(), nonce));
        var appraised = EvidenceVerifier.Appraise(authentic.Value, policy, binding);
        return appraised.Accepted ? appraised.Value : Refuse(appraised.Fault);
    }

    private static Verdict<AttestedEnclave> Refuse(AttestationFault fault) =>
        new Refusal((RefusalReason)(int)fault.Reason, $"{fault.Step}, {fault.Field}: wanted {fault.Wanted}, given {fault.Given}");
}
