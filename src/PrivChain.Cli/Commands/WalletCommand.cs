using System.CommandLine;
using PrivChain.Cli.Deployment;
using PrivChain.Cli.Terminal;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Sdk.Consent;
using PrivChain.Sdk.Files;

namespace PrivChain.Cli.Commands;

/// <summary><c>wallet</c>: the keys of a person or organisation, in one file under a passphrase.</summary>
internal static class WalletCommand
{
    private static readonly Option<int> _words = new("--words") { Description = "Length of the phrase: 12 or 24.", DefaultValueFactory = _ => 24 };
    private static readonly Option<bool> _chinese = new("--chinese") { Description = "A phrase of Chinese words." };
    private static readonly Option<bool> _reveal = new("--reveal") { Description = "Show the recovery phrase as well." };
    private static readonly Argument<AccountAddress?> _for = Parsing.AccountArgument("FOR-ACCOUNT", "Account of the institution or issuer that the contact is for.");
    private static readonly Argument<string> _v3 = Parsing.Path("FILE", "Ethereum keystore, version 3.");

    public static Command Make() => CommandMaker.Group(
        "wallet", $"Keystores. The passphrase comes from {Passphrase.Variable} or a prompt.", "privchain wallet new --keystore me.json",
        CommandMaker.Make("new", "Makes fresh keys and shows their recovery phrase, once.", "privchain wallet new --keystore me.json", NewAsync, Common.Keystore, _words, _chinese, _reveal, Common.Suite),
        CommandMaker.Make(
            "restore", "Brings keys back from their recovery phrase, asked for or read from standard input.", "privchain wallet restore --keystore me.json",
            RestoreAsync, Common.Keystore, Common.Suite),
        CommandMaker.Make("show", "Shows the account and the public keys.", "privchain wallet show --keystore me.json", ShowAsync, Common.Keystore, _reveal),
        CommandMaker.Make(
            "contact", "Makes the contact by which one institution or issuer, and no other, reaches you.",
            "privchain wallet contact 0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266 --keystore me.json",
            ContactAsync, [_for, .. Common.Signing]),
        CommandMaker.Make("export", "Writes the account as an Ethereum keystore (V3) under the same passphrase.", "privchain wallet export v3.json --keystore me.json", ExportAsync, _v3, Common.Keystore),
        CommandMaker.Make("import", "Takes the account of an Ethereum keystore (V3) into a new keystore.", "privchain wallet import v3.json --keystore me.json", ImportAsync, _v3, Common.Keystore));

    private static Task<int> NewAsync(CommandRun run)
    {
        var words = run.Value(_words);
        if (words is not (12 or 24))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "--words: wanted 12 or 24"));
        }

        using var phrase = Mnemonic.Generate(words, run.Optional(_chinese) ? MnemonicLanguage.SimplifiedChinese : MnemonicLanguage.English);
        Save(run, phrase, Common.SuiteOf(run));
        var output = run.Output;
        if (!output.IsJson || run.Optional(_reveal))
        {
            Reveal(run, phrase);
        }

        output.Warning("Write the phrase on paper. Whoever has it is you; without it and the file, everything is lost.");
        return Task.FromResult(0);
    }

    private static Task<int> RestoreAsync(CommandRun run)
    {
        using var phrase = Mnemonic.Parse(Passphrase.AskSecret("the recovery phrase")).OrThrow();
        Save(run, phrase, Common.SuiteOf(run));
        return Task.FromResult(0);
    }

    private static Task<int> ShowAsync(CommandRun run)
    {
        using var content = Common.OpenKeystore(run);
        if (content.TryGetAccount(out var single))
        {
            using (single)
            {
                run.Output.Json["account"] = single.Address.ToString();
                run.Output.Facts(("Account", single.Address.ToString()), ("Holds", "a single account"));
            }

            return Task.FromResult(0);
        }

        if (!content.TryGetMnemonic(out var phrase))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSettings, "this keystore holds neither phrase nor account"));
        }

        using (phrase)
        {
            Describe(run, phrase, content.Suite);
            if (run.Optional(_reveal))
            {
                Reveal(run, phrase);
            }
        }

        return Task.FromResult(0);
    }

    private static async Task<int> ContactAsync(CommandRun run)
    {
        using var keys = Common.OpenKeys(run);
        using var connection = await Common.ConnectAsync(run).ConfigureAwait(false);
        using var citizen = new CitizenClient(connection, keys.Wallet);
        var contact = citizen.ContactFor(run.Value(_for)!.Value);
        run.Output.Json["contact"] = contact.ToString();
        run.Output.Json["account"] = contact.Account.ToString();
        run.Output.Verbatim(contact.ToString());
        return 0;
    }

    private static Task<int> ExportAsync(CommandRun run)
    {
        using var account = Common.OpenAccount(run);
        PrivateFile.WriteNew(run.Value(_v3), System.Text.Encoding.UTF8.GetBytes(EthereumKeystoreV3.Export(account, Passphrase.Ask(run.Value(_v3), isNew: true)).OrThrow()));
        run.Output.Json["account"] = account.Address.ToString();
        run.Output.Line($"{account.Address} is in {run.Value(_v3)}. The phrase is not: other accounts cannot be made from that file.");
        return Task.FromResult(0);
    }

    private static Task<int> ImportAsync(CommandRun run)
    {
        var path = run.Value(_v3);
        using var account = EthereumKeystoreV3.Import(BoundedFile.Read(path, EthereumKeystoreV3.MaxBytes), Passphrase.Ask(path, isNew: false)).OrThrow();
        using var content = KeystoreContent.Of(account);
        Write(run, content);
        run.Output.Json["account"] = account.Address.ToString();
        run.Output.Facts(("Account", account.Address.ToString()));
        return Task.FromResult(0);
    }

    private static void Save(CommandRun run, Mnemonic phrase, Suite suite)
    {
        using var content = KeystoreContent.Of(phrase, suite);
        Write(run, content);
        Describe(run, phrase, suite);
    }

    private static void Write(CommandRun run, KeystoreContent content)
    {
        var path = run.Value(Common.Keystore);
        OwnPath.RefuseLink(path);
        if (File.Exists(path))
        {
            throw new RefusalException(new Refusal(RefusalReason.Conflict, $"{path} is there already; a keystore is never overwritten"));
        }

        var text = Keystore.Seal(content, Passphrase.Ask(path, isNew: true), Argon2idParameters.Default).OrThrow();
        PrivateFile.WriteNew(path, System.Text.Encoding.UTF8.GetBytes(text));
        run.Output.Json["keystore"] = Path.GetFullPath(path);
    }

    private static void Describe(CommandRun run, Mnemonic phrase, Suite suite)
    {
        using var keys = new RoleKeys(Wallet.Open(phrase, suite: suite).OrThrow());
        run.Output.Json["account"] = keys.Account.Address.ToString();
        run.Output.Json["encryptionKey"] = keys.EncryptionKey.PublicKey.Fingerprint.ToString();
        run.Output.Facts(("Account", keys.Account.Address.ToString()), ("Encryption key", keys.EncryptionKey.PublicKey.Fingerprint.ToString()));
    }

    private static void Reveal(CommandRun run, Mnemonic phrase)
    {
        run.Output.Json["phrase"] = phrase.RevealPhrase();
        run.Output.Verbatim(phrase.RevealPhrase());
    }
}
