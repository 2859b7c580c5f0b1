using PrivChain.Attestation;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Evidence;
using PrivChain.Sdk.Organisations;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Governance;

/// <summary>
/// What a governor does: admit and expel. Each call is one governor's vote; it takes effect with the vote that reaches the ledger's threshold, and votes add up only over exactly the same terms:
/// agree on the dates. Every method can throw <see cref="RefusalException"/>.
/// </summary>
public sealed class GovernorClient
{
    private readonly PrivChainConnection _connection;
    private readonly Account _account;
    private readonly EntrySigner _signer;

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="account">An account that the genesis names as governor; stays the caller's.</param>
    public GovernorClient(PrivChainConnection connection, Account account)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(account);
        _connection = connection;
        _account = account;
        _signer = new EntrySigner(connection.Domain, account);
    }

    /// <summary>Votes to admit an organisation, after checking that its certificate vouches for its account where the ledger names authorities.</summary>
    /// <param name="role">Institution, issuer or regulator.</param>
    /// <param name="profile">Its public profile; stored with the node.</param>
    /// <param name="notBefore">From when, to the second.</param>
    /// <param name="notAfter">Until when, inclusive.</param>
    /// <param name="points">Points credited, for institutions.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.UntrustedRoot"/> for the certificate, <see cref="RefusalReason.BadSettings"/> for a profile that does not fit the role, or the ledger's reason.</exception>
    public async Task<ProvenEntry> EnrolOrganisationAsync(
        LedgerRole role, OrganisationProfile profile, DateTimeOffset notBefore, DateTimeOffset notAfter, uint points = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(profile);
        var now = _connection.Time.GetUtcNow();
        CertificateBinding.Verify(_connection.Genesis, profile, now, _connection.Options.Revocations, now).OrThrow();
        var subject = role switch
        {
            LedgerRole.Institution => profile.EncryptionKey.Fingerprint,
            LedgerRole.Issuer when profile.IssuerAlgorithm.Length > 0 => profile.IssuerKeyFingerprint,
            LedgerRole.Regulator => Digest.Zero,
            _ => throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"wanted an institution, a regulator, or an issuer with a record key; given {role}")),
        };
        var document = profile.ToArray();
        var entry = _signer.Enrol(role, profile.Account, subject, _connection.Domain.Suite.DigestOf(document), Seconds(notBefore), Seconds(notAfter), points);
        if (PublicDocument.Judge(entry, document, SchemaCatalog.BuiltIn) is { } refusal)
        {
            throw new RefusalException(refusal);
        }

        await _connection.PutDocumentAsync(_account, document, cancellationToken).ConfigureAwait(false);
        return await _connection.Ledger.AppendAsync(entry, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Asks the enclave at the node who it is and appraises its evidence for a fresh nonce against the genesis, but for the measurement.</summary>
    /// <exception cref="RefusalException">Why the evidence is not to be trusted.</exception>
    public async Task<EnclaveCandidate> InspectEnclaveAsync(CancellationToken cancellationToken = default)
    {
        var (account, key, evidence, nonce) = await _connection.Organisations.IdentifyBrokerAsync(cancellationToken).ConfigureAwait(false);

        // The measurement is what governors decide on: here every one passes, and the result says which it is.
        var fresh = Appraise(account, key, evidence, nonce);
        var recorded = await RecordableEvidenceAsync(account, key, fresh, cancellationToken).ConfigureAwait(false);
        return new EnclaveCandidate(
            new BrokerProfile { Account = account, EncryptionKey = key, Evidence = recorded }, fresh, EnclaveMeasurement.DigestOf(fresh.Claims.Program.Span));
    }

    /// <summary>Votes to accept a measurement of the enclave program.</summary>
    public Task<ProvenEntry> EnrolMeasurementAsync(Digest measurement, DateTimeOffset notBefore, DateTimeOffset notAfter, CancellationToken cancellationToken = default) =>
        _connection.Ledger.AppendAsync(
            _signer.Enrol(LedgerRole.Measurement, AccountAddress.Zero, measurement, Digest.Zero, Seconds(notBefore), Seconds(notAfter)), cancellationToken);

    /// <summary>Votes to accept the app with these files; the manifest is stored with the node.</summary>
    public async Task<ProvenEntry> EnrolAppAsync(AppManifest manifest, DateTimeOffset notBefore, DateTimeOffset notAfter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var document = await _connection.PutDocumentAsync(_account, manifest.Bytes, cancellationToken).ConfigureAwait(false);
        return await _connection.Ledger.AppendAsync(
            _signer.Enrol(LedgerRole.App, AccountAddress.Zero, manifest.Digest, document, Seconds(notBefore), Seconds(notAfter)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Votes to admit an inspected enclave as key broker, and says with its profile who runs it (<see cref="BrokerProfile.Operator"/>). Its measurement must be enrolled, or be enrolled by <see cref="EnrolMeasurementAsync"/> before it is used.
    /// </summary>
    public async Task<ProvenEntry> EnrolBrokerAsync(
        EnclaveCandidate candidate, DateTimeOffset notBefore, DateTimeOffset notAfter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        var profile = candidate.Profile;
        var document = await _connection.PutDocumentAsync(_account, profile.ToArray(), cancellationToken).ConfigureAwait(false);
        return await _connection.Ledger.AppendAsync(
            _signer.Enrol(LedgerRole.Broker, profile.Account, profile.EncryptionKey.Fingerprint, document, Seconds(notBefore), Seconds(notAfter)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Votes to end an enrolment that holds.</summary>
    /// <param name="role">Its role.</param>
    /// <param name="account">The account; <see cref="AccountAddress.Zero"/> for a measurement or an app.</param>
    /// <param name="subject">Its key fingerprint or measurement; null: that of the account's enrolment.</param>
    /// <param name="reason">Digest of the governors' common reason: votes over unlike reasons do not add up.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ProvenEntry> ExpelAsync(LedgerRole role, AccountAddress account, Digest? subject, Digest reason, CancellationToken cancellationToken = default)
    {
        var named = subject ?? await _connection.Ledger.ReadStateAsync(
            state => state.Enrolled(role, account, state.Time)?.Subject, cancellationToken: cancellationToken).ConfigureAwait(false)
            ?? throw new RefusalException(new Refusal(RefusalReason.UnknownReference, $"{account} is not enrolled as {role}"));
        return await _connection.Ledger.AppendAsync(_signer.Expel(role, account, named, reason), cancellationToken).ConfigureAwait(false);
    }

    // A profile's evidence outlives our nonce: it is asked for again with the ledger id for one, which everybody knows later.
    private async Task<byte[]> RecordableEvidenceAsync(AccountAddress account, HpkePublicKey key, AttestedEnclave fresh, CancellationToken cancellationToken)
    {
        var reply = await _connection.EnclaveService.IdentifyAsync(
            new Wire.IdentifyRequest { Nonce = PrivChainConnection.Bytes(_connection.LedgerId) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        if (reply.Broker is not { } broker || !broker.Account.Span.SequenceEqual(account.ToArray()) || !broker.EncryptionKey.Span.SequenceEqual(key.ToArray()))
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, "another enclave answers than a moment ago"));
        }

        var recorded = broker.Evidence.ToByteArray();
        return Appraise(account, key, recorded, _connection.LedgerId.ToArray()).Claims.Program.Span.SequenceEqual(fresh.Claims.Program.Span)
            ? recorded
            : throw new RefusalException(new Refusal(RefusalReason.MeasurementNotAccepted, "two pieces of evidence of one enclave name two measurements"));
    }

    private AttestedEnclave Appraise(AccountAddress account, HpkePublicKey key, byte[] evidence, byte[] nonce) =>
        _connection.Enclaves.Appraise(_ => true, SessionBinding.Broker, key, account, nonce, evidence, _connection.UnixMilliseconds, EnclaveAppraisal.FreshSeconds).OrThrow();

    private static ulong Seconds(DateTimeOffset time) => checked((ulong)time.ToUnixTimeSeconds());
}
