namespace PrivChain.Attestation.Tpm;

/// <summary>A register's value beside what its events lead to.</summary>
/// <param name="Hash">TPM_ALG_ID of the bank.</param>
/// <param name="Register">Number.</param>
/// <param name="Matches">Whether they are equal; a register without events is compared with zeros.</param>
/// <param name="Contradicts">Whether its events lead to another value. A register that has none, and runtime measurement extends (PCR 10 of Linux IMA), contradicts nothing.</param>
internal sealed record ReplayedRegister(ushort Hash, int Register, bool Matches, bool Contradicts)
{
    public bool IsUnexplained => !Matches && !Contradicts;
}
