using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.SignIn;
using PrivChain.Core.Suites;
using PrivChain.Core.TypedData;

namespace PrivChain.App.Tests;

/// <summary>A person whose Ethereum wallet signs: what it signs counts, and what it answers otherwise is refused by name with nothing sent.</summary>
[TestClass]
public sealed class InjectedWalletTests
{
    [TestMethod]
    public async Task Person_SignsWithAWallet_AndWhatIsNoSignatureOfItsIsRefused()
    {
        var world = await SharedWorld.OpenAsync();
        using var account = Account.Generate();
        using var another = Account.Generate();
        var wallet = new StandInWallet(account, world.Deployment.Genesis.ChainId);
        await using var visit = await AppBrowser.VisitAsync(world.Deployment.AppLink, go: false);
        await wallet.EnterAsync(visit);
        await visit.Page.GotoAsync(world.Deployment.AppLink.ToString());
        await visit.ClickAsync("#with-wallet");
        await ScreenTests.ShowInBothAsync(visit, "wallet");
        await visit.ClickAsync("#connect");
        Assert.AreEqual(account.Address.ToString(), await visit.TextAsync("#wallet-account"));
        await ScreenTests.ShowInBothAsync(visit, "wallet-connected");

        // The wallet signs the contact and the sign-in; everybody sees its one account.
        await visit.EnterAsync(world);
        Assert.AreEqual(account.Address, (await visit.ContactAsync(world, world.Registry.Account.Address.ToString())).Account);
        var pending = await visit.AskAsync(world, await world.PublishAsync("age-check"));
        Assert.AreEqual(1, wallet.Asked.Count(method => method == "personal_sign"));
        await visit.GoAsync("/data");
        await visit.Page.WaitForSelectorAsync(".record");

        // What a person states is anchored by the wallet too, which shows of what kind it is.
        await visit.ClickAsync("#add");
        await visit.Page.SelectOptionAsync("#kind", "contact-details/1");
        await visit.FillAsync("#field-name", "Lin Qiuyan");
        await visit.ClickAsync("#keep");
        await visit.Page.WaitForSelectorAsync(".record[data-schema='contact-details/1']");
        StringAssert.Contains(TypedDataDocument.Parse(Encoding.UTF8.GetBytes(wallet.LastTyped!)).OrThrow().Message.GetRawText(), "contact-details/1");

        await visit.ReadRequestAsync();
        await visit.ClickAsync("#go-on");
        await visit.Page.CheckAsync("#sure");
        await RefusedAsync("WalletRefused", () => wallet.SaysNo = true);
        await RefusedAsync("WalletAccount", () => wallet.Signer = another);
        await RefusedAsync("WalletChain", () => wallet.Chain = "0x1");
        await RefusedAsync("BadSignature", () => wallet.Answer = "0x" + new string('0', 130));
        await RefusedAsync("WalletUnavailable", () => wallet.Code = "4900");
        await RefusedAsync("WalletUnavailable", () => wallet.Code = "1e21");
        await RefusedAsync("WalletUnavailable", () => wallet.Code = "4294967297");
        await RefusedAsync("WalletUnavailable", () => wallet.Code = "{}");
        await RefusedAsync("BadSignature", () => wallet.Answer = "half a character");
        Assert.AreEqual(0, await world.Connection.Ledger.ReadStateAsync(_ => world.Connection.Ledger.History.ConsentsOf(account.Address).Count()));

        // Other programs write v as 0 or 1, and some a high s: it is the same signature.
        wallet.WritesOtherForms = true;
        await visit.ClickAsync("#sign");
        await visit.Page.WaitForSelectorAsync("#see-consent");
        var shown = TypedDataDocument.Parse(Encoding.UTF8.GetBytes(wallet.LastTyped!)).OrThrow();
        StringAssert.Contains(shown.Message.GetRawText(), "identity-card.birthDate", "the wallet shows what is agreed to");
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var consent = await pending.WaitForConsentAsync(limit.Token);
        Assert.AreEqual(account.Address, consent.Entry.Entry.Signer);
        Assert.IsTrue((await world.Institution.QueryAsync(consent))["identity-card.birthDate"].YesNo);
        await visit.ClickAsync("#see-consent");
        await visit.Page.WaitForSelectorAsync(".use .saw");
        await visit.ClickAsync("#revoke");
        await visit.Page.WaitForSelectorAsync("#revoked");
        Assert.IsNotNull(await world.Connection.Ledger.ReadStateAsync(state => state.Consent(consent.Digest)!.RevokedAt));

        // A no to signing in is said once, and the wallet left alone until the person wants.
        wallet.SaysNo = true;
        await visit.Page.ReloadAsync();
        await visit.UnlockAsync();
        await visit.Page.WaitForSelectorAsync("[data-reason=WalletRefused]");
        var asked = wallet.Asked.Count;
        await visit.ClickAsync("#language");
        await visit.ClickAsync("#language");
        Assert.AreEqual(asked, wallet.Asked.Count);
        wallet.SaysNo = false;
        await visit.ClickAsync("#ask-wallet");
        await visit.GoAsync("/");
        await visit.Page.WaitForSelectorAsync(".tile");

        // Gone, it signs nothing.
        await visit.Page.EvaluateAsync("delete window.ethereum");
        await visit.GoAsync("/share");
        await visit.Page.SelectOptionAsync("#with", world.Bank.Account.Address.ToString());
        await visit.Page.WaitForSelectorAsync("main [data-reason=WalletUnavailable]");
        Assert.AreEqual(0, await visit.At("#contact").CountAsync());
        visit.AssertClean();

        async Task RefusedAsync(string reason, Action change)
        {
            change();
            await visit.ClickAsync("#sign");
            await visit.Page.WaitForSelectorAsync($"#signing [data-reason={reason}]");
            wallet.Mend();
        }
    }

    /// <summary>Answers as EIP-1193 says, or otherwise where a test wants it.</summary>
    internal sealed class StandInWallet
    {
        private const string SaidNo = "4001";
        private static readonly BigInteger _n = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

        private readonly Account _account;
        private readonly string _chain;

        public StandInWallet(Account account, ulong chain)
        {
            (_account, _chain) = (account, "0x" + chain.ToString("X", CultureInfo.InvariantCulture));
            Mend();
        }

        public Account Signer { get; set; } = null!;

        public string Chain { get; set; } = string.Empty;

        public bool SaysNo { get; set; }

        public bool WritesOtherForms { get; set; }

        public string? Answer { get; set; }

        /// <summary>JavaScript for the code of the error that signing ends with.</summary>
        public string? Code { get; set; }

        public List<string> Asked { get; } = [];

        public string? LastTyped { get; private set; }

        public void Mend() => (Signer, Chain, SaysNo, Answer, Code) = (_account, _chain, false, null, null);

        public async Task EnterAsync(AppVisit visit)
        {
            await visit.Page.ExposeFunctionAsync<string, string, string>("askStandIn", Ask);
            await visit.Page.AddInitScriptAsync("""
                window.ethereum = { request: async ({ method, params }) => {
                  const { result, code } = JSON.parse(await window.askStandIn(method, JSON.stringify(params ?? [])));
                  if (code) throw Object.assign(new Error('as the test wants \ud83d'), { code: JSON.parse(code) });
                  return result === 'half a character' ? '\ud83d' : result;
                } };
                """);
        }

        private string Ask(string method, string parameters)
        {
            Asked.Add(method);
            var given = JsonNode.Parse(parameters)!.AsArray();
            var isSigning = method is "eth_signTypedData_v4" or "personal_sign";
            if (isSigning && (SaysNo ? SaidNo : Code) is { } code)
            {
                return new JsonObject { ["code"] = code }.ToJsonString();
            }

            JsonNode result = method switch
            {
                // Without the checksum, as most wallets write accounts.
                "eth_requestAccounts" => new JsonArray(Signer.Address.ToString().ToLowerInvariant()),
                "eth_chainId" => Chain,
                "eth_signTypedData_v4" when (string)given[0]! == _account.Address.ToString() => Sign(TypedDataDocument.Parse(Encoding.UTF8.GetBytes(LastTyped = (string)given[1]!)).OrThrow().SigningDigest),
                "personal_sign" when (string)given[1]! == _account.Address.ToString() =>
                    Sign(SignInMessage.Parse(Encoding.UTF8.GetString(Convert.FromHexString(((string)given[0]!)[2..]))).OrThrow().SigningDigest(Suite.International)),
                _ => throw new InvalidOperationException(method),
            };
            return new JsonObject { ["result"] = isSigning && Answer is not null ? Answer : result }.ToJsonString();
        }

        private string Sign(Digest digest)
        {
            var bytes = Signer.Sign(digest).ToArray();
            if (WritesOtherForms)
            {
                var high = (_n - new BigInteger(bytes.AsSpan(32, 32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
                bytes.AsSpan(32, 32).Clear();
                high.CopyTo(bytes.AsSpan(64 - high.Length));
                bytes[64] = bytes[64] == 27 ? (byte)1 : (byte)0;
            }

            return Hex.Encode(bytes);
        }
    }
}
