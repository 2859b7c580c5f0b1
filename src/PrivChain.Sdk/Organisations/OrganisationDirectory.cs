using System.Security.Cryptography;
using PrivChain.Attestation;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Evidence;
using Wire = PrivChain.Schemas.V1;

namespace PrivChain.Sdk.Organisations;

/// <summary>Who is behind an account: enrolments from the followed ledger, profiles by the digest that governors signed. Safe for concurrent use.</summary>
public sealed class OrganisationDirectory
{
    private static readonly LedgerRole[] Organisations = [LedgerRole.Institution, LedgerRole.Issuer, LedgerRole.Regulator];

    private readonly PrivChainConnection _connection;

    internal OrganisationDirectory(PrivChainConnection connection) => _connection = connection;

    /// <summary>An organisation that holds a role now, with its profile and certificate verified.</summary>
    /// <param name="role">Institution, issuer or regulator.</param>
    /// <param name="account">Its account.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="RefusalException"><see cref="RefusalReason.NotEnrolled"/>, <see cref="RefusalReason.DigestMismatch"/>, or <see cref="RefusalReason.UntrustedRoot"/> or <see cref="RefusalReason.CertificateRevoked"/> for its certificate.</exception>
    public async Task<VerifiedOrganisation> GetAsync(LedgerRole role, AccountAddress account, CancellationToken cancellationToken = default)
    {
        var (enrolment, since) = await _connection.Ledger.ReadStateAsync(
            state => state.Enrolled(role, account, state.Time) is { } found ? (found, _connection.Ledger.History.EnrolledAt(found)) : default,
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return enrolment is null || since is null
            ? throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"{account} is not enrolled as {role}"))
            : await ReadAsync(enrolment, since.Value, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The organisations that hold one of these roles now and whose profile and certificate verify: one that does not is no reason to know none.</summary>
    /// <exception cref="RefusalException">The ledger does not verify, or nobody answers.</exception>
    public async Task<IReadOnlyList<VerifiedOrganisation>> ListAsync(IReadOnlyCollection<LedgerRole> roles, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(roles);
        var enrolled = await _connection.Ledger.ReadStateAsync(
            state => EnrolledIn(state, roles, state.Time).Select(enrolment => (enrolment, _connection.Ledger.History.EnrolledAt(enrolment)!.Value)).ToList(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return await ReadAllAsync(enrolled, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>As <see cref="ListAsync(IReadOnlyCollection{LedgerRole}, CancellationToken)"/>, by a state that was made of some entries alone.</summary>
    internal Task<IReadOnlyList<VerifiedOrganisation>> ListAsync(LedgerState state, ulong time, Func<Enrolment, DateTimeOffset> since, CancellationToken cancellationToken) =>
        ReadAllAsync(EnrolledIn(state, Organisations, time).Select(enrolment => (enrolment, since(enrolment))), cancellationToken);

    /// <summary>The organisation of an enrolment, with its profile and certificate verified.</summary>
    internal async Task<VerifiedOrganisation> ReadAsync(Enrolment enrolment, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var profile = await ReadProfileAsync(enrolment, cancellationToken).ConfigureAwait(false);
        var name = CertificateOf(profile, since).OrThrow();
        return new VerifiedOrganisation(enrolment, profile, name.Length == 0 ? null : name, since);
    }

    /// <summary>Accounts that hold a role or held it: what they gave or were given outlives it.</summary>
    internal Task<List<AccountAddress>> EverEnrolledAsync(LedgerRole role, CancellationToken cancellationToken) =>
        _connection.Ledger.ReadStateAsync(
            state => state.EverEnrolledIn(role).Select(enrolment => enrolment.Account).Distinct().ToList(), cancellationToken: cancellationToken);

    /// <summary>
    /// The enrolled brokers that answer at this node, each with the evidence of its profile and fresh evidence for a nonce of ours appraised: a set of exactly one in this version.
    /// </summary>
    /// <exception cref="RefusalException">Why it is not to be trusted: <see cref="RefusalReason.NotEnrolled"/>, or what the evidence lacks.</exception>
    public async Task<IReadOnlyList<VerifiedBroker>> BrokersAsync(CancellationToken cancellationToken = default)
    {
        var (account, key, evidence, nonce) = await IdentifyBrokerAsync(cancellationToken).ConfigureAwait(false);
        var (enrolment, measurements) = await _connection.Ledger.ReadStateAsync(
            state => (state.Enrolled(LedgerRole.Broker, account, state.Time), MeasurementsOf(state)), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (enrolment is null || enrolment.Subject != key.Fingerprint)
        {
            throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"broker {account} with this key is not enrolled"));
        }

        var bytes = await _connection.GetDocumentAsync(enrolment.Profile, cancellationToken).ConfigureAwait(false);
        if (!BrokerProfile.TryParse(bytes.Span, out var profile) || profile.Account != account || !profile.EncryptionKey.Equals(key))
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, $"the profile of broker {account} is not one of that account and key"));
        }

        // The profile's evidence (its nonce is the ledger id) says what governors saw; the fresh one says that the same keys still live in accepted code.
        var now = _connection.UnixMilliseconds;
        _connection.Enclaves.Appraise(
            measurements.Contains, SessionBinding.Broker, key, account, _connection.LedgerId.ToArray(), profile.Evidence.Span, now, uint.MaxValue).OrThrow();
        var enclave = _connection.Enclaves.Appraise(measurements.Contains, SessionBinding.Broker, key, account, nonce, evidence, now, EnclaveAppraisal.FreshSeconds).OrThrow();
        return [new VerifiedBroker(enrolment, profile, enclave, profile.Operator is { } runs ? await FindAsync(runs, cancellationToken).ConfigureAwait(false) : null)];
    }

    /// <summary>The organisation of this account, in whichever role it is enrolled now; null when in none, or when its profile or certificate is refused.</summary>
    /// <exception cref="RefusalException">The ledger does not verify, or nobody answers.</exception>
    public async Task<VerifiedOrganisation?> FindAsync(AccountAddress account, CancellationToken cancellationToken = default)
    {
        var enrolled = await _connection.Ledger.ReadStateAsync(
            state => Organisations.Select(role => state.Enrolled(role, account, state.Time)).OfType<Enrolment>().Select(enrolment => (enrolment, _connection.Ledger.History.EnrolledAt(enrolment)!.Value)).ToList(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        return (await ReadAllAsync(enrolled, cancellationToken).ConfigureAwait(false)).FirstOrDefault();
    }

    internal static HashSet<Digest> MeasurementsOf(LedgerState state) =>
        [.. state.EnrolledIn(LedgerRole.Measurement, state.Time).Select(enrolment => enrolment.Subject)];

    /// <summary>The broker that answers at this node now: identity, and evidence for a fresh nonce.</summary>
    internal async Task<(AccountAddress Account, HpkePublicKey Key, byte[] Evidence, byte[] Nonce)> IdentifyBrokerAsync(CancellationToken cancellationToken)
    {
        var nonce = RandomNumberGenerator.GetBytes(32);
        var reply = await _connection.EnclaveService.IdentifyAsync(
            new Wire.IdentifyRequest { Nonce = Google.Protobuf.ByteString.CopyFrom(nonce) }, cancellationToken: cancellationToken).ConfigureAwait(false);
        return reply.Broker is { } broker && broker.Account.Length == AccountAddress.Size && HpkePublicKey.TryParse(broker.EncryptionKey.Span, out var key)
            ? (new AccountAddress(broker.Account.Span), key, broker.Evidence.ToByteArray(), nonce)
            : throw new RefusalException(new Refusal(RefusalReason.Unavailable, "no key broker answers at this node"));
    }

    /// <summary>Every enrolment that an account ever had in a role, those that hold first, then the newest.</summary>
    internal async Task<IReadOnlyList<FormerOrganisation>> HistoryAsync(LedgerRole role, AccountAddress account, CancellationToken cancellationToken)
    {
        var enrolments = await _connection.Ledger.ReadStateAsync(
            state => state.EverEnrolledIn(role).Where(enrolment => enrolment.Account == account)
                .Select(enrolment => (Enrolment: enrolment, Holds: enrolment.HoldsAt(state.Time), Since: _connection.Ledger.History.EnrolledAt(enrolment)!.Value))
                .OrderByDescending(item => (item.Holds, item.Enrolment.Index)).ToList(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var history = new List<FormerOrganisation>();
        foreach (var (enrolment, holds, since) in enrolments)
        {
            var profile = await ReadProfileAsync(enrolment, cancellationToken).ConfigureAwait(false);
            history.Add(new FormerOrganisation(enrolment, holds, profile, CertificateOf(profile, since)));
        }

        return history;
    }

    private static IEnumerable<Enrolment> EnrolledIn(LedgerState state, IEnumerable<LedgerRole> roles, ulong time) => roles.SelectMany(role => state.EnrolledIn(role, time));

    private async Task<IReadOnlyList<VerifiedOrganisation>> ReadAllAsync(IEnumerable<(Enrolment Enrolment, DateTimeOffset Since)> enrolled, CancellationToken cancellationToken)
    {
        var organisations = new List<VerifiedOrganisation>();
        foreach (var (enrolment, since) in enrolled)
        {
            try
            {
                organisations.Add(await ReadAsync(enrolment, since, cancellationToken).ConfigureAwait(false));
            }
            catch (RefusalException exception) when (!Reachability.IsAway(exception.Reason))
            {
                // Known by its account alone.
            }
        }

        return organisations;
    }

    private Verdict<string> CertificateOf(OrganisationProfile profile, DateTimeOffset since) =>
        CertificateBinding.Verify(_connection.Genesis, profile, since, _connection.Options.Revocations, _connection.Time.GetUtcNow());

    private async Task<OrganisationProfile> ReadProfileAsync(Enrolment enrolment, CancellationToken cancellationToken)
    {
        var bytes = await _connection.GetDocumentAsync(enrolment.Profile, cancellationToken).ConfigureAwait(false);
        if (!OrganisationProfile.TryParse(bytes.Span, out var profile) || profile.Account != enrolment.Account)
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, $"the profile of {enrolment.Account} is not one of that account"));
        }

        var fits = enrolment.Role switch
        {
            LedgerRole.Institution => profile.EncryptionKey.Fingerprint == enrolment.Subject,
            LedgerRole.Issuer => profile.IssuerKeyFingerprint == enrolment.Subject,
            _ => true,
        };
        return fits
            ? profile
            : throw new RefusalException(new Refusal(RefusalReason.DigestMismatch, $"the profile of {enrolment.Account} has another key than was enrolled"));
    }
}
