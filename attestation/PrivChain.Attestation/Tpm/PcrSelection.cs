namespace PrivChain.Attestation.Tpm;

/// <summary>TPMS_PCR_SELECTION: registers of one bank.</summary>
/// <param name="Hash">TPM_ALG_ID of the bank.</param>
/// <param name="Registers">Numbers in ascending order, the order in which a quote hashes their values.</param>
internal sealed record PcrSelection(ushort Hash, IReadOnlyList<int> Registers);
