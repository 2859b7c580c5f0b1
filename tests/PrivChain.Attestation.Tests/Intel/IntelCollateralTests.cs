using System.Security.Cryptography;
using System.Text;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tests.Intel;

/// <summary>Collateral that is absent, stale, of others or not signed by whom it must be.</summary>
[TestClass]
public sealed class IntelCollateralTests
{
    private static AttestationRefusal? Reason(SyntheticQuote quote) => quote.Verify().Fault?.Reason;

    private static SyntheticQuote With(string name, Func<SyntheticPki, byte[]?> item) => new() { Replace = pki => new Dictionary<string, byte[]?> { [name] = item(pki) } };

    [TestMethod]
    [DataRow(CollateralName.TcbInfo)]
    [DataRow(CollateralName.QeIdentity)]
    [DataRow(CollateralName.TcbSigningChain)]
    [DataRow(CollateralName.RootCaCrl)]
    [DataRow(CollateralName.PckCrl)]
    public void Verify_OneItemAbsent_IsMissing(string name) => Assert.AreEqual(AttestationRefusal.MissingCollateral, Reason(With(name, _ => null)));

    [TestMethod]
    public void Verify_CrlIssuerChainAbsent_IsValid() =>
        Assert.IsTrue(With(CollateralName.PckCrlIssuerChain, _ => null).Verify().Accepted, "the list's issuer is in the PCK chain itself");

    [TestMethod]
    [DataRow(CollateralName.TcbInfo)]
    [DataRow(CollateralName.QeIdentity)]
    [DataRow(CollateralName.TcbSigningChain)]
    [DataRow(CollateralName.RootCaCrl)]
    [DataRow(CollateralName.PckCrl)]
    [DataRow(CollateralName.PckCrlIssuerChain)]
    public void Verify_OneItemUnreadable_IsMalformed(string name) => Assert.AreEqual(AttestationRefusal.MalformedCollateral, Reason(With(name, _ => [0x30, 0x03, 1, 2])));

    [TestMethod]
    public void Verify_NoCollateral_SaysOnlyTheSignature()
    {
        var quote = new SyntheticQuote();
        var verdict = quote.Verify(quote.Context() with { Collateral = CollateralSet.Empty });
        Assert.AreEqual(AuthenticationResult.ValidSignatureOnly, verdict.Value?.Result);
    }

    [TestMethod]
    public void Verify_AtTheEdgesOfItsTimes_IsValidJustInside()
    {
        var quote = new SyntheticQuote();
        Assert.IsTrue(quote.Verify(quote.Context() with { At = SyntheticQuote.Issued }).Accepted);
        Assert.IsTrue(quote.Verify(quote.Context() with { At = SyntheticQuote.NextUpdate }).Accepted);
        Assert.AreEqual(AttestationRefusal.NotYetValid, quote.Verify(quote.Context() with { At = SyntheticQuote.Issued.AddSeconds(-1) }).Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.Expired, quote.Verify(quote.Context() with { At = SyntheticQuote.NextUpdate.AddSeconds(1) }).Fault?.Reason);
    }

    [TestMethod]
    public void Verify_StaleCrlBesideFreshTcbInfo_IsExpired()
    {
        Assert.AreEqual(AttestationRefusal.Expired, Reason(With(CollateralName.PckCrl, pki => SyntheticPki.Crl(pki.PckCa, SyntheticQuote.Issued, SyntheticQuote.Now.AddSeconds(-1)))));
        Assert.AreEqual(AttestationRefusal.Expired, Reason(With(CollateralName.RootCaCrl, pki => SyntheticPki.Crl(pki.Root, SyntheticQuote.Issued, SyntheticQuote.Now.AddSeconds(-1)))));
        Assert.AreEqual(AttestationRefusal.NotYetValid, Reason(With(CollateralName.PckCrl, pki => SyntheticPki.Crl(pki.PckCa, SyntheticQuote.Now.AddSeconds(1), SyntheticQuote.NextUpdate))));
    }

    [TestMethod]
    public void Verify_CertificateOnALeafOrIntermediateList_IsRevoked()
    {
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, Reason(new SyntheticQuote { RevokedPck = pki => [pki.Pck] }));
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, Reason(new SyntheticQuote { RevokedCa = pki => [pki.PckCa] }));
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, Reason(new SyntheticQuote { RevokedCa = pki => [pki.TcbSigning] }));
        Assert.IsTrue(new SyntheticQuote { RevokedPck = pki => [pki.TcbSigning] }.Verify().Accepted, "another authority's serial number");
    }

    [TestMethod]
    public void Verify_CrlAsPem_IsReadAsWhatItIs()
    {
        static byte[] Pem(byte[] der) => Encoding.ASCII.GetBytes(PemEncoding.WriteString("X509 CRL", der));
        Assert.IsTrue(With(CollateralName.PckCrl, pki => Pem(SyntheticPki.Crl(pki.PckCa, SyntheticQuote.Issued, SyntheticQuote.NextUpdate))).Verify().Accepted);
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, Reason(With(CollateralName.PckCrl, pki => Pem(SyntheticPki.Crl(pki.PckCa, SyntheticQuote.Issued, SyntheticQuote.NextUpdate, pki.Pck)))));
    }

    [TestMethod]
    public void Verify_CrlOfAnotherIssuer_IsAMismatch()
    {
        Assert.AreEqual(AttestationRefusal.CollateralMismatch, Reason(With(CollateralName.PckCrl, pki => SyntheticPki.Crl(pki.Root, SyntheticQuote.Issued, SyntheticQuote.NextUpdate))));
        Assert.AreEqual(AttestationRefusal.CollateralMismatch, Reason(With(CollateralName.RootCaCrl, pki => SyntheticPki.Crl(pki.PckCa, SyntheticQuote.Issued, SyntheticQuote.NextUpdate))));
    }

    [TestMethod]
    public void Verify_CrlSignedByAnotherKeyOfTheSameName_IsRefused()
    {
        using var key = SyntheticPki.NewKey();
        Assert.AreEqual(
            AttestationRefusal.BadCollateralSignature,
            Reason(With(CollateralName.PckCrl, pki => SyntheticPki.Crl(SyntheticPki.Authority("CN=Synthetic SGX PCK Platform CA", pki.Root, key, 2, 0), SyntheticQuote.Issued, SyntheticQuote.NextUpdate))));
    }

    [TestMethod]
    public void Verify_JsonWrittenAnew_IsNotWhatWasSigned()
    {
        var document = new SyntheticQuote().TcbInfo();
        var reordered = document.Replace("\"fmspc\":\"00906EA10000\",\"pceId\":\"0000\",", "\"pceId\":\"0000\",\"fmspc\":\"00906EA10000\",", StringComparison.Ordinal);
        Assert.AreNotEqual(document, reordered);
        var signed = Encoding.UTF8.GetString(SyntheticQuote.Sign("tcbInfo", document, SyntheticPki.TcbKey));
        Assert.AreEqual(AttestationRefusal.BadCollateralSignature, Reason(With(CollateralName.TcbInfo, _ => Encoding.UTF8.GetBytes(signed.Replace(document, reordered, StringComparison.Ordinal)))));
        Assert.AreEqual(AttestationRefusal.BadCollateralSignature, Reason(With(CollateralName.TcbInfo, _ => Encoding.UTF8.GetBytes(signed.Replace("\"tcbType\":0", "\"tcbType\": 0", StringComparison.Ordinal)))));
        Assert.IsTrue(With(CollateralName.TcbInfo, _ => Encoding.UTF8.GetBytes("  " + signed.Replace(",\"signature\"", " , \"signature\"", StringComparison.Ordinal) + "\n\0")).Verify().Accepted, "space around the document is not signed");
    }

    [TestMethod]
    [DataRow("\"version\":3", "\"version\":3,\"version\":3")]
    [DataRow("\"tcbStatus\":\"OutOfDate\"", "\"tcbStatus\":\"OutOfDate\",\"tcbStatus\":\"UpToDate\"")]
    [DataRow("\"version\":3", "\"version\":4")]
    [DataRow("\"version\":3", "\"version\":1")]
    [DataRow("\"tcbType\":0", "\"tcbType\":1")]
    [DataRow("\"tcbType\":0", "\"tcbType\":0.0")]
    [DataRow("\"pcesvn\":10", "\"pcesvn\":65536")]
    [DataRow("\"svn\":5", "\"svn\":256")]
    [DataRow("\"svn\":5", "\"svn\":-1")]
    [DataRow("\"svn\":5", "\"svn\":\"5\"")]
    [DataRow("{\"svn\":5},", "")]
    [DataRow("\"OutOfDate\"", "\"outOfDate\"")]
    [DataRow("\"OutOfDate\"", "\"TDRelaunchAdvised\"")]
    [DataRow("\"fmspc\":\"00906EA10000\"", "\"fmspc\":\"00906EA100\"")]
    [DataRow("\"id\":\"SGX\",", "")]
    [DataRow("\"id\":\"SGX\"", "\"id\":\"sgx\"")]
    [DataRow("2026-01-01T00:00:00Z", "2026-13-01T00:00:00Z")]
    [DataRow("2026-01-01T00:00:00Z", "2026-01-01T00:00:00+00:00")]
    [DataRow("\"tcbLevels\":[", "\"tcbLevels\":[7,")]
    public void Verify_TcbInfoThatBreaksItsForm_IsMalformedThoughSigned(string find, string put) =>
        Assert.AreEqual(AttestationRefusal.MalformedCollateral, Reason(new SyntheticQuote { EditTcbInfo = text => Once(text, find, put) }));

    [TestMethod]
    public void Verify_TheSameLevelTwice_IsMalformed() =>
        Assert.AreEqual(AttestationRefusal.MalformedCollateral, Reason(new SyntheticQuote { EditTcbInfo = text => text.Replace("\"svn\":3", "\"svn\":5", StringComparison.Ordinal).Replace("\"pcesvn\":8", "\"pcesvn\":10", StringComparison.Ordinal) }));

    [TestMethod]
    [DataRow("\"version\":2", "\"version\":1")]
    [DataRow("\"isvprodid\":1", "\"isvprodid\":1,\"isvprodid\":2")]
    [DataRow("\"mrsigner\":\"8C", "\"mrsigner\":\"")]
    [DataRow("\"isvsvn\":8", "\"isvsvn\":8.5")]
    [DataRow("\"OutOfDate\"", "\"SWHardeningNeeded\"")]
    public void Verify_QeIdentityThatBreaksItsForm_IsMalformedThoughSigned(string find, string put) =>
        Assert.AreEqual(AttestationRefusal.MalformedCollateral, Reason(new SyntheticQuote { EditQeIdentity = text => Once(text, find, put) }));

    [TestMethod]
    [DataRow("\"fmspc\":\"00906EA10000\"", "\"fmspc\":\"00906EA10001\"")]
    [DataRow("\"pceId\":\"0000\"", "\"pceId\":\"0001\"")]
    public void Verify_TcbInfoOfAnotherPlatform_IsAMismatch(string find, string put) =>
        Assert.AreEqual(AttestationRefusal.CollateralMismatch, Reason(new SyntheticQuote { EditTcbInfo = text => Once(text, find, put) }));

    [TestMethod]
    public void Verify_SgxIdentityForATd_IsAMismatch() =>
        Assert.AreEqual(AttestationRefusal.CollateralMismatch, Reason(new SyntheticQuote { Tdx = true, Version = 4, EditQeIdentity = text => Once(text, "\"TD_QE\"", "\"QE\"") }));

    [TestMethod]
    public void Verify_TcbInfoOfVersionTwo_IsForSgxAlone()
    {
        // Intel's library reads it for SGX; its dates say whether it is still of use.
        static string Two(string text)
        {
            var old = Once(Once(text, "\"version\":3", "\"version\":2"), "\"id\":\"SGX\",", "");
            foreach (var svn in new[] { 5, 3 })
            {
                var listed = $"\"sgxtcbcomponents\":[{string.Join(',', Enumerable.Repeat($"{{\"svn\":{svn}}}", 16))}]";
                old = Once(old, listed, string.Join(',', Enumerable.Range(1, 16).Select(number => $"\"sgxtcbcomp{number:00}svn\":{svn}")));
            }

            return old;
        }

        Assert.AreEqual(AuthenticationResult.Valid, new SyntheticQuote { EditTcbInfo = Two }.Verify().Value?.Result);
        Assert.AreEqual(AttestationRefusal.CollateralMismatch, Reason(new SyntheticQuote { Tdx = true, Version = 4, Replace = _ => new Dictionary<string, byte[]?> { [CollateralName.TcbInfo] = SyntheticQuote.Sign("tcbInfo", Two(new SyntheticQuote().TcbInfo()), SyntheticPki.TcbKey) } }));
    }

    [TestMethod]
    public void Verify_TcbInfoSignedByAPlatformsKey_IsRefusedThoughItChainsToTheRoot()
    {
        // A PCK key is in every machine: under the same root it must not vouch for TCB info.
        var quote = new SyntheticQuote
        {
            Replace = pki => new Dictionary<string, byte[]?>
            {
                [CollateralName.TcbInfo] = SyntheticQuote.Sign("tcbInfo", new SyntheticQuote().TcbInfo(), SyntheticPki.PckKey),
                [CollateralName.TcbSigningChain] = SyntheticPki.Pem(pki.Pck, pki.PckCa, pki.Root),
            },
        };
        Assert.AreEqual(AttestationRefusal.InvalidChain, Reason(quote));
    }

    [TestMethod]
    public void Verify_CollateralUnderAnotherTrustedRoot_IsAMismatch()
    {
        using var rootKey = SyntheticPki.NewKey();
        using var signingKey = SyntheticPki.NewKey();
        var root = SyntheticPki.Authority("CN=Another SGX Root CA", null, rootKey, 1, 1);
        var quote = new SyntheticQuote
        {
            Replace = _ => new Dictionary<string, byte[]?>
            {
                [CollateralName.TcbInfo] = SyntheticQuote.Sign("tcbInfo", new SyntheticQuote().TcbInfo(), signingKey),
                [CollateralName.TcbSigningChain] = SyntheticPki.Pem(SyntheticPki.Leaf("CN=Another SGX TCB Signing", root, signingKey, 9, null), root),
            },
        };
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Reason(quote));
        Assert.IsTrue(TrustAnchor.TryFromCertificate(RootKind.Intel, root.RawData, out var anchor));
        Assert.AreEqual(AttestationRefusal.CollateralMismatch, quote.Verify(quote.Context() with { Roots = quote.Roots.With([anchor]) }).Fault?.Reason);
    }

    [TestMethod]
    public void Verify_SecondTime_CostsNoSignatureOfCollateral()
    {
        var quote = new SyntheticQuote();
        var verified = new VerifiedSignatures();
        Assert.IsTrue(quote.Verify(quote.Context(verified)).Accepted);
        var facts = verified.Count;
        Assert.IsTrue(quote.Verify(quote.Context(verified)).Accepted);
        Assert.AreEqual(facts, verified.Count);

        // PCK certificate, its authority, TCB signing certificate, two documents, two lists.
        Assert.AreEqual(7, facts);
    }

    [TestMethod]
    public void Verify_WithCollateralReadBefore_StillAsksWhetherItHolds()
    {
        var quote = new SyntheticQuote();
        var verified = new VerifiedSignatures();
        Assert.IsTrue(quote.Verify(quote.Context(verified)).Accepted);
        Assert.IsNotNull(verified.FormOf<object>(quote.Collateral.Digest), "what the collateral says is kept");
        foreach (var (reason, context) in new (AttestationRefusal, AuthenticationContext)[]
        {
            (AttestationRefusal.Expired, quote.Context(verified) with { At = SyntheticQuote.NextUpdate.AddSeconds(1) }),
            (AttestationRefusal.NotYetValid, quote.Context(verified) with { At = SyntheticQuote.Issued.AddSeconds(-1) }),
            (AttestationRefusal.UntrustedRoot, quote.Context(verified) with { Roots = new RootSet(VendorRoots.All) }),
        })
        {
            Assert.AreEqual(reason, quote.Verify(context).Fault?.Reason);
            Assert.AreEqual(quote.Verify(context with { Verified = null }).Fault, quote.Verify(context).Fault);
        }

        // The same platform with a list that revokes it, and with collateral of the other TEE: other bytes, so nothing that was kept is taken.
        var revoked = quote.Collateral.With(new CollateralSet([new(CollateralName.PckCrl, SyntheticPki.Crl(quote.Pki.PckCa, SyntheticQuote.Issued, SyntheticQuote.NextUpdate, quote.Pki.Pck))]));
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, quote.Verify(quote.Context(verified) with { Collateral = revoked }).Fault?.Reason);
        Assert.IsNull(verified.FormOf<object>(revoked.Digest), "what was refused is not kept");
    }

    private static string Once(string text, string find, string put)
    {
        var at = text.IndexOf(find, StringComparison.Ordinal);
        Assert.IsGreaterThanOrEqualTo(0, at, $"{find} is not there");
        return text[..at] + put + text[(at + find.Length)..];
    }
}
