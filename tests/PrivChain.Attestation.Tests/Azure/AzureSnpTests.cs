using System.Text;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tests.Amd;
using PrivChain.Attestation.Tests.Tpm;
using PrivChain.Attestation.Tpm;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Azure;

/// <summary>A genuine Azure guest: its paravisor's report, the chip's certificates, and the quote by the key that the report names.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class AzureSnpTests
{
    private static readonly byte[] _challenge = Encoding.ASCII.GetBytes("challenge");

    private static Dictionary<string, ReadOnlyMemory<byte>> Files()
    {
        var tpm = TpmCase.Named("azure_snp_vtpm_v1").Case;
        return new(StringComparer.Ordinal)
        {
            [EvidenceParts.Main] = tpm.Bytes("hcl"), [TpmPart.Quote] = tpm.Bytes("evidence"), [TpmPart.Signature] = tpm.Bytes("signature"), [TpmPart.Pcrs] = tpm.Bytes("pcrs"),
        };
    }

    private static AuthenticationContext Context() => SnpCase.Named("azure_hcl_milan_v2").Context();

    private static AttestationVerdict<AuthenticEvidence> Authenticate(Dictionary<string, ReadOnlyMemory<byte>> files, AuthenticationContext? context = null)
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.AzureSevSnp, new EvidenceParts(files));
        return received.Accepted ? AuthenticEvidence.Authenticate(received.Value, context ?? Context()) : new AttestationVerdict<AuthenticEvidence>(received.Fault);
    }

    [TestMethod]
    public void Authenticate_GenuineGuest_GivesHardwareClaimsAndTheQuotesNonce()
    {
        var authentic = Authenticate(Files());
        Assert.IsTrue(authentic.Accepted, authentic.Fault?.ToString());
        var claims = authentic.Value.Claims;
        Assert.AreEqual(AuthenticationResult.Valid, authentic.Value.Result);
        Assert.AreEqual(EvidenceKind.AzureSevSnp, claims.Kind);
        Assert.AreEqual("sev-snp", claims.Tee);
        Assert.AreEqual(RootKind.Amd, claims.Root.Kind);
        Assert.AreEqual("Milan", claims.ChipFamily);
        Assert.AreEqual(SnpCase.Named("azure_hcl_milan_v2").Case.Expect["measurement"]!.GetValue<string>(), Convert.ToHexStringLower(claims.Measurement.Span));
        Assert.HasCount(26, claims.Measurements, "launch, digest and 24 registers");
        Assert.IsNull(ExpectedBinding.Nonce(_challenge).Check(claims));
        Assert.AreEqual(AttestationRefusal.NonceMismatch, ExpectedBinding.Nonce("CHALLENGE"u8.ToArray()).Check(claims)?.Reason);
    }

    [TestMethod]
    public void Authenticate_LinkBroken_IsRefusedByName()
    {
        var other = TpmCase.Named("azure_cvm_tooling_challenge").Case;
        var tdx = TpmCase.Named("azure_tdx_vtpm_v1").Case;
        (string Case, AttestationRefusal Wanted, string Part, byte[]? Bytes)[] cases =
        [
            ("quote of another guest", AttestationRefusal.BadSignature, TpmPart.Quote, other.Bytes("evidence")),
            ("signature of another guest", AttestationRefusal.BadSignature, TpmPart.Signature, other.Bytes("signature")),
            ("values of another guest", AttestationRefusal.BindingMismatch, TpmPart.Pcrs, other.Bytes("pcrs")),
            ("no quote", AttestationRefusal.MissingEvidence, TpmPart.Quote, null),
            ("report of a TDX guest", AttestationRefusal.Malformed, EvidenceParts.Main, tdx.Bytes("hcl")),
            ("a key beside the report's", AttestationRefusal.Malformed, TpmPart.AkPublic, other.Bytes("ak_public_pem")),
            ("runtime data changed", AttestationRefusal.BindingMismatch, EvidenceParts.Main, Replaced("\"tpm-enabled\":true", "\"tpm-enabled\":1   ")),
        ];
        foreach (var (name, wanted, part, bytes) in cases)
        {
            var files = Files();
            if (bytes is null)
            {
                _ = files.Remove(part);
            }
            else
            {
                files[part] = bytes;
            }

            var verdict = Authenticate(files);
            Assert.AreEqual(wanted, verdict.Fault?.Reason ?? AttestationRefusal.None, $"{name}: {verdict.Fault}");
        }
    }

    // The attestation key in the runtime data is the one link between quote and hardware.
    [TestMethod]
    public void Authenticate_ByteOfTheReportFlipped_IsRefused()
    {
        var random = new Random(20260603);
        var context = Context() with { Verified = new Signatures.VerifiedSignatures() };
        var files = Files();
        var report = files[EvidenceParts.Main].ToArray();

        // The paravisor's own header: request type and what follows it are signed by nobody and not read.
        const int HeaderFrom = 12, HeaderTo = 32;
        for (var i = 0; i < 60; i++)
        {
            var position = random.Next(report.Length);
            if (position is >= HeaderFrom and < HeaderTo)
            {
                continue;
            }

            report[position] ^= 1;
            files[EvidenceParts.Main] = report.ToArray();
            Assert.IsFalse(Authenticate(files, context).Accepted, $"byte {position}");
            report[position] ^= 1;
        }
    }

    [TestMethod]
    public void Authenticate_WithoutAmdsCertificatesOrRoot_IsRefused()
    {
        Assert.AreEqual(AttestationRefusal.MissingCollateral, Authenticate(Files(), Context() with { Collateral = CollateralSet.Empty }).Fault?.Reason);
        Assert.AreEqual(AttestationRefusal.UntrustedRoot, Authenticate(Files(), Context() with { Roots = RootSet.Empty }).Fault?.Reason);
    }

    private static byte[] Replaced(string old, string changed)
    {
        var report = Encoding.Latin1.GetString(Files()[EvidenceParts.Main].Span);
        Assert.Contains(old, report);
        Assert.AreEqual(old.Length, changed.Length);
        return Encoding.Latin1.GetBytes(report.Replace(old, changed, StringComparison.Ordinal));
    }
}
