namespace PrivChain.Attestation.Evidence;

/// <summary>The formats that this library reads: one line each.</summary>
internal static class EvidenceFormats
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<IEvidenceFormat> All { get; } =
    [
        new Simulated.SimulatedFormat(),
        new Nitro.NitroFormat(),
        new Maa.MaaFormat(),
        new Eat.PsaFormat(),
        new Eat.CcaFormat(),
        new Eat.EatFormat(),
        new Amd.SnpFormat(),
        new Tpm.TpmFormat(),
        new Dice.DiceFormat(EvidenceKind.FpgaDice),
        new Dice.DiceFormat(EvidenceKind.Caliptra),
        new Nvidia.NvidiaFormat(),
        new Intel.SgxFormat(),
        new Intel.TdxFormat(),
        new OpenEnclave.OpenEnclaveFormat(),
        new Azure.AzureFormat(EvidenceKind.AzureSevSnp),
        new Azure.AzureFormat(EvidenceKind.AzureTdx),
    ];

    /// <summary>The format of a kind, or null.</summary>
    public static IEvidenceFormat? Of(string kind) => All.FirstOrDefault(format => format.Kind == kind);

    /// <summary>The format that bare bytes look like, or null.</summary>
    public static IEvidenceFormat? Recognise(ReadOnlySpan<byte> main)
    {
        foreach (var format in All)
        {
            if (format.Recognises(main))
            {
                return format;
            }
        }

        return null;
    }
}
