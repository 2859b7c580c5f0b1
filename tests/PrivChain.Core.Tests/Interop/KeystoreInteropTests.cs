using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Tests.Interop;

/// <summary>ethers derives our accounts from the phrase and opens our keystore V3 export; we open its.</summary>
[TestClass]
public sealed class KeystoreInteropTests
{
    [TestMethod]
    public void PhraseAndKeystore_BothWays_AgreeWithEthers()
    {
        using var mnemonic = Mnemonic.Generate();
        using var wallet = Wallet.Open(mnemonic, "crème brûlée").OrThrow();
        using var account = wallet.Account(0);
        var exported = EthereumKeystoreV3.Export(account, "correct horse").OrThrow();
        var result = Counterpart.Run("keystore.mjs", new JsonObject
        {
            ["phrase"] = mnemonic.RevealPhrase(),
            ["passphrase"] = "crème brûlée",
            ["keystore"] = exported,
            ["password"] = "correct horse",
        });
        var accounts = result.GetProperty("accounts").EnumerateArray().Select(item => item.GetString()).ToList();
        foreach (var (index, position) in new[] { (0u, 0), (1u, 1), (7u, 2) })
        {
            using var derived = wallet.Account(index);
            Assert.AreEqual(derived.Address.ToString(), accounts[position]);
        }

        Assert.AreEqual(account.Address.ToString(), result.GetProperty("opened").GetString());
        using var imported = EthereumKeystoreV3.Import(Encoding.UTF8.GetBytes(result.GetProperty("keystore").GetString()!), "correct horse").OrThrow();
        Assert.AreEqual(account.Address, imported.Address);
    }
}
