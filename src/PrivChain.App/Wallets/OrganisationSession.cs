using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Sdk.Connection;

namespace PrivChain.App.Wallets;

/// <summary>An organisation's keys while the page stands: opened from the keystore file, never kept in the browser.</summary>
internal abstract class OrganisationSession(Session session, LedgerRole role) : IDisposable
{
    private Account? _account;

    public bool IsOpen => _account is not null;

    protected Session Session => session;

    /// <exception cref="InvalidOperationException">The keys were put away.</exception>
    protected Account Account => _account ?? throw new InvalidOperationException("the keys were put away");

    /// <summary>Over which the ledger is read.</summary>
    protected virtual PrivChainConnection Reader => session.Connection!;

    /// <summary>Opens the file; its account has to be enrolled in the role.</summary>
    public async Task OpenAsync(string file, string passphrase)
    {
        using var content = (await Keystore.OpenAsync(System.Text.Encoding.UTF8.GetBytes(file), passphrase, Session.DeriveAsync)).OrThrow();
        if (!content.TryGetMnemonic(out var phrase))
        {
            throw new RefusalException(new Refusal(RefusalReason.Malformed, "the file holds no phrase"));
        }

        using (phrase)
        {
            using var wallet = await Wallet.OpenAsync(phrase, Session.DeriveSeedAsync);
            var account = wallet.Account(0);
            try
            {
                var isEnrolled = await IsEnrolledAsync(account.Address);
                Session.RequireFresh(Reader);
                if (!isEnrolled)
                {
                    throw new RefusalException(new Refusal(RefusalReason.NotEnrolled, $"{account.Address} is enrolled as no {role} of this ledger"));
                }
            }
            catch
            {
                account.Dispose();
                throw;
            }

            Close();
            _account = account;
            Take(wallet);
            Session.TellOfKeys();
        }
    }

    /// <summary>Wipes the keys.</summary>
    public virtual void Close()
    {
        if (_account is null)
        {
            return;
        }

        Session.CountClosed();
        _account.Dispose();
        _account = null;
        Session.TellOfKeys();
    }

    public void Dispose() => Close();

    protected virtual Task<bool> IsEnrolledAsync(AccountAddress account) => Reader.Ledger.ReadStateAsync(state => state.Holds(role, account, state.Time));

    /// <summary>Further keys of the role, while the wallet is open.</summary>
    protected virtual void Take(Wallet wallet)
    {
    }
}
