using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Dice;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Policies;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Tests.Dice;

/// <summary>Chains of a device that the test made, with report data.</summary>
[TestClass]
public sealed class DiceEvidenceTests
{
    private static readonly DateTimeOffset _at = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly SessionBinding _session = new(new byte[32], SessionBinding.Worker, [0x64, 0x7a, 1, 2, 3], new byte[20], [7, 7, 7]);
    private static readonly byte[] _reportData = _session.Value(EnclaveClaims.ReportDataSize)!;

    private static AttestationVerdict<AuthenticEvidence> Authenticate(EvidenceParts parts, RootSet roots, DateTimeOffset? at = null, CollateralSet? collateral = null, VerifiedSignatures? verified = null)
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.FpgaDice, parts);
        return received.Accepted
            ? AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(roots, collateral ?? CollateralSet.Empty, at ?? _at, verified))
            : new AttestationVerdict<AuthenticEvidence>(received.Fault);
    }

    private static AttestationRefusal? RefusalOf(SoftwareDevice.Options options)
    {
        using var device = new SoftwareDevice(options);
        return Authenticate(device.Evidence(_reportData), device.Roots).Fault?.Reason;
    }

    private static readonly byte[] _measurement = MeasuredValue.DigestOf([new("fwid0", "sha-384", SHA384.HashData("loader"u8)), new("fwid1", "sha-384", SHA384.HashData("bitstream"u8))]);

    private static EvidenceParts With(EvidenceParts parts, string name, byte[] bytes) =>
        new(parts.Names.Select(own => KeyValuePair.Create(own, own != name && parts.TryGet(own, out var old) ? old : bytes)));

    [TestMethod]
    public void Verify_BoundChain_PassesAStrictPolicyButForRevocation()
    {
        using var device = new SoftwareDevice();
        var policy = AppraisalPolicy.Strict(EvidenceKind.FpgaDice, _measurement) with { RequireCrl = false, MinimumSvn = 7, HardwareIds = new HashSet<string> { "0x0102030405060708" } };
        var result = EvidenceVerifier.Verify(ReceivedEvidence.Wrap(EvidenceKind.FpgaDice, device.Evidence(_reportData)), new AuthenticationContext(device.Roots, _at), policy, ExpectedBinding.Session(_session));
        Assert.IsTrue(result.Accepted, result.Fault?.ToString());
        Assert.AreEqual("valid", result.Verdict);
        Assert.AreEqual("X100", result.Enclave.Claims.ChipFamily);
        Assert.HasCount(2, result.Enclave.Claims.Measurements);
        Assert.AreEqual(SoftwareDevice.Options.NotAfter, result.Enclave.Claims.HoldsUntil);
    }

    /// <summary>Pitfall: evidence in a certificate is bound to a key and not to a session; whoever copies the chain must not pass.</summary>
    [TestMethod]
    public void Verify_ChainAlone_NeverBindsASession()
    {
        using var device = new SoftwareDevice();
        var policy = AppraisalPolicy.Strict(EvidenceKind.FpgaDice, _measurement) with { RequireCrl = false };
        var context = new AuthenticationContext(device.Roots, _at);
        var envelope = ReceivedEvidence.Wrap(EvidenceKind.FpgaDice, EvidenceParts.Of(device.Chain));
        foreach (var binding in new[] { ExpectedBinding.Session(_session), ExpectedBinding.ReportData(_reportData, madeOfNonce: true), ExpectedBinding.ReportData(new byte[64], madeOfNonce: true) })
        {
            Assert.AreEqual(AttestationRefusal.EvidenceNotBound, EvidenceVerifier.Verify(envelope, context, policy, binding).Fault?.Reason);
        }

        Assert.AreEqual(AttestationRefusal.NonceMismatch, EvidenceVerifier.Verify(envelope, context, policy with { RequireSessionBinding = false }, ExpectedBinding.Nonce(new byte[] { 7, 7, 7 })).Fault?.Reason);
    }

    /// <summary>Contracts tell the kinds apart, so a chain is of the one that its verified certificates name, whatever the sender calls it and puts beside it.</summary>
    [TestMethod]
    public void Verify_KindOfTheSendersChoice_IsRefused()
    {
        using var device = new SoftwareDevice();
        using var stranger = new SoftwareDevice(new SoftwareDevice.Options { LayerName = "Caliptra 1.0 Rt Alias" });
        var parts = device.Evidence(_reportData);
        Assert.IsNull(Verify(EvidenceKind.FpgaDice, device, parts));
        Assert.AreEqual(AttestationRefusal.InvalidChain, Verify(EvidenceKind.Caliptra, device, parts));
        Assert.AreEqual(AttestationRefusal.InvalidChain, Verify(EvidenceKind.Caliptra, device, new EvidenceParts([.. parts.Names.Select(name => KeyValuePair.Create(name, parts.TryGet(name, out var bytes) ? bytes : default)), new(DiceBody.IntermediatesPart, stranger.Layer0)])), "a name that nobody verified");
        Assert.IsNull(Verify(EvidenceKind.Caliptra, stranger, stranger.Evidence(_reportData)));
        Assert.AreEqual(AttestationRefusal.InvalidChain, Verify(EvidenceKind.FpgaDice, stranger, stranger.Evidence(_reportData)));

        static AttestationRefusal? Verify(string kind, SoftwareDevice device, EvidenceParts parts)
        {
            var received = ReceivedEvidence.Parse(kind, parts);
            Assert.IsNotNull(received.Value, received.Fault?.ToString());
            return AuthenticEvidence.Authenticate(received.Value, new AuthenticationContext(device.Roots, _at)).Fault?.Reason;
        }
    }

    /// <summary>The Open Profile for DICE has certificates in CBOR, too.</summary>
    [TestMethod]
    public void Parse_CertificatesInCbor_AreRefusedByName()
    {
        using var signer = TestSigner.P256();
        var certificate = signer.Sign1(TestSigner.Map((1, "issuer"), (2, "subject")), tagged: false);
        foreach (var main in new[] { certificate, TestSigner.Array(TestSigner.Raw(signer.CoseKey()), TestSigner.Raw(certificate)) })
        {
            var fault = ReceivedEvidence.Parse(EvidenceKind.FpgaDice, EvidenceParts.Of(main)).Fault!;
            Assert.AreEqual(AttestationRefusal.UnsupportedFormat, fault.Reason);
            Assert.Contains("Open Profile for DICE", fault.Given);
        }

        Assert.AreEqual(AttestationRefusal.Malformed, ReceivedEvidence.Parse(EvidenceKind.FpgaDice, EvidenceParts.Of(signer.CoseKey())).Fault!.Reason);
    }

    [TestMethod]
    public void Verify_OtherSession_IsNotBound()
    {
        using var device = new SoftwareDevice();
        var policy = AppraisalPolicy.Strict(EvidenceKind.FpgaDice, _measurement) with { RequireCrl = false };
        var envelope = ReceivedEvidence.Wrap(EvidenceKind.FpgaDice, device.Evidence(_reportData));
        var other = new SessionBinding(new byte[32], SessionBinding.Broker, [0x64, 0x7a, 1, 2, 3], new byte[20], [7, 7, 7]);
        Assert.AreEqual(AttestationRefusal.EvidenceNotBound, EvidenceVerifier.Verify(envelope, new AuthenticationContext(device.Roots, _at), policy, ExpectedBinding.Session(other)).Fault?.Reason);
    }

    [TestMethod]
    public void Verify_RootFirstOrPemOrP256Alias_IsTheSame()
    {
        using var device = new SoftwareDevice(new SoftwareDevice.Options { AliasCurve = ECCurve.NamedCurves.nistP256 });
        var parts = device.Evidence(_reportData);
        byte[] rootFirst = [.. device.Root, .. device.Device, .. device.Layer0, .. device.Alias];
        var pem = string.Join('\n', new[] { device.Alias, device.Layer0, device.Device, device.Root }.Select(der => PemEncoding.WriteString("CERTIFICATE", der)));
        foreach (var main in new[] { device.Chain, rootFirst, System.Text.Encoding.ASCII.GetBytes(pem) })
        {
            var verdict = Authenticate(With(parts, EvidenceParts.Main, main), device.Roots);
            Assert.IsTrue(verdict.Accepted, verdict.Fault?.ToString());
            Assert.AreEqual(AuthenticationResult.Valid, verdict.Value.Result);
        }
    }

    /// <summary>Pitfall: a verifier that puts a self-signed device certificate among its roots accepts any self-made chain.</summary>
    [TestMethod]
    public void Verify_RootFromTheEvidence_IsNeverTrusted()
    {
        using var device = new SoftwareDevice();
        using var other = new SoftwareDevice();
        var parts = With(device.Evidence(_reportData), EvidenceParts.Main, [.. device.Chain, .. device.Root]);
        Assert.IsTrue(Authenticate(parts, device.Roots).Accepted);
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Authenticate(parts, RootSet.Empty).Fault?.Reason);

        // The other device's root has the same name: what came along does not become an issuer by that.
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Authenticate(parts, other.Roots).Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.BadSignature, Authenticate(device.Evidence(_reportData), other.Roots).Fault?.Reason);
    }

    [TestMethod]
    public void Verify_RootOfAnotherFamily_IsNotTrusted()
    {
        using var device = new SoftwareDevice();
        Assert.IsTrue(TrustAnchor.TryFromCertificate(RootKind.Nvidia, device.Root, out var anchor));
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Authenticate(device.Evidence(_reportData), new RootSet([anchor])).Fault?.Reason);
    }

    [TestMethod]
    [DataRow(-1, AttestationRefusal.NotYetValid)]
    [DataRow(0, AttestationRefusal.None)]
    public void Verify_AtTheBeginning_IsJudgedToTheSecond(int seconds, AttestationRefusal expected)
    {
        using var device = new SoftwareDevice();
        Assert.AreEqual(expected, Authenticate(device.Evidence(_reportData), device.Roots, SoftwareDevice.Options.NotBefore.AddSeconds(seconds)).Fault?.Reason ?? AttestationRefusal.None);
    }

    [TestMethod]
    [DataRow(0, AttestationRefusal.None)]
    [DataRow(1, AttestationRefusal.Expired)]
    public void Verify_AtTheEnd_IsJudgedToTheSecond(int seconds, AttestationRefusal expected)
    {
        using var device = new SoftwareDevice();
        Assert.AreEqual(expected, Authenticate(device.Evidence(_reportData), device.Roots, SoftwareDevice.Options.NotAfter.AddSeconds(seconds)).Fault?.Reason ?? AttestationRefusal.None);
    }

    /// <summary>Pitfall: extensions called handled by their name. A critical one that nobody parsed refuses.</summary>
    [TestMethod]
    public void Verify_CriticalExtensions_AreReadOrRefused()
    {
        var manifest = SoftwareDevice.Extension("2.23.133.5.4.2", [4, 1, 0], critical: true);
        Assert.AreEqual(AttestationRefusal.InvalidChain, RefusalOf(new() { AliasExtra = [manifest] }));
        Assert.AreEqual(AttestationRefusal.InvalidChain, RefusalOf(new() { AliasExtra = [SoftwareDevice.Extension("1.2.3.4", [5, 0], critical: true)] }));
        Assert.IsNull(RefusalOf(new() { AliasExtra = [SoftwareDevice.Extension("2.23.133.5.4.2", [4, 1, 0], critical: false)] }));

        // A known name with bytes of another form was not read.
        Assert.AreEqual(AttestationRefusal.Malformed, RefusalOf(new() { AliasExtra = [SoftwareDevice.Extension(DiceOids.MultiTcbInfo, [5, 0], critical: true)] }));
        Assert.AreEqual(AttestationRefusal.Malformed, RefusalOf(new() { AliasExtra = [SoftwareDevice.Extension(DiceOids.OpenDiceInput, [0x30, 3, 0xA9, 1, 0], critical: true)] }));

        // A DNS name that is critical restricts the key to something that is not looked at here.
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("example.org");
        Assert.AreEqual(AttestationRefusal.Malformed, RefusalOf(new() { AliasExtra = [names.Build(critical: true)] }));
        Assert.IsNull(RefusalOf(new() { AliasExtra = [names.Build(critical: false)] }));
    }

    [TestMethod]
    public void Verify_KeyUsageAndPurposes_AreKept()
    {
        Assert.AreEqual(AttestationRefusal.InvalidChain, RefusalOf(new() { AliasUsage = X509KeyUsageFlags.KeyCertSign }));
        Assert.AreEqual(AttestationRefusal.InvalidChain, RefusalOf(new() { AliasExtra = [SoftwareDevice.Purposes("2.23.133.5.4.100.7")] }));
        Assert.AreEqual(AttestationRefusal.InvalidChain, RefusalOf(new() { AliasExtra = [SoftwareDevice.Purposes("1.3.6.1.5.5.7.3.1")] }), "a server's key");
        Assert.IsNull(RefusalOf(new() { AliasExtra = [SoftwareDevice.Purposes("2.23.133.5.4.100.7", DiceOids.AttestLocal)] }));
        Assert.AreEqual(AttestationRefusal.InvalidChain, RefusalOf(new() { Layer0Extra = [SoftwareDevice.Purposes(DiceOids.AttestLocal)] }));
        Assert.IsNull(RefusalOf(new() { Layer0Extra = [SoftwareDevice.Purposes(DiceOids.AttestLocal, DiceOids.EmbeddedAuthority)] }));
    }

    [TestMethod]
    public void Verify_TwoDevicesInOneChain_IsABindingMismatch()
    {
        Assert.AreEqual(AttestationRefusal.BindingMismatch, RefusalOf(new() { Layer0Ueid = [9, 9] }));
        Assert.IsNull(RefusalOf(new() { Layer0Ueid = [1, 2, 3, 4, 5, 6, 7, 8] }));
    }

    [TestMethod]
    [DataRow(0x80, false, true)]
    [DataRow(0x40, false, true)]
    [DataRow(0x20, false, true)]
    [DataRow(0x10, true, false)]
    [DataRow(0x08, false, false)]
    public void Verify_Flags_BecomeDebugOrCondition(int bits, bool debug, bool notSecured)
    {
        foreach (var options in new SoftwareDevice.Options[] { new() { Layer0 = new() { Flags = [(byte)bits, 0, 0, 1] } }, new() { Layer1 = new() { Flags = [(byte)bits, 0, 0, 1], Digest = new byte[48] } } })
        {
            using var device = new SoftwareDevice(options);
            var verdict = Authenticate(device.Evidence(_reportData), device.Roots).Value!;
            Assert.AreEqual(debug, verdict.Claims.Debug);
            Assert.AreEqual(notSecured, verdict.Claims.Conditions.Contains(EvidenceCondition.DeviceNotSecured));
            Assert.AreEqual(debug || notSecured ? AuthenticationResult.ValidDebug : AuthenticationResult.Valid, verdict.Result);
        }
    }

    [TestMethod]
    public void Verify_DigestOfOtherLengthOrWeak_IsRefusedOrACondition()
    {
        Assert.AreEqual(AttestationRefusal.Malformed, RefusalOf(new() { Layer1 = new() { Digest = new byte[47] } }));
        using var device = new SoftwareDevice(new() { Layer1 = new() { Digest = new byte[20], DigestOid = "1.3.14.3.2.26" } });
        var verdict = Authenticate(device.Evidence(_reportData), device.Roots).Value!;
        CollectionAssert.Contains(verdict.Claims.Conditions.ToList(), EvidenceCondition.WeakHash);
        Assert.AreEqual(AuthenticationResult.ValidWeakHash, verdict.Result);
    }

    // A genuine device measures whatever first stage it is given, and that stage can write any digest into the next certificate.
    [TestMethod]
    public void Verify_OtherFirstStage_IsAnotherMeasurement()
    {
        using var honest = new SoftwareDevice();
        using var mallory = new SoftwareDevice(new() { Layer0 = new() { Layer = 0, Svn = 5, Digest = SHA384.HashData("mallory's loader"u8) } });
        EnclaveClaims good = Claims(honest), bad = Claims(mallory);
        Assert.IsTrue(good.Measurements[^1].Value.Span.SequenceEqual(bad.Measurements[^1].Value.Span), "the same last layer");
        Assert.IsFalse(good.Measurement.Span.SequenceEqual(bad.Measurement.Span));

        static EnclaveClaims Claims(SoftwareDevice device) => Authenticate(device.Evidence(_reportData), device.Roots).Value!.Claims;
    }

    [TestMethod]
    public void Verify_NoLayerWithFlags_IsAConditionOfItsOwn()
    {
        using var silent = new SoftwareDevice(new() { Layer0 = new() { Layer = 0, Digest = new byte[48], Flags = [] }, Layer1 = new() { Layer = 1, Digest = new byte[48], Flags = [] } });
        CollectionAssert.Contains(Authenticate(silent.Evidence(_reportData), silent.Roots).Value!.Claims.Conditions.ToList(), EvidenceCondition.DebugNotStated);
        using var speaking = new SoftwareDevice(new() { Layer0 = new() { Layer = 0, Digest = new byte[48], Flags = [0, 0, 0, 1] } });
        CollectionAssert.DoesNotContain(Authenticate(speaking.Evidence(_reportData), speaking.Roots).Value!.Claims.Conditions.ToList(), EvidenceCondition.DebugNotStated);
    }

    [TestMethod]
    public void Verify_SignatureOfAnotherKeyMessageOrDevice_IsBad()
    {
        using var device = new SoftwareDevice();
        using var other = new SoftwareDevice();
        var parts = device.Evidence(_reportData);
        Assert.AreEqual(AttestationRefusal.BadSignature, Authenticate(With(parts, DiceBody.SignaturePart, other.Sign(_reportData)), device.Roots).Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.BadSignature, Authenticate(With(parts, DiceBody.SignaturePart, device.Sign(new byte[64])), device.Roots).Fault?.Reason);

        // One of the two parts without the other says nothing.
        Assert.AreEqual(AttestationRefusal.Malformed, Authenticate(new EvidenceParts([new(EvidenceParts.Main, device.Chain), new(DiceBody.ReportDataPart, _reportData)]), device.Roots).Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.Malformed, Authenticate(With(parts, DiceBody.ReportDataPart, _reportData[..63]), device.Roots).Fault?.Reason);
    }

    [TestMethod]
    public void Verify_AnyByteFlipped_IsRefused()
    {
        using var device = new SoftwareDevice();
        var parts = device.Evidence(_reportData);
        var verified = new VerifiedSignatures();
        Assert.IsTrue(Authenticate(parts, device.Roots, verified: verified).Accepted);
        foreach (var name in parts.Names.ToList())
        {
            Assert.IsTrue(parts.TryGet(name, out var bytes));
            for (var i = 0; i < bytes.Length; i++)
            {
                var changed = bytes.ToArray();
                changed[i] ^= 1;
                Assert.IsFalse(Authenticate(With(parts, name, changed), device.Roots, verified: verified).Accepted, $"{name}, byte {i}");
            }
        }
    }

    [TestMethod]
    public void Verify_AnyLengthOrTrailingByte_IsRefused()
    {
        using var device = new SoftwareDevice();
        var parts = device.Evidence(_reportData);
        var verified = new VerifiedSignatures();
        foreach (var name in parts.Names.ToList())
        {
            Assert.IsTrue(parts.TryGet(name, out var bytes));
            for (var length = 0; length < bytes.Length; length++)
            {
                Assert.IsFalse(Authenticate(With(parts, name, bytes[..length].ToArray()), device.Roots, verified: verified).Accepted, $"{name}, {length} bytes");
            }

            Assert.IsFalse(Authenticate(With(parts, name, [.. bytes.Span, 0]), device.Roots, verified: verified).Accepted, $"{name}, a byte more");
        }
    }

    [TestMethod]
    public void Verify_RevocationList_IsHeeded()
    {
        using var device = new SoftwareDevice();
        Assert.IsTrue(Authenticate(device.Evidence(_reportData), device.Roots, collateral: Crl(device, null)).Value!.Claims.RevocationChecked);
        Assert.AreEqual(AttestationRefusal.CertificateRevoked, Authenticate(device.Evidence(_reportData), device.Roots, collateral: Crl(device, device.Device)).Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.Expired, Authenticate(device.Evidence(_reportData), device.Roots, _at.AddDays(8), Crl(device, null)).Fault?.Reason);
        Assert.IsFalse(Authenticate(device.Evidence(_reportData), device.Roots).Value!.Claims.RevocationChecked, "without a list nothing is checked");
        Assert.AreEqual(AttestationRefusal.MalformedCollateral, Authenticate(device.Evidence(_reportData), device.Roots, collateral: new CollateralSet([new(CollateralName.Crls, new byte[] { 1 })])).Fault?.Reason);
    }

    private static CollateralSet Crl(SoftwareDevice device, byte[]? revoked)
    {
        var builder = new CertificateRevocationListBuilder();
        if (revoked is not null)
        {
            using var certificate = X509CertificateLoader.LoadCertificate(revoked);
            builder.AddEntry(certificate.SerialNumberBytes.Span);
        }

        using var root = X509CertificateLoader.LoadCertificate(device.Root);
        using var issuer = root.CopyWithPrivateKey(device.RootKey);
        var crl = builder.Build(issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(device.RootKey), 1, _at.AddDays(7), HashAlgorithmName.SHA384, X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(new byte[20]), _at.AddDays(-1));
        return new CollateralSet([new(CollateralName.Crls, crl)]);
    }
}
