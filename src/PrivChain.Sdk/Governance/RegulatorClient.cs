using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Organisations;
using PrivChain.Sdk.Trail;

namespace PrivChain.Sdk.Governance;

/// <summary>What a regulator does: read contracts, approve them, take approvals back, and check the trail. Every method can throw <see cref="RefusalException"/>.</summary>
public sealed class RegulatorClient
{
    private readonly PrivChainConnection _connection;
    private readonly EntrySigner _signer;

    /// <param name="connection">The connection; stays the caller's.</param>
    /// <param name="account">The regulator's enrolled account; stays the caller's.</param>
    public RegulatorClient(PrivChainConnection connection, Account account)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(account);
        _connection = connection;
        _signer = new EntrySigner(connection.Domain, account);
    }

    /// <summary>Contracts that wait for approval, oldest first; with <paramref name="all"/>, approved ones as well.</summary>
    public async Task<IReadOnlyList<ContractUnderReview>> ContractsAsync(bool all = false, CancellationToken cancellationToken = default)
    {
        var published = await _connection.Ledger.ReadStateAsync(
            state => state.Contracts.OrderBy(contract => contract.Index).Select(contract => (contract, Approved: state.IsApproved(contract.Digest))).ToList(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var texts = new Dictionary<Digest, PrivacyContract>();
        foreach (var (contract, _) in published)
        {
            texts[contract.Digest] = await _connection.GetContractAsync(contract.Digest, cancellationToken).ConfigureAwait(false);
        }

        var inForce = published.Where(item => item.Approved).Select(item => texts[item.contract.Digest]).ToList();
        var reviews = new List<ContractUnderReview>();
        foreach (var (contract, approved) in published.Where(item => all || !item.Approved))
        {
            var text = texts[contract.Digest];
            var others = inForce.Where(other => other.Digest != text.Digest).ToList();
            reviews.Add(new ContractUnderReview(
                contract, text, ContractChecker.Check(text, _connection.Options.Profiles, others), approved,
                await NameOfAsync(contract.Controller, cancellationToken).ConfigureAwait(false)));
        }

        return reviews;
    }

    /// <summary>Approves a contract.</summary>
    /// <param name="contract">Its digest.</param>
    /// <param name="opinion">The opinion in words; only a salted digest goes to the ledger. Keep it with the returned salt.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The entry, and the salt under which the opinion was hashed: the suite's digest of salt and UTF-8 text.</returns>
    public async Task<(ProvenEntry Entry, Digest Salt)> ApproveAsync(Digest contract, string opinion = "", CancellationToken cancellationToken = default)
    {
        var (digest, salt) = Salted(opinion);
        return (await _connection.Ledger.AppendAsync(_signer.Approve(contract, digest), cancellationToken).ConfigureAwait(false), salt);
    }

    /// <summary>Takes an approval back: from that entry on no use of the contract is recorded.</summary>
    /// <param name="contract">Its digest.</param>
    /// <param name="opinion">As for <see cref="ApproveAsync"/>.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<(ProvenEntry Entry, Digest Salt)> WithdrawAsync(Digest contract, string opinion = "", CancellationToken cancellationToken = default)
    {
        var (digest, salt) = Salted(opinion);
        return (await _connection.Ledger.AppendAsync(_signer.Withdraw(contract, digest), cancellationToken).ConfigureAwait(false), salt);
    }

    /// <summary>Exports the trail and verifies what was written, offline from then on.</summary>
    /// <param name="files">Where to write it.</param>
    /// <param name="progress">Told the number of entries written.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<TrailReport> AuditAsync(ITrailFiles files, IProgress<ulong>? progress = null, CancellationToken cancellationToken = default)
    {
        await TrailExporter.ExportAsync(_connection, files, progress, cancellationToken).ConfigureAwait(false);
        return TrailVerifier.Verify(files, _connection.LedgerId, _connection.Schemas, cancellationToken);
    }

    private async Task<string?> NameOfAsync(AccountAddress controller, CancellationToken cancellationToken)
    {
        try
        {
            var organisation = await _connection.Organisations.GetAsync(LedgerRole.Institution, controller, cancellationToken).ConfigureAwait(false);
            return organisation.Name;
        }
        catch (RefusalException exception) when (exception.Reason is RefusalReason.NotEnrolled)
        {
            return null;
        }
    }

    private (Digest Opinion, Digest Salt) Salted(string opinion)
    {
        // Salted, so that short opinions cannot be guessed and none is the same document as an earlier one.
        var salt = RandomNumberGenerator.GetBytes(Digest.Size);
        return (_connection.Domain.Suite.DigestOf([.. salt, .. Encoding.UTF8.GetBytes(opinion)]), new Digest(salt));
    }
}
