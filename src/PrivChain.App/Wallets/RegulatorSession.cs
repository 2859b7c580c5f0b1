using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Governance;

namespace PrivChain.App.Wallets;

/// <summary>A regulator's keys while the page stands: opened from the keystore file, never kept in the browser.</summary>
internal sealed class RegulatorSession(Session session) : IDisposable
{
    private Account? _account;

    public RegulatorClient? Client { get; private set; }

    /// <summary>Opens the file; its account has to be an enrolled regulator's.</summary>
    public async Task OpenAsync(string file, string passphrase)
    {
        using var content = (await Keystore.OpenAsync(System.Text.Encoding.UTF8.GetBytes(file), passphrase, Session.DeriveAsync)).OrThrow();
        if (!content.TryGetMnemonic(out var phrase))
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, "the file holds no phrase"));
        }

        using (phrase)
        {
            using var wallet = Core.Keys.Wallet.Open(phrase).OrThrow();
            var account = wallet.Account(0);
            if (!await session.Connection!.Ledger.ReadStateAsync(state => state.Holds(LedgerRole.Regulator, account.Address, state.Time)))
            {
                var address = account.Address;
                account.Dispose();
                throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"{address} is no regulator of this ledger"));
            }

            Close();
            _account = account;
            Client = new RegulatorClient(session.Connection!, account);
        }
    }

    public void Close()
    {
        Client = null;
        _account?.Dispose();
        _account = null;
    }

    public void Dispose() => Close();
}
