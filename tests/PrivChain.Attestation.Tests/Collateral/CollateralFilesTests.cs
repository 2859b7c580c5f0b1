using System.Text;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Collateral.Files;

namespace PrivChain.Attestation.Tests.Collateral;

[TestClass]
public sealed class CollateralFilesTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("privchain-collateral-").FullName;

    private static CollateralSet Set => new(
    [
        new(CollateralName.TcbInfo, "{\"tcbInfo\":{}}"u8.ToArray()), new(CollateralName.TcbSigningChain, "-----BEGIN CERTIFICATE-----"u8.ToArray()), new(CollateralName.PckCrl, new byte[] { 0x30, 0 }),
    ]);

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Folder_WrittenAndRead_IsTheSameSet()
    {
        CollateralFolder.Write(Set, _folder);
        CollectionAssert.AreEquivalent(new[] { "tcb-info.json", "tcb-signing-chain.pem", "pck-crl.der" }, Directory.EnumerateFiles(_folder).Select(Path.GetFileName).ToList());
        Assert.IsTrue(CollateralFolder.TryRead(_folder, out var read, out _));
        CollectionAssert.AreEqual(Set.Digest.ToArray(), read.Digest.ToArray());
    }

    [TestMethod]
    public void Folder_Underscores_AreDashes_AndOtherFilesAreLeftAlone()
    {
        File.WriteAllText(Path.Combine(_folder, "tcb_info.json"), "{}");
        File.WriteAllText(Path.Combine(_folder, "trusted_root.pem"), "not collateral");
        Assert.IsTrue(CollateralFolder.TryRead(_folder, out var read, out _));
        CollectionAssert.AreEqual(new[] { CollateralName.TcbInfo }, read.Names.ToList());
    }

    /// <summary>As Intel's caching service sends a list, and as it is saved from there.</summary>
    [TestMethod]
    [DataRow("pck-crl", true)]
    [DataRow("root-ca-crl", true)]
    [DataRow("tcb-info", false)]
    public void Folder_ListAsHexDigits_IsTheList(string name, bool decoded)
    {
        byte[] der = [0x30, 3, 2, 1, 5];
        File.WriteAllText(Path.Combine(_folder, name + ".hex"), Convert.ToHexStringLower(der) + "\n");
        Assert.IsTrue(CollateralFolder.TryRead(_folder, out var read, out _));
        Assert.IsTrue(read.TryGet(name, out var bytes));
        Assert.AreEqual(decoded, bytes.Span.SequenceEqual(der));
    }

    [TestMethod]
    public void Folder_WrittenAgain_ReplacesItemsOfOtherExtensionsAndKeepsTheRest()
    {
        File.WriteAllText(Path.Combine(_folder, "tcb_info.txt"), "old");
        File.WriteAllText(Path.Combine(_folder, "policy.json"), "mine");
        CollateralFolder.Write(Set, _folder);
        Assert.IsTrue(CollateralFolder.TryRead(_folder, out var read, out var fault), fault);
        CollectionAssert.AreEqual(Set.Digest.ToArray(), read.Digest.ToArray());
        Assert.AreEqual("mine", File.ReadAllText(Path.Combine(_folder, "policy.json")));
    }

    [TestMethod]
    public void Folder_TwoFilesForOneItem_OneTooLarge_OrNoFolder_IsRefused()
    {
        Assert.IsFalse(CollateralFolder.TryRead(Path.Combine(_folder, "none"), out _, out _));
        File.WriteAllText(Path.Combine(_folder, "tcb-info.json"), "{}");
        File.WriteAllText(Path.Combine(_folder, "tcb_info.json"), "{}");
        Assert.IsFalse(CollateralFolder.TryRead(_folder, out _, out var fault));
        Assert.Contains("second", fault);
        File.Delete(Path.Combine(_folder, "tcb_info.json"));
        using (var large = File.Create(Path.Combine(_folder, "jwks.json")))
        {
            large.SetLength(CollateralSet.MaxItemSize + 1);
        }

        Assert.IsFalse(CollateralFolder.TryRead(_folder, out _, out fault));
        Assert.Contains("jwks", fault);
    }

    [TestMethod]
    public void Bundle_WrittenAndRead_IsTheSameSetAndTheSameText()
    {
        var text = CollateralBundle.ToJson(Set);
        Assert.IsTrue(CollateralBundle.TryParse(text, out var read, out var fault), fault);
        CollectionAssert.AreEqual(Set.Digest.ToArray(), read.Digest.ToArray());
        CollectionAssert.AreEqual(text, CollateralBundle.ToJson(read));
        Assert.IsTrue(CollateralBundle.TryParse(CollateralBundle.ToJson(CollateralSet.Empty), out var none, out _));
        Assert.IsTrue(none.IsEmpty);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("[]")]
    [DataRow("{}")]
    [DataRow("null")]
    [DataRow("{\"format\":\"privchain-collateral/1\"}")]
    [DataRow("{\"format\":\"privchain-collateral/2\",\"items\":{}}")]
    [DataRow("{\"format\":1,\"items\":{}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":[]}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{},\"more\":1}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{\"secret\":\"AAAA\"}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{\"jwks\":\"AAAA\",\"jwks\":\"AAAA\"}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{\"jwks\":1}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{\"jwks\":null}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{\"jwks\":\"AA\"}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{\"jwks\":\"AB==\"}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{\"jwks\":\"AA ==\"}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{\"jwks\":{\"deep\":[]}}}")]
    [DataRow("{\"format\":\"privchain-collateral/1\",\"items\":{}} x")]
    public void Bundle_OfAnotherForm_IsRefused(string text)
    {
        Assert.IsFalse(CollateralBundle.TryParse(Encoding.UTF8.GetBytes(text), out var set, out var fault));
        Assert.IsNull(set);
        Assert.IsFalse(string.IsNullOrEmpty(fault));
    }

    [TestMethod]
    public void Bundle_EveryTruncation_IsRefused()
    {
        var text = CollateralBundle.ToJson(Set);
        for (var length = 0; length < text.Length; length++)
        {
            Assert.IsFalse(CollateralBundle.TryParse(text.AsMemory(0, length), out _, out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(CollateralBundle.TryParse(new byte[CollateralBundle.MaxSize + 1], out _, out _));
        Assert.IsFalse(CollateralBundle.TryParse("{\"format\":\"\xFF\"}"u8.ToArray().Select(value => value == 0xC3 ? (byte)0xFF : value).ToArray(), out _, out _));
    }
}
