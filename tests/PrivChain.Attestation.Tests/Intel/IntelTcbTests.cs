using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Intel;

namespace PrivChain.Attestation.Tests.Intel;

/// <summary>TCB status by Intel's rules, each just inside and just outside.</summary>
[TestClass]
public sealed class IntelTcbTests
{
    private static SyntheticQuote Td(Action<byte[]> edit, Func<string, string>? info = null, ushort qeIsvSvn = 8) =>
        new() { Tdx = true, Version = 5, Td15 = true, EditBody = edit, EditTcbInfo = info ?? (text => text), QeIsvSvn = qeIsvSvn };

    private static TcbStatus Status(SyntheticQuote quote)
    {
        var verdict = quote.Verify();
        Assert.IsTrue(verdict.Accepted, verdict.Fault?.ToString());
        return verdict.Value.Claims.Tcb.Status;
    }

    private static AttestationRefusal? Reason(SyntheticQuote quote) => quote.Verify().Fault?.Reason;

    [TestMethod]
    [DataRow(false, 3, false)]
    [DataRow(false, 4, false)]
    [DataRow(false, 5, false)]
    [DataRow(true, 4, false)]
    [DataRow(true, 5, false)]
    [DataRow(true, 5, true)]
    public void Verify_EachVersionAndBody_IsValid(bool tdx, int version, bool td15)
    {
        var verdict = new SyntheticQuote { Tdx = tdx, Version = (ushort)version, Td15 = td15 }.Verify();
        Assert.IsTrue(verdict.Accepted, verdict.Fault?.ToString());
        Assert.AreEqual(AuthenticationResult.Valid, verdict.Value.Result);
        Assert.AreEqual(tdx ? "tdx" : "sgx", verdict.Value.Claims.Tee);
        Assert.IsTrue(verdict.Value.Claims.RevocationChecked);
        Assert.AreEqual(SyntheticQuote.NextUpdate, verdict.Value.Claims.HoldsUntil);
    }

    [TestMethod]
    [DataRow(5, 10, TcbStatus.UpToDate)]
    [DataRow(6, 11, TcbStatus.UpToDate)]
    [DataRow(4, 10, TcbStatus.OutOfDate)]
    [DataRow(5, 9, TcbStatus.OutOfDate)]
    [DataRow(3, 8, TcbStatus.OutOfDate)]
    public void Level_ComponentOrPceSvn_IsTheFirstThatIsReached(int component, int pceSvn, TcbStatus expected)
    {
        byte[] components = [.. Enumerable.Repeat((byte)5, 15), (byte)component];
        Assert.AreEqual(expected, Status(new SyntheticQuote { Components = components, PceSvn = (ushort)pceSvn }));
    }

    [TestMethod]
    [DataRow(2, 10)]
    [DataRow(5, 7)]
    public void Level_BelowTheLast_IsUnsupportedAndNotOutOfDate(int component, int pceSvn)
    {
        byte[] components = [(byte)component, .. Enumerable.Repeat((byte)5, 15)];
        Assert.AreEqual(AttestationRefusal.UnsupportedTcb, Reason(new SyntheticQuote { Components = components, PceSvn = (ushort)pceSvn }));
    }

    [TestMethod]
    public void Level_Advisories_AreThoseOfPlatformModuleAndQuotingEnclave()
    {
        var quote = new SyntheticQuote { Tdx = true, Version = 4, EditBody = body => body[0] = 3, PceSvn = 9, QeIsvSvn = 7 };
        var claims = quote.Verify().Value!.Claims;
        Assert.AreEqual(TcbStatus.OutOfDate, claims.Tcb.Status);
        CollectionAssert.AreEqual(new[] { "INTEL-SA-00001", "INTEL-SA-00002", "INTEL-SA-00003", "INTEL-SA-00004" }, claims.Tcb.Advisories.ToArray());
    }

    [TestMethod]
    [DataRow(2, TcbStatus.OutOfDate)]
    [DataRow(3, TcbStatus.OutOfDate)]
    [DataRow(15, TcbStatus.OutOfDate)]
    public void TdxComponent_FromTwoUp_IsCompared(int index, TcbStatus expected) => Assert.AreEqual(expected, Status(Td(body => body[index] = 4)));

    [TestMethod]
    public void TdxComponents_ZeroAndOneOfAModuleFromVersionOne_AreJudgedByItsIdentityAlone()
    {
        // Level 5 asks for 9 in component 0: the identity TDX_01 is content with 5.
        static string Raise(string text) => text.Replace("\"tdxtcbcomponents\":[{\"svn\":5},{\"svn\":0}", "\"tdxtcbcomponents\":[{\"svn\":9},{\"svn\":9}", StringComparison.Ordinal);
        Assert.AreEqual(TcbStatus.UpToDate, Status(Td(_ => { }, Raise)));

        // A module of version 0 has no identity of its own: there they count.
        Assert.AreEqual(TcbStatus.OutOfDate, Status(Td(body => body[1] = 0, Raise)));
    }

    [TestMethod]
    public void Module_OfAVersionWithoutIdentity_IsAMismatch() => Assert.AreEqual(AttestationRefusal.TdxModuleMismatch, Reason(Td(body => body[1] = 2)));

    [TestMethod]
    [DataRow(64)]
    [DataRow(112)]
    public void Module_OfAnotherSignerOrAttributes_IsAMismatch(int offset) => Assert.AreEqual(AttestationRefusal.TdxModuleMismatch, Reason(Td(body => body[offset] = 1)));

    [TestMethod]
    public void Module_AttributesOutsideTheMask_DoNotCount() =>
        Assert.AreEqual(TcbStatus.UpToDate, Status(Td(body => body[112] = 1, text => text.Replace("FFFFFFFFFFFFFFFF", "FEFFFFFFFFFFFFFF", StringComparison.Ordinal))));

    [TestMethod]
    public void Module_BelowEveryLevel_IsUnsupported() => Assert.AreEqual(AttestationRefusal.UnsupportedTcb, Reason(Td(body => body[0] = 2)));

    [TestMethod]
    [DataRow(5, 5, TcbStatus.TDRelaunchAdvised)]
    [DataRow(4, 5, TcbStatus.OutOfDate)]
    [DataRow(5, 4, TcbStatus.OutOfDate)]
    public void Relaunch_ModuleUpdatedUnderTheTd_IsAdvised(int moduleNow, int microcodeNow, TcbStatus expected) =>
        Assert.AreEqual(expected, Status(Td(body => (body[0], body[584], body[586]) = (3, (byte)moduleNow, (byte)microcodeNow))));

    [TestMethod]
    public void Relaunch_OfATdWithoutSecondVersion_IsNotAsked()
    {
        var quote = new SyntheticQuote { Tdx = true, Version = 4, EditBody = body => body[0] = 3 };
        Assert.AreEqual(TcbStatus.OutOfDate, Status(quote));
        Assert.IsFalse(quote.Verify().Value!.Fields.Any(field => field.Name is "tee_tcb_svn2" or "mrservicetd"), "fields that a TD 1.0 report does not have");
    }

    [TestMethod]
    public void Relaunch_PlatformThatNeedsConfiguration_SaysBoth() =>
        Assert.AreEqual(
            TcbStatus.TDRelaunchAdvisedConfigurationNeeded,
            Status(Td(body => body[0] = 3, text => text.Replace("Z\",\"tcbStatus\":\"UpToDate\"},{\"tcb\":{\"sgx", "Z\",\"tcbStatus\":\"ConfigurationNeeded\"},{\"tcb\":{\"sgx", StringComparison.Ordinal))));

    [TestMethod]
    public void Relaunch_QuotingEnclaveOutOfDate_IsNotEnough() => Assert.AreEqual(TcbStatus.OutOfDate, Status(Td(body => body[0] = 3, qeIsvSvn: 7)));

    [TestMethod]
    public void Relaunch_IntoAModuleThatNobodyDescribes_IsAMismatch() => Assert.AreEqual(AttestationRefusal.TdxModuleMismatch, Reason(Td(body => (body[0], body[585]) = (3, 2))));

    [TestMethod]
    [DataRow(8, TcbStatus.UpToDate)]
    [DataRow(7, TcbStatus.OutOfDate)]
    [DataRow(6, TcbStatus.OutOfDate)]
    public void QuotingEnclave_Version_IsMerged(int isvSvn, TcbStatus expected) => Assert.AreEqual(expected, Status(new SyntheticQuote { QeIsvSvn = (ushort)isvSvn }));

    [TestMethod]
    public void QuotingEnclave_BelowEveryLevel_IsUnsupported() => Assert.AreEqual(AttestationRefusal.UnsupportedTcb, Reason(new SyntheticQuote { QeIsvSvn = 5 }));

    [TestMethod]
    [DataRow(16)]
    [DataRow(49)]
    [DataRow(128)]
    [DataRow(256)]
    public void QuotingEnclave_OfAnotherIdentity_IsAMismatch(int offset) => Assert.AreEqual(AttestationRefusal.QeIdentityMismatch, Reason(new SyntheticQuote { EditQe = report => report[offset] ^= 0x20 }));

    [TestMethod]
    public void QuotingEnclave_AttributesOutsideTheMask_DoNotCount()
    {
        Assert.AreEqual(TcbStatus.UpToDate, Status(new SyntheticQuote { EditQe = report => report[48] |= 0x04 }));
        Assert.AreEqual(AttestationRefusal.QeIdentityMismatch, Reason(new SyntheticQuote { EditQe = report => report[48] |= 0x02 }), "a debug quoting enclave");
    }

    [TestMethod]
    public void Revoked_AtAnyOfTheLevels_IsRefused()
    {
        static string Revoke(string text) => text.Replace("\"UpToDate\"", "\"Revoked\"", StringComparison.Ordinal);
        Assert.AreEqual(AttestationRefusal.TcbRevoked, Reason(new SyntheticQuote { EditTcbInfo = Revoke }));
        Assert.AreEqual(AttestationRefusal.TcbRevoked, Reason(new SyntheticQuote { EditQeIdentity = Revoke }));
        Assert.AreEqual(AttestationRefusal.TcbRevoked, Reason(Td(_ => { }, text => text.Replace("{\"isvsvn\":5},\"tcbDate\":\"2026-01-01T00:00:00Z\",\"tcbStatus\":\"UpToDate\"", "{\"isvsvn\":5},\"tcbDate\":\"2026-01-01T00:00:00Z\",\"tcbStatus\":\"Revoked\"", StringComparison.Ordinal))));
    }

    [TestMethod]
    [DataRow(TcbStatus.UpToDate, TcbStatus.OutOfDate, TcbStatus.OutOfDate)]
    [DataRow(TcbStatus.SWHardeningNeeded, TcbStatus.OutOfDate, TcbStatus.OutOfDate)]
    [DataRow(TcbStatus.ConfigurationNeeded, TcbStatus.OutOfDate, TcbStatus.OutOfDateConfigurationNeeded)]
    [DataRow(TcbStatus.ConfigurationAndSWHardeningNeeded, TcbStatus.OutOfDate, TcbStatus.OutOfDateConfigurationNeeded)]
    [DataRow(TcbStatus.OutOfDateConfigurationNeeded, TcbStatus.OutOfDate, TcbStatus.OutOfDateConfigurationNeeded)]
    [DataRow(TcbStatus.OutOfDate, TcbStatus.UpToDate, TcbStatus.OutOfDate)]
    [DataRow(TcbStatus.Revoked, TcbStatus.OutOfDate, TcbStatus.Revoked)]
    [DataRow(TcbStatus.UpToDate, TcbStatus.Revoked, TcbStatus.Revoked)]
    [DataRow(TcbStatus.ConfigurationNeeded, TcbStatus.UpToDate, TcbStatus.ConfigurationNeeded)]
    public void Merge_EachPair_IsTheWorse(TcbStatus whole, TcbStatus part, TcbStatus expected) => Assert.AreEqual(expected, TcbEvaluation.Merge(whole, part));
}
