namespace PrivChain.Attestation.Roots;

/// <summary>Names of root families. A root set and a genesis name a root as <c>family:0x…</c>. One family never vouches for another's evidence.</summary>
public static class RootKind
{
    /// <summary>Test roots of simulated evidence; named by the 33-byte compressed key.</summary>
    public const string Simulated = "simulated";

    /// <summary>Intel's provisioning root, for SGX, TDX, and Open Enclave.</summary>
    public const string Intel = "intel";

    /// <summary>AMD root keys (ARK), one for each line of processors.</summary>
    public const string Amd = "amd";

    /// <summary>AWS Nitro Enclaves root.</summary>
    public const string Nitro = "aws-nitro";

    /// <summary>Manufacturers and clouds that vouch for TPM endorsement or attestation keys.</summary>
    public const string Tpm = "tpm";

    /// <summary>Signing keys of Azure Attestation instances, or the roots of their x5c chains.</summary>
    public const string Maa = "maa";

    /// <summary>Keys given out of band for Entity Attestation Tokens (PSA, CCA).</summary>
    public const string Eat = "eat";

    /// <summary>The members' own root for DICE devices, the FPGA root of trust among them.</summary>
    public const string Dice = "dice";

    /// <summary>NVIDIA device identity.</summary>
    public const string Nvidia = "nvidia";

    /// <summary>Every family.</summary>
    public static IReadOnlyList<string> All { get; } = [Simulated, Intel, Amd, Nitro, Tpm, Maa, Eat, Dice, Nvidia];
}
