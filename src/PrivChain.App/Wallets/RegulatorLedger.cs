using PrivChain.App.Trails;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;

namespace PrivChain.App.Wallets;

/// <summary>
/// The whole ledger as a regulator reads it, verified in this page from the first entry on over a connection of its own: nothing is taken over from what a wallet keeps. Read once; later looks
/// read what is new.
/// </summary>
internal sealed class RegulatorLedger(Session session) : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private PrivChainConnection? _connection;

    /// <summary>Every entry; null until the first <see cref="FollowAsync"/> ended.</summary>
    public TrailBook? Book { get; private set; }

    /// <summary>Texts of all contracts.</summary>
    public Dictionary<Digest, PrivacyContract> Contracts { get; } = [];

    /// <summary>Names of the organisations that are admitted now.</summary>
    public Dictionary<AccountAddress, Sdk.Organisations.VerifiedOrganisation> Organisations { get; } = [];

    public PrivChainConnection Connection => _connection!;

    /// <summary>Reads and verifies what is new, and refuses an old state.</summary>
    public async Task FollowAsync()
    {
        await _gate.WaitAsync();
        try
        {
            var book = Book ?? new TrailBook();
            if (_connection is null)
            {
                _connection = await session.OpenAnotherAsync();
                _connection.Ledger.EntryVerified += book.Add;
            }

            var published = await _connection.Ledger.ReadStateAsync(state => state.Contracts.Select(contract => (contract.Digest, Approved: state.IsApproved(contract.Digest))).ToList());
            session.RequireFresh(_connection);
            book.SetApproved(published.Where(contract => contract.Approved).Select(contract => contract.Digest));
            foreach (var (digest, _) in published.Where(contract => !Contracts.ContainsKey(contract.Digest)))
            {
                Contracts[digest] = await _connection.GetContractAsync(digest);
            }

            foreach (var role in new[] { LedgerRole.Institution, LedgerRole.Issuer, LedgerRole.Regulator })
            {
                foreach (var organisation in await _connection.Organisations.ListAsync(role))
                {
                    Organisations[organisation.Profile.Account] = organisation;
                }
            }

            Book = book;
        }
        catch
        {
            // What broke once is read anew the next time.
            if (Book is null)
            {
                _connection?.Dispose();
                _connection = null;
            }

            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose()
    {
        _connection?.Dispose();
        _gate.Dispose();
    }
}
