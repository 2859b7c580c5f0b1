using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Governance;
using PrivChain.Sdk.Organisations;

namespace PrivChain.App.Wallets;

/// <summary>A regulator's keys while the page stands.</summary>
internal sealed class RegulatorSession(Session session, RegulatorLedger ledger) : OrganisationSession(session, LedgerRole.Regulator)
{
    private HpkePrivateKey? _encryptionKey;

    public AccountAddress Address => Account.Address;

    /// <summary>Over the ledger as the regulator reads it: the whole, or what the node hands out of a long one.</summary>
    public RegulatorClient Client => new(ledger.Connection, Account, _encryptionKey, ledger.Governance);

    protected override PrivChainConnection Reader => ledger.Connection;

    public override void Close()
    {
        _encryptionKey?.Dispose();
        _encryptionKey = null;
        base.Close();
    }

    protected override async Task<bool> IsEnrolledAsync(AccountAddress account)
    {
        await ledger.OpenAsync();
        return (await ledger.HoldersOfAsync(LedgerRole.Regulator)).Contains(account);
    }

    protected override void Take(Wallet wallet) => _encryptionKey = OrganisationKeys.EncryptionKey(wallet, Account.Address);
}
