using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>Who a person is towards one counterparty: an account and an encryption key that no other counterparty ever sees. Derived from the wallet each time, wiped on dispose.</summary>
internal sealed class PairwiseIdentity : IDisposable
{
    public PairwiseIdentity(Wallet wallet, AccountAddress counterparty)
    {
        Account = wallet.PairwiseAccount(counterparty);
        Key = OrganisationKeys.EncryptionKey(wallet, Account.Address);
    }

    public Account Account { get; }

    public HpkePrivateKey Key { get; }

    public void Dispose()
    {
        Account.Dispose();
        Key.Dispose();
    }
}
