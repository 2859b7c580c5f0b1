namespace PrivChain.Attestation.Tpm;

/// <summary>TPMA_OBJECT (TPM 2.0 part 2, section 8.3).</summary>
internal readonly record struct TpmAttributes(uint Bits)
{
    private const uint FixedTpm = 1 << 1;
    private const uint FixedParent = 1 << 4;
    private const uint SensitiveDataOrigin = 1 << 5;
    private const uint Restricted = 1 << 16;
    private const uint Decrypt = 1 << 17;
    private const uint Sign = 1 << 18;
    private const uint Storage = FixedTpm | FixedParent | SensitiveDataOrigin | Restricted | Decrypt;
    private const uint Attestation = FixedTpm | FixedParent | SensitiveDataOrigin | Restricted | Sign;

    /// <summary>True when the key signs only what the TPM itself made: data from outside that begins like an attestation is refused.</summary>
    public bool IsRestricted => (Bits & Restricted) != 0;

    /// <summary>True for a key that was made in this TPM, cannot leave it, and signs nothing but the TPM's own structures. Any other key could sign a quote that no TPM ever saw.</summary>
    public bool IsAttestationKey => (Bits & (Attestation | Decrypt)) == Attestation;

    /// <summary>True for a key that was made in this TPM, cannot leave it, and decrypts only what protects the TPM's own objects, as endorsement keys do.</summary>
    public bool IsStorageKey => (Bits & (Storage | Sign)) == Storage;

    public override string ToString() => $"0x{Bits:x8}";
}
