using System.Globalization;
using System.Numerics;
using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
public sealed class AccountTests
{
    private static readonly byte[] Key = Convert.FromHexString("c85ef7d79691fe79573b1a7064c19c1a9819ebdbd1faaab1a8ec92344438aaf4");
    private static readonly BigInteger Order = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    // Hardware wallets write v as 0 or 1, and some programs a high s: the same signature in other letters. Everything else stays refused.
    [TestMethod]
    public void TryNormalise_OtherForms_GiveTheOneForm()
    {
        using var account = Account.FromPrivateKey(Key);
        for (var i = 0; i < 20; i++)
        {
            var digest = Digest.OfSha256([3, (byte)i]);
            var own = account.Sign(digest).ToArray();
            var small = own.ToArray();
            small[64] -= 27;
            var high = own.ToArray();
            var s = (Order - new BigInteger(own.AsSpan(32, 32), isUnsigned: true, isBigEndian: true)).ToByteArray(isUnsigned: true, isBigEndian: true);
            high.AsSpan(32, 32).Clear();
            s.CopyTo(high.AsSpan(64 - s.Length));
            high[64] = own[64] == 27 ? (byte)1 : (byte)0;
            foreach (var form in new[] { own, small, high })
            {
                Assert.IsTrue(Secp256k1Signature.TryNormalise(form, out var signature));
                CollectionAssert.AreEqual(own, signature.ToArray());
            }

            high[64] = 2;
            Assert.IsFalse(Secp256k1Signature.TryNormalise(high, out _), "v of 2");
            Assert.IsFalse(Secp256k1Signature.TryNormalise(own.AsSpan(0, 64), out _), "64 bytes");
            own.AsSpan(32, 32).Fill(0xff);
            Assert.IsFalse(Secp256k1Signature.TryNormalise(own, out _), "s above the order");
        }

        Assert.IsFalse(Secp256k1Signature.TryNormalise(new byte[65], out _), "zeros");
    }

    [TestMethod]
    public void Sign_ManyKeysAndDigests_RecoversTheSignerAndIsDeterministic()
    {
        for (var i = 0; i < 50; i++)
        {
            using var account = Account.FromPrivateKey(Digest.OfSha256([(byte)i]).ToArray());
            var digest = Digest.OfSha256([1, (byte)i]);
            var signature = account.Sign(digest).Secp256k1;
            Assert.AreEqual(signature, account.Sign(digest));
            Assert.IsTrue(Secp256k1Signature.TryParse(signature.ToArray(), out var parsed));
            Assert.AreEqual(signature, parsed);
            Assert.IsTrue(Secp256k1Signature.TryParse(signature.ToString(), out parsed));
            Assert.AreEqual(signature, parsed);
            Assert.IsTrue(Secp256k1.TryRecover(digest, parsed, out var signer));
            Assert.AreEqual(account.Address, signer);
            Assert.IsTrue(Secp256k1.Verify(account.Address, digest, signature));
            Assert.IsTrue(Secp256k1.Verify(account.PublicKey.Span, digest, signature));
            Assert.IsTrue(EcdsaJws.TryParsePublicKey(EcdsaJws.Es256K, account.PublicKey.Span, out _));

            var other = Digest.OfSha256([2, (byte)i]);
            Assert.IsFalse(Secp256k1.Verify(account.Address, other, signature));
            Assert.IsFalse(Secp256k1.Verify(account.PublicKey.Span, other, signature));
        }
    }

    // RFC 6979 A.2.5: P-256, SHA-256, the message "sample".
    [TestMethod]
    public void IssuerKeySign_Rfc6979Sample_GivesTheSignatureOfTheRfc()
    {
        using var key = IssuerKey.FromPrivateKey(EcdsaJws.Es256, Convert.FromHexString("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721"));
        var input = Encoding.ASCII.GetBytes("sample");
        var signature = key.Sign(input);
        Assert.AreEqual(
            "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8",
            Convert.ToHexString(signature));
        Assert.IsTrue(EcdsaJws.Verify(EcdsaJws.Es256, key.PublicKey.Span, input, signature));
        Assert.IsFalse(EcdsaJws.Verify(EcdsaJws.Es256K, key.PublicKey.Span, input, signature));
        Assert.IsFalse(EcdsaJws.Verify("none", key.PublicKey.Span, input, signature));
    }

    [TestMethod]
    [DataRow(EcdsaJws.Es256)]
    [DataRow(EcdsaJws.Es256K)]
    public void EcdsaJws_OneByteChangedOrMissing_IsRefused(string algorithm)
    {
        using var key = IssuerKey.Generate(algorithm);
        byte[] input = [1, 2, 3];
        var signature = key.Sign(input);
        Assert.IsTrue(EcdsaJws.Verify(algorithm, key.PublicKey.Span, input, signature));
        for (var i = 0; i < signature.Length; i++)
        {
            Assert.IsFalse(EcdsaJws.Verify(algorithm, key.PublicKey.Span, input, signature.AsSpan(0, i)));
            var changed = signature.ToArray();
            changed[i] ^= 1;
            Assert.IsFalse(EcdsaJws.Verify(algorithm, key.PublicKey.Span, input, changed));
        }

        Assert.IsFalse(EcdsaJws.Verify(algorithm, key.PublicKey.Span, input, [.. signature, 0]));
        Assert.IsFalse(EcdsaJws.Verify(algorithm, key.PublicKey.Span, [1, 2, 4], signature));

        var exported = new byte[32];
        key.ExportPrivateKey(exported);
        using var again = IssuerKey.FromPrivateKey(algorithm, exported);
        Assert.IsTrue(again.PublicKey.Span.SequenceEqual(key.PublicKey.Span));
    }

    [TestMethod]
    public void SignatureTryParse_ValuesJustInsideAndOutside_AreToldApart()
    {
        var half = Order / 2;
        var values = new (BigInteger R, BigInteger S, byte V, bool Valid)[]
        {
            (1, 1, 27, true),
            (1, 1, 28, true),
            (1, 1, 26, false),
            (1, 1, 29, false),
            (1, 1, 0, false),
            (1, 1, 1, false),
            (0, 1, 27, false),
            (1, 0, 27, false),
            (Order - 1, 1, 27, true),
            (Order, 1, 27, false),
            (1, half, 27, true),
            (1, half + 1, 27, false),
            (1, Order, 27, false),
            (1, Order + 1, 27, false),
        };
        foreach (var (r, s, v, valid) in values)
        {
            byte[] bytes = [.. Word(r), .. Word(s), v];
            Assert.AreEqual(valid, Secp256k1Signature.TryParse(bytes, out var signature), $"{r} {s} {v}");
            if (valid)
            {
                // Whatever these recover, nothing throws and it is not the account.
                Assert.IsFalse(Secp256k1.Verify(new AccountAddress(new byte[20]), Digest.Zero, signature));
                Secp256k1.TryRecover(Digest.OfSha256([7]), signature, out _);
            }
        }

        Assert.IsFalse(Secp256k1.TryRecover(Digest.Zero, default, out _));
    }

    [TestMethod]
    public void SignatureTryParse_TruncatedLongerOrChanged_IsRefusedOrAnotherSigner()
    {
        using var account = Account.FromPrivateKey(Key);
        var digest = Digest.OfSha256([1]);
        var valid = account.Sign(digest).ToArray();
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(Secp256k1Signature.TryParse(valid.AsSpan(0, length), out _));
        }

        Assert.IsFalse(Secp256k1Signature.TryParse([.. valid, 0], out _));
        for (var i = 0; i < valid.Length; i++)
        {
            var changed = valid.ToArray();
            changed[i] ^= 4;
            Assert.IsFalse(Secp256k1Signature.TryParse(changed, out var signature) && Secp256k1.Verify(account.Address, digest, signature));
        }
    }

    [TestMethod]
    public void TryParsePublicKey_FormsAndPointsThatAreNoKey_AreRefused()
    {
        using var account = Account.FromPrivateKey(Key);
        var point = account.PublicKey.ToArray();
        byte[] compressed = [(byte)(2 + (point[64] & 1)), .. point.AsSpan(1, 32)];
        Assert.IsTrue(Secp256k1.TryParsePublicKey(compressed, out var decompressed));
        Assert.IsTrue(decompressed.AsSpan().SequenceEqual(point));
        Assert.IsTrue(Secp256k1.TryGetAddress(compressed, out var address));
        Assert.AreEqual(account.Address, address);

        compressed[0] ^= 1;
        Assert.IsTrue(Secp256k1.TryGetAddress(compressed, out address));
        Assert.AreNotEqual(account.Address, address);

        for (var length = 0; length < point.Length; length++)
        {
            Assert.IsFalse(Secp256k1.TryParsePublicKey(point.AsSpan(0, length), out _), $"{length}");
        }

        foreach (byte form in (byte[])[0, 2, 3, 5, 6, 7])
        {
            Assert.IsFalse(Secp256k1.TryParsePublicKey([form, .. point.AsSpan(1)], out _));
        }

        for (var i = 1; i < point.Length; i++)
        {
            var changed = point.ToArray();
            changed[i] ^= 1;
            Assert.IsFalse(Secp256k1.TryParsePublicKey(changed, out _));
        }

        // x = p, x = 2^256-1, and x = 5, which is on no point of the curve.
        var p = BigInteger.Pow(2, 256) - BigInteger.Pow(2, 32) - 977;
        Assert.IsFalse(Secp256k1.TryParsePublicKey([2, .. Word(p)], out _));
        Assert.IsFalse(Secp256k1.TryParsePublicKey([2, .. Word(BigInteger.Pow(2, 256) - 1)], out _));
        Assert.IsFalse(Secp256k1.TryParsePublicKey([2, .. Word(5)], out _));
        Assert.IsFalse(Secp256k1.TryParsePublicKey([4, .. Word(p), .. Word(p)], out _));
        Assert.IsFalse(Secp256k1.TryParsePublicKey([4, .. Word(0), .. Word(0)], out _));
    }

    [TestMethod]
    public void FromPrivateKey_OutsideTheOrder_IsRefused()
    {
        Assert.ThrowsExactly<ArgumentException>(() => Account.FromPrivateKey(new byte[32]));
        Assert.ThrowsExactly<ArgumentException>(() => Account.FromPrivateKey(Word(Order)));
        Assert.ThrowsExactly<ArgumentException>(() => Account.FromPrivateKey(new byte[31]));
        Assert.ThrowsExactly<ArgumentException>(() => IssuerKey.FromPrivateKey(EcdsaJws.Es256, new byte[32]));
        Assert.ThrowsExactly<ArgumentException>(() => IssuerKey.Generate("EdDSA"));
        using var last = Account.FromPrivateKey(Word(Order - 1));
        using var generated = Account.Generate();
        Assert.AreNotEqual(last.Address, generated.Address);
    }

    [TestMethod]
    public void Dispose_ThenUse_Throws()
    {
        var account = Account.FromPrivateKey(Key);
        var exported = new byte[32];
        account.ExportPrivateKey(exported);
        Assert.IsTrue(exported.AsSpan().SequenceEqual(Key));
        account.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => account.Sign(Digest.Zero));
        Assert.ThrowsExactly<ObjectDisposedException>(() => account.ExportPrivateKey(exported));
        Assert.AreEqual("0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826", account.ToString());

        var issuer = IssuerKey.Generate(EcdsaJws.Es256);
        issuer.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => issuer.Sign([1]));
        Assert.ThrowsExactly<ObjectDisposedException>(() => issuer.ExportPrivateKey(exported));
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Address_EthereumVectors_Match()
    {
        foreach (var file in VectorFolder.Files("ethereum", "accounts_*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                using var account = Account.FromPrivateKey(test.Bytes("privateKey"));
                Assert.AreEqual(test.Text("address"), account.Address.ToString());
            }
        }

        foreach (var file in VectorFolder.Files("ethereum", "key_addr_*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                Assert.AreEqual(test.Text("key"), Convert.ToHexStringLower(Keccak256.Hash(Encoding.UTF8.GetBytes(test.Text("seed")).AsSpan())));
                using var account = Account.FromPrivateKey(test.Bytes("key"));
                Assert.AreEqual(test.Text("addr"), Convert.ToHexStringLower(account.Address.ToArray()));

                // sig_of_emptystring is left out: no hash of the empty string known to us (Keccak-256, SHA-256, zero, empty RLP) fits it.
            }
        }
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public void Keccak_EthereumHashVectors_Match()
    {
        foreach (var file in VectorFolder.Files("ethereum", "hashes_*.json"))
        {
            foreach (var test in VectorJson.Load(file).EnumerateArray())
            {
                var data = test.Bytes("data");
                Assert.AreEqual(test.Text("keccak256"), Hex.Encode(Keccak256.Hash(data.AsSpan())));
                Assert.AreEqual(test.Text("sha256"), Digest.OfSha256(data).ToString());
            }
        }
    }

    private static byte[] Word(BigInteger value)
    {
        var bytes = new byte[32];
        var count = value.GetByteCount(isUnsigned: true);
        value.TryWriteBytes(bytes.AsSpan(32 - count), out _, isUnsigned: true, isBigEndian: true);
        return bytes;
    }
}
