using System.Runtime.InteropServices.JavaScript;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;

namespace PrivChain.App.Browser;

/// <summary>
/// The account of an Ethereum wallet that an extension puts into the page (EIP-1193). It shows the person what it is asked to sign, and may say no. A signature counts when it is this account's over
/// exactly what was asked; a high s and the v of other programs are brought into our one form.
/// </summary>
internal sealed class InjectedWallet(AccountAddress address, ulong chain) : IAccountSigner
{
    private const int SaidNo = 4001;
    private const int SignatureSize = 65;

    private Refusal? _noSignIn;

    public AccountAddress Address { get; } = address;

    public Suite Suite => Suite.International;

    /// <summary>Asks the person to show this page an account.</summary>
    public static async Task<AccountAddress> ConnectAsync()
    {
        // Most wallets write accounts without the checksum.
        var bytes = new byte[AccountAddress.Size];
        return await AskAsync("eth_requestAccounts") is JsonArray { Count: > 0 } accounts && TextOf(accounts[0]) is { } text && Hex.TryDecode(text.ToLowerInvariant(), bytes)
            ? new AccountAddress(bytes)
            : throw new RefusalException(new Refusal(RefusalReason.WalletUnavailable, "the wallet showed no account"));
    }

    /// <summary>After a no to signing in the wallet is left alone, since a page looks every few seconds; from here on it is asked again.</summary>
    public void AskAgain() => _noSignIn = null;

    public async ValueTask<AccountSignature> SignTypedAsync(Digest digest, Func<string> json, CancellationToken cancellationToken = default) =>
        await SignAsync("eth_signTypedData_v4", [Address.ToString(), json()], digest);

    public async ValueTask<AccountSignature> SignMessageAsync(Digest digest, string message, CancellationToken cancellationToken = default)
    {
        if (_noSignIn is { } no)
        {
            throw new RefusalException(no);
        }

        try
        {
            return await SignAsync("personal_sign", [Hex.Encode(Encoding.UTF8.GetBytes(message)), Address.ToString()], digest);
        }
        catch (RefusalException exception)
        {
            _noSignIn = exception.Refusal;
            throw;
        }
    }

    private async Task<AccountSignature> SignAsync(string method, JsonArray parameters, Digest digest)
    {
        // Wallets sign typed data only for the chain that they are set to, and some say nothing about it.
        var wanted = "0x" + chain.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
        var set = TextOf(await AskAsync("eth_chainId"));
        if (!string.Equals(set, wanted, StringComparison.OrdinalIgnoreCase))
        {
            throw new RefusalException(new Refusal(RefusalReason.WalletChain, $"wanted {wanted} ({chain}), given {TerminalText.Neutralise(set ?? "none")}"));
        }

        var bytes = new byte[SignatureSize];
        if (TextOf(await AskAsync(method, parameters)) is not { } text || !Hex.TryDecode(text.ToLowerInvariant(), bytes) || !Secp256k1Signature.TryNormalise(bytes, out var signature))
        {
            throw new RefusalException(new Refusal(RefusalReason.BadSignature, "the wallet's answer is no signature"));
        }

        return ((AccountSignature)signature).TryRecover(digest, out var signer) && signer == Address
            ? signature
            : throw new RefusalException(new Refusal(RefusalReason.WalletAccount, $"wanted a signature of {Address} over {digest}, given one of {signer}"));
    }

    private static async Task<JsonNode?> AskAsync(string method, JsonArray? parameters = null)
    {
        if (!Page.HasWallet())
        {
            throw new RefusalException(new Refusal(RefusalReason.WalletUnavailable, "no wallet is in this page"));
        }

        try
        {
            var answer = JsonNode.Parse(await Page.AskWalletAsync(method, (parameters ?? []).ToJsonString()))!.AsObject();
            return !answer.TryGetPropertyValue("code", out var code) ? answer["result"]
                : (long)code! == SaidNo ? throw new RefusalException(new Refusal(RefusalReason.WalletRefused, method))
                : throw new RefusalException(new Refusal(RefusalReason.WalletUnavailable, $"{method}: {code} {TerminalText.Neutralise((string)answer["message"]!)}"));
        }
        catch (Exception exception) when (exception is JsonException or JSException)
        {
            throw new RefusalException(new Refusal(RefusalReason.WalletUnavailable, $"{method}: the answer is not in its form"));
        }
    }

    // Null of half a character too, which no JSON text of its own has.
    private static string? TextOf(JsonNode? node)
    {
        try
        {
            return node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
