using PrivChain.Attestation.Claims;
using PrivChain.Attestation.Collateral;
using PrivChain.Attestation.Evidence;
using PrivChain.Attestation.Tpm;

namespace PrivChain.Attestation.Azure;

/// <summary>
/// Authenticates an Azure guest by its virtual TPM. Three links, each of which the next one needs: the hardware's report is genuine; its report data is the hash of the runtime data, so the attestation key in there lives
/// in that guest's paravisor; that key signed the quote, which carries the asker's nonce. The hardware's report is made once, at boot, and shows no age.
/// </summary>
/// <param name="kind">Kind of evidence.</param>
/// <param name="hcl">Report and runtime data.</param>
/// <param name="hardware">The hardware's report, as evidence of its own.</param>
/// <param name="quote">The quote by the key in the runtime data.</param>
internal sealed class AzureVtpmBody(string kind, HclReport hcl, IEvidenceBody hardware, TpmQuote quote) : IEvidenceBody
{
    public IReadOnlyList<EvidenceField> Fields => [.. hardware.Fields, .. hcl.Runtime.Fields("hcl_"), .. quote.Fields];

    public CollateralRequest? Request => hardware.Request;

    public AttestationVerdict<AuthenticClaims> Authenticate(AuthenticationContext context)
    {
        var verified = hardware.Authenticate(context);
        if (!verified.Accepted)
        {
            return verified;
        }

        if (quote.Signed.FirstFault() is { } unsigned)
        {
            return new AttestationVerdict<AuthenticClaims>(unsigned);
        }

        var inner = verified.Value;
        if (!hcl.ReportData.Span.SequenceEqual(inner.Claims.ReportData.Span))
        {
            return new AttestationVerdict<AuthenticClaims>(AttestationFault.Authenticate(
                AttestationRefusal.BindingMismatch, "hclReport.reportData", Convert.ToHexStringLower(inner.Claims.ReportData.Span), Convert.ToHexStringLower(hcl.ReportData.Span)));
        }

        if (!hcl.IsBoundBy(inner.Claims.ReportData.Span))
        {
            return new AttestationVerdict<AuthenticClaims>(AttestationFault.Authenticate(
                AttestationRefusal.BindingMismatch, "reportData", $"the {hcl.Hash.Name} of the runtime data and zeros", Convert.ToHexStringLower(inner.Claims.ReportData.Span)));
        }

        if (quote.FirstFault() is { } fault)
        {
            return new AttestationVerdict<AuthenticClaims>(fault);
        }

        var result = inner.Result == AuthenticationResult.Valid && quote.Signed.Scheme.IsWeak ? AuthenticationResult.ValidWeakHash : inner.Result;
        return new AttestationVerdict<AuthenticClaims>(new AuthenticClaims(Claims(inner.Claims), result, inner.Fields));
    }

    private EnclaveClaims Claims(EnclaveClaims inner) => new()
    {
        Kind = kind,
        Tee = inner.Tee,
        Root = inner.Root,
        Measurement = inner.Measurement,
        Measurements = [.. inner.Measurements, .. quote.Measurements],
        Program = MeasuredValue.DigestOf([new MeasuredValue("launch", "sha-384", inner.Program), .. quote.Measurements]),
        Signer = inner.Signer,
        ProductId = inner.ProductId,
        Svn = inner.Svn,
        Tcb = inner.Tcb,
        Debug = inner.Debug,

        // What the guest bound, when it bound something; the hardware's own report data is Azure's.
        ReportData = hcl.Runtime.UserData.Span.ContainsAnyExcept((byte)0) ? hcl.Runtime.UserData : default,
        Nonce = quote.Signed.Attest.ExtraData,
        IssuedAt = inner.IssuedAt,
        HoldsUntil = inner.HoldsUntil,
        HardwareId = inner.HardwareId,
        ChipFamily = inner.ChipFamily,
        Conditions = [.. inner.Conditions, .. quote.Conditions, .. hcl.Runtime.SecureBoot == false ? [EvidenceCondition.SecureBootOff] : Array.Empty<string>()],
        RevocationChecked = inner.RevocationChecked,
        NotChecked =
        [
            .. inner.NotChecked,
            .. quote.NotChecked,
            "Azure's paravisor, which runs the virtual TPM: the launch measurement is of it, and register values are its word for what booted above it",
        ],
    };
}
