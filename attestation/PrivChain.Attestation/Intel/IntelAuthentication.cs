using System.Security.Cryptography;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Signatures;

namespace PrivChain.Attestation.Intel;

/// <summary>
/// Authentication of SGX and TDX quotes, alone or inside of other evidence. Order: PCK chain, signature of the quoting enclave's report, signature of the quote, collateral, what binds the attestation key, then module,
/// quoting enclave and TCB level. Step numbers are those of Intel's quote verification library.
/// </summary>
internal static class IntelAuthentication
{
    /// <summary>Authenticates a quote. Without any collateral its signatures and chain are all that is proved.</summary>
    public static AttestationVerdict<IntelAppraisal> Verify(IntelQuote quote, AuthenticationContext context)
    {
        if (Certificates(quote, context, out var pck) is { } absent)
        {
            return new AttestationVerdict<IntelAppraisal>(absent);
        }

        // 4.1.2.2: the PCK certificate, up to a root that the caller trusts.
        var chain = IntelChain.VerifyPck(pck, context);
        if (!chain.Accepted)
        {
            return new AttestationVerdict<IntelAppraisal>(chain.Fault);
        }

        // 4.1.2.4.12 and 4.1.2.4.16. Never remembered: these are the evidence's own.
        var signature = quote.Signature;
        if (!pck.Leaf.Key.VerifyRaw(SignatureAlgorithm.EcdsaSha256, signature.QeReport.Bytes.Span, signature.QeReportSignature.Span))
        {
            return Refuse(AttestationRefusal.BadSignature, "qeReportSignature", "signed by the PCK certificate's key", "another signature");
        }

        var attestationKey = EcKey.FromCoordinates(EcKey.P256, signature.AttestationKey.Span[..32], signature.AttestationKey.Span[32..]);
        if (attestationKey is null || !attestationKey.VerifyRaw(SignatureAlgorithm.EcdsaSha256, quote.Signed.Span, signature.Signature.Span))
        {
            return Refuse(AttestationRefusal.BadSignature, "signature", "signed by the attestation key", "another signature");
        }

        IntelCollateral? collateral = null;
        if (!IntelCollateral.IsAbsent(context.Collateral))
        {
            var verified = IntelCollateral.Verify(context, chain.Value, pck.Extension, quote.IsTdx);
            if (!verified.Accepted)
            {
                return new AttestationVerdict<IntelAppraisal>(verified.Fault);
            }

            collateral = verified.Value;
        }

        // 4.1.2.4.13: without this anyone signs quotes with a key of their own beside a genuine report of the quoting enclave.
        if (!BindsAttestationKey(signature))
        {
            return Refuse(AttestationRefusal.BindingMismatch, "qe.reportData", "SHA-256 of attestation key and authentication data, then zeros", Convert.ToHexStringLower(signature.QeReport.ReportData.Span));
        }

        if (collateral is null)
        {
            return new AttestationVerdict<IntelAppraisal>(new IntelAppraisal(chain.Value, pck.Extension, null, null));
        }

        var tcb = TcbEvaluation.Evaluate(quote, pck.Extension, collateral.TcbInfo, collateral.QeIdentity);
        return tcb.Accepted
            ? new AttestationVerdict<IntelAppraisal>(new IntelAppraisal(chain.Value, pck.Extension, collateral, tcb.Value))
            : new AttestationVerdict<IntelAppraisal>(tcb.Fault);
    }

    // A quote carries the chain, or the leaf alone, or only names the platform: then the rest is collateral.
    private static AttestationFault? Certificates(IntelQuote quote, AuthenticationContext context, out PckCertificates pck)
    {
        pck = quote.Pck!;
        if (pck is not null)
        {
            return null;
        }

        if (!context.Collateral.TryGet(CollateralName.PckChain, out var bytes))
        {
            return AttestationFault.Authenticate(AttestationRefusal.MissingCollateral, CollateralName.PckChain, "the PCK certificate's chain", $"certification data of type {quote.Signature.CertificationType}, and no collateral");
        }

        return PckCertificates.TryParse(bytes, out pck!)
            ? null
            : AttestationFault.Authenticate(AttestationRefusal.MalformedCollateral, CollateralName.PckChain, "a PCK certificate and its chain, in PEM", $"{bytes.Length} bytes of another form");
    }

    private static bool BindsAttestationKey(QuoteSignature signature)
    {
        Span<byte> expected = stackalloc byte[64];
        expected.Clear();
        SHA256.HashData([.. signature.AttestationKey.Span, .. signature.QeAuthData.Span], expected);
        return signature.QeReport.ReportData.Span.SequenceEqual(expected);
    }

    private static AttestationVerdict<IntelAppraisal> Refuse(AttestationRefusal reason, string field, string wanted, string given) => new(AttestationFault.Authenticate(reason, field, wanted, given));
}
