using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
public sealed class EthereumKeystoreV3Tests
{
    private const string Passphrase = "p";
    private const int CheapLogN = 1;

    private static readonly Account Owner = Account.FromPrivateKey(Enumerable.Repeat((byte)9, 32).ToArray());
    private static readonly string Valid = EthereumKeystoreV3.Export(Owner, Passphrase, CheapLogN).OrThrow();

    // RFC 7914 section 12.
    [TestMethod]
    [DataRow("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [DataRow("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [DataRow("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void Scrypt_Rfc7914_Matches(string passphrase, string salt, int n, int r, int p, string wanted) =>
        Assert.AreEqual(wanted, Convert.ToHexStringLower(Scrypt.Derive(Encoding.ASCII.GetBytes(passphrase), Encoding.ASCII.GetBytes(salt), n, r, p, 64)));

    [TestMethod]
    public void Export_ThenImport_IsTheSameAccount()
    {
        using var imported = Import(EthereumKeystoreV3.Export(Owner, "pä", 10).OrThrow(), "pa\u0308").OrThrow();
        Assert.AreEqual(Owner.Address, imported.Address);
        Assert.AreEqual(RefusalReason.WrongPassphrase, Import(Valid, "q").Reason);
        Assert.AreEqual(RefusalReason.TooWeak, EthereumKeystoreV3.Export(Owner, "").Reason);
        Assert.AreEqual(RefusalReason.Malformed, EthereumKeystoreV3.Export(Owner, "\ud800").Reason);
        var json = JsonNode.Parse(EthereumKeystoreV3.Export(Owner, "a").OrThrow())!;
        Assert.AreEqual(1 << 17, (int)json["crypto"]!["kdfparams"]!["n"]!);
    }

    // ethers seals under NFKC: a passphrase typed in full width there has to open here.
    [TestMethod]
    public void Import_SealedUnderTheCompatibilityForm_Opens()
    {
        using var imported = Import(EthereumKeystoreV3.Export(Owner, "pass,é", CheapLogN).OrThrow(), "ｐａｓｓ，é").OrThrow();
        Assert.AreEqual(Owner.Address, imported.Address);
    }

    [TestMethod]
    [DataRow("version", "4", RefusalReason.UnknownVersion)]
    [DataRow("version", "\"3\"", RefusalReason.UnknownVersion)]
    [DataRow("address", "\"" + "00" + "\"", RefusalReason.Malformed)]
    [DataRow("address", "\"0000000000000000000000000000000000000000\"", RefusalReason.Malformed)]
    [DataRow("address", "null", RefusalReason.Malformed)]
    [DataRow("Crypto", "{}", RefusalReason.Malformed)]
    [DataRow("crypto", "null", RefusalReason.Malformed)]
    [DataRow("crypto.cipher", "\"aes-128-cbc\"", RefusalReason.Malformed)]
    [DataRow("crypto.cipherparams", "1", RefusalReason.Malformed)]
    [DataRow("crypto.cipherparams.iv", "\"00\"", RefusalReason.Malformed)]
    [DataRow("crypto.cipherparams.iv", "\"00000000000000000000000000000000\"", RefusalReason.Malformed)]
    [DataRow("crypto.ciphertext", "\"00\"", RefusalReason.Malformed)]
    [DataRow("crypto.ciphertext", "\"0000000000000000000000000000000000000000000000000000000000000000\"", RefusalReason.WrongPassphrase)]
    [DataRow("crypto.mac", "\"0000000000000000000000000000000000000000000000000000000000000000\"", RefusalReason.WrongPassphrase)]
    [DataRow("crypto.mac", "\"\\ud800\"", RefusalReason.Malformed)]
    [DataRow("crypto.kdf", "\"argon2\"", RefusalReason.Malformed)]
    [DataRow("crypto.kdf", "\"pbkdf2\"", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.dklen", "16", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.dklen", "2147483647", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.n", "0", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.n", "1", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.n", "3", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.n", "-2147483648", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.n", "1073741824", RefusalReason.TooLarge)]
    [DataRow("crypto.kdfparams.n", "1048576", RefusalReason.TooLarge)]
    [DataRow("crypto.kdfparams.r", "2147483647", RefusalReason.TooLarge)]
    [DataRow("crypto.kdfparams.p", "2147483647", RefusalReason.TooLarge)]
    [DataRow("crypto.kdfparams.p", "0", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.p", "2", RefusalReason.WrongPassphrase)]
    [DataRow("crypto.kdfparams.salt", "\"0\"", RefusalReason.Malformed)]
    [DataRow("crypto.kdfparams.salt", "\"00\"", RefusalReason.WrongPassphrase)]
    [DataRow("note", "\"a wallet's own member\"", RefusalReason.None)]
    public void Import_OneThingChanged_GivesTheReason(string path, string value, RefusalReason reason)
    {
        var root = JsonNode.Parse(Valid)!;
        var parts = path.Split('.');
        var target = parts.SkipLast(1).Aggregate(root, (node, name) => node[name]!);
        target[parts[^1]] = "MARKER";
        Assert.AreEqual(reason, Import(root.ToJsonString().Replace("\"MARKER\"", value, StringComparison.Ordinal), Passphrase).Reason);
    }

    [TestMethod]
    public void Import_Pbkdf2AboveTheLimit_IsRefusedBeforeDeriving()
    {
        var root = JsonNode.Parse(Valid)!;
        root["crypto"]!["kdf"] = "pbkdf2";
        root["crypto"]!["kdfparams"]!["prf"] = "hmac-sha256";
        root["crypto"]!["kdfparams"]!["c"] = int.MaxValue;
        Assert.AreEqual(RefusalReason.TooLarge, Import(root.ToJsonString(), Passphrase).Reason);
        root["crypto"]!["kdfparams"]!["c"] = 1;
        Assert.AreEqual(RefusalReason.WrongPassphrase, Import(root.ToJsonString(), Passphrase).Reason);
        root["crypto"]!["kdfparams"]!["prf"] = "hmac-sha512";
        Assert.AreEqual(RefusalReason.Malformed, Import(root.ToJsonString(), Passphrase).Reason);
    }

    [TestMethod]
    public void Import_TruncatedChangedOrMutated_NeverGivesAnotherAccount()
    {
        var valid = Encoding.UTF8.GetBytes(Valid);
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(EthereumKeystoreV3.Import(valid.AsSpan(0, length), Passphrase).Accepted, $"accepted {length} bytes");
        }

        Assert.IsFalse(EthereumKeystoreV3.Import([.. valid, (byte)'x'], Passphrase).Accepted);
        Assert.AreEqual(RefusalReason.TooLarge, EthereumKeystoreV3.Import(new byte[EthereumKeystoreV3.MaxBytes + 1], Passphrase).Reason);

        var random = new Random(3);
        for (var round = 0; round < 3000; round++)
        {
            // First every place once, then several places at random.
            var mutated = valid.ToArray();
            var index = round < valid.Length ? round : random.Next(valid.Length);
            mutated[index] ^= (byte)(1 << random.Next(8));
            if (round >= valid.Length)
            {
                mutated[random.Next(valid.Length)] = (byte)random.Next(256);
            }

            // A member's name may change without harm (the id's, the address's); the key never may.
            var verdict = EthereumKeystoreV3.Import(mutated, Passphrase);
            if (verdict.Accepted && Encoding.UTF8.GetString(mutated).Contains("\"address\"", StringComparison.Ordinal))
            {
                Assert.AreEqual(Owner.Address, verdict.Value.Address);
            }
        }
    }

    private static Verdict<Account> Import(string json, string passphrase) => EthereumKeystoreV3.Import(Encoding.UTF8.GetBytes(json), passphrase);
}
