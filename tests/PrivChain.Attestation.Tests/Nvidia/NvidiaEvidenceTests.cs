using System.Security.Cryptography;
using PrivChain.Attestation.Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Nvidia;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;
using PrivChain.Attestation.Tests.Dice;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Nvidia;

/// <summary>Real GPU reports, changed.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class NvidiaEvidenceTests
{
    private static IEnumerable<AttestationCase> Valid => AttestationCase.Load("dice").Where(@case => DiceCase.KindOf(@case) == EvidenceKind.NvidiaGpu && @case.Result == "valid");

    private static byte[] Report(AttestationCase @case) => @case.Bytes("evidence");

    private static AttestationVerdict<AuthenticEvidence> Authenticate(AttestationCase @case, byte[] report, byte[]? chain = null, VerifiedSignatures? verified = null)
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.NvidiaGpu, new EvidenceParts([new(EvidenceParts.Main, report), new(NvidiaFormat.ChainPart, chain ?? @case.Bytes("certificate_chain"))]));
        return received.Accepted
            ? AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(DiceCase.RootsOf(@case), CollateralSet.Empty, @case.At, verified))
            : new AttestationVerdict<AuthenticEvidence>(received.Fault);
    }

    [TestMethod]
    public void Verify_ValidReports_GiveMeasurementsFamilyAndNonce()
    {
        var cases = Valid.ToList();
        Assert.IsNotEmpty(cases);
        foreach (var @case in cases)
        {
            var claims = Authenticate(@case, Report(@case)).Value!.Claims;
            Assert.AreEqual("gpu", claims.Tee);
            Assert.AreNotEqual(string.Empty, claims.ChipFamily);
            Assert.AreNotEqual(0, claims.HardwareId.Length);
            Assert.AreNotEqual(0, claims.Measurements.Count);
            Assert.AreEqual(EnclaveClaims.MeasurementSize, claims.Measurement.Length);
            Assert.AreEqual(32, claims.Nonce!.Value.Length);
            Assert.AreEqual(0, claims.ReportData.Length);
        }
    }

    [TestMethod]
    public void Verify_RealReport_DoesNotBindOurSession()
    {
        var session = new SessionBinding(new byte[32], SessionBinding.Worker, [1], new byte[20], [1]);
        foreach (var @case in Valid)
        {
            var authentic = Authenticate(@case, Report(@case)).Value!;
            var policy = AppraisalPolicy.Strict(EvidenceKind.NvidiaGpu, authentic.Claims.Measurement.Span) with { RequireCrl = false };
            Assert.AreEqual(AttestationRefusal.EvidenceNotBound, EvidenceVerifier.Appraise(authentic, policy, ExpectedBinding.Session(session)).Fault?.Reason, @case.Name);
            Assert.IsTrue(EvidenceVerifier.Appraise(authentic, policy with { RequireSessionBinding = false }, ExpectedBinding.Nonce(authentic.Claims.Nonce!.Value)).Accepted, @case.Name);
        }
    }

    // Every report of NVIDIA's that is published is of SPDM 1.1; 1.2 signs with a prefix and hashes its blocks otherwise.
    [TestMethod]
    public void Parse_OtherVersionOfSpdm_IsRefusedByName()
    {
        byte[] report = [.. Report(Valid.First())];
        foreach (var (version, wanted) in new (byte, AttestationRefusal)[] { (0x10, AttestationRefusal.UnknownVersion), (0x12, AttestationRefusal.UnknownVersion), (0x13, AttestationRefusal.UnknownVersion), (0x21, AttestationRefusal.Malformed) })
        {
            report[0] = version;
            Assert.AreEqual(wanted, ReceivedEvidence.Parse(EvidenceKind.NvidiaGpu, EvidenceParts.Of(report)).Fault?.Reason, $"{version:x}");
        }
    }

    [TestMethod]
    public void Parse_AnyOtherLength_IsMalformed()
    {
        foreach (var @case in Valid)
        {
            var report = Report(@case);
            Assert.IsTrue(SpdmReport.TryParse(report, out var parsed));
            var end = report.Length - parsed.Trailing.Length;
            for (var length = 0; length < end; length++)
            {
                Assert.IsFalse(SpdmReport.TryParse(report.AsMemory(0, length), out _), $"{@case}: {length} bytes");
            }

            // Pitfall: one byte behind the signature is genuine, and never used; more is not.
            byte[] one = [.. report[..end], 0xAA];
            Assert.IsTrue(Authenticate(@case, one).Accepted, @case.Name);
            Assert.IsFalse(SpdmReport.TryParse((byte[])[.. one, 0], out _), @case.Name);
        }
    }

    [TestMethod]
    public void Verify_SampledBytesFlipped_AreRefused() => FlipEach(stride: 31);

    [TestMethod]
    [TestCategory("Slow")]
    public void Verify_EveryByteFlipped_IsRefused() => FlipEach(stride: 1);

    [TestMethod]
    public void Verify_ChainOfAnotherDevice_IsRefused()
    {
        var @case = Valid.First();
        var certificates = CertificateList.TryParse(@case.Bytes("certificate_chain"), out var parsed) ? parsed : throw new InvalidOperationException();
        byte[] swapped = [.. certificates[1].Der.Span, .. certificates[0].Der.Span, .. certificates.Skip(2).SelectMany(certificate => certificate.Der.ToArray())];
        Assert.AreEqual(AttestationRefusal.BadSignature, Authenticate(@case, Report(@case), swapped).Fault?.Reason);
        byte[] der = [.. certificates.SelectMany(certificate => certificate.Der.ToArray())];
        Assert.IsTrue(Authenticate(@case, Report(@case), der).Accepted, "DER certificates one after the other are the same chain");

        var received = ReceivedEvidence.Parse(EvidenceKind.NvidiaGpu, EvidenceParts.Of(Report(@case)));
        Assert.AreEqual(AttestationRefusal.IncompleteChain, AuthenticEvidence.Authenticate(received.Value!, new AuthenticationContext(DiceCase.RootsOf(@case), @case.At)).Fault?.Reason);
    }

    /// <summary>Pitfall: opaque data twice, or counts of another length, read by the first or by the last.</summary>
    [TestMethod]
    public void Parse_OpaqueData_HasEachTypeOnce()
    {
        Assert.IsTrue(NvidiaOpaqueData.TryParse([3, 0, 2, 0, (byte)'1', 0], out var opaque));
        Assert.AreEqual("1", opaque.ToJson()["driver_version"]!.GetValue<string>());
        Assert.IsFalse(NvidiaOpaqueData.TryParse([3, 0, 1, 0, 1, 3, 0, 1, 0, 2], out _), "the same type twice");
        Assert.IsFalse(NvidiaOpaqueData.TryParse([3, 0, 2, 0, 1], out _), "a value beyond the end");
        Assert.IsFalse(NvidiaOpaqueData.TryParse([12, 0, 3, 0, 1, 2, 3], out _), "counts that are no numbers");
    }

    /// <summary>Signatures are right and the firmware named inside is another: the binding says so. Real devices do not sign that, so the device is ours.</summary>
    [TestMethod]
    public void Verify_OtherFirmwareThanTheLeafs_IsABindingMismatch()
    {
        var digest = SHA384.HashData("bitstream"u8);
        using var device = new SoftwareDevice();
        Assert.IsNull(RefusalOf(device, digest));
        Assert.AreEqual(AttestationRefusal.BindingMismatch, RefusalOf(device, SHA384.HashData("other"u8)));
        Assert.IsNull(RefusalOf(device, null), "a report that names no firmware is bound by its key, and NotChecked says so");
    }

    private static AttestationRefusal? RefusalOf(SoftwareDevice device, byte[]? firmware)
    {
        byte[] opaque = firmware is null ? [] : [20, 0, 48, 0, .. firmware];
        byte[] signed =
        [
            0x11, 0xE0, 1, 0xFF, .. new byte[32], 0, 0x11, 0x60, 0, 0, 1, 11, 0, 0, 1, 1, 7, 0, 1, 4, 0, 1, 2, 3, 4, .. new byte[32], (byte)opaque.Length, 0, .. opaque,
        ];
        byte[] report = [.. signed, .. device.SignRaw(signed)];
        Assert.IsTrue(TrustAnchor.TryFromCertificate(RootKind.Nvidia, device.Root, out var anchor));
        var received = ReceivedEvidence.Parse(EvidenceKind.NvidiaGpu, new EvidenceParts([new(EvidenceParts.Main, report), new(NvidiaFormat.ChainPart, device.Chain)]));
        Assert.IsTrue(received.Accepted, received.Fault?.ToString());
        return AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(new RootSet([anchor]), SoftwareDevice.Options.NotBefore.AddDays(1))).Fault?.Reason;
    }

    private static void FlipEach(int stride)
    {
        foreach (var @case in Valid)
        {
            var verified = new VerifiedSignatures();
            Assert.IsTrue(Authenticate(@case, Report(@case), verified: verified).Accepted);
            var report = Report(@case);
            Assert.IsTrue(SpdmReport.TryParse(report, out var parsed));
            for (var i = 0; i < report.Length - parsed.Trailing.Length; i += stride)
            {
                var changed = report.ToArray();
                changed[i] ^= 0x10;
                Assert.IsFalse(Authenticate(@case, changed, verified: verified).Accepted, $"{@case}, report byte {i}");
            }

            Assert.IsTrue(CertificateList.TryParse(@case.Bytes("certificate_chain"), out var certificates));
            byte[] chain = [.. certificates.SkipLast(1).SelectMany(certificate => certificate.Der.ToArray())];
            for (var i = 0; i < chain.Length; i += stride)
            {
                var changed = chain.ToArray();
                changed[i] ^= 0x10;
                Assert.IsFalse(Authenticate(@case, report, changed, verified).Accepted, $"{@case}, chain byte {i}");
            }
        }
    }
}
