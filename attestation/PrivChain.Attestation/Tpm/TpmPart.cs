namespace PrivChain.Attestation.Tpm;

/// <summary>Names of the parts that TPM evidence has beside the structure itself.</summary>
internal static class TpmPart
{
    /// <summary>TPMT_SIGNATURE, or a bare signature.</summary>
    public const string Signature = "signature";

    /// <summary>The attestation key: TPMT_PUBLIC, TPM2B_PUBLIC or a PEM public key.</summary>
    public const string AkPublic = "ak-public";

    /// <summary>The attestation key's certificate, DER or PEM.</summary>
    public const string AkCertificate = "ak-certificate";

    /// <summary>Register values, see <see cref="PcrValues"/>.</summary>
    public const string Pcrs = "pcrs";

    /// <summary>Boot event log as firmware keeps it.</summary>
    public const string EventLog = "event-log";

    /// <summary>Public area of a key that the attestation key certified: its presence makes the evidence a certification, which is never taken for a quote.</summary>
    public const string CertifiedPublic = "certified-public";

    /// <summary>Azure's report that names the attestation key.</summary>
    public const string HclReport = "hcl-report";

    /// <summary>The quote, where another part is the main one.</summary>
    public const string Quote = "quote";
}
