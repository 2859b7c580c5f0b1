using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
public sealed class KeystoreTests
{
    private const string Passphrase = "correct horse 房";

    private static readonly Lazy<(string Json, string Phrase)> Sealed = new(() =>
    {
        using var mnemonic = Mnemonic.Generate(24, MnemonicLanguage.SimplifiedChinese);
        using var content = KeystoreContent.Of(mnemonic);
        return (Keystore.Seal(content, Passphrase, Argon2idParameters.Floor).OrThrow(), mnemonic.RevealPhrase());
    });

    // The known answer of the reference implementation's test.c.
    [TestMethod]
    public void Argon2id_ReferenceVector_Matches()
    {
        var key = new byte[32];
        Argon2id.Derive("password"u8.ToArray(), "somesalt"u8, new Argon2idParameters(65536, 2, 1), key);
        Assert.AreEqual("09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7", Convert.ToHexStringLower(key));
    }

    [TestMethod]
    public void Open_WhatWasSealed_GivesThePhrase()
    {
        using var content = Open(Sealed.Value.Json).OrThrow();
        Assert.AreEqual(KeystoreContentKind.SimplifiedChinesePhrase, content.Kind);
        Assert.IsTrue(content.TryGetMnemonic(out var mnemonic));
        Assert.AreEqual(Sealed.Value.Phrase, mnemonic.RevealPhrase());
        Assert.IsFalse(content.TryGetAccount(out _));
        Assert.IsFalse(content.TryGetIssuerKey(out _));
        content.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => content.TryGetMnemonic(out _));
    }

    [TestMethod]
    public void Open_SealedKeys_GivesKeysOfTheirKind()
    {
        using var account = Account.Generate();
        using var sealedAccount = KeystoreContent.Of(account);
        using var openedAccount = Open(Keystore.Seal(sealedAccount, Passphrase, Argon2idParameters.Floor).OrThrow()).OrThrow();
        Assert.IsTrue(openedAccount.TryGetAccount(out var accountAgain));
        Assert.AreEqual(account.Address, accountAgain.Address);
        Assert.IsFalse(openedAccount.TryGetMnemonic(out _));

        using var issuer = IssuerKey.Generate(EcdsaJws.Es256);
        using var sealedIssuer = KeystoreContent.Of(issuer);
        using var openedIssuer = Open(Keystore.Seal(sealedIssuer, Passphrase, Argon2idParameters.Floor).OrThrow()).OrThrow();
        Assert.IsTrue(openedIssuer.TryGetIssuerKey(out var issuerAgain));
        Assert.AreEqual(EcdsaJws.Es256, issuerAgain.Algorithm);
        Assert.IsTrue(issuer.PublicKey.Span.SequenceEqual(issuerAgain.PublicKey.Span));
    }

    [TestMethod]
    public void Open_AnotherPassphraseOrChangedHeader_IsWrongPassphrase()
    {
        Assert.AreEqual(RefusalReason.WrongPassphrase, Keystore.Open(Encoding.UTF8.GetBytes(Sealed.Value.Json), "Correct horse 房").Reason);
        foreach (var (path, value) in new (string, JsonNode)[]
        {
            ("content", "bip39-english"),
            ("kdf.parallelism", 3),
            ("kdf.salt", new string('A', 22)),
            ("cipher.nonce", new string('A', 16)),
            ("ciphertext", new string('A', 64)),
            ("ciphertext", ""),
        })
        {
            Assert.AreEqual(RefusalReason.WrongPassphrase, Open(With(path, value)).Reason, path);
        }
    }

    // None of these may derive first: the ones above the ceiling would take gigabytes.
    [TestMethod]
    [DataRow("kdf.memoryKiB", "65535", RefusalReason.TooWeak)]
    [DataRow("kdf.memoryKiB", "8", RefusalReason.TooWeak)]
    [DataRow("kdf.memoryKiB", "-1", RefusalReason.TooWeak)]
    [DataRow("kdf.memoryKiB", "1048577", RefusalReason.TooLarge)]
    [DataRow("kdf.memoryKiB", "2147483647", RefusalReason.TooLarge)]
    [DataRow("kdf.memoryKiB", "2147483648", RefusalReason.Malformed)]
    [DataRow("kdf.memoryKiB", "65536.0", RefusalReason.Malformed)]
    [DataRow("kdf.memoryKiB", "6.5536e4", RefusalReason.Malformed)]
    [DataRow("kdf.memoryKiB", "\"65536\"", RefusalReason.Malformed)]
    [DataRow("kdf.iterations", "2", RefusalReason.TooWeak)]
    [DataRow("kdf.iterations", "11", RefusalReason.TooLarge)]
    [DataRow("kdf.parallelism", "0", RefusalReason.TooWeak)]
    [DataRow("kdf.parallelism", "17", RefusalReason.TooLarge)]
    [DataRow("kdf.salt", "\"AAAAAAAAAAAAAAAAAAAA\"", RefusalReason.TooWeak)]
    [DataRow("kdf.salt", "\"AAAAAAAAAAAAAAAAAAAAAB\"", RefusalReason.Malformed)]
    [DataRow("kdf.name", "\"argon2i\"", RefusalReason.Malformed)]
    [DataRow("kdf.more", "1", RefusalReason.Malformed)]
    [DataRow("kdf", "null", RefusalReason.Malformed)]
    [DataRow("cipher.name", "\"aes-128-gcm\"", RefusalReason.Malformed)]
    [DataRow("cipher.name", "\"sm4-gcm\"", RefusalReason.WrongSuite)]
    [DataRow("cipher.nonce", "\"AAAA\"", RefusalReason.Malformed)]
    [DataRow("cipher", "[]", RefusalReason.Malformed)]
    [DataRow("content", "\"unknown\"", RefusalReason.Malformed)]
    [DataRow("content", "\"\\ud800\"", RefusalReason.Malformed)]
    [DataRow("content", "1", RefusalReason.Malformed)]
    [DataRow("format", "\"other\"", RefusalReason.Malformed)]
    [DataRow("version", "2", RefusalReason.UnknownVersion)]
    [DataRow("version", "1.0", RefusalReason.UnknownVersion)]
    [DataRow("more", "1", RefusalReason.Malformed)]
    public void Open_HeaderOutsideTheRules_IsRefusedBeforeDeriving(string path, string value, RefusalReason reason)
    {
        // The marker keeps the value's own spelling, which a JSON tree would change.
        var json = With(path, "MARKER").Replace("\"MARKER\"", value, StringComparison.Ordinal);
        Assert.AreEqual(reason, Open(json).Reason);
    }

    [TestMethod]
    public void Open_TruncatedTrailingOrBroken_IsMalformed()
    {
        var valid = Encoding.UTF8.GetBytes(Sealed.Value.Json);
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.AreEqual(RefusalReason.Malformed, Keystore.Open(valid.AsSpan(0, length), Passphrase).Reason);
            var changed = valid.ToArray();
            changed[length] = 1;
            Assert.AreEqual(RefusalReason.Malformed, Keystore.Open(changed, Passphrase).Reason);
        }

        Assert.AreEqual(RefusalReason.Malformed, Keystore.Open([.. valid, (byte)'}'], Passphrase).Reason);
        Assert.AreEqual(RefusalReason.TooLarge, Keystore.Open(new byte[Keystore.MaxBytes + 1], Passphrase).Reason);
        var doubled = Sealed.Value.Json.Replace("\"version\": 1,", "\"version\": 1, \"version\": 1,", StringComparison.Ordinal);
        Assert.AreNotEqual(Sealed.Value.Json, doubled);
        Assert.AreEqual(RefusalReason.Malformed, Open(doubled).Reason);
    }

    [TestMethod]
    public void Seal_WeakCostOrPassphrase_IsRefused()
    {
        using var account = Account.Generate();
        using var content = KeystoreContent.Of(account);
        Assert.AreEqual(RefusalReason.TooWeak, Keystore.Seal(content, "", Argon2idParameters.Floor).Reason);
        Assert.AreEqual(RefusalReason.TooWeak, Keystore.Seal(content, "a", Argon2idParameters.Floor with { MemoryKiB = 65535 }).Reason);
        Assert.AreEqual(RefusalReason.TooLarge, Keystore.Seal(content, "a", Argon2idParameters.Floor with { Iterations = 100 }).Reason);
        Assert.AreEqual(RefusalReason.Malformed, Keystore.Seal(content, "\udc00", Argon2idParameters.Floor).Reason);
        Assert.AreEqual(RefusalReason.TooLarge, Keystore.Seal(content, new string('a', 1025), Argon2idParameters.Floor).Reason);
    }

    private static Verdict<KeystoreContent> Open(string json) => Keystore.Open(Encoding.UTF8.GetBytes(json), Passphrase);

    private static string With(string path, JsonNode value)
    {
        var root = JsonNode.Parse(Sealed.Value.Json)!;
        var parts = path.Split('.');
        var target = parts.Length == 1 ? root : root[parts[0]]!;
        target[parts[^1]] = value.DeepClone();
        return root.ToJsonString();
    }
}
