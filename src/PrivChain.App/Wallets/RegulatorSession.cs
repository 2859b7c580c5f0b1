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

    public RegulatorClient Client => new(Reader, Account);

    // What the regulator has read already is not read a second time over the wallet's connection.
    protected override PrivChainConnection Reader => ledger.Book is null ? base.Reader : ledger.Connection;

    /// <summary>Opens copies of uses, and judges them by the ledger as this connection verified it.</summary>
    public RegulatorClient AuditorOver(PrivChainConnection connection) => new(connection, Account, _encryptionKey!);

    public override void Close()
    {
        _encryptionKey?.Dispose();
        _encryptionKey = null;
        base.Close();
    }

    protected override void Take(Wallet wallet) => _encryptionKey = OrganisationKeys.EncryptionKey(wallet, Account.Address);
}
