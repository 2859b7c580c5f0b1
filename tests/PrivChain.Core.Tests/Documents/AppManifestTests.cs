using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tests.Ledger;

namespace PrivChain.Core.Tests.Documents;

[TestClass]
public sealed class AppManifestTests
{
    private const string Zero = "0x0000000000000000000000000000000000000000000000000000000000000000";
    private const string Valid = $$"""{"files":{"/_framework/a-b_c.1.wasm":"{{Zero}}","/index.html":"{{Zero}}"},"format":"privchain-app/1","policy":"default-src 'none'"}""";

    [TestMethod]
    public void Of_AnyOrder_IsOneText()
    {
        var made = AppManifest.Of([("/index.html", Digest.Zero), ("/_framework/a-b_c.1.wasm", Digest.Zero)], "default-src 'none'");
        Assert.AreEqual(Valid, Encoding.UTF8.GetString(made.Bytes.Span));
        Assert.AreEqual(Digest.OfSha256(made.Bytes.Span), made.Digest);
        Assert.IsTrue(AppManifest.TryParse(made.Bytes.Span, out var read));
        CollectionAssert.AreEqual(made.Files.ToList(), read.Files.ToList());
        Assert.AreEqual("default-src 'none'", read.Policy);
    }

    [TestMethod]
    [DataRow("/index.html", "/index.htm")]
    [DataRow("/_framework/", "_framework/")]
    [DataRow("/_framework/", "//framework/")]
    [DataRow("/_framework/", "/../framework/")]
    [DataRow("/_framework/", "/_framework?")]
    [DataRow("/_framework/", "/_fr%61mework/")]
    [DataRow("/index.html", "/index.HTML")]
    [DataRow("app/1", "app/2")]
    [DataRow("\"policy\"", "\"polizy\"")]
    [DataRow("\"default-src 'none'\"", "1")]
    [DataRow(":{", ": {")]
    [DataRow("\"0x0", "\"0X0")]
    [DataRow("}", "},\"more\":1}")]
    public void TryParse_AnythingElse_IsRefused(string old, string replacement)
    {
        var text = Valid.Replace(old, replacement, StringComparison.Ordinal);
        Assert.AreNotEqual(Valid, text);
        Assert.IsFalse(AppManifest.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }

    [TestMethod]
    public void TryParse_EveryTruncationAndMore_IsRefused()
    {
        var valid = Encoding.UTF8.GetBytes(Valid);
        for (var length = 0; length < valid.Length; length++)
        {
            Assert.IsFalse(AppManifest.TryParse(valid.AsSpan(0, length), out _), $"accepted {length} bytes");
        }

        Assert.IsFalse(AppManifest.TryParse([.. valid, (byte)' '], out _));
    }

    [TestMethod]
    public void Of_NoPageOrAnImpossiblePathOrTooMuch_Throws()
    {
        Assert.ThrowsExactly<RefusalException>(() => AppManifest.Of([("/app.css", Digest.Zero)], string.Empty));
        Assert.ThrowsExactly<RefusalException>(() => AppManifest.Of([("/index.html", Digest.Zero), ("/a b", Digest.Zero)], string.Empty));
        Assert.ThrowsExactly<RefusalException>(() => AppManifest.Of([("/index.html", Digest.Zero), .. Enumerable.Range(0, 1000).Select(i => ($"/{i}.js", Digest.Zero))], string.Empty));
    }

    [TestMethod]
    public void Judge_EnrolmentOfAnApp_WantsItsManifest()
    {
        var ledger = new LedgerFixture();
        var manifest = AppManifest.Of([("/index.html", Digest.Zero)], string.Empty);
        var other = AppManifest.Of([("/index.html", Digest.OfSha256("other"u8))], string.Empty);
        var entry = ledger.As(ledger.Governors[0]).Enrol(LedgerRole.App, AccountAddress.Zero, manifest.Digest, manifest.Digest, 0, 1);
        Assert.AreEqual(manifest.Digest, PublicDocument.DigestOf(entry));
        Assert.IsNull(PublicDocument.Judge(entry, manifest.Bytes.Span, SchemaCatalog.BuiltIn));
        Assert.AreEqual(RefusalReason.DigestMismatch, PublicDocument.Judge(entry, other.Bytes.Span, SchemaCatalog.BuiltIn)?.Reason);
        Assert.AreEqual(RefusalReason.Malformed, PublicDocument.Judge(entry, "{}"u8, SchemaCatalog.BuiltIn)?.Reason);
    }
}
