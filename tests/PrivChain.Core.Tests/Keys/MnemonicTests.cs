using System.Text;
using PrivChain.Core.Keys;
using PrivChain.Core.Refusals;

namespace PrivChain.Core.Tests.Keys;

[TestClass]
public sealed class MnemonicTests
{
    private const string Valid = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    [TestMethod]
    [DataRow(MnemonicLanguage.English)]
    [DataRow(MnemonicLanguage.SimplifiedChinese)]
    public void WordList_EveryWord_IsItsOwnNormalForm(MnemonicLanguage language)
    {
        foreach (var word in WordList.Of(language).Words)
        {
            Assert.AreEqual(word, word.Normalize(NormalizationForm.FormKD));
        }
    }

    [TestMethod]
    public void WordList_TwoLists_ShareNoWord()
    {
        Assert.IsFalse(WordList.Of(MnemonicLanguage.English).Words.Intersect(WordList.Of(MnemonicLanguage.SimplifiedChinese).Words).Any());
    }

    [TestMethod]
    [DataRow(12, MnemonicLanguage.English)]
    [DataRow(24, MnemonicLanguage.English)]
    [DataRow(12, MnemonicLanguage.SimplifiedChinese)]
    [DataRow(24, MnemonicLanguage.SimplifiedChinese)]
    public void Generate_ThenParse_IsTheSamePhrase(int words, MnemonicLanguage language)
    {
        using var mnemonic = Mnemonic.Generate(words, language);
        var phrase = mnemonic.RevealPhrase();
        Assert.AreEqual(words, mnemonic.WordCount);
        Assert.HasCount(words, phrase.Split(' '));
        using var parsed = Mnemonic.Parse(phrase).OrThrow();
        Assert.AreEqual(language, parsed.Language);
        Assert.AreEqual(phrase, parsed.RevealPhrase());
        using var wide = Mnemonic.Parse(phrase.Replace(' ', '\u3000')).OrThrow();
        Assert.AreEqual(phrase, wide.RevealPhrase());
        using var other = Mnemonic.Generate(words, language);
        Assert.AreNotEqual(phrase, other.RevealPhrase());
    }

    [TestMethod]
    public void FromEntropy_EverySize_RoundTrips()
    {
        foreach (var size in (int[])[16, 20, 24, 28, 32])
        {
            foreach (var fill in (byte[])[0, 0x55, 0xff])
            {
                var entropy = Enumerable.Repeat(fill, size).ToArray();
                using var mnemonic = Mnemonic.FromEntropy(entropy);
                using var parsed = Mnemonic.Parse(mnemonic.RevealPhrase()).OrThrow();
                var back = new byte[parsed.EntropySize];
                parsed.ExportEntropy(back);
                Assert.IsTrue(back.AsSpan().SequenceEqual(entropy));
            }
        }

        foreach (var size in (int[])[0, 12, 15, 17, 33, 36])
        {
            Assert.ThrowsExactly<ArgumentException>(() => Mnemonic.FromEntropy(new byte[size]));
        }

        Assert.ThrowsExactly<ArgumentException>(() => Mnemonic.Generate(13));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Mnemonic.Generate(12, default));
    }

    [TestMethod]
    [DataRow("", RefusalReason.Malformed)]
    [DataRow(" ", RefusalReason.Malformed)]
    [DataRow(Valid + " ", RefusalReason.Malformed)]
    [DataRow(" " + Valid, RefusalReason.Malformed)]
    [DataRow(Valid + " abandon", RefusalReason.Malformed)]
    [DataRow("legal  winner thank year wave sausage worth useful legal winner thank", RefusalReason.Malformed)]
    [DataRow("Legal winner thank year wave sausage worth useful legal winner thank yellow", RefusalReason.Malformed)]
    [DataRow("legal winner thank year wave sausage worth useful legal winner thank yellowx", RefusalReason.Malformed)]
    [DataRow("legal winner thank year wave sausage worth useful legal winner thank 的", RefusalReason.Malformed)]
    [DataRow("legal winner thank year wave sausage worth useful legal winner thank zoo", RefusalReason.WrongPassphrase)]
    [DataRow("winner legal thank year wave sausage worth useful legal winner thank yellow", RefusalReason.WrongPassphrase)]
    [DataRow("legal winner thank year wave sausage worth useful legal winner thank \ud800", RefusalReason.Malformed)]
    public void Parse_NotAPhrase_IsRefused(string phrase, RefusalReason reason)
    {
        Assert.AreEqual(reason, Mnemonic.Parse(phrase).Reason);
        Assert.AreEqual(RefusalReason.TooLarge, Mnemonic.Parse(new string('a', 10_000)).Reason);
    }

    // One word in 16 passes the four bits of checksum; every other one in that place is refused.
    [TestMethod]
    public void Parse_EveryLastWord_PassesForOneIn16()
    {
        var start = Valid[..Valid.LastIndexOf(' ')];
        var accepted = WordList.Of(MnemonicLanguage.English).Words.Count(word => Mnemonic.Parse($"{start} {word}").Accepted);
        Assert.AreEqual(WordList.Count / 16, accepted);
    }

    [TestMethod]
    public void Parse_Truncated_IsRefused()
    {
        for (var length = 0; length < Valid.Length; length++)
        {
            Assert.IsFalse(Mnemonic.Parse(Valid[..length]).Accepted, $"accepted {length} characters");
        }
    }

    [TestMethod]
    public void Dispose_ThenUse_Throws()
    {
        var mnemonic = Mnemonic.Generate();
        mnemonic.Dispose();
        Assert.ThrowsExactly<ObjectDisposedException>(() => mnemonic.RevealPhrase());
        Assert.ThrowsExactly<ObjectDisposedException>(() => mnemonic.ExportEntropy(new byte[16]));
        Assert.ThrowsExactly<ObjectDisposedException>(() => Wallet.Open(mnemonic));
    }
}
