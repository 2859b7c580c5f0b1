using System.Text;
using PrivChain.Attestation.Azure;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Tests.Intel;
using PrivChain.Attestation.Tests.Tpm;
using PrivChain.Attestation.Tpm;
using PrivChain.Tests.Shared;

namespace PrivChain.Attestation.Tests.Azure;

/// <summary>A genuine Azure guest on TDX: paravisor's report, TD quote with its collateral, and the quote by the key that the report names.</summary>
[TestClass]
[TestCategory(VectorFolder.Category)]
public sealed class AzureTdxTests
{
    private static AttestationCase Hardware() => AttestationCase.Load("tdx").First(@case => @case.Has("hcl"));

    private static Dictionary<string, ReadOnlyMemory<byte>> Files()
    {
        var tpm = TpmCase.Named("azure_tdx_vtpm_v1").Case;
        return new(StringComparer.Ordinal)
        {
            [EvidenceParts.Main] = tpm.Bytes("hcl"), [AzureFormat.TdQuotePart] = Hardware().Bytes("evidence"), [TpmPart.Quote] = tpm.Bytes("evidence"), [TpmPart.Signature] = tpm.Bytes("signature"), [TpmPart.Pcrs] = tpm.Bytes("pcrs"),
        };
    }

    private static AttestationVerdict<AuthenticEvidence> Authenticate(Dictionary<string, ReadOnlyMemory<byte>> files)
    {
        var received = ReceivedEvidence.Parse(EvidenceKind.AzureTdx, new EvidenceParts(files));
        return received.Accepted ? AuthenticEvidence.Authenticate(received.Value, IntelCase.Context(Hardware())) : new AttestationVerdict<AuthenticEvidence>(received.Fault);
    }

    [TestMethod]
    public void Authenticate_GenuineGuest_HasTheVerdictOfItsTdQuoteAndTheNonceOfItsTpm()
    {
        var authentic = Authenticate(Files());
        Assert.IsTrue(authentic.Accepted, authentic.Fault?.ToString());
        var claims = authentic.Value.Claims;
        Assert.AreEqual(Hardware().Result, VerdictName.Of(authentic.Value.Result));
        Assert.AreEqual(EvidenceKind.AzureTdx, claims.Kind);
        Assert.AreEqual(RootKind.Intel, claims.Root.Kind);
        Assert.AreEqual(Hardware().Expect["mrtd"]!.GetValue<string>(), Convert.ToHexStringLower(claims.Measurement.Span));
        Assert.IsNull(ExpectedBinding.Nonce(Encoding.ASCII.GetBytes("challenge")).Check(claims));
        Assert.AreEqual(authentic.Value.Fields.Count, authentic.Value.Fields.Select(field => field.Name).Distinct().Count(), "each field once");
    }

    [TestMethod]
    public void Authenticate_LinkBroken_IsRefusedByName()
    {
        var otherTd = AttestationCase.Load("tdx").First(@case => !@case.Has("hcl") && @case.Result.StartsWith("valid", StringComparison.Ordinal)).Bytes("evidence");
        (string Case, AttestationRefusal Wanted, string Part, byte[]? Bytes)[] cases =
        [
            ("no TD quote", AttestationRefusal.MissingEvidence, AzureFormat.TdQuotePart, null),
            ("report of an SNP guest", AttestationRefusal.Malformed, EvidenceParts.Main, TpmCase.Named("azure_snp_vtpm_v1").Case.Bytes("hcl")),
            ("quote of another guest", AttestationRefusal.BadSignature, TpmPart.Quote, TpmCase.Named("azure_snp_vtpm_v1").Case.Bytes("evidence")),
        ];
        foreach (var (name, wanted, part, bytes) in cases)
        {
            var files = Files();
            _ = files.Remove(part);
            if (bytes is not null)
            {
                files[part] = bytes;
            }

            Assert.AreEqual(wanted, Authenticate(files).Fault?.Reason ?? AttestationRefusal.None, name);
        }

        var mixed = Files();
        mixed[AzureFormat.TdQuotePart] = otherTd;
        Assert.IsFalse(Authenticate(mixed).Accepted, "a genuine TD quote of another guest");
    }
}
