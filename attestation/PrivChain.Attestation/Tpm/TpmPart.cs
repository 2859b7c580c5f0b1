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

    /// <summary>TPMS_ATTEST of the attestation key's own creation (TPM2_CertifyCreation), with <see cref="CreationSignature"/> and <see cref="CreationData"/>.</summary>
    public const string Creation = "creation";

    /// <summary>TPMT_SIGNATURE over <see cref="Creation"/>, by the attestation key.</summary>
    public const string CreationSignature = "creation-signature";

    /// <summary>TPMS_CREATION_DATA or TPM2B_CREATION_DATA.</summary>
    public const string CreationData = "creation-data";

    /// <summary>Azure's report that names the attestation key.</summary>
    public const string HclReport = "hcl-report";

    /// <summary>The quote, where another part is the main one.</summary>
    public const string Quote = "quote";
}
