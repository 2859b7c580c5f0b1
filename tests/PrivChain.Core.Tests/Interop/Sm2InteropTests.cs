using System.Diagnostics;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;

namespace PrivChain.Core.Tests.Interop;

/// <summary>sm-crypto and OpenSSL verify what we sign and decrypt what we encrypt, and we what they do.</summary>
[TestClass]
public sealed class Sm2InteropTests
{
    [TestMethod]
    [DataRow(Sm2.Identity)]
    [DataRow("ALICE123@YAHOO.COM")]
    public void SmCrypto_BothWays_Agrees(string identity)
    {
        var key = Sm2.GenerateKey();
        byte[] publicKey = Sm2.PublicKey(key), message = RandomNumberGenerator.GetBytes(40), plaintext = RandomNumberGenerator.GetBytes(48), id = Encoding.ASCII.GetBytes(identity);
        var result = Counterpart.Run("sm2.mjs", new JsonObject
        {
            ["privateKey"] = Convert.ToHexStringLower(key),
            ["publicKey"] = Convert.ToHexStringLower(publicKey),
            ["userId"] = identity,
            ["message"] = Convert.ToHexStringLower(message),
            ["signature"] = Convert.ToHexStringLower(Sm2.Sign(key, id, message)),
            ["ciphertext"] = Convert.ToHexStringLower(Sm2Encryption.Encrypt(publicKey, plaintext).AsSpan(1)),
            ["plaintext"] = Convert.ToHexStringLower(plaintext),
        });
        Assert.IsTrue(result.GetProperty("verified").GetBoolean());
        Assert.IsTrue(Sm2.Verify(publicKey, id, message, Convert.FromHexString(result.GetProperty("signature").GetString()!)));
        Assert.AreEqual(Convert.ToHexStringLower(plaintext), result.GetProperty("plaintext").GetString());
        var theirs = Convert.FromHexString(result.GetProperty("ciphertext").GetString()!);
        Assert.IsFalse(Sm2Encryption.TryDecrypt(key, theirs, out _), "their form has no 04, and is not ours");
        Assert.IsTrue(Sm2Encryption.TryDecrypt(key, [4, .. theirs], out var opened));
        CollectionAssert.AreEqual(plaintext, opened);
        Assert.AreEqual(Sm3.Hash(message.AsSpan()).ToString(), "0x" + result.GetProperty("digest").GetString());
    }

    [TestMethod]
    public void OpenSsl_BothWays_AgreesWhereTheIdentityIsGiven()
    {
        var folder = Directory.CreateTempSubdirectory("privchain-sm2-");
        try
        {
            var key = Sm2.GenerateKey();
            byte[] publicKey = Sm2.PublicKey(key), message = RandomNumberGenerator.GetBytes(40), plaintext = RandomNumberGenerator.GetBytes(48);
            string File(string name, byte[]? content = null)
            {
                var path = Path.Combine(folder.FullName, name);
                if (content is not null)
                {
                    System.IO.File.WriteAllBytes(path, content);
                }

                return path;
            }

            var pem = File("key.pem", Encoding.ASCII.GetBytes(PemEncoding.WriteString("EC PRIVATE KEY", EcPrivateKey(key, publicKey))));
            File("message", message);
            File("signature", Sm2.ToDer(Sm2.Sign(key, message)));
            string[] verify = ["pkeyutl", "-verify", "-rawin", "-digest", "sm3", "-inkey", pem, "-in", File("message"), "-sigfile", File("signature")];
            Assert.AreEqual(0, OpenSsl([.. verify, "-pkeyopt", "distid:" + Sm2.Identity]));
            Assert.AreNotEqual(0, OpenSsl(verify), "without an identity OpenSSL takes the empty one");

            Assert.AreEqual(0, OpenSsl("pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", pem, "-in", File("message"), "-out", File("theirs"), "-pkeyopt", "distid:" + Sm2.Identity));
            Assert.IsTrue(Sm2.TryReadDer(System.IO.File.ReadAllBytes(File("theirs")), out var signature));
            Assert.IsTrue(Sm2.Verify(publicKey, message, signature));

            Assert.AreEqual(0, OpenSsl("pkeyutl", "-sign", "-rawin", "-digest", "sm3", "-inkey", pem, "-in", File("message"), "-out", File("theirs")));
            Assert.IsTrue(Sm2.TryReadDer(System.IO.File.ReadAllBytes(File("theirs")), out signature));
            Assert.IsFalse(Sm2.Verify(publicKey, message, signature), "signed under the empty identity");
            Assert.IsTrue(Sm2.Verify(publicKey, [], message, signature));

            File("ciphertext", Sm2Encryption.ToDer(Sm2Encryption.Encrypt(publicKey, plaintext)));
            Assert.AreEqual(0, OpenSsl("pkeyutl", "-decrypt", "-inkey", pem, "-in", File("ciphertext"), "-out", File("plaintext")));
            CollectionAssert.AreEqual(plaintext, System.IO.File.ReadAllBytes(File("plaintext")));

            Assert.AreEqual(0, OpenSsl("pkeyutl", "-encrypt", "-inkey", pem, "-in", File("plaintext"), "-out", File("ciphertext")));
            Assert.IsTrue(Sm2Encryption.TryReadDer(System.IO.File.ReadAllBytes(File("ciphertext")), out var ciphertext));
            Assert.IsTrue(Sm2Encryption.TryDecrypt(key, ciphertext, out var opened));
            CollectionAssert.AreEqual(plaintext, opened);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // ECPrivateKey of RFC 5915 with the curve's OID.
    private static byte[] EcPrivateKey(byte[] key, byte[] publicKey)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            writer.WriteOctetString(key);
            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
            {
                writer.WriteObjectIdentifier("1.2.156.10197.1.301");
            }

            using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 1)))
            {
                writer.WriteBitString(publicKey);
            }
        }

        return writer.Encode();
    }

    private static int OpenSsl(params string[] arguments)
    {
        Process process;
        try
        {
            process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        }
        catch (System.ComponentModel.Win32Exception) when (Environment.GetEnvironmentVariable("CI") != "true")
        {
            Assert.Inconclusive("openssl is absent");
            throw;
        }

        using (process)
        {
            var error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            error.GetAwaiter().GetResult();
            return process.ExitCode;
        }
    }
}
