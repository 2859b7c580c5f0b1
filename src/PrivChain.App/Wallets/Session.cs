using PrivChain.App.Browser;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;

namespace PrivChain.App.Wallets;

/// <summary>
/// What this browser holds and what is open now: the pinned ledger, the keystore, and, while it is unlocked, the person's keys and a connection. Keys live in this object only, and are wiped when it locks.
/// </summary>
internal sealed class Session : IDisposable
{
    private const string LedgerName = "ledger";
    private const ulong StaleAfterSeconds = 180;

    // One look reads many things: the node is asked for its newest checkpoint once.
    private static readonly TimeSpan _checkpointLasts = TimeSpan.FromSeconds(1);

    private readonly PlainStore _plain;
    private bool _isPinned;
    private bool _isNotKeptTold;
    private Wallet? _wallet;
    private Task _connecting = Task.CompletedTask;
    private CitizenClient? _citizen;

    public Session(TimeProvider time)
    {
        Time = time;
        _plain = new PlainStore(ReportNotKept);
    }

    /// <summary>Told when the state changed; whoever shows it draws itself anew.</summary>
    public event Action? Changed;

    /// <summary>The page that was wanted before there was a wallet: where making one leads. An organisation's link would be lost otherwise.</summary>
    public string Wanted { get; set; } = string.Empty;

    public SessionState State { get; private set; } = SessionState.Starting;

    /// <summary>The node that served this page.</summary>
    public Uri Node { get; private set; } = null!;

    /// <summary>The constitution of the pinned ledger; null for a moment after the start too.</summary>
    public Genesis? Genesis { get; private set; }

    public PrivChainConnection? Connection { get; private set; }

    /// <summary>What is kept for the person here; closed while the wallet is. Null while no ledger is pinned.</summary>
    public SealedStore? Kept { get; private set; }

    /// <summary>True when the person has agreed to practice enclaves on this ledger.</summary>
    public bool AcceptsPractice { get; private set; }

    /// <summary>The ledger that the page's own address named, when it is not the one that is pinned: nothing is done with such a link.</summary>
    public Digest? OtherLedger { get; private set; }

    /// <summary>The keystore as a file, sealed under the passphrase.</summary>
    public string? Keystore { get; private set; }

    /// <summary>The Ethereum wallet that signs instead of keys from the phrase; null where there is none.</summary>
    public InjectedWallet? Signer { get; private set; }

    /// <summary>True when this browser did not keep what it was given, and nobody has said yet that it was read.</summary>
    public bool NotKept { get; private set; }

    /// <summary>True when the keystore is this page's alone: the browser did not keep it.</summary>
    public bool KeyNotKept { get; private set; }

    /// <summary>How far <see cref="Connection"/> has read the ledger.</summary>
    public Reading Reading { get; } = new();

    public TimeProvider Time { get; }

    /// <summary>How often keys were put away: the wallet's, or an organisation's.</summary>
    public int TimesClosed { get; private set; }

    public CitizenClient Citizen => _citizen ?? throw new InvalidOperationException("the wallet is locked");

    public Wallet Wallet => _wallet ?? throw new InvalidOperationException("the wallet is locked");

    /// <summary>Reads what this browser keeps; pins the ledger that the link named, when none was pinned before.</summary>
    /// <exception cref="RefusalException">Among others <see cref="RefusalReason.StorageFailed"/>: something may be kept, and cannot be read.</exception>
    public async Task StartAsync(Uri address)
    {
        Node = new Uri(address.GetLeftPart(UriPartial.Authority));
        var named = LedgerOf(address);
        if (await _plain.LoadGenesisAsync() is { } kept)
        {
            // A person may begin to type a passphrase; what it opens waits for the constitution and the connection.
            Keystore = await _plain.LoadKeystoreAsync();
            _isPinned = true;
            _connecting = ConnectSoonAsync(kept, named);
            Settle();
            await _connecting;
            Changed?.Invoke();
            return;
        }

        if (named is { } ledger)
        {
            await PinAsync(await PrivChainConnection.DangerouslyAskForGenesisAsync(Node), ledger);
        }

        Keystore = await _plain.LoadKeystoreAsync();
        Settle();
    }

    /// <summary>From now on this account of an Ethereum wallet signs for the person; null: keys from the phrase do.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.Conflict"/>: another window has kept a key, and who signs for it is settled.</exception>
    public async Task UseWalletAsync(AccountAddress? account)
    {
        await _plain.SaveSignerAsync(account);
        Signer = account is { } known ? new InjectedWallet(known, Genesis!.ChainId) : null;
        Settle();
    }

    /// <summary>Pins a ledger for good.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.WrongLedger"/>: it is not the one that was named; <see cref="RefusalReason.WrongSuite"/>: the app has not its algorithms.</exception>
    public async Task PinAsync(Genesis genesis, Digest named)
    {
        if (genesis.LedgerId != named)
        {
            throw new RefusalException(new Refusal(RefusalReason.WrongLedger, $"the link names {named}, the node serves {genesis.LedgerId}"));
        }

        if (genesis.Algorithms != Suite.International)
        {
            throw new RefusalException(new Refusal(RefusalReason.WrongSuite, $"the ledger's suite is {genesis.Algorithms}; this app signs with {Suite.International}"));
        }

        await _plain.SaveGenesisAsync(genesis);
        Genesis = genesis;
        _isPinned = true;
        AcceptsPractice = await _plain.LoadPracticeAsync(genesis.LedgerId);
        await ConnectAsync();
        Settle();
    }

    /// <summary>Seals a phrase under a passphrase, keeps it here and opens it. Where this browser does not keep it, it is open all the same: the person has the words, and may want to take something back.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.Conflict"/>: another window has kept a key since this one began.</exception>
    public async Task<Verdict<bool>> KeepAsync(Mnemonic phrase, string passphrase)
    {
        using var content = KeystoreContent.Of(phrase);
        var file = await Core.Keys.Keystore.SealAsync(content, passphrase, Argon2idParameters.Floor, DeriveAsync);
        if (!file.Accepted)
        {
            return file.Refusal;
        }

        await KeepFileAsync(file.Value);
        return await OpenAsync(phrase);
    }

    /// <summary>Keeps a keystore file of this person's and opens it, as <see cref="KeepAsync(Mnemonic, string)"/> does.</summary>
    public Task<Verdict<bool>> KeepAsync(string file, string passphrase) => OpenAsync(file, passphrase, () => KeepFileAsync(file));

    public Task<Verdict<bool>> UnlockAsync(string passphrase) => OpenAsync(Keystore!, passphrase, () => Task.CompletedTask);

    /// <summary>Keys of an organisation were opened or put away, or what would be lost with them is another.</summary>
    public void TellOfKeys() => Changed?.Invoke();

    /// <summary>Counts that keys were put away: what was under way with them ends, and is no fault.</summary>
    public void CountClosed() => TimesClosed++;

    /// <summary>Wipes the keys from memory; the keystore stays.</summary>
    public void Lock()
    {
        CountClosed();
        Wipe();
        Settle();
    }

    /// <summary>Takes the keystore off this browser.</summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.StorageFailed"/>: it may still be there.</exception>
    public async Task ForgetAsync()
    {
        // Where it was not kept, there is nothing of it to take off; and what could not be read then may be another key.
        if (!KeyNotKept)
        {
            await _plain.RemoveWalletAsync();
        }

        KeyNotKept = false;
        Signer = null;
        Keystore = null;
        Lock();
    }

    public async Task AcceptPracticeAsync(bool accept)
    {
        await _plain.SavePracticeAsync(Genesis!.LedgerId, accept);
        AcceptsPractice = accept;
        await ConnectAsync();
        if (_wallet is not null)
        {
            Kept!.Open(_wallet);
            _ = ResumeAsync(Connection!);
            _citizen?.Dispose();
            _citizen = new CitizenClient(Connection!, _wallet, Signer);
        }

        Settle();
    }

    /// <summary>A connection that has read nothing yet and believes nothing that is kept but the head; the caller disposes it.</summary>
    /// <param name="reading">Told how far it has read.</param>
    /// <param name="kept">Documents that were fetched before; null: each is fetched when it is wanted.</param>
    public Task<PrivChainConnection> OpenAnotherAsync(Reading reading, IContentStore? kept = null) => PrivChainConnection.OpenAsync(Options() with { Kept = kept, Progress = reading });

    /// <summary>A connection that asks no node: what was verified last, for looking at only. Null when nothing is kept. The caller disposes it.</summary>
    public async Task<PrivChainConnection?> OpenOfflineAsync()
    {
        var connection = await PrivChainConnection.OpenAsync(Options() with { Kept = Kept, Offline = true });
        if (await ResumeAsync(connection))
        {
            return connection;
        }

        connection.Dispose();
        return null;
    }

    /// <summary>Keeps the ledger as it was verified, so that the next unlocking goes on from there.</summary>
    public async Task KeepLedgerAsync()
    {
        if (await Connection!.Ledger.SaveStateAsync() is { } state)
        {
            await Kept!.SaveLargeAsync(LedgerName, state);
        }
    }

    /// <summary>
    /// Refuses when the newest checkpoint was witnessed too long ago. Witnesses sign an idle ledger again every half minute, so a node that goes on showing an old state shows by that what it does;
    /// or this device's clock is wrong.
    /// </summary>
    /// <exception cref="RefusalException"><see cref="RefusalReason.StaleHead"/>.</exception>
    public void RequireFresh(PrivChainConnection? connection = null)
    {
        if ((connection ?? Connection)?.Ledger.Head is { } head && head.CurrentAt + StaleAfterSeconds < UnixTime.Seconds(Time.GetUtcNow()))
        {
            throw new RefusalException(new Refusal(RefusalReason.StaleHead, $"witnessed last at {UnixTime.Date(head.CurrentAt):u}"));
        }
    }

    /// <summary>Asks for the newest checkpoint and refuses while the ledger cannot be relied on: before anything is sent.</summary>
    /// <exception cref="RefusalException">What a look now would say.</exception>
    public async Task ConfirmFreshAsync(PrivChainConnection? connection = null, CancellationToken cancellation = default)
    {
        await (connection ?? Connection!).Ledger.RefreshAsync(cancellationToken: cancellation);
        RequireFresh(connection);
    }

    public void Dispose()
    {
        Wipe();
        Connection?.Dispose();
    }

    /// <summary>This browser has no room, or keeps nothing in this window: told once.</summary>
    public void ReportNotKept()
    {
        if (!_isNotKeptTold)
        {
            _isNotKeptTold = NotKept = true;
            Changed?.Invoke();
        }
    }

    /// <summary>The person has read that this browser does not keep.</summary>
    public void NotKeptSeen()
    {
        NotKept = false;
        Changed?.Invoke();
    }

    /// <summary>The ledger that a link names, whatever else stands in it: <c>?ledger=0x…</c>.</summary>
    internal static Digest? LedgerOf(Uri address)
    {
        const string Name = "ledger=";
        var named = address.Query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith(Name, StringComparison.Ordinal));
        return named is not null && Digest.TryParse(named[Name.Length..], out var ledger) ? ledger : null;
    }

    private async Task ConnectSoonAsync(byte[] genesis, Digest? named)
    {
        await Page.YieldToPaintAsync();
        Genesis = Core.Ledger.Genesis.Parse(genesis).OrThrow();
        OtherLedger = named is { } other && other != Genesis.LedgerId ? other : null;
        Signer = await _plain.LoadSignerAsync() is { } account ? new InjectedWallet(account, Genesis.ChainId) : null;
        AcceptsPractice = await _plain.LoadPracticeAsync(Genesis.LedgerId);
        await ConnectAsync();
    }

    private async Task ConnectAsync()
    {
        // Not waited for: until it is there, .NET does the same.
        _ = PageSignatures.LoadAsync();
        Connection?.Dispose();
        Kept?.Dispose();
        Kept = new SealedStore(Genesis!.LedgerId, ReportNotKept);
        Connection = await PrivChainConnection.OpenAsync(Options() with { Kept = Kept, KeepsEntries = true });
    }

    private async Task KeepFileAsync(string file)
    {
        KeyNotKept = !await _plain.SaveKeystoreAsync(file, Signer?.Address);
        await Page.PersistAsync();
        Keystore = file;
    }

    private async Task<Verdict<bool>> OpenAsync(string file, string passphrase, Func<Task> beforeIsOpen)
    {
        var opened = await Core.Keys.Keystore.OpenAsync(System.Text.Encoding.UTF8.GetBytes(file), passphrase, DeriveAsync);
        if (!opened.Accepted)
        {
            return opened.Refusal;
        }

        using var content = opened.Value;
        if (!content.TryGetMnemonic(out var phrase))
        {
            return Verdict<bool>.Refuse(RefusalReason.Malformed, "the file holds a key of an organisation, not a person's phrase");
        }

        using (phrase)
        {
            await beforeIsOpen();
            return await OpenAsync(phrase);
        }
    }

    private async Task<Verdict<bool>> OpenAsync(Mnemonic phrase)
    {
        var wallet = await Core.Keys.Wallet.OpenAsync(phrase, DeriveSeedAsync);
        await _connecting;
        Wipe();
        _wallet = wallet;
        Kept!.Open(_wallet);
        _citizen = new CitizenClient(Connection!, _wallet, Signer);

        // The opened page stands before what was kept is read back; whoever asks for the ledger meanwhile waits for that.
        _ = ResumeAsync(Connection!);
        Settle();
        return true;
    }

    private void Wipe()
    {
        _citizen?.Dispose();
        _citizen = null;
        _wallet?.Dispose();
        _wallet = null;
        Kept?.Dispose();
    }

    private ConnectionOptions Options() => new()
    {
        Node = Node,
        Genesis = Genesis,
        GrpcWeb = true,
        Heads = _plain.KeepsNothing ? null : new BrowserHeadStore(ReportNotKept),
        Time = Time,
        AcceptSimulatedEvidence = AcceptsPractice,
        CheckpointLasts = _checkpointLasts,
        Progress = Reading,
    };

    // What does not open or fit is read from the node again, entry by entry.
    private async Task<bool> ResumeAsync(PrivChainConnection connection)
    {
        try
        {
            return await connection.Ledger.DangerouslyResumeAsync(LoadAsync(Kept!));
        }
        catch (RefusalException)
        {
            await Kept!.RemoveAsync(LedgerName);
            return false;
        }

        static async Task<ReadOnlyMemory<byte>?> LoadAsync(SealedStore kept)
        {
            await Page.YieldToPaintAsync();
            return await kept.LoadAsync(LedgerName) is { } state ? state : null;
        }
    }

    private void Settle()
    {
        State = !_isPinned ? SessionState.NoLedger : _wallet is not null ? SessionState.Open : Keystore is null ? SessionState.NoWallet : SessionState.Locked;
        Changed?.Invoke();
    }

    // Interpreted, two thousand rounds are a third of what unlocking takes.
    internal static async Task<byte[]> DeriveSeedAsync(ReadOnlyMemory<byte> phrase, ReadOnlyMemory<byte> salt, int rounds, int size)
    {
        var copy = phrase.ToArray();
        try
        {
            return await Page.Pbkdf2Async(copy, salt.ToArray(), rounds, size) is { } seed
                ? Convert.FromBase64String(seed)
                : System.Security.Cryptography.Rfc2898DeriveBytes.Pbkdf2(copy, salt.Span, rounds, System.Security.Cryptography.HashAlgorithmName.SHA512, size);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(copy);
        }
    }

    internal static async Task<byte[]> DeriveAsync(ReadOnlyMemory<byte> passphrase, ReadOnlyMemory<byte> salt, Argon2idParameters cost, int size)
    {
        var copy = passphrase.ToArray();
        try
        {
            return Convert.FromBase64String(await Page.Argon2idAsync(copy, salt.ToArray(), cost.MemoryKiB, cost.Iterations, cost.Parallelism, size));
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(copy);
        }
    }
}
