using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using Org.BouncyCastle.Asn1.Sec;
using PrivChain.Core.Keys;
using PrivChain.Core.Tests.Keys;
using PrivChain.Signatures;
using PrivChain.Tests.Shared;

namespace PrivChain.App.Tests;

/// <summary>What <c>wwwroot/secp256k1.js</c> recovers in a page is what the engine of the other processes recovers.</summary>
[TestClass]
public sealed class PageSignaturesTests
{
    private static readonly BigInteger _n = new(SecNamedCurves.GetByName("secp256k1").N.ToByteArrayUnsigned(), isUnsigned: true, isBigEndian: true);

    private static readonly BigInteger _p = (BigInteger.One << 256) - (BigInteger.One << 32) - 977;

    private static readonly BigInteger _lambda = BigInteger.Parse("05363ad4cc05c30e0a5261c028812645a122e22ea20816678df02967c1b23bd72", System.Globalization.NumberStyles.HexNumber, null);

    [TestMethod]
    public async Task Recover_SignaturesOfRandomKeys_NamesThem()
    {
        var random = new Random(11);
        var items = new List<Item>();
        for (var i = 0; i < 2_000; i++)
        {
            var digest = new byte[32];
            random.NextBytes(digest);
            items.Add(Signed(Scalar(random), Scalar(random), Number(digest)));
        }

        Assert.DoesNotContain(RecoveredKey.Unsure, await AssertSameAsync(items));
    }

    // Parts out of range, an x that is on no point, a key that would be infinity, and partial sums that meet, for scalars at the ends of what the endomorphism takes apart; a good neighbour after each.
    [TestMethod]
    public async Task Recover_WhatNamesNoKey_AndWhatWasMadeToMeet_IsRefusedOrLeftToTheExactFormulas()
    {
        var good = Signed(10, 31, 77);
        var items = new List<Item> { good };
        foreach (var wrong in (BigInteger[])[0, _n, _n + 1, (BigInteger.One << 256) - 1, (_n >> 1) + 1])
        {
            items.AddRange([good with { R = wrong }, good with { S = wrong }, good]);
        }

        items.AddRange([good with { R = 5 }, good with { S = _n >> 1 }, good with { Digest = 0 }, good with { Digest = _n }, good with { Digest = (BigInteger.One << 256) - 1 }, good with { IsOdd = !good.IsOdd }]);
        foreach (var k in (BigInteger[])[1, 2, 3, 16, _lambda, _n - _lambda - 1])
        {
            var (r, odd) = Point(k);
            foreach (var u2 in (BigInteger[])[1, 2, 8, 16, 256, _lambda, _lambda << 3, _lambda + 1, _n - 1, _n - _lambda])
            {
                var s = r * u2 % _n;
                foreach (var d in (int[])[0, 1, 2, 4, 16, 32])
                {
                    items.AddRange([new Item(Modulo((s * k) - (r * d)), r, s, odd), good]);
                }
            }
        }

        var became = await AssertSameAsync(items);
        for (var i = 0; i < items.Count; i++)
        {
            Assert.IsTrue(items[i] != good || became[i] == RecoveredKey.Found, $"item {i}, which nobody crafted");
        }

        Assert.Contains(RecoveredKey.Unsure, became);
        Assert.Contains(RecoveredKey.None, became);
    }

    [TestMethod]
    [TestCategory(VectorFolder.Category)]
    public async Task Recover_WycheproofSignatures_NameTheirKeyWhereTheyAreValid()
    {
        var items = new List<Item>();
        var keys = new List<byte[]?>();
        foreach (var file in VectorFolder.Files("ecdsa", "wycheproof_ecdsa_secp256k1_*.json"))
        {
            foreach (var (group, test) in VectorJson.Wycheproof(file))
            {
                var signature = test.Bytes("sig");
                if (!group.Text("type").Contains("P1363", StringComparison.Ordinal))
                {
                    var der = signature;
                    signature = new byte[64];
                    if (!EcdsaDer.TryDecode(der, signature))
                    {
                        continue;
                    }
                }

                if (signature.Length != 64)
                {
                    continue;
                }

                var (r, s) = (Number(signature.AsSpan(0, 32)), Number(signature.AsSpan(32)));

                // Where the nonce point's x is n or more, r is what is left of it, and nothing finds the key.
                var valid = test.Text("result") == "valid" && s <= _n >> 1 && r >= _p - _n;
                foreach (var odd in (bool[])[false, true])
                {
                    items.Add(new Item(Number(SHA256.HashData(test.Bytes("msg"))), r, s, odd));
                    keys.Add(valid ? group.GetProperty("publicKey").Bytes("uncompressed")[1..] : null);
                }
            }
        }

        Assert.IsGreaterThan(200, items.Count);
        var recovered = new List<byte[]>();
        Assert.DoesNotContain(RecoveredKey.Unsure, await AssertSameAsync(items, recovered));
        for (var i = 0; i < items.Count; i += 2)
        {
            Assert.IsTrue(keys[i] is not { } key || recovered[i].AsSpan().SequenceEqual(key) || recovered[i + 1].AsSpan().SequenceEqual(key), $"signature {i / 2}");
        }
    }

    // The page's answers, held against the engine's: equal, or left to the exact formulas.
    private static async Task<IReadOnlyList<RecoveredKey>> AssertSameAsync(IReadOnlyList<Item> items, List<byte[]>? keys = null)
    {
        byte[] digests = [.. items.SelectMany(item => Bytes(item.Digest))], signatures = [.. items.SelectMany(item => (byte[])[.. Bytes(item.R), .. Bytes(item.S)])];
        var odd = items.Select(item => item.IsOdd).ToArray();
        var (wanted, wantedFound) = (new byte[items.Count * 64], new bool[items.Count]);
        new BatchRecovery(lowSOnly: true).Recover(digests, signatures, odd, wanted, wantedFound);

        var (given, found) = await InPageAsync(digests, signatures, [.. odd.Select(one => one ? (byte)1 : (byte)0)]);
        for (var i = 0; i < items.Count; i++)
        {
            var became = (RecoveredKey)found[i];
            var expected = wanted[(i * 64)..((i + 1) * 64)];
            Assert.IsTrue(became == RecoveredKey.Unsure || (became == RecoveredKey.Found) == wantedFound[i], $"item {i}: {became}, {items[i]}");
            Assert.IsTrue(given.AsSpan(i * 64, 64).SequenceEqual(became == RecoveredKey.Found ? expected : new byte[64]), $"item {i}: {items[i]}");
            keys?.Add(given[(i * 64)..((i + 1) * 64)]);
        }

        return [.. found.Select(one => (RecoveredKey)one)];
    }

    private static async Task<(byte[] Keys, byte[] Found)> InPageAsync(byte[] digests, byte[] signatures, byte[] odd)
    {
        // Any page of one origin: the scripts are what is tested.
        var folder = Path.Combine(AppContext.BaseDirectory, "app");
        await using var visit = await AppBrowser.VisitAsync(new Uri("https://app.test/"), go: false);
        await visit.Page.RouteAsync("https://app.test/**", route =>
        {
            var name = new Uri(route.Request.Url).AbsolutePath.TrimStart('/');
            return route.FulfillAsync(name.Length == 0
                ? new() { ContentType = "text/html", Body = "<!doctype html>" }
                : new() { ContentType = "text/javascript", BodyBytes = File.ReadAllBytes(Path.Combine(folder, name)) });
        });
        await visit.Page.GotoAsync("https://app.test/");
        var answer = await visit.Page.EvaluateAsync<JsonElement>(
            """
            async ([digests, signatures, odd]) => {
              const { recover } = await import('/secp256k1.js');
              const bytes = text => Uint8Array.from(atob(text), letter => letter.charCodeAt(0)), text = bytes => btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
              const given = [digests, signatures, odd].map(bytes), keys = new Uint8Array(given[1].length), found = new Uint8Array(given[2].length).fill(7);
              recover(...given, keys, found);
              return [text(keys), text(found)];
            }
            """,
            new[] { digests, signatures, odd }.Select(Convert.ToBase64String).ToArray());
        visit.AssertClean();
        return (answer[0].GetBytesFromBase64(), answer[1].GetBytesFromBase64());
    }

    private static Item Signed(BigInteger d, BigInteger k, BigInteger digest)
    {
        var (r, odd) = Point(k);
        var s = Modulo((digest + (r * d)) * BigInteger.ModPow(k, _n - 2, _n));
        return s > _n >> 1 ? new Item(digest, r, _n - s, !odd) : new Item(digest, r, s, odd);
    }

    private static (BigInteger X, bool IsOdd) Point(BigInteger k)
    {
        var point = SecNamedCurves.GetByName("secp256k1").G.Multiply(new Org.BouncyCastle.Math.BigInteger(1, Bytes(k))).Normalize();
        return (Number(point.AffineXCoord.GetEncoded()) % _n, point.AffineYCoord.TestBitZero());
    }

    private static BigInteger Modulo(BigInteger value) => ((value % _n) + _n) % _n;

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger value)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }

    private static BigInteger Scalar(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return Modulo(Number(bytes)) + 1;
    }

    private sealed record Item(BigInteger Digest, BigInteger R, BigInteger S, bool IsOdd);
}
