using System.Text;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class WalletVectorTests
{
    [TestMethod]
    public void Mnemonic_TrezorVectors_GiveEntropyPhraseSeedAndMasterKey()
    {
        foreach (var file in VectorFolder.Files("bip39-keystore", "bip39_trezor_english*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                var phrase = test.Text("mnemonic");
                using var made = Mnemonic.FromEntropy(test.Bytes("entropy"));
                Assert.AreEqual(phrase, made.RevealPhrase());
                using var parsed = Mnemonic.Parse(phrase).OrThrow();
                Assert.AreEqual(test.Text("entropy"), Entropy(parsed));
                var seed = new byte[Mnemonic.SeedSize];
                parsed.DeriveSeed("TREZOR"u8, seed);
                Assert.AreEqual(test.Text("seed"), Convert.ToHexStringLower(seed));
                using var master = HdKey.FromSeed(seed);
                Assert.AreEqual(test.Text("xprv"), master.ExportExtendedPrivateKey());
            }
        }
    }

    // Word lists of other languages are not carried; their phrases still give the stated seeds, which needs NFKD on phrase and passphrase.
    [TestMethod]
    public void Mnemonic_EthersVectors_GiveEntropySeedAndEveryNode()
    {
        foreach (var file in VectorFolder.Files("bip39-keystore", "bip39_bip32_ethers*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                var name = test.Text("name");
                var phrase = Encoding.UTF8.GetString(test.Bytes("phrase"));
                var password = Encoding.UTF8.GetString(test.Bytes("password"));
                Assert.IsTrue(PassphraseText.TryEncode(phrase, PassphraseForm.CompatibilityDecomposed, out var phraseBytes, out _));
                Assert.IsTrue(PassphraseText.TryEncode(password, PassphraseForm.CompatibilityDecomposed, out var passwordBytes, out _));
                var seed = new byte[Mnemonic.SeedSize];
                Mnemonic.DeriveSeed(phraseBytes, passwordBytes, seed);
                Assert.AreEqual(test.Text("seed")[2..], Convert.ToHexStringLower(seed), name);

                if (test.Text("locale") is "en" or "zh_cn")
                {
                    using var mnemonic = Mnemonic.Parse(phrase).OrThrow();
                    Assert.AreEqual(test.Text("entropy")[2..], Entropy(mnemonic), name);
                    Assert.AreEqual(phrase, mnemonic.RevealPhrase(), name);
                    mnemonic.DeriveSeed(passwordBytes, seed);
                    Assert.AreEqual(test.Text("seed")[2..], Convert.ToHexStringLower(seed), name);
                }
                else
                {
                    Assert.AreEqual(RefusalReason.Malformed, Mnemonic.Parse(phrase).Reason, name);
                }

                using var master = HdKey.FromSeed(seed);
                foreach (var node in test.GetProperty("nodes").EnumerateArray())
                {
                    using var key = master.Derive(node.Text("path"));
                    Assert.AreEqual(node.Text("xpriv"), key.ExportExtendedPrivateKey(), name);
                    Assert.AreEqual(node.Text("xpub"), key.ExportExtendedPublicKey(), name);
                    using var account = key.ToAccount();
                    var secret = new byte[32];
                    account.ExportPrivateKey(secret);
                    Assert.AreEqual(node.Text("privateKey")[2..], Convert.ToHexStringLower(secret), name);
                }
            }
        }
    }

    [TestMethod]
    public void KeystoreV3_EthereumVectors_Open()
    {
        foreach (var file in VectorFolder.Files("bip39-keystore", "keystore_v3_ethereum_tests*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateObject())
            {
                var json = Encoding.UTF8.GetBytes(test.Value.GetProperty("json").GetRawText());
                using var account = EthereumKeystoreV3.Import(json, test.Value.Text("password")).OrThrow();
                var secret = new byte[32];
                account.ExportPrivateKey(secret);
                Assert.AreEqual(test.Value.Text("priv"), Convert.ToHexStringLower(secret), test.Name);
            }
        }
    }

    [TestMethod]
    public void KeystoreV3_EthersVectors_OpenAndRefuseAnotherPassphrase()
    {
        foreach (var file in VectorFolder.Files("bip39-keystore", "keystore_v3_ethers*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                var json = Encoding.UTF8.GetBytes(test.Text("content"));
                var password = Encoding.UTF8.GetString(test.Bytes("password"));
                using var account = EthereumKeystoreV3.Import(json, password).OrThrow();
                Assert.AreEqual(test.Text("address"), account.Address.ToString(), test.Text("name"));
                if (test.Text("content").Contains("pbkdf2", StringComparison.Ordinal))
                {
                    Assert.AreEqual(RefusalReason.WrongPassphrase, EthereumKeystoreV3.Import(json, password + "x").Reason);
                }
            }
        }
    }

    private static string Entropy(Mnemonic mnemonic)
    {
        var entropy = new byte[mnemonic.EntropySize];
        mnemonic.ExportEntropy(entropy);
        return Convert.ToHexStringLower(entropy);
    }
}
