using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
public sealed class WalletTests
{
    private const string Phrase = "test test test test test test test test test test test junk";

    // The accounts that every Ethereum development chain shows for this phrase.
    [TestMethod]
    public void Account_WellKnownPhrase_GivesTheWellKnownAddresses()
    {
        using var wallet = Open();
        using var first = wallet.Account(0);
        using var second = wallet.Account(1);
        Assert.AreEqual("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266", first.Address.ToString());
        Assert.AreEqual("0x70997970C51812dc3A010C7d01b50e0d17dc79C8", second.Address.ToString());
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => wallet.Account(HdKey.Hardened));
    }

    [TestMethod]
    public void PairwiseAccount_OneCounterparty_IsAlwaysTheSameAndAnothersIsNot()
    {
        using var wallet = Open();
        var one = new AccountAddress(Enumerable.Repeat((byte)1, 20).ToArray());
        var two = new AccountAddress(Enumerable.Repeat((byte)2, 20).ToArray());
        using var first = wallet.PairwiseAccount(one);
        using var again = wallet.PairwiseAccount(one);
        using var other = wallet.PairwiseAccount(two);
        Assert.AreEqual(first.Address, again.Address);
        Assert.AreNotEqual(first.Address, other.Address);

        var hash = SHA256.HashData([.. Encoding.ASCII.GetBytes(Labels.PairwiseAccount), 0, .. one.ToArray()]);
        using var byIndex = wallet.Account(BinaryPrimitives.ReadUInt32BigEndian(hash) >> 1);
        Assert.AreEqual(byIndex.Address, first.Address);
    }

    [TestMethod]
    public void DeriveSecret_LabelsAndPassphrases_GiveDifferentSecrets()
    {
        using var wallet = Open();
        using var protectedWallet = Open("pässword");
        using var decomposed = Open("pa\u0308ssword");
        Assert.AreEqual(Secret(wallet, Labels.EncryptionKey), Secret(wallet, Labels.EncryptionKey));
        Assert.AreNotEqual(Secret(wallet, Labels.EncryptionKey), Secret(wallet, Labels.PseudonymSecret));
        Assert.AreNotEqual(Secret(wallet, Labels.EncryptionKey), Secret(protectedWallet, Labels.EncryptionKey));
        Assert.AreEqual(Secret(decomposed, Labels.EncryptionKey), Secret(protectedWallet, Labels.EncryptionKey));
        Assert.ThrowsExactly<ArgumentException>(() => wallet.DeriveSecret("é", new byte[32]));
        Assert.ThrowsExactly<ArgumentException>(() => wallet.DeriveSecret("", new byte[32]));

        var seed = new byte[Mnemonic.SeedSize];
        using var mnemonic = Mnemonic.Parse(Phrase).OrThrow();
        mnemonic.DeriveSeed([], seed);
        Assert.AreEqual(
            Convert.ToHexString(HKDF.DeriveKey(HashAlgorithmName.SHA256, seed, 32, [], Encoding.ASCII.GetBytes(Labels.EncryptionKey))),
            Secret(wallet, Labels.EncryptionKey));
    }

    [TestMethod]
    public void Open_PassphraseThatHasNoBytes_IsRefused()
    {
        using var mnemonic = Mnemonic.Parse(Phrase).OrThrow();
        Assert.AreEqual(RefusalReason.Malformed, Wallet.Open(mnemonic, "a\ud800").Reason);
        Assert.AreEqual(RefusalReason.Malformed, Wallet.Open(mnemonic, "\ufffd\udc00").Reason);
        Assert.AreEqual(RefusalReason.None, Wallet.Open(mnemonic, "\ufffd").Reason);
        Assert.AreEqual(RefusalReason.None, Wallet.Open(mnemonic, new string('a', 1024)).Reason);
        Assert.AreEqual(RefusalReason.TooLarge, Wallet.Open(mnemonic, new string('a', 1025)).Reason);
        Assert.AreEqual(RefusalReason.TooLarge, Wallet.Open(mnemonic, new string('房', 342)).Reason);
    }

    [TestMethod]
    public void Dispose_ThenUse_Throws()
    {
        var wallet = Open();
        wallet.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => wallet.Account(0));
        Assert.ThrowsExactly<ObjectDisposedException>(() => wallet.PairwiseAccount(default));
        Assert.ThrowsExactly<ObjectDisposedException>(() => wallet.DeriveSecret("a", new byte[32]));
    }

    // BIP-32 test vector 3 and 4: a master and a child key with leading zero bytes, which some libraries drop.
    [TestMethod]
    [DataRow(
        "4b381541583be4423346c643850da4b320e46a87ae3d2a4e6da11eba819cd4acba45d239319ac14f863b8d5ab5a0d0c64d2e8a1e7d1457df2e5a3c51c73235be",
        "m/0'",
        "xprv9uPDJpEQgRQfDcW7BkF7eTya6RPxXeJCqCJGHuCJ4GiRVLzkTXBAJMu2qaMWPrS7AANYqdq6vcBcBUdJCVVFceUvJFjaPdGZ2y9WACViL4L")]
    [DataRow(
        "3ddd5602285899a946114506157c7997e5444528f3003f6134712147db19b678",
        "m/0'/1'",
        "xprv9xJocDuwtYCMNAo3Zw76WENQeAS6WGXQ55RCy7tDJ8oALr4FWkuVoHJeHVAcAqiZLE7Je3vZJHxspZdFHfnBEjHqU5hG1Jaj32dVoS6XLT1")]
    public void Derive_KeysWithLeadingZeros_MatchBip32(string seed, string path, string wanted)
    {
        using var master = HdKey.FromSeed(Convert.FromHexString(seed));
        using var key = master.Derive(path);
        Assert.AreEqual(wanted, key.ExportExtendedPrivateKey());
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("0")]
    [DataRow("m/")]
    [DataRow("m/x")]
    [DataRow("m/-1")]
    [DataRow("m/+1")]
    [DataRow("m/ 1")]
    [DataRow("m/2147483648")]
    [DataRow("m/0''")]
    [DataRow("m/'")]
    public void Derive_NotAPath_Throws(string path)
    {
        using var master = HdKey.FromSeed(new byte[64]);
        Assert.ThrowsExactly<FormatException>(() => master.Derive(path));
        Assert.ThrowsExactly<ArgumentException>(() => HdKey.FromSeed(new byte[15]));
    }

    private static Wallet Open(string passphrase = "")
    {
        using var mnemonic = Mnemonic.Parse(Phrase).OrThrow();
        return Wallet.Open(mnemonic, passphrase).OrThrow();
    }

    private static string Secret(Wallet wallet, string label)
    {
        var secret = new byte[32];
        wallet.DeriveSecret(label, secret);
        return Convert.ToHexString(secret);
    }
}
