using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;

namespace PrivChain.Sdk.Governance;

/// <summary>What a regulator does: read contracts as a citizen would, with the checker's findings, and approve or withdraw.</summary>
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

    /// <summary>Every published contract that is not approved, oldest first, with what the checker finds.</summary>
    public async Task<IReadOnlyList<ContractForReview>> WaitingAsync(CancellationToken cancellationToken = default)
    {
        var waiting = await _connection.Ledger.ReadStateAsync(
            state => state.Contracts.Where(contract => !state.IsApproved(contract.Digest)).OrderBy(contract => contract.Index).Select(contract => contract.Digest).ToList(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var reviews = new List<ContractForReview>();
        foreach (var digest in waiting)
        {
            reviews.Add(await ReviewAsync(digest, cancellationToken).ConfigureAwait(false));
        }

        return reviews;
    }

    /// <summary>One contract, judged beside the approved ones of the same institution.</summary>
    public async Task<ContractForReview> ReviewAsync(Digest digest, CancellationToken cancellationToken = default)
    {
        var contract = await _connection.GetContractAsync(digest, cancellationToken).ConfigureAwait(false);
        var others = await _connection.Ledger.ReadStateAsync(
            state => state.Contracts.Where(other => other.Controller == contract.Controller && other.Digest != digest && state.IsApproved(other.Digest)).Select(other => other.Digest).ToList(),
            cancellationToken: cancellationToken).ConfigureAwait(false);
        var approved = new List<PrivacyContract>();
        foreach (var other in others)
        {
            approved.Add(await _connection.GetContractAsync(other, cancellationToken).ConfigureAwait(false));
        }

        return new ContractForReview(contract, ContractChecker.Check(contract, _connection.Options.Profiles, approved));
    }

    /// <summary>Approves a contract.</summary>
    /// <param name="contract">Its digest.</param>
    /// <param name="opinion">The opinion in words; it stays with the regulator, the ledger gets its salted digest.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<ProvenEntry> ApproveAsync(Digest contract, string opinion, CancellationToken cancellationToken = default) =>
        _connection.Ledger.AppendAsync(_signer.Approve(contract, Salted(opinion)), cancellationToken);

    /// <summary>Takes an approval back: from this entry on, no consent to the contract is used.</summary>
    /// <param name="contract">Its digest.</param>
    /// <param name="opinion">As above.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public Task<ProvenEntry> WithdrawAsync(Digest contract, string opinion, CancellationToken cancellationToken = default) =>
        _connection.Ledger.AppendAsync(_signer.Withdraw(contract, Salted(opinion)), cancellationToken);

    // A salt, so that approving again after a withdrawal is another document.
    private static Digest Salted(string opinion) => Digest.OfSha256([.. RandomNumberGenerator.GetBytes(32), .. Encoding.UTF8.GetBytes(opinion)]);
}
