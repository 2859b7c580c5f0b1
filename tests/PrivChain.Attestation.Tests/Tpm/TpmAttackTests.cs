using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tests.Certificates;
using PrivChain.Attestation.Tpm;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Tpm;

/// <summary>Genuine quotes, each changed in one way: none passes.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class TpmAttackTests
{
    private const int Samples = 8;
    private const int Stride = 7;

    // Every third byte of quote and signature; samples of values, log and key.
    [TestMethod]
    public void Authenticate_ByteFlipped_IsRefused()
    {
        var random = new Random(20260602);
        foreach (var @case in TpmCase.Genuine().Where(@case => @case.Case.Has("signature")))
        {
            var context = @case.Context();
            foreach (var (name, bytes) in @case.Files().Where(file => file.Key != TpmPart.AkCertificate))
            {
                var positions = name is EvidenceParts.Main or TpmPart.Signature ? Enumerable.Range(0, bytes.Length).Where(position => position % Stride == 0) : Enumerable.Range(0, Samples).Select(_ => random.Next(bytes.Length));
                foreach (var position in positions)
                {
                    var changed = bytes.ToArray();
                    changed[position] ^= 1;

                    // Replaying the log each time would take most of the time, and it is not what changed.
                    if (Refusal(@case, name, changed, context, without: name == TpmPart.EventLog ? string.Empty : TpmPart.EventLog) == AttestationRefusal.None)
                    {
                        AssertUnsigned(@case, name, position);
                    }
                }
            }
        }
    }

    [TestMethod]
    public void Parse_QuoteOrSignatureCut_IsRefused()
    {
        foreach (var @case in TpmCase.Genuine().Where(@case => @case.Case.Has("signature")))
        {
            var context = @case.Context();
            foreach (var name in new[] { EvidenceParts.Main, TpmPart.Signature, TpmPart.AkPublic })
            {
                var bytes = @case.Files()[name];
                for (var length = name == TpmPart.AkPublic && @case.Case.Has("ak_public_pem") ? bytes.Length : 0; length < bytes.Length; length += Stride)
                {
                    Assert.AreNotEqual(AttestationRefusal.None, Refusal(@case, name, bytes[..length].ToArray(), context, TpmPart.EventLog), $"{@case.Case.Name}: {length} bytes of {name}");
                }
            }
        }
    }

    [TestMethod]
    public void Authenticate_CertificateAlone_LeadsToItsRootAtItsTimeOnly()
    {
        var @case = TpmCase.All().First(@case => @case.Case.Has("ak_root") && @case.Case.Result == "valid");
        var context = @case.Context() with { Roots = @case.Authorities() };
        var valid = context with { At = new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        Assert.AreEqual(AttestationRefusal.None, Refusal(@case, valid));
        Assert.AreEqual(AttestationRefusal.NotYetValid, Refusal(@case, context), "the case's own time is before the certificate's");
        Assert.AreEqual(AttestationRefusal.Expired, Refusal(@case, context with { At = valid.At.AddYears(40) }));
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Refusal(@case, valid with { Roots = RootSet.Empty, Collateral = CollateralSet.Empty }));
        Assert.AreNotEqual(AttestationRefusal.None, Refusal(@case, valid with { Collateral = CollateralSet.Empty }), "an authority is missing");
        Assert.AreEqual(
            AttestationRefusal.MalformedCollateral, Refusal(@case, valid with { Collateral = new CollateralSet([new(CollateralName.Intermediates, new byte[] { 1 })]) }), "not certificates");
    }

    [TestMethod]
    public void Authenticate_CertificateOfAnotherKey_IsRefused()
    {
        var google = TpmCase.All().First(@case => @case.Case.Has("ak_root"));
        var azure = TpmCase.Named("azure_trustedlaunch_windows_quote");
        Assert.AreEqual(AttestationRefusal.BindingMismatch, Refusal(azure, TpmPart.AkCertificate, google.Case.Bytes("ak_certificate"), azure.Context()), "its key is pinned, the certificate is another's");
        var roots = azure.Context() with { Roots = google.Authorities(), Collateral = google.Collateral(), At = new DateTimeOffset(2022, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        Assert.AreEqual(AttestationRefusal.BindingMismatch, Refusal(azure, TpmPart.AkCertificate, google.Case.Bytes("ak_certificate"), roots), "a good certificate does not vouch for another key");
    }

    // An endorsement key decrypts: a certificate for one does not make a quote believable.
    [TestMethod]
    public void Certificate_OfAnEndorsementKey_IsNotForAttestation()
    {
        Assert.IsTrue(TpmCertificate.TryRead(TpmCase.Named("gce_ek_cert_uca_ecc_enc").Case.Bytes("evidence"), out var endorsement));
        Assert.IsTrue(endorsement.IsForEndorsement);
        Assert.IsFalse(endorsement.IsForAttestation);
        Assert.IsTrue(TpmCertificate.TryRead(TpmCase.Named("gce_ak_cert_pca_rsa_sign").Case.Bytes("evidence"), out var attestation));
        Assert.IsTrue(attestation.IsForAttestation);
        Assert.IsFalse(attestation.IsForEndorsement);
    }

    /// <summary>A certificate as it lies in a TPM's non-volatile memory: the place is larger.</summary>
    [TestMethod]
    public void Certificate_PaddedWithZeros_IsTheSame()
    {
        var bytes = TpmCase.Named("gce_ek_cert_uca_ecc_enc").Case.Bytes("evidence");
        Assert.IsTrue(TpmCertificate.TryRead(bytes, out var own));
        foreach (var zeros in new[] { 1, 600 })
        {
            Assert.IsTrue(TpmCertificate.TryRead((byte[])[.. own.Certificate.Der.Span, .. new byte[zeros]], out var padded), $"{zeros}");
            Assert.IsTrue(own.Certificate.Der.Span.SequenceEqual(padded.Certificate.Der.Span));
            Assert.IsFalse(TpmCertificate.TryRead((byte[])[.. own.Certificate.Der.Span, .. new byte[zeros], 1], out _), "something else behind it");
            Assert.IsFalse(TpmCertificate.TryRead(new byte[zeros], out _), "nothing but zeros");
        }
    }

    /// <summary>What an authority may be used for is not read, so an authority for whom it is critical vouches for nothing.</summary>
    [TestMethod]
    [DataRow(false, false, AttestationRefusal.None)]
    [DataRow(true, false, AttestationRefusal.None)]
    [DataRow(true, true, AttestationRefusal.InvalidChain)]
    public void Certificate_UsesOfAnAuthority_AreNotTakenForRead(bool hasUses, bool critical, AttestationRefusal wanted)
    {
        using var root = TestAuthority.Root("root");
        using var authority = root.Issue("authority", isAuthority: true, change: request =>
        {
            if (hasUses)
            {
                request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical));
            }
        });
        using var leaf = authority.Issue("key", change: request => request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("2.23.133.8.3")], critical: true)));
        Assert.IsTrue(TrustAnchor.TryFromCertificate(RootKind.Tpm, root.Der, out var anchor));
        var context = new AuthenticationContext(new RootSet([anchor]), new CollateralSet([new(CollateralName.Intermediates, authority.Der)]), TestAuthority.At);
        var received = ReceivedEvidence.Parse(EvidenceKind.Tpm, EvidenceParts.Of(leaf.Der));
        Assert.AreEqual(wanted, AuthenticEvidence.Authenticate(received.Value!, context).Fault?.Reason ?? AttestationRefusal.None);
    }

    [TestMethod]
    public void Authenticate_EventsThatLeadElsewhere_AreRefused()
    {
        var @case = TpmCase.Named("azure_trustedlaunch_windows_quote");
        var other = TpmCase.Named("azure_trustedlaunch_linux_quote");
        Assert.AreEqual(AttestationRefusal.EventLogMismatch, Refusal(@case, TpmPart.EventLog, other.Case.Bytes("event_log"), @case.Context()));
    }

    private static void AssertUnsigned(TpmCase @case, string name, int position)
    {
        // Data of events whose digest is of something else, text between PEM lines and a public area's own policy are signed by nobody; the key itself is the trusted one or nothing verifies.
        // Of an HCL report this kind reads the runtime data and that the hardware's report data is their hash; the report itself is judged by the kinds azure-sev-snp and azure-tdx.
        const int RuntimeDataStart = 32 + 0x4a0 + 20;
        var reportData = 32 + (@case.Files().TryGetValue(TpmPart.HclReport, out var hcl) && hcl.Length > 1224 && hcl.Span[1224] == 4 ? 0x80 : 0x50);
        var runtimeDataEnd = hcl.Length < RuntimeDataStart ? 0 : RuntimeDataStart + System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(hcl.Span[(RuntimeDataStart - 4)..]);
        var aroundRuntimeData = name == TpmPart.HclReport && ((position < RuntimeDataStart && (position < reportData || position >= reportData + 64)) || position >= runtimeDataEnd);
        Assert.IsTrue(aroundRuntimeData || name is TpmPart.EventLog or TpmPart.AkPublic, $"{@case.Case.Name}: byte {position} of {name}");
    }

    private static AttestationRefusal Refusal(TpmCase @case, AuthenticationContext context) => Refusal(@case, EvidenceParts.Main, @case.Files()[EvidenceParts.Main].ToArray(), context);

    private static AttestationRefusal Refusal(TpmCase @case, string part, byte[] bytes, AuthenticationContext context, string without = "")
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(@case.Files(), StringComparer.Ordinal) { [part] = bytes };
        _ = files.Remove(without);
        var received = ReceivedEvidence.Parse(EvidenceKind.Tpm, new EvidenceParts(files));
        return received.Fault?.Reason ?? AuthenticEvidence.Authenticate(received.Value!, context).Fault?.Reason ?? AttestationRefusal.None;
    }
}
