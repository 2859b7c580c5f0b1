using System.CommandLine;
using PrivChain.Cli.Deployment;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Node.Storage;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Organisations;

namespace PrivChain.Cli.Commands;

/// <summary>Options that many commands share, and what is opened from them: the connection, the keystore, a contact.</summary>
internal static class Common
{
    private const int MaxGenesis = 1024 * 1024;

    public static readonly Option<string> Suite = new("--suite")
    {
        Description = "Algorithms: international (secp256k1, SHA-256, AES), or national (SM2, SM3, SM4).", DefaultValueFactory = _ => Core.Suites.Suite.International.Name,
    };

    public static Option<string> Folder { get; } = new("--deployment") { Description = "Folder of a deployment on this machine.", DefaultValueFactory = _ => "./privchain" };

    public static Option<string?> Node { get; } = new("--node") { Description = "URL of a node; wants --genesis.", HelpName = "URL" };

    public static Option<string?> Genesis { get; } = new("--genesis") { Description = "The genesis file that pins the ledger.", HelpName = "FILE" };

    public static Option<string[]> Revocations { get; } = new("--crl") { Description = "Revocation list (DER or PEM) of an authority behind organisations' certificates; may be repeated.", HelpName = "FILE" };

    public static Option<bool> AcceptSimulated { get; } = new("--accept-simulated") { Description = "Deal with enclaves whose evidence no hardware made." };

    public static Option<string> Keystore { get; } = new("--keystore") { Description = "Your keystore file.", HelpName = "FILE", Required = true };

    public static Option<string> Language { get; } = MakeLanguage();

    public static Option<string> Reason { get; } = new("--reason") { Description = "In your own words; only a salted hash goes to the ledger.", DefaultValueFactory = _ => string.Empty };

    /// <summary>Everything that a command needs to reach a node.</summary>
    public static Symbol[] Connection { get; } = [Folder, Node, Genesis, Revocations, AcceptSimulated];

    /// <summary>The same, for commands that sign.</summary>
    public static Symbol[] Signing { get; } = [Keystore, .. Connection];

    /// <summary>The verified connection to the node that the options name; what was seen of its ledger is remembered between runs.</summary>
    public static Task<PrivChainConnection> ConnectAsync(CommandRun run)
    {
        var (node, genesis, heads) = Target(run);
        return PrivChainConnection.OpenAsync(
            new ConnectionOptions
            {
                Node = node,
                Genesis = genesis,
                Heads = new FileHeadStore(heads),
                AcceptSimulatedEvidence = run.Optional(AcceptSimulated),
                Revocations = RevocationLists.Parse((run.Optional(Revocations) ?? []).Select(path => (ReadOnlyMemory<byte>)ReadFile(path, RevocationLists.MaxSize))).OrThrow(),
                Time = run.Time,
            },
            run.Cancellation);
    }

    /// <summary>The suite of something new.</summary>
    public static Core.Suites.Suite SuiteOf(CommandRun run) => Core.Suites.Suite.Find(run.Value(Suite))
        ?? throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"--suite: wanted {string.Join(" or ", Core.Suites.Suite.All)}"));

    public static Genesis ReadGenesis(string path) => Core.Ledger.Genesis.Parse(BoundedFile.Read(path, MaxGenesis)).OrThrow();

    /// <summary>The ledger that a file has to be of: what the caller pinned, or null.</summary>
    public static Digest? Pin(CommandRun run, Option<Digest?> ledger)
    {
        var named = run.Optional(ledger);
        if (run.Optional(Genesis) is not { } path)
        {
            return named;
        }

        var genesis = ReadGenesis(path).LedgerId;
        return named is null || named == genesis
            ? genesis
            : throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"--ledger says {named}, {path} is of {genesis}"));
    }

    /// <summary>Opens the keystore of a person or organisation: it has to hold a phrase.</summary>
    public static RoleKeys OpenKeys(CommandRun run)
    {
        using var content = OpenKeystore(run);
        if (!content.TryGetMnemonic(out var phrase))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "this keystore holds a single account; a phrase is needed here (`privchain wallet new`)"));
        }

        using (phrase)
        {
            return new RoleKeys(Wallet.Open(phrase, suite: content.Suite).OrThrow());
        }
    }

    /// <summary>Opens the account of a keystore, which may hold a phrase or a single account. The caller disposes it.</summary>
    public static Account OpenAccount(CommandRun run)
    {
        using var content = OpenKeystore(run);
        if (content.TryGetAccount(out var account))
        {
            return account;
        }

        if (!content.TryGetMnemonic(out var phrase))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "this keystore holds no account"));
        }

        using (phrase)
        {
            using var wallet = Wallet.Open(phrase, suite: content.Suite).OrThrow();
            return wallet.Account(0);
        }
    }

    public static KeystoreContent OpenKeystore(CommandRun run)
    {
        var path = run.Value(Keystore);
        var content = BoundedFile.Read(path, Core.Keys.Keystore.MaxBytes);

        // Said and not refused: the passphrase still protects it, and on some disks every file has one mode.
        if (SeedFile.Exposure(path) is { } exposure)
        {
            run.Output.Warning(exposure);
            run.Output.Json["warning"] = exposure;
        }

        return Core.Keys.Keystore.Open(content, Passphrase.Ask(path, isNew: false)).OrThrow();
    }

    /// <summary>A contact: its text, or a file whose one line it is.</summary>
    public static CitizenContact Contact(string textOrFile, LedgerDomain domain)
    {
        var text = textOrFile.StartsWith(CitizenContact.Prefix, StringComparison.Ordinal) || !File.Exists(textOrFile)
            ? textOrFile
            : System.Text.Encoding.UTF8.GetString(BoundedFile.Read(textOrFile, 64 * 1024)).Trim();
        var contact = CitizenContact.Parse(text, domain);
        return contact.Accepted ? contact.Value
            : contact.Reason == RefusalReason.WrongSuite ? throw new RefusalException(contact.Refusal)
            : throw new RefusalException(new Refusal(RefusalReason.BadSignature, $"wanted a contact of this ledger ({CitizenContact.Prefix}…), or a file with one"));
    }

    public static DisplayLanguage LanguageOf(CommandRun run) => run.Value(Language) == "zh" ? DisplayLanguage.Chinese : DisplayLanguage.English;

    /// <summary>A file that a person named, bounded whatever the name leads to.</summary>
    public static byte[] ReadFile(string path, long limit) => BoundedFile.Read(path, limit);

    /// <summary>Unix seconds as people and scripts both read them.</summary>
    public static string Time(ulong unixSeconds) => unixSeconds > 253_402_300_799
        ? "never"
        : DateTimeOffset.FromUnixTimeSeconds((long)unixSeconds).UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Asks yes or no; refuses where nobody can answer.</summary>
    public static bool Confirm(CommandRun run, Option<bool> yes, string question)
    {
        if (run.Optional(yes))
        {
            return true;
        }

        if (run.Output.IsJson || Console.IsInputRedirected)
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, $"nobody can answer here; {yes.Name} says yes"));
        }

        run.Output.Line(question + " [y/N]");
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static (Uri Node, Genesis Genesis, string Heads) Target(CommandRun run)
    {
        var (node, genesis) = (run.Optional(Node), run.Optional(Genesis));
        if (node is null && genesis is null)
        {
            var folder = new DeploymentFolder(run.Value(Folder));
            return (DeploymentAddress.Read(folder.AddressFile).Node, folder.ReadGenesis(), folder.Heads);
        }

        if (node is null || genesis is null || !Uri.TryCreate(node, UriKind.Absolute, out var uri))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--node takes a URL, and --genesis the file that pins its ledger: both or neither"));
        }

        return (uri, ReadGenesis(genesis), Path.Combine(Path.GetDirectoryName(Path.GetFullPath(genesis))!, "heads"));
    }

    private static Option<string> MakeLanguage()
    {
        var option = new Option<string>("--lang") { Description = "Language of texts: en or zh.", DefaultValueFactory = _ => "en" };
        option.CompletionSources.Add("en", "zh");
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: not ("en" or "zh") } token])
            {
                result.AddError($"--lang {token.Value}: wanted en or zh");
            }
        });
        return option;
    }
}
