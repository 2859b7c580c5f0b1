using PrivChain.Core.Bytes;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Sdk.Consent;

/// <summary>The account and key shown to one counterparty and to nobody else.</summary>
internal sealed class PairwiseIdentity(Wallet wallet, AccountAddress counterparty) : IDisposable
{
    private HpkePrivateKey? _key;

    public AccountAddress Counterparty { get; } = counterparty;

    public Account Account { get; } = wallet.PairwiseAccount(counterparty);

    // X-Wing keys cost a moment to derive: made when first needed.
    public HpkePrivateKey Key => _key ??= OrganisationKeys.EncryptionKey(wallet, Account.Address);

    public void Dispose()
    {
        Account.Dispose();
        _key?.Dispose();
    }
}
