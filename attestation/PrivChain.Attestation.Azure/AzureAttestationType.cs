namespace PrivChain.Attestation.Azure;

/// <summary>Kinds of evidence that Azure Attestation takes, each with an endpoint and a policy of its own.</summary>
public enum AzureAttestationType
{
    /// <summary>Intel SGX quote.</summary>
    SgxEnclave = 1,
    /// <summary>Open Enclave report or evidence.</summary>
    OpenEnclave = 2,
    /// <summary>AMD SEV-SNP report.</summary>
    SevSnpVm = 3,
    /// <summary>Intel TDX quote (service version 2025-06-01).</summary>
    TdxVm = 4,
    /// <summary>TPM, in messages whose content the service and its client on the machine agree upon.</summary>
    Tpm = 5,
}
