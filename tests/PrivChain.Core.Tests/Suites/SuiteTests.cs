using System.Text;
using System.Text.Json;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Hpke;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Suites;
using PrivChain.Core.Tests.Ledger;

namespace PrivChain.Core.Tests.Suites;

[TestClass]
public sealed class SuiteTests
{
    private static readonly LedgerDomain International = new(LedgerFixture.RandomDigest(), 7);
    private static readonly LedgerDomain National = new(LedgerFixture.RandomDigest(), 7, Suite.National);

    /// <summary>The same phrase gives unlike scalars: no key of SM2 is one of secp256k1, nor the key of an account that of encryption or of records.</summary>
    [TestMethod]
    public void Wallet_OfOnePhrase_SharesNoScalarBetweenSuites()
    {
        using var phrase = Mnemonic.Generate();
        using Wallet first = Wallet.Open(phrase).OrThrow(), second = Wallet.Open(phrase, suite: Suite.National).OrThrow();
        var scalars = new HashSet<string>();
        var count = 0;
        foreach (var wallet in new[] { first, second })
        {
            for (var index = 0u; index < 20; index++)
            {
                using var account = wallet.Account(index);
                Assert.AreSame(wallet.Suite, account.Suite);
                var key = new byte[Account.PrivateKeySize];
                account.ExportPrivateKey(key);
                scalars.Add(Convert.ToHexString(key));
                count++;
            }

            var secret = new byte[32];
            wallet.DeriveSecret(Labels.IssuerKey, secret);
            foreach (var derived in new[] { secret, Sm2.DeriveKey(secret, Encoding.ASCII.GetBytes(Labels.Sm2Issuer)), Sm2.DeriveKey(secret, Encoding.ASCII.GetBytes(Labels.Sm2Encryption)) })
            {
                scalars.Add(Convert.ToHexString(derived));
            }
        }

        Assert.HasCount(count + 3, scalars);
    }

    [TestMethod]
    public void Account_OfTheOtherSuite_SignsNothing()
    {
        using Account here = Account.Generate(), there = Account.Generate(Suite.National);
        Assert.AreEqual(RefusalReason.WrongSuite, Assert.ThrowsExactly<RefusalException>(() => International.Sign(there, Digest.Zero)).Reason);
        Assert.AreEqual(RefusalReason.WrongSuite, Assert.ThrowsExactly<RefusalException>(() => National.Sign(here, Digest.Zero)).Reason);
        Assert.AreEqual(RefusalReason.WrongSuite, EthereumKeystoreV3.Export(there, "correct horse").Reason);
    }

    [TestMethod]
    public void Signature_OfTheOtherSuite_DoesNotVerify()
    {
        using Account here = Account.Generate(), there = Account.Generate(Suite.National);
        var (own, foreign) = (International.Sign(here, Digest.Zero), National.Sign(there, Digest.Zero));
        Assert.IsTrue(International.Verify(here.Address, Digest.Zero, own));
        Assert.IsTrue(National.Verify(there.Address, Digest.Zero, foreign));
        Assert.IsFalse(International.Verify(there.Address, Digest.Zero, foreign));
        Assert.IsFalse(National.Verify(here.Address, Digest.Zero, own));
        Assert.IsFalse(AccountSignature.TryParse(Suite.National, own.ToArray(), out _));
        Assert.IsFalse(AccountSignature.TryParse(Suite.International, foreign.ToArray(), out _));
        Assert.IsFalse(default(AccountSignature).TryRecover(Digest.Zero, out _));
    }

    /// <summary>The one form of a signature: key compressed and on the curve, r and s in range; every bit changed is another signature, of nobody or of somebody else.</summary>
    [TestMethod]
    public void Signature_EveryBitAndLength_IsRefusedOrOfAnotherAccount()
    {
        using var account = Account.Generate(Suite.National);
        var digest = LedgerFixture.RandomDigest();
        var signed = account.Sign(digest);
        var bytes = signed.ToArray();
        Assert.AreEqual(Suite.National.SignatureSize, bytes.Length);
        Assert.IsTrue(AccountSignature.TryParse(Suite.National, bytes, out var read) && read == signed && read.TryRecover(digest, out var same) && same == account.Address);
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.IsFalse(AccountSignature.TryParse(Suite.National, bytes.AsSpan(0, length), out _));
        }

        Assert.IsFalse(AccountSignature.TryParse(Suite.National, [.. bytes, 0], out _));

        // Half of all x are of no point.
        var offCurve = bytes.ToArray();
        do
        {
            offCurve[32]++;
        }
        while (Sm2.TryParsePublicKey(offCurve.AsSpan(0, 33), out _));
        Assert.IsFalse(AccountSignature.TryParse(Suite.National, offCurve, out _));
        for (var bit = 0; bit < bytes.Length * 8; bit += 3)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsFalse(AccountSignature.TryParse(Suite.National, bytes, out var changed) && changed.TryRecover(digest, out var signer) && signer == account.Address, $"bit {bit}");
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [TestMethod]
    public void KeyStatementAndInbox_OfTheNationalSuite_GoThere()
    {
        using var account = Account.Generate(Suite.National);
        using var key = HpkePrivateKey.Generate(Suite.National.Kem);
        var statement = KeyStatement.Sign(National, account, key.PublicKey, 5);
        var read = KeyStatement.Verify(National, statement.ToArray()).OrThrow();
        Assert.AreEqual(key.PublicKey, read.Key);
        Assert.AreEqual(RefusalReason.WrongSuite, KeyStatement.Verify(International, statement.ToArray()).Reason);

        // A key of the other suite, however well signed.
        using var other = HpkePrivateKey.Generate(HpkeKem.X25519);
        Assert.AreEqual(RefusalReason.WrongSuite, KeyStatement.Verify(National, KeyStatement.Sign(National, account, other.PublicKey, 5).ToArray()).Reason);

        var note = ReviewNote.Sign(National, account, Digest.Zero, "too much", 5).OrThrow().ToArray();
        Assert.AreEqual(RefusalReason.None, ReviewNote.Verify(National, note).Reason);
        Assert.AreEqual(RefusalReason.WrongSuite, ReviewNote.Verify(International, note).Reason);

        // A key of the ledger's suite under a signature of the other one: with the key, the signature is asked as well.
        using var here = Account.Generate();
        Assert.AreEqual(RefusalReason.WrongSuite, KeyStatement.Verify(National, KeyStatement.Sign(International, here, key.PublicKey, 5).ToArray()).Reason);

        var box = InboxMessage.Seal(National, account, account.Address, key.PublicKey, InboxMessageKind.Request, 5, "hello"u8);
        Assert.IsTrue(InboxMessage.TryOpen(National, account.Address, key, box, out var message));
        Assert.AreEqual(account.Address, message.Sender);
        Assert.IsTrue(message.Body.Span.SequenceEqual("hello"u8));
    }

    /// <summary>A record signed with SM2 and sealed with SM2 and SM4: every field opens, a changed byte does not, and an issuer's key of another algorithm is refused.</summary>
    [TestMethod]
    public void SealedRecord_OfTheNationalSuite_OpensAndVerifies()
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("identity-card/1", out var schema));
        using var issuer = IssuerKey.Generate(Suite.National.IssuerAlgorithm);
        using var holderKey = HpkePrivateKey.Generate(Suite.National.Kem);
        using var holder = Account.Generate(Suite.National);
        using var claims = JsonDocument.Parse("""
            {"familyName":"Lin","givenName":"Qiuyan","fullNameZh":"林秋雁","idNumber":"32010219880312402X","birthDate":"1988-03-12","sex":"female",
             "nationality":"CN","address":"南京市玄武区珠江路 88 号","issuingAuthority":"南京市公安局"}
            """);
        var record = SealedRecord.Create(schema, claims.RootElement, issuer, "https://registry.example", holder.Address, holderKey.PublicKey, 1_790_000_000).OrThrow();
        Assert.AreEqual(HpkeKem.Sm2, record.Suite);
        Assert.AreEqual(Sm3.Hash([.. Encoding.ASCII.GetBytes(Labels.Record), 0, .. record.Bytes.Span]), record.Digest);
        using var keys = record.OpenBundle(schema, holderKey).OrThrow();
        var opened = record.Open(schema, keys, JwsKey.Of(issuer)).OrThrow();
        Assert.AreEqual("1988-03-12", opened.Values["birthDate"]!.Value.GetString());

        using var stranger = IssuerKey.Generate(EcdsaJws.Es256K);
        Assert.AreEqual(RefusalReason.WrongSuite, record.Open(schema, keys, JwsKey.Of(stranger)).Reason);
        using var colleague = IssuerKey.Generate(EcdsaJws.Sm2Sm3);
        Assert.AreEqual(RefusalReason.BadSignature, record.Open(schema, keys, JwsKey.Of(colleague)).Reason);
        var bytes = record.Bytes.ToArray();
        bytes[2000] ^= 1;
        Assert.IsTrue(SealedRecord.TryParse(bytes, out var changed));
        Assert.IsFalse(changed.OpenBundle(schema, holderKey).Accepted);
    }

    /// <summary>A record is of one suite: who signs by the one seals to nobody of the other.</summary>
    [TestMethod]
    public void SealedRecord_KeysOfUnlikeSuites_IsRefusedByName()
    {
        Assert.IsTrue(SchemaCatalog.BuiltIn.TryFind("identity-card/1", out var schema));
        var claims = JsonElement.Parse("""
            {"familyName":"Li","givenName":"Mei","idNumber":"32010619900517123X","birthDate":"1990-05-17","sex":"female","nationality":"CN","address":"1 River Road","issuingAuthority":"Office"}
            """);
        foreach (var (algorithm, kem, expected) in new[]
        {
            (EcdsaJws.Es256K, HpkeKem.Sm2, RefusalReason.WrongSuite), (EcdsaJws.Es256, HpkeKem.Sm2, RefusalReason.WrongSuite), (EcdsaJws.Sm2Sm3, HpkeKem.Sm2, RefusalReason.None),
            (EcdsaJws.Sm2Sm3, HpkeKem.XWing, RefusalReason.WrongSuite), (EcdsaJws.Sm2Sm3, HpkeKem.X25519, RefusalReason.WrongSuite), (EcdsaJws.Es256, HpkeKem.X25519, RefusalReason.None),
        })
        {
            using var issuer = IssuerKey.Generate(algorithm);
            using var holderKey = HpkePrivateKey.Generate(kem);
            Assert.AreEqual(expected, SealedRecord.Create(schema, claims, issuer, "issuer", AccountAddress.Zero, holderKey.PublicKey, 1_790_000_000).Reason, $"{algorithm} to {kem}");
        }
    }

    [TestMethod]
    public void Keystore_OfTheNationalSuite_GivesItsKeys()
    {
        const string Passphrase = "correct horse battery";
        using var account = Account.Generate(Suite.National);
        using var issuer = IssuerKey.Generate(EcdsaJws.Sm2Sm3);
        using var phrase = Mnemonic.Generate();
        using KeystoreContent first = Reopened(KeystoreContent.Of(account)), second = Reopened(KeystoreContent.Of(issuer)), third = Reopened(KeystoreContent.Of(phrase, Suite.National));
        Assert.IsTrue(first.TryGetAccount(out var again) && again.Address == account.Address && again.Suite == Suite.National);
        Assert.IsTrue(second.TryGetIssuerKey(out var key) && key.Algorithm == EcdsaJws.Sm2Sm3 && key.PublicKey.Span.SequenceEqual(issuer.PublicKey.Span));
        Assert.IsTrue(third.TryGetMnemonic(out var words) && words.RevealPhrase() == phrase.RevealPhrase() && third.Suite == Suite.National);
        Assert.IsFalse(second.TryGetAccount(out _));
        Assert.IsFalse(first.TryGetIssuerKey(out _));

        static KeystoreContent Reopened(KeystoreContent content)
        {
            using (content)
            {
                var file = Keystore.Seal(content, Passphrase, Argon2idParameters.Floor).OrThrow();
                Assert.Contains("\"sm4-gcm\"", file);
                Assert.AreEqual(RefusalReason.WrongPassphrase, Keystore.Open(Encoding.UTF8.GetBytes(file), Passphrase + "!").Reason);
                Assert.AreEqual(RefusalReason.WrongSuite, Keystore.Open(Encoding.UTF8.GetBytes(file.Replace("sm4-gcm", "aes-256-gcm", StringComparison.Ordinal)), Passphrase).Reason);
                return Keystore.Open(Encoding.UTF8.GetBytes(file), Passphrase).OrThrow();
            }
        }
    }

    /// <summary>A file as an early program sealed it, under the right passphrase: the cipher is of the other suite.</summary>
    [TestMethod]
    public void Keystore_OfTheNationalSuiteUnderAes_IsRefusedByName()
    {
        const string File = """
            {"format":"privchain-keystore","version":1,"content":"bip39-english-national",
            "kdf":{"name":"argon2id","memoryKiB":262144,"iterations":3,"parallelism":4,"salt":"7k8NlKz-My0Z35H85DK-FA"},
            "cipher":{"name":"aes-256-gcm","nonce":"ZLQrYl-JleMguYOw"},"ciphertext":"rM6GrrMoLpcdKdFM_bnkBDWIOj2S0l7ZWtlCw-kUW1c"}
            """;
        Assert.AreEqual(RefusalReason.WrongSuite, Keystore.Open(Encoding.UTF8.GetBytes(File), "correct horse").Reason);
    }

    [TestMethod]
    public void PublicDocument_WithKeysOfTheOtherSuite_IsRefusedByName()
    {
        foreach (var (here, there) in new[] { (Suite.International, Suite.National), (Suite.National, Suite.International) })
        {
            using Account governor = Account.Generate(here), party = Account.Generate(here);
            using HpkePrivateKey own = HpkePrivateKey.Generate(here.Kem), foreign = HpkePrivateKey.Generate(there.Kem);
            using var issuer = IssuerKey.Generate(there.IssuerAlgorithm);
            var signer = new EntrySigner(new LedgerDomain(Digest.Zero, 1, here), governor);
            Assert.AreEqual(RefusalReason.WrongSuite, Judge(LedgerRole.Institution, Profile(foreign, null).ToArray()));
            Assert.AreEqual(RefusalReason.WrongSuite, Judge(LedgerRole.Issuer, Profile(own, issuer).ToArray()));
            Assert.AreEqual(
                RefusalReason.WrongSuite, Judge(LedgerRole.Broker, new BrokerProfile { Account = party.Address, EncryptionKey = foreign.PublicKey, Evidence = new byte[10] }.ToArray()));
            Assert.AreEqual(RefusalReason.None, Judge(LedgerRole.Institution, Profile(own, null).ToArray()));

            RefusalReason Judge(LedgerRole role, byte[] document) =>
                PublicDocument.Judge(signer.Enrol(role, party.Address, Digest.Zero, Digest.OfSha256(document), 1, 2), document, SchemaCatalog.BuiltIn)?.Reason ?? RefusalReason.None;

            OrganisationProfile Profile(HpkePrivateKey key, IssuerKey? records) => new()
            {
                Account = party.Address,
                NameEn = "a",
                NameZh = "b",
                Contact = "c",
                PostalAddress = "d",
                Jurisdiction = "CN",
                EncryptionKey = key.PublicKey,
                IssuerAlgorithm = records?.Algorithm ?? string.Empty,
                IssuerKey = records?.PublicKey ?? ReadOnlyMemory<byte>.Empty,
            };
        }
    }

    [TestMethod]
    public void Genesis_OfTheNationalSuite_HasItsDomain()
    {
        var ledger = new LedgerFixture(suite: Suite.National);
        var genesis = Genesis.Parse(ledger.Genesis.ToArray()).OrThrow();
        Assert.AreSame(Suite.National, genesis.Algorithms);
        Assert.AreSame(Suite.National, genesis.Domain.Suite);
        Assert.AreEqual(Sm3.Hash([.. Encoding.ASCII.GetBytes(Labels.Ledger), 0, .. genesis.ToArray()]), genesis.LedgerId);
        Assert.AreNotEqual((genesis with { Suite = "international" }).LedgerId, genesis.LedgerId);
        Assert.AreNotEqual(new LedgerDomain(genesis.LedgerId, 1).Separator, new LedgerDomain(genesis.LedgerId, 1, Suite.National).Separator);
    }
}
