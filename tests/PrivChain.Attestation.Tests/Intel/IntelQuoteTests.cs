using System.Buffers.Binary;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.EventLogs;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Intel;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Tests.EventLogs;

namespace PrivChain.Attestation.Tests.Intel;

/// <summary>The quote itself: form, signatures, bindings, modes, claims.</summary>
[TestClass]
public sealed class IntelQuoteTests
{
    private static SyntheticQuote Td(Action<byte[]> edit) => new() { Tdx = true, Version = 5, Td15 = true, EditBody = edit };

    private static AttestationRefusal? Parse(SyntheticQuote quote, Action<byte[]> edit)
    {
        var bytes = (byte[])quote.Bytes.Clone();
        edit(bytes);
        return ReceivedEvidence.Parse(quote.Kind, EvidenceParts.Of(bytes)).Fault?.Reason;
    }

    [TestMethod]
    [DataRow(false, 3)]
    [DataRow(true, 4)]
    [DataRow(true, 5)]
    public void Verify_AnyByteChanged_IsRefusedOrReported(bool tdx, int version)
    {
        var quote = new SyntheticQuote { Tdx = tdx, Version = (ushort)version, Td15 = version == 5 };
        QuoteMutations.AssertEachFlip(quote.Kind, quote.Bytes, step: 5, bytes => ReceivedEvidence.Parse(quote.Kind, EvidenceParts.Of(bytes)), quote.Context(new VerifiedSignatures()));
    }

    [TestMethod]
    [DataRow(false, 3)]
    [DataRow(true, 4)]
    [DataRow(true, 5)]
    public void Parse_EveryTruncation_IsRefused(bool tdx, int version)
    {
        var quote = new SyntheticQuote { Tdx = tdx, Version = (ushort)version, Td15 = version == 5 };
        QuoteMutations.AssertEachTruncation(quote.Kind, quote.Bytes, quote.Bytes.Length, quote.Kind);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(0xa5)]
    public void Verify_BytesAfterTheQuote_AreCountedAndNeverUsed(int fill)
    {
        var quote = Td(_ => { });
        byte[] padded = [.. quote.Bytes, .. Enumerable.Repeat((byte)fill, 100)];
        var received = ReceivedEvidence.Parse(quote.Kind, EvidenceParts.Of(padded)).Value!;
        Assert.AreEqual(100, received.Fields.Single(field => field.Name == "trailing_bytes_after_quote").Value!.GetValue<int>());
        Assert.AreEqual(AuthenticationResult.Valid, AuthenticEvidence.Authenticate(received, quote.Context()).Value?.Result);
    }

    [TestMethod]
    public void Parse_BytesLeftOverInside_AreRefused()
    {
        // Signature data one byte longer than what is in it, with a byte more in the buffer: in version 4 first the outer, then the nested length.
        var quote = new SyntheticQuote { Tdx = true, Version = 4 };
        const int LengthOffset = 48 + 584;
        byte[] longer = [.. quote.Bytes, 0];
        var length = BinaryPrimitives.ReadUInt32LittleEndian(longer.AsSpan(LengthOffset));
        BinaryPrimitives.WriteUInt32LittleEndian(longer.AsSpan(LengthOffset), length + 1);
        Assert.AreEqual(AttestationRefusal.Malformed, ReceivedEvidence.Parse(quote.Kind, EvidenceParts.Of(longer)).Fault?.Reason);

        const int NestedOffset = LengthOffset + 4 + 64 + 64 + 2;
        BinaryPrimitives.WriteUInt32LittleEndian(longer.AsSpan(NestedOffset), BinaryPrimitives.ReadUInt32LittleEndian(longer.AsSpan(NestedOffset)) + 1);
        Assert.AreEqual(AttestationRefusal.Malformed, ReceivedEvidence.Parse(quote.Kind, EvidenceParts.Of(longer)).Fault?.Reason);
    }

    [TestMethod]
    public void Parse_LengthsBeyondTheBuffer_AreRefused()
    {
        Assert.AreEqual(AttestationRefusal.Malformed, Parse(new SyntheticQuote(), bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(48 + 384), int.MaxValue)));
        Assert.AreEqual(AttestationRefusal.Malformed, Parse(new SyntheticQuote(), bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(48 + 384), uint.MaxValue)));
        Assert.AreEqual(AttestationRefusal.Malformed, Parse(Td(_ => { }), bytes => BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(50), 0xffff_fff0)));
    }

    [TestMethod]
    public void Parse_HeaderOfAnotherForm_IsRefusedByName()
    {
        var sgx = new SyntheticQuote();
        Assert.AreEqual(AttestationRefusal.UnknownVersion, Parse(sgx, bytes => bytes[0] = 2));
        Assert.AreEqual(AttestationRefusal.UnknownVersion, Parse(sgx, bytes => bytes[0] = 6));
        Assert.AreEqual(AttestationRefusal.UnsupportedAlgorithm, Parse(sgx, bytes => bytes[2] = 3));
        Assert.AreEqual(AttestationRefusal.Malformed, Parse(sgx, bytes => bytes[2] = 0));
        Assert.AreEqual(AttestationRefusal.Malformed, Parse(sgx, bytes => bytes[4] = 0x81));
        Assert.AreEqual(AttestationRefusal.Malformed, Parse(sgx, bytes => bytes[12] ^= 1), "another vendor's quoting enclave");
        Assert.AreEqual(AttestationRefusal.Malformed, Parse(Td(_ => { }), bytes => bytes[48] = 2), "a TD 1.0 body of 648 bytes");
        Assert.AreEqual(AttestationRefusal.Malformed, Parse(Td(_ => { }), bytes => bytes[48] = 1), "an SGX body in a TD quote");
        Assert.AreEqual(AttestationRefusal.TooLarge, ReceivedEvidence.Parse(EvidenceKind.Sgx, EvidenceParts.Of(new byte[IntelQuote.MaxSize + 1])).Fault?.Reason);
    }

    [TestMethod]
    public void Parse_TextAroundTheChain_IsLeftOver()
    {
        var quote = new SyntheticQuote();
        var pem = SyntheticPki.Pem(quote.Pki.Pck, quote.Pki.PckCa, quote.Pki.Root);
        Assert.IsTrue(PckCertificates.TryParse((byte[])[.. pem, 0], out _));
        Assert.IsFalse(PckCertificates.TryParse((byte[])[.. "a"u8, .. pem], out _));
        Assert.IsFalse(PckCertificates.TryParse((byte[])[.. pem, .. "a"u8], out _));
        Assert.IsFalse(PckCertificates.TryParse(SyntheticPki.Pem(quote.Pki.PckCa, quote.Pki.Root), out _), "no PCK certificate");
        Assert.IsFalse(PckCertificates.TryParse(Array.Empty<byte>(), out _), "no chain at all");
    }

    [TestMethod]
    [DataRow(15)]
    [DataRow(17)]
    public void Parse_PckExtensionWithAnotherCountOfComponents_IsRefused(int count) =>
        Assert.IsFalse(PckExtension.TryParse(SyntheticPki.Platform(new byte[count], 1, new byte[6], null).RawData, out _));

    [TestMethod]
    public void Verify_OwnAttestationKeyBesideAGenuineQeReport_IsABindingMismatch()
    {
        // The report of the quoting enclave is genuine and signed; it binds another key than the one that signed.
        var quote = new SyntheticQuote { EditQe = report => report[320] ^= 1 };
        Assert.AreEqual(AttestationRefusal.BindingMismatch, quote.Verify().Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.BindingMismatch, new SyntheticQuote { EditQe = report => report[383] = 1 }.Verify().Fault?.Reason, "the rest of its report data is zeros");
    }

    [TestMethod]
    public void Verify_WithoutCollateral_StillBindsTheAttestationKey()
    {
        var quote = new SyntheticQuote { EditQe = report => report[320] ^= 1 };
        Assert.AreEqual(AttestationRefusal.BindingMismatch, quote.Verify(quote.Context() with { Collateral = CollateralSet.Empty }).Fault?.Reason);
    }

    [TestMethod]
    public void Verify_RootThatNobodyNamed_IsUntrusted()
    {
        var quote = new SyntheticQuote();
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, quote.Verify(quote.Context() with { Roots = new RootSet(VendorRoots.Of(RootKind.Intel)) }).Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, quote.Verify(quote.Context() with { Roots = RootSet.Empty }).Fault?.Reason);
    }

    [TestMethod]
    public void Verify_RootNamedByItsFingerprint_IsTheSame()
    {
        var quote = new SyntheticQuote();
        var anchor = quote.Roots.Anchors.Single();
        var verdict = quote.Verify(quote.Context() with { Roots = new RootSet([RootSet.Name(RootKind.Intel, anchor.Fingerprint.Span)]) });
        Assert.AreEqual(AuthenticationResult.Valid, verdict.Value?.Result, verdict.Fault?.ToString());
    }

    [TestMethod]
    public void Verify_ChainBeyondItsTime_IsExpired()
    {
        var quote = new SyntheticQuote();
        Assert.AreEqual(AttestationRefusal.Expired, quote.Verify(quote.Context() with { At = SyntheticPki.Until.AddSeconds(1) }).Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.NotYetValid, quote.Verify(quote.Context() with { At = SyntheticPki.From.AddSeconds(-1) }).Fault?.Reason);
    }

    [TestMethod]
    public void Verify_QuoteWithoutChain_WantsItAsCollateral()
    {
        var quote = new SyntheticQuote { CertificationType = 1 };
        Assert.AreEqual(AttestationRefusal.MissingCollateral, quote.Verify().Fault?.Reason);
        var chain = new CollateralSet([new(CollateralName.PckChain, SyntheticPki.Pem(quote.Pki.Pck, quote.Pki.PckCa, quote.Pki.Root))]);
        Assert.AreEqual(AuthenticationResult.Valid, quote.Verify(quote.Context() with { Collateral = quote.Collateral.With(chain) }).Value?.Result);
        Assert.AreEqual(AuthenticationResult.ValidSignatureOnly, quote.Verify(quote.Context() with { Collateral = chain }).Value?.Result);
    }

    [TestMethod]
    public void Verify_DebugBit_IsReportedAndRefusedByPolicy()
    {
        Assert.AreEqual(AuthenticationResult.ValidDebug, new SyntheticQuote { EditBody = body => body[48] |= 2 }.Verify().Value?.Result);

        // Every bit of the group "TD under debug".
        for (var bit = 0; bit < 8; bit++)
        {
            var verdict = Td(body => body[120] |= (byte)(1 << bit)).Verify().Value!;
            Assert.AreEqual(AuthenticationResult.ValidDebug, verdict.Result);
            Assert.AreEqual(AttestationRefusal.DebugEnclave, EvidenceVerifier.Appraise(verdict, AppraisalPolicy.Strict(EvidenceKind.Tdx, verdict.Claims.Measurement.Span), ExpectedBinding.Nothing).Fault?.Reason);
        }
    }

    [TestMethod]
    [DataRow(123, 0x00, EvidenceCondition.SeptVeEnabled)]
    [DataRow(123, 0x30, EvidenceCondition.MigrationAllowed)]
    [DataRow(123, 0x50, EvidenceCondition.UnusualTdAttributes)]
    [DataRow(127, 0x80, EvidenceCondition.UnusualTdAttributes)]
    [DataRow(121, 0x01, EvidenceCondition.UnusualTdAttributes)]
    [DataRow(128, 0xe6, EvidenceCondition.UnusualTdAttributes)]
    [DataRow(135, 0x01, EvidenceCondition.UnusualTdAttributes)]
    [DataRow(600, 0x01, EvidenceCondition.ServiceTd)]
    public void Verify_ModeThatWeakensATd_IsACondition(int offset, int value, string condition)
    {
        var verdict = Td(body => body[offset] = (byte)value).Verify().Value!;
        CollectionAssert.AreEqual(new[] { condition }, verdict.Claims.Conditions.ToArray());
        Assert.AreEqual(AttestationRefusal.ConditionNotAccepted, EvidenceVerifier.Appraise(verdict, AppraisalPolicy.Strict(EvidenceKind.Tdx, verdict.Claims.Measurement.Span), ExpectedBinding.Nothing).Fault?.Reason);
    }

    [TestMethod]
    public void Claims_OfAnEnclave_AreItsReport()
    {
        var claims = new SyntheticQuote().Verify().Value!.Claims;
        Assert.AreEqual(new string('e', 1) + "1", Convert.ToHexStringLower(claims.Measurement.Span[..1]));
        Assert.IsFalse(claims.Measurement.Span[32..].ContainsAnyExcept((byte)0), "padded to 48 bytes");
        Assert.AreEqual(7u, claims.ProductId);
        Assert.AreEqual(3u, claims.Svn);
        Assert.AreEqual("00906EA10000", claims.ChipFamily);
        CollectionAssert.AreEqual(SyntheticPki.Ppid, claims.HardwareId.ToArray());
        Assert.AreEqual(17u, claims.Tcb.EvaluationNumber);
        Assert.AreEqual(SyntheticQuote.Issued, claims.Tcb.IssuedAt);
    }

    [TestMethod]
    public void Claims_OfAPlatformWithAnInstanceId_NameIt()
    {
        byte[] instance = [.. Enumerable.Repeat((byte)0x77, 16)];
        CollectionAssert.AreEqual(instance, new SyntheticQuote { PlatformInstance = instance }.Verify().Value!.Claims.HardwareId.ToArray());
    }

    [TestMethod]
    public void Claims_OfATd_HaveEveryRegister()
    {
        var claims = Td(body => body[328 + (2 * 48)] = 9).Verify().Value!.Claims;
        Assert.AreEqual(0xd1, claims.Measurement.Span[47]);
        Assert.AreEqual(9, claims.Measurements.Single(value => value.Name == "rtmr2").Value.Span[0]);
        Assert.IsNull(claims.Svn);
        Assert.AreEqual(64, claims.ReportData.Length);
    }

    [TestMethod]
    public void Request_NamesThePlatform()
    {
        var request = (CollateralRequest.Intel)ReceivedEvidence.Parse(EvidenceKind.Tdx, EvidenceParts.Of(Td(_ => { }).Bytes)).Value!.CollateralRequest!;
        Assert.AreEqual(new CollateralRequest.Intel(true, "00906EA10000", "platform"), request);
    }

    [TestMethod]
    public void Envelope_OfATd_HasPartsAndOfAnEnclaveHasNone()
    {
        var td = Td(_ => { });
        Assert.IsTrue(ReceivedEvidence.Parse(ReceivedEvidence.Wrap(td.Kind, EvidenceParts.Of(td.Bytes))).Accepted);
        var sgx = new SyntheticQuote();
        Assert.IsTrue(ReceivedEvidence.Parse(ReceivedEvidence.Wrap(sgx.Kind, EvidenceParts.Of(sgx.Bytes))).Accepted);
    }

    [TestMethod]
    public void EventLog_ThatReplaysToTheRegisters_IsAccepted()
    {
        byte[] digest = [.. Enumerable.Repeat((byte)4, 48)];
        byte[] log = [.. EventLogTests.Header(EventLogHash.Sha384), .. EventLogTests.Event(2, LoggedEventType.Separator, digest, [])];
        var register = System.Security.Cryptography.SHA384.HashData([.. new byte[48], .. digest]);
        var quote = Td(body => register.CopyTo(body, 328 + 48));
        Assert.IsNull(VerifyLog(quote, log));
        Assert.AreEqual(AttestationRefusal.EventLogMismatch, VerifyLog(Td(_ => { }), log), "a register that is not as the log says");
        Assert.AreEqual(AttestationRefusal.EventLogMismatch, VerifyLog(quote, EventLogTests.Header(EventLogHash.Sha384)), "a log without the event");
        Assert.AreEqual(AttestationRefusal.EventLogMismatch, VerifyLog(quote, [.. log, .. EventLogTests.Event(0, LoggedEventType.Separator, digest, [])]), "an event of MRTD");
        Assert.AreEqual(AttestationRefusal.EventLogMismatch, VerifyLog(quote, [.. log, .. EventLogTests.Event(5, LoggedEventType.Separator, digest, [])]), "a register that there is not");
        Assert.AreEqual(AttestationRefusal.EventLogMismatch, VerifyLog(quote, EventLogTests.Header(EventLogHash.Sha256)), "another hash than the registers have");
        Assert.AreEqual(AttestationRefusal.Malformed, VerifyLog(quote, log[..^1]));
    }

    private static AttestationRefusal? VerifyLog(SyntheticQuote quote, byte[] log)
    {
        var received = ReceivedEvidence.Parse(quote.Kind, new EvidenceParts([new(EvidenceParts.Main, quote.Bytes), new(TdxFormat.EventLogPart, log)]));
        return received.Accepted ? AuthenticEvidence.Authenticate(received.Value, quote.Context()).Fault?.Reason : received.Fault.Reason;
    }
}
