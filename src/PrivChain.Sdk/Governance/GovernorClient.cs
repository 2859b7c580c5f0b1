using PrivChain.Attestation;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Governance;

/// <summary>What a governor does: admit and expel. Each call is one governor's vote; it takes effect when as many governors as the genesis demands have signed the same document.</summary>
public sealed class GovernorClient
{
    private readonly PrivChainConnection _connection;
    private readonly Account _account;
    private readonly EntrySigner _signer;

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="account">A governor's account; stays the caller's.</param>
    public GovernorClient(PrivChainConnection connection, Account account)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(account);
        _connection = connection;
        _account = account;
        _signer = new EntrySigner(connection.Domain, account);
    }

    /// <summary>Admits an institution, issuer or regulator. Where the genesis names certificate authorities, the profile's certificate is verified first.</summary>
    /// <param name="role">Institution, issuer or regulator.</param>
    /// <param name="profile">The public profile, stored beside the enrolment.</param>
    /// <param name="notBefore">Unix seconds.</param>
    /// <param name="notAfter">Unix seconds.</param>
    /// <param name="points">Points credited; institutions only.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<ProvenEntry> EnrolOrganisationAsync(
        LedgerRole role, OrganisationProfile profile, ulong notBefore, ulong notAfter, uint points = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(profile);
        CertificateBinding.Verify(_connection.Genesis, profile, _connection.Time.GetUtcNow()).OrThrow();
        var subject = role switch
        {
            LedgerRole.Institution => profile.EncryptionKey.Fingerprint,
            LedgerRole.Issuer when profile.IssuerAlgorithm.Length > 0 => profile.IssuerKeyFingerprint,
            LedgerRole.Regulator => Digest.Zero,
            _ => throw new RefusalException(new Refusal(RefusalReason.TermsNotAllowed, $"{role}: wanted institution, regulator, or issuer with a record signing key")),
        };
        var digest = await _connection.PutDocumentAsync(_account, profile.ToArray(), cancellationToken).ConfigureAwait(false);
        return await _connection.Ledger.AppendAsync(_signer.Enrol(role, profile.Account, subject, digest, notBefore, notAfter, points), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Admits a measurement of the enclave program by its digest.</summary>
    public Task<ProvenEntry> EnrolMeasurementAsync(Digest measurement, ulong notBefore, ulong notAfter, CancellationToken cancellationToken = default) =>
        _connection.Ledger.AppendAsync(_signer.Enrol(LedgerRole.Measurement, AccountAddress.Zero, measurement, Digest.Zero, notBefore, notAfter), cancellationToken);

    /// <summary>
    /// Admits the key broker that answers at this node, after its evidence for a fresh nonce was appraised: by an enclave of this very measurement, under a root of the genesis.
    /// </summary>
    /// <exception cref="RefusalException">What the evidence lacks.</exception>
    public async Task<ProvenEntry> EnrolBrokerAsync(Digest measurement, ulong notBefore, ulong notAfter, CancellationToken cancellationToken = default)
    {
        var (account, key, evidence, nonce, recorded) = await _connection.Organisations.IdentifyBrokerAsync(cancellationToken).ConfigureAwait(false);
        _connection.Enclaves.Appraise(given => given == measurement, SessionBinding.Broker, key, account, nonce, evidence, _connection.UnixMilliseconds).OrThrow();

        // Others appraise the profile's evidence without a conversation: it has to bind no nonce.
        _connection.Enclaves.Appraise(given => given == measurement, SessionBinding.Broker, key, account, [], recorded, _connection.UnixMilliseconds).OrThrow();
        var profile = new BrokerProfile { Account = account, EncryptionKey = key, Evidence = recorded };
        var digest = await _connection.PutDocumentAsync(_account, profile.ToArray(), cancellationToken).ConfigureAwait(false);
        return await _connection.Ledger.AppendAsync(_signer.Enrol(LedgerRole.Broker, account, key.Fingerprint, digest, notBefore, notAfter), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends an enrolment; <paramref name="reason"/> is the digest of a text kept elsewhere.</summary>
    public Task<ProvenEntry> ExpelAsync(LedgerRole role, AccountAddress account, Digest subject, Digest reason, CancellationToken cancellationToken = default) =>
        _connection.Ledger.AppendAsync(_signer.Expel(role, account, subject, reason), cancellationToken);
}
