using System.Runtime.InteropServices.JavaScript;
using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.App.Browser;

/// <summary>What this browser keeps as it stands, since it is needed before a wallet is open: the pinned ledger, the keystore, who signs, and whether practice enclaves will do. The rest is in a <see cref="SealedStore"/>.</summary>
/// <param name="notKept">Told where the browser keeps nothing.</param>
internal sealed class PlainStore(Action notKept)
{
    private const string GenesisKey = "genesis";
    private const string KeystoreKey = "keystore";
    private const string SignerKey = "signer";

    /// <summary>Found at the start: the browser's database does not open, so nothing is read of it. It is not the same as a database that fails later, which may hold something.</summary>
    public bool KeepsNothing { get; private set; }

    /// <summary>The constitution of the pinned ledger; null where none is, or nothing can be kept: the app goes on without.</summary>
    public async Task<byte[]?> LoadGenesisAsync()
    {
        try
        {
            KeepsNothing = false;
            return await Page.LoadAsync(GenesisKey) is { } kept ? Convert.FromBase64String(kept) : null;
        }
        catch (JSException)
        {
            KeepsNothing = true;
            notKept();
            return null;
        }
    }

    /// <summary>The keystore file, or null.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.StorageFailed"/>: one may be there, and cannot be read.</exception>
    public Task<string?> LoadKeystoreAsync() => LoadAsync(KeystoreKey);

    /// <summary>The account of the Ethereum wallet that signs, or null.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.StorageFailed"/>: a person would be another one without the account that signs.</exception>
    public async Task<AccountAddress?> LoadSignerAsync() => AccountAddress.TryParse(await LoadAsync(SignerKey), out var account) ? account : null;

    /// <summary>True when practice enclaves were agreed to on this ledger.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.StorageFailed"/>.</exception>
    public async Task<bool> LoadPracticeAsync(Digest ledger) => await LoadAsync(PracticeKey(ledger)) == "yes";

    /// <summary>Keeps a ledger's constitution.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.WrongLedger"/>: another window has pinned another one since this one began.</exception>
    public async Task SaveGenesisAsync(Genesis genesis)
    {
        var content = Convert.ToBase64String(genesis.ToArray());
        try
        {
            if (await Page.LoadAsync(GenesisKey) is { } kept && kept != content)
            {
                throw new RefusalException(new Refusal(RefusalReason.WrongLedger, "another window of this browser has pinned another ledger"));
            }

            await Page.SaveAsync(GenesisKey, content);
        }
        catch (JSException)
        {
            notKept();
        }
    }

    public async Task SavePracticeAsync(Digest ledger, bool accept)
    {
        try
        {
            await (accept ? Page.SaveAsync(PracticeKey(ledger), "yes") : Page.RemoveAsync(PracticeKey(ledger)));
        }
        catch (JSException)
        {
            notKept();
        }
    }

    /// <summary>Keeps who signs, before there is a key.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.Conflict"/>: another window has kept a key, and who signs for it is settled.</exception>
    public async Task SaveSignerAsync(AccountAddress? signer)
    {
        if (!await KeepFirstAsync(() => KeepSignerAsync(signer)))
        {
            notKept();
        }
    }

    /// <summary>Keeps the keystore, and with it who signs, whatever another window has chosen since.</summary>
    /// <returns>False when this browser does not keep it.</returns>
    /// <exception cref="RefusalException"><see cref="RefusalReason.Conflict"/>: another window has kept a key since this one began.</exception>
    public Task<bool> SaveKeystoreAsync(string file, AccountAddress? signer) => KeepFirstAsync(async () =>
    {
        await KeepSignerAsync(signer);
        await Page.SaveAsync(KeystoreKey, file);
    });

    /// <summary>Takes the key off this browser, and all that was kept for it.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.StorageFailed"/>: it may still be there.</exception>
    public async Task RemoveWalletAsync()
    {
        try
        {
            await Page.RemoveAsync(KeystoreKey);
            await Page.RemoveAsync(SignerKey);
            await Page.ForgetAsync(SealedStore.Prefix);
            await Page.ForgetAsync(SealedStore.WaitingPrefix);
        }
        catch (JSException exception)
        {
            throw Failed(exception);
        }
    }

    private static string PracticeKey(Digest ledger) => "practice:" + ledger;

    private static RefusalException Failed(JSException exception) => new(new Refusal(RefusalReason.StorageFailed, exception.Message));

    private static Task KeepSignerAsync(AccountAddress? signer) => signer is { } account ? Page.SaveAsync(SignerKey, account.ToString()) : Page.RemoveAsync(SignerKey);

    // A key that is there by now is not written over, and neither is one that cannot be read. False when this browser does not keep.
    private static async Task<bool> KeepFirstAsync(Func<Task> keep)
    {
        try
        {
            await Page.LockAsync(KeystoreKey);
            try
            {
                if (await Page.LoadAsync(KeystoreKey) is not null)
                {
                    throw new RefusalException(new Refusal(RefusalReason.Conflict, "another window of this browser has kept a key"));
                }

                await keep();
                return true;
            }
            finally
            {
                Page.Unlock(KeystoreKey);
            }
        }
        catch (JSException)
        {
            return false;
        }
    }

    private async Task<string?> LoadAsync(string key)
    {
        try
        {
            return KeepsNothing ? null : await Page.LoadAsync(key);
        }
        catch (JSException exception)
        {
            throw Failed(exception);
        }
    }
}
