using System.Security.Cryptography;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;

namespace PrivChain.Attestation.Tests.Amd;

/// <summary>Reports and certificates under our own AMD: each rule just inside and just outside.</summary>
[TestClass]
public sealed class SnpReportTests
{
    private const int CurrentTcb = 0x38;
    private const int ReportedTcb = 0x180;
    private const int CommittedTcb = 0x1e0;
    private const int Microcode = 7;

    [TestMethod]
    public void Authenticate_AllAsWanted_GivesClaimsOfReportAndCertificate()
    {
        var report = SnpForge.Report();
        var authentic = SnpForge.Authenticate(report);
        Assert.IsTrue(authentic.Accepted, authentic.Fault?.ToString());
        var claims = authentic.Value.Claims;
        Assert.AreEqual(AuthenticationResult.Valid, authentic.Value.Result);
        Assert.IsTrue(claims.Measurement.Span.SequenceEqual(report.AsSpan(0x90, 48)));
        Assert.IsTrue(claims.ReportData.Span.SequenceEqual(report.AsSpan(0x50, 64)));
        Assert.IsTrue(claims.Signer.Span.SequenceEqual(report.AsSpan(0xe0, 48)));
        Assert.IsTrue(claims.HardwareId.Span.SequenceEqual(SnpForge.ChipId));
        Assert.AreEqual("Milan", claims.ChipFamily);
        Assert.AreEqual(5u, claims.Svn);
        Assert.AreEqual(2u, claims.ProductId, "a numbered image is the product");
        Assert.IsEmpty(claims.Conditions);
        Assert.IsFalse(claims.RevocationChecked);
        Assert.AreEqual(TcbStatus.NotApplicable, claims.Tcb.Status);
    }

    // Each case is one change under signatures that are right.
    [TestMethod]
    public void Authenticate_OneThingWrong_IsRefusedByName()
    {
        (string Case, AttestationRefusal Wanted, Func<AttestationVerdict<AuthenticEvidence>> Run)[] cases =
        [
            ("version 5", AttestationRefusal.None, () => SnpForge.Authenticate(SnpForge.Report(report => report[0] = 5))),
            ("version 6", AttestationRefusal.UnknownVersion, () => SnpForge.Authenticate(SnpForge.Report(report => report[0] = 6))),
            ("version 0", AttestationRefusal.UnknownVersion, () => SnpForge.Authenticate(SnpForge.Report(report => report[0] = 0))),
            ("a processor nobody knows", AttestationRefusal.UnknownVersion, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x188] = 0x1b))),
            ("vmpl 3", AttestationRefusal.None, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x30] = 3))),
            ("vmpl 4", AttestationRefusal.Malformed, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x30] = 4))),
            ("policy without bit 17", AttestationRefusal.Malformed, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x0a] = 0))),
            ("policy bit 26", AttestationRefusal.Malformed, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x0b] = 4))),
            ("signature algorithm 2", AttestationRefusal.Malformed, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x34] = 2))),
            ("signing key reserved", AttestationRefusal.Malformed, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x48] = 2 << 2))),
            ("not signed", AttestationRefusal.Unsigned, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x48] = 7 << 2))),
            ("reserved byte", AttestationRefusal.Malformed, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x29f] = 1))),
            ("mitigations before version 5", AttestationRefusal.Malformed, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x1f8] = 1))),
            ("reserved byte of a TCB", AttestationRefusal.Malformed, () => SnpForge.Authenticate(SnpForge.Report(report => report[ReportedTcb + 2] = 1))),
            ("reported TCB below the certificate's", AttestationRefusal.BindingMismatch, () => SnpForge.Authenticate(SnpForge.Report(report => report[ReportedTcb + Microcode]--))),
            ("reported TCB above the certificate's", AttestationRefusal.BindingMismatch, () => SnpForge.Authenticate(SnpForge.Report(Raise(ReportedTcb, CommittedTcb, CurrentTcb)))),
            ("committed above reported", AttestationRefusal.None, () => SnpForge.Authenticate(SnpForge.Report(Raise(CommittedTcb, CurrentTcb)))),
            ("committed above current", AttestationRefusal.BindingMismatch, () => SnpForge.Authenticate(SnpForge.Report(Raise(CommittedTcb)))),
            ("reported above committed", AttestationRefusal.BindingMismatch, () => SnpForge.Authenticate(SnpForge.Report(report => report[CommittedTcb + Microcode]--))),
            ("another chip", AttestationRefusal.BindingMismatch, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x1a0 + 63] ^= 1))),
            ("chip masked", AttestationRefusal.None, () => SnpForge.Authenticate(SnpForge.Report(report => report.AsSpan(0x1a0, 64).Clear()))),
            ("a Genoa processor under Milan's key", AttestationRefusal.BindingMismatch, () => SnpForge.Authenticate(SnpForge.Report(report => report[0x189] = 0x11))),
            ("a Genoa chip's name in the certificate", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items["2"] = [0x16, 8, .. "Genoa-B0"u8]))),
            ("id as an octet string", AttestationRefusal.None, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items["4"] = [4, 64, .. SnpForge.ChipId]))),
            ("id too short", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items["4"] = SnpForge.ChipId[..63]))),
            ("no id", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items.Remove("4")))),
            ("no level", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items.Remove("3.3")))),
            ("no version", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items.Remove("1")))),
            ("level 256", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items["3.8"] = [2, 2, 1, 0]))),
            ("reserved level zero", AttestationRefusal.None, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items["3.4"] = [2, 1, 0]))),
            ("reserved level one", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items["3.4"] = [2, 1, 1]))),
            ("Turin's level before Turin", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items["3.9"] = [2, 1, 1]))),
            ("bytes behind a level", AttestationRefusal.InvalidChain, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(items => items["3.1"] = [2, 1, 4, 0]))),
            ("issuer of another line", AttestationRefusal.UntrustedRoot, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(product: "Genoa"))),
            ("issuer of no line", AttestationRefusal.ChainNameMismatch, () => SnpForge.Authenticate(SnpForge.Report(), SnpForge.Vcek(product: "Rome"))),
            ("authority missing", AttestationRefusal.IncompleteChain, () => SnpForge.Authenticate(SnpForge.Report(), ask: SnpForge.Root().RawData)),
            ("not a certificate", AttestationRefusal.MalformedCollateral, () => SnpForge.Authenticate(SnpForge.Report(), vcek: [1, 2, 3])),
        ];
        foreach (var (name, wanted, run) in cases)
        {
            var verdict = run();
            Assert.AreEqual(wanted, verdict.Fault?.Reason ?? AttestationRefusal.None, $"{name}: {verdict.Fault}");
        }
    }

    // A list that is stale, of another signer or names a certificate refuses; without one, the claims say so and the strict policy refuses.
    [TestMethod]
    public void Authenticate_RevocationList_IsCheckedWithItsDatesAndSigner()
    {
        using var other = RSA.Create(4096);
        var (day, report, now) = (TimeSpan.FromDays(1), SnpForge.Report(), SnpForge.Now);
        var good = SnpForge.Authenticate(report, crl: SnpForge.Crl(now - day, now + day, null, SnpForge.RevokedSerial));
        Assert.IsTrue(good.Accepted, good.Fault?.ToString());
        Assert.IsTrue(good.Value.Claims.RevocationChecked);
        Assert.AreEqual(now + day, good.Value.Claims.HoldsUntil);
        Assert.AreEqual(AttestationRefusal.Expired, SnpForge.Authenticate(report, crl: SnpForge.Crl(now - day, now - TimeSpan.FromSeconds(1))).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.NotYetValid, SnpForge.Authenticate(report, crl: SnpForge.Crl(now + TimeSpan.FromSeconds(1), now + day)).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.BadCollateralSignature, SnpForge.Authenticate(report, crl: SnpForge.Crl(now - day, now + day, other)).Fault!.Reason);
        Assert.AreEqual(AttestationRefusal.MalformedCollateral, SnpForge.Authenticate(report, crl: [0x30, 0]).Fault!.Reason);

        var listed = SnpForge.Crl(now - day, now + day, null, SnpForge.RevokedSerial);
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, SnpForge.Authenticate(report, crl: listed, ask: SnpForge.Issuer(serial: SnpForge.RevokedSerial).RawData).Fault!.Reason, "the authority");
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, SnpForge.Authenticate(report, SnpForge.Vcek(serial: SnpForge.RevokedSerial), listed).Fault!.Reason, "the chip's key");
    }

    // Neither debug nor VMPL nor migration is part of the measurement: a policy that pins it refuses them all the same.
    [TestMethod]
    public void Appraise_ModeThatTheMeasurementDoesNotCover_IsRefused()
    {
        (string Mode, AttestationRefusal Wanted, Action<byte[]> Change)[] cases =
        [
            ("none", AttestationRefusal.None, _ => { }),
            ("debug", AttestationRefusal.DebugEnclave, report => report[0x0a] |= 1 << 3),
            ("migration", AttestationRefusal.ConditionNotAccepted, report => report[0x0a] |= 1 << 2),
            ("smt", AttestationRefusal.ConditionNotAccepted, report => report[0x0a] |= 1),
            ("vmpl 1", AttestationRefusal.ConditionNotAccepted, report => report[0x30] = 1),
            ("asked by the host", AttestationRefusal.ConditionNotAccepted, report => report.AsSpan(0x30, 4).Fill(0xff)),
            ("provisional firmware", AttestationRefusal.ConditionNotAccepted, report => report[CurrentTcb + Microcode]++),
        ];
        foreach (var (mode, wanted, change) in cases)
        {
            var authentic = SnpForge.Authenticate(SnpForge.Report(change));
            Assert.IsTrue(authentic.Accepted, $"{mode}: {authentic.Fault}");
            var policy = AppraisalPolicy.Strict(EvidenceKind.SevSnp, authentic.Value.Claims.Measurement.Span) with
            {
                DeniedChipFamilies = new HashSet<string>(),
                RequireCrl = false,
                RequireNonce = false,
                RequireSessionBinding = false,
            };
            var appraised = EvidenceVerifier.Appraise(authentic.Value, policy, ExpectedBinding.Nothing);
            Assert.AreEqual(wanted, appraised.Fault?.Reason ?? AttestationRefusal.None, mode);
        }
    }

    [TestMethod]
    public void CollateralRequest_CurrentAboveReported_AsksForTheReportedTcb()
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.SevSnp, EvidenceParts.Of(SnpForge.Report(Raise(CurrentTcb))));
        var request = received.Value!.CollateralRequest as CollateralRequest.Amd;
        Assert.AreEqual("Milan", request!.Product);
        Assert.AreEqual(Convert.ToHexStringLower(SnpForge.ChipId), request.HardwareId);
        Assert.AreEqual(219, request.ReportedTcb["ucodeSPL"]);
    }

    [TestMethod]
    public void Authenticate_CertificatesFromTheHostsTable_AreAsGoodAsFetchedOnes()
    {
        var report = SnpForge.Report();
        byte[] vcek = SnpForge.Vcek(), ask = System.Text.Encoding.ASCII.GetBytes(SnpForge.Issuer().ExportCertificatePem());
        byte[] evidence = [.. report, .. SnpTable.Of((SnpTable.Vcek, vcek), (SnpTable.Ask, ask))];
        var context = new AuthenticationContext(SnpForge.Roots(), SnpForge.Now);
        AttestationRefusal Refusal(byte[] bytes) =>
            ReceivedEvidence.ParseAny(bytes) is { Accepted: true } received ? AuthenticEvidence.Authenticate(received.Value, context).Fault?.Reason ?? AttestationRefusal.None : AttestationRefusal.Malformed;

        Assert.AreEqual(AttestationRefusal.None, Refusal(evidence));
        Assert.AreEqual(AttestationRefusal.MissingCollateral, Refusal(report), "no certificates at all");
        Assert.AreEqual(AttestationRefusal.MissingCollateral, Refusal([.. report, .. new byte[4096]]), "a host that has none");
        Assert.AreEqual(AttestationRefusal.IncompleteChain, Refusal([.. report, .. SnpTable.Of((SnpTable.Vcek, vcek))]));
        Assert.AreEqual(AttestationRefusal.Malformed, Refusal(evidence[..^1]), "an item that ends behind the table");
        Assert.AreEqual(AttestationRefusal.Malformed, Refusal([.. report, 1]));
        Assert.AreEqual(AttestationRefusal.Malformed, Refusal([.. report, .. SnpTable.Of((SnpTable.Vcek, vcek), (SnpTable.Vcek, vcek))]), "the same item twice");
    }

    private static Action<byte[]> Raise(params int[] tcbs) => report =>
    {
        foreach (var tcb in tcbs)
        {
            report[tcb + Microcode]++;
        }
    };
}
