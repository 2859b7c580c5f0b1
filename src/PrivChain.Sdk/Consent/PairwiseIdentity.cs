using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>The account and key shown to one counterparty: from the phrase, for it alone; or the one account of a wallet outside, for all.</summary>
internal sealed class PairwiseIdentity(Wallet wallet, AccountAddress counterparty, IAccountSigner? outside) : IDisposable
{
    private readonly Account _own = wallet.PairwiseAccount(counterparty);
    private HpkePrivateKey? _key;

    public AccountAddress Counterparty { get; } = counterparty;

    /// <summary>Signs what makes a difference: entries, sign-ins, contacts, refusals.</summary>
    public IAccountSigner Account => outside ?? _own;

    /// <summary>Signs notices about what is on the ledger, which prove themselves: a person is not asked for those.</summary>
    public Account Messenger => _own;

    // X-Wing keys cost a moment to derive: made when first needed.
    public HpkePrivateKey Key => _key ??= OrganisationKeys.EncryptionKey(wallet, Account.Address);

    public void Dispose()
    {
        _own.Dispose();
        _key?.Dispose();
    }
}
