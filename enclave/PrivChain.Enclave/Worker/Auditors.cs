using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Enclave.Broker;
using PrivChain.Enclave.Follow;
using PrivChain.Enclave.Node;

namespace PrivChain.Enclave.Worker;

/// <summary>The regulators to whom a worker tells something, with the keys that their enrolments name. One whose profile the node does not hand out is left out.</summary>
internal sealed class Auditors(INode node, LedgerView ledger)
{
    private readonly DigestCache<OrganisationProfile> _profiles = new(16 * 1024 * 1024);

    /// <summary>Those who approve the contract and are enrolled at the time of the use: the ledger says that a copy was due.</summary>
    /// <param name="contract">Digest of the contract.</param>
    /// <param name="usedAt">Ledger time of the use, unix ms.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<IReadOnlyList<(AccountAddress Account, HpkePublicKey Key)>> OfAsync(Digest contract, ulong usedAt, CancellationToken cancellation) =>
        FindAsync(state => (state.Contract(contract)?.ApprovedBy ?? []).Select(account => state.Enrolled(LedgerRole.Regulator, account, usedAt)).OfType<Enrolment>(), cancellation);

    /// <summary>All who are enrolled.</summary>
    /// <param name="time">When, unix ms.</param>
    /// <param name="most">Most of them.</param>
    /// <param name="cancellation">Ends it.</param>
    public Task<IReadOnlyList<(AccountAddress Account, HpkePublicKey Key)>> AllAsync(ulong time, int most, CancellationToken cancellation) => FindAsync(
        state => state.EnrolledIn(LedgerRole.Regulator, time).Select(enrolment => enrolment.Account).Distinct().Take(most).Select(account => state.Enrolled(LedgerRole.Regulator, account, time)).OfType<Enrolment>(),
        cancellation);

    private async Task<IReadOnlyList<(AccountAddress Account, HpkePublicKey Key)>> FindAsync(Func<LedgerState, IEnumerable<Enrolment>> wanted, CancellationToken cancellation)
    {
        var found = await ledger.ReadAsync(state => (state.Suite, Enrolments: wanted(state).ToList()), cancellation).ConfigureAwait(false);
        var auditors = new List<(AccountAddress, HpkePublicKey)>();
        foreach (var enrolment in found.Accepted ? found.Value.Enrolments : [])
        {
            if (await ProfileAsync(found.Value.Suite, enrolment, cancellation).ConfigureAwait(false) is { } profile
                && profile.Account == enrolment.Account && found.Value.Suite.Uses(profile.EncryptionKey.Kem))
            {
                auditors.Add((enrolment.Account, profile.EncryptionKey));
            }
        }

        return auditors;
    }

    private async Task<OrganisationProfile?> ProfileAsync(Core.Suites.Suite suite, Enrolment enrolment, CancellationToken cancellation)
    {
        if (_profiles.TryGet(enrolment.Profile, out var profile))
        {
            return profile;
        }

        try
        {
            var bytes = await node.GetDocumentAsync(enrolment.Profile, cancellation).ConfigureAwait(false);
            if (suite.DigestOf(bytes) != enrolment.Profile || !OrganisationProfile.TryParse(bytes, out profile))
            {
                return null;
            }

            _profiles.Put(enrolment.Profile, profile, bytes.Length);
            return profile;
        }
        catch (RefusalException)
        {
            return null;
        }
    }
}
