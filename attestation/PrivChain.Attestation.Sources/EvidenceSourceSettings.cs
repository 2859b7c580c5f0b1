using PrivChain.Attestation.Roots;
using PrivChain.Attestation.Sources.Gramine;
using PrivChain.Attestation.Sources.Tpm;
using PrivChain.Attestation.Sources.Tsm;

namespace PrivChain.Attestation.Sources;

/// <summary>What a choice of source may look at.</summary>
public sealed record EvidenceSourceSettings
{
    /// <summary>Character device below <c>/dev</c>, or Unix socket, of a DICE device; empty when there is none.</summary>
    public string DiceChannel { get; init; } = string.Empty;

    /// <summary>How tpm2-tools reach a TPM.</summary>
    public string TpmTcti { get; init; } = TpmTools.DefaultTcti;

    /// <summary>PCRs that are quoted and sealed to.</summary>
    public string TpmPcrs { get; init; } = TpmSource.DefaultPcrs;

    /// <summary>Folder for what a TPM sealed.</summary>
    public required string StateFolder { get; init; }

    /// <summary>The roots that a DICE device must chain to.</summary>
    public required RootSet Roots { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    internal ITsmFolder Tsm { get; init; } = new KernelTsmFolder();

    internal string GramineFolder { get; init; } = GramineSource.DefaultFolder;

    internal string TpmDevice { get; init; } = "/dev/tpmrm0";
}
