using System.Text.Json;
using PrivChain.Core.Hpke;
using PrivChain.Tests.Shared;

namespace PrivChain.Core.Tests.HpkeSessions;

/// <summary>Every HPKE file of the vector folder. A suite that is not ours is named by its numbers, never by "it failed".</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class HpkeVectorTests
{
    [TestMethod]
    public void Session_EveryVectorOfOurSuites_GivesTheStatedBytes()
    {
        var ran = 0;
        var notOurs = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var file in VectorFolder.Files("hpke", "*.json"))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (var vector in document.RootElement.EnumerateArray())
            {
                var suite = Suite(vector);
                if (IsOurs(suite))
                {
                    Check(vector, suite, $"{Path.GetFileName(file)} {suite}");
                    ran++;
                }
                else
                {
                    notOurs.Add(suite.ToString());
                }
            }
        }

        Console.WriteLine($"{ran} vectors ran; not ours: {string.Join("; ", notOurs)}");
        Assert.IsGreaterThan(0, ran);
    }

    private static (int Mode, int Kem, int Kdf, int Aead) Suite(JsonElement vector) =>
        (vector.GetProperty("mode").GetInt32(), vector.GetProperty("kem_id").GetInt32(), vector.GetProperty("kdf_id").GetInt32(), vector.GetProperty("aead_id").GetInt32());

    // Ours: modes base and psk, X25519 and X-Wing, HKDF-SHA256, every AEAD of the RFC and export-only.
    private static bool IsOurs((int Mode, int Kem, int Kdf, int Aead) suite) =>
        suite is (0 or 1, 0x0020 or 0x647a, 1, 1 or 2 or 3 or 0xffff);

    private static void Check(JsonElement vector, (int Mode, int Kem, int Kdf, int Aead) suite, string name)
    {
        var kem = (HpkeKem)suite.Kem;
        var aead = (HpkeAead)suite.Aead;
        byte[] info = Bytes(vector, "info"), psk = Bytes(vector, "psk"), pskId = Bytes(vector, "psk_id"), stated = Bytes(vector, "enc");

        using var key = RecipientKey(vector, kem);
        Same(vector, "pkRm", key.PublicKey.Key, name);

        using var sending = Core.Hpke.Hpke.SetupSender(key.PublicKey, info, Randomness(vector, kem), aead, psk, pskId, out var encapsulated);
        Assert.IsTrue(encapsulated.SequenceEqual(stated), $"{name}: enc");

        var shared = new byte[32];
        Assert.IsTrue(key.TryDecapsulate(stated, shared), name);
        Same(vector, "shared_secret", shared, name);

        Assert.IsTrue(Core.Hpke.Hpke.TrySetupReceiver(key, stated, info, aead, psk, pskId, out var receiving));
        using var receiver = new HpkeReceiver(receiving);
        foreach (var context in new[] { sending, receiving })
        {
            Same(vector, "key", context.Key, name);
            Same(vector, "base_nonce", context.BaseNonce, name);
            Same(vector, "exporter_secret", context.ExporterSecret, name);
            foreach (var export in vector.GetProperty("exports").EnumerateArray())
            {
                var value = new byte[export.GetProperty("L").GetInt32()];
                context.Export(Bytes(export, "exporter_context"), value);
                Same(export, "exported_value", value, name);
            }
        }

        using var sender = new HpkeSender(sending);
        foreach (var message in vector.GetProperty("encryptions").EnumerateArray())
        {
            CheckMessage(message, sending, sender, receiver, $"{name} message {sender.Sequence}");
        }
    }

    private static void CheckMessage(JsonElement message, HpkeContext context, HpkeSender sender, HpkeReceiver receiver, string name)
    {
        byte[] aad = Bytes(message, "aad"), plaintext = Bytes(message, "pt"), ciphertext = Bytes(message, "ct");
        var nonce = new byte[12];
        context.WriteNonce(sender.Sequence, nonce);
        Same(message, "nonce", nonce, name);
        Assert.IsTrue(sender.Seal(aad, plaintext).SequenceEqual(ciphertext), name);

        // A changed aad fails and does not advance the sequence.
        Assert.IsFalse(receiver.TryOpen([.. aad, 0], ciphertext, out _), name);
        Assert.IsTrue(receiver.TryOpen(aad, ciphertext, out var opened), name);
        Assert.IsTrue(opened.SequenceEqual(plaintext), name);
    }

    private static HpkePrivateKey RecipientKey(JsonElement vector, HpkeKem kem)
    {
        var inputKey = Bytes(vector, "ikmR");
        var derived = new byte[32];
        if (kem == HpkeKem.XWing)
        {
            XWing.DeriveSeed(inputKey, derived);
            Same(vector, "skRm", derived, "DeriveKeyPair");
            return HpkePrivateKey.FromSeed(kem, derived);
        }

        X25519Kem.DeriveSecretKey(inputKey, derived);
        Same(vector, "skRm", derived, "DeriveKeyPair");
        return inputKey.Length == HpkePrivateKey.SeedSize ? HpkePrivateKey.FromSeed(kem, inputKey) : HpkePrivateKey.OfX25519Scalar(derived);
    }

    // The hybrid vectors state the 64 bytes that encapsulation consumes; the others an input from which the ephemeral key is derived.
    private static byte[] Randomness(JsonElement vector, HpkeKem kem)
    {
        var inputKey = Bytes(vector, "ikmE");
        if (kem == HpkeKem.XWing)
        {
            return inputKey;
        }

        var scalar = new byte[32];
        X25519Kem.DeriveSecretKey(inputKey, scalar);
        Same(vector, "skEm", scalar, "ephemeral DeriveKeyPair");
        return scalar;
    }

    private static byte[] Bytes(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? Convert.FromHexString(value.GetString()!) : [];

    private static void Same(JsonElement element, string name, ReadOnlySpan<byte> actual, string where)
    {
        if (element.TryGetProperty(name, out var stated))
        {
            Assert.AreEqual(stated.GetString(), Convert.ToHexStringLower(actual), $"{where}: {name}");
        }
    }
}
