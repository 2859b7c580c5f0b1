using System.Text.Json.Nodes;

namespace PrivChain.Attestation.Amd;

/// <summary>TCB_VERSION (AMD 56860, section 2.2): security patch levels of a platform's firmware. Part by part, since a later boot loader does not make up for an earlier microcode.</summary>
/// <param name="Fmc">First mutable code; null before Turin.</param>
/// <param name="BootLoader">Boot loader.</param>
/// <param name="Tee">PSP operating system.</param>
/// <param name="Snp">SNP firmware.</param>
/// <param name="Microcode">Microcode.</param>
internal readonly record struct SnpTcb(byte? Fmc, byte BootLoader, byte Tee, byte Snp, byte Microcode)
{
    public const int Size = 8;

    /// <summary>Reads 8 bytes. False when a reserved byte is not zero.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool turin, out SnpTcb tcb)
    {
        // Turin: FMC 0, boot loader 1, TEE 2, SNP 3, microcode 7. Before: boot loader 0, TEE 1, SNP 6, microcode 7.
        tcb = turin ? new SnpTcb(bytes[0], bytes[1], bytes[2], bytes[3], bytes[7]) : new SnpTcb(null, bytes[0], bytes[1], bytes[6], bytes[7]);
        return !(turin ? bytes[4..7] : bytes[2..6]).ContainsAnyExcept((byte)0);
    }

    /// <summary>True when no part is above the other's.</summary>
    public bool IsAtMost(SnpTcb other) =>
        (Fmc ?? 0) <= (other.Fmc ?? 0) && BootLoader <= other.BootLoader && Tee <= other.Tee && Snp <= other.Snp && Microcode <= other.Microcode;

    /// <summary>The parts by the parameter names of AMD's key distribution service.</summary>
    public IReadOnlyDictionary<string, int> ToParameters()
    {
        var parameters = new Dictionary<string, int>(StringComparer.Ordinal) { ["blSPL"] = BootLoader, ["teeSPL"] = Tee, ["snpSPL"] = Snp, ["ucodeSPL"] = Microcode };
        if (Fmc is { } fmc)
        {
            parameters["fmcSPL"] = fmc;
        }

        return parameters;
    }

    /// <summary>The parts by the names that policies use.</summary>
    public IReadOnlyDictionary<string, uint> ToVersions()
    {
        var versions = new Dictionary<string, uint>(StringComparer.Ordinal) { ["bootloader"] = BootLoader, ["tee"] = Tee, ["snp"] = Snp, ["microcode"] = Microcode };
        if (Fmc is { } fmc)
        {
            versions["fmc"] = fmc;
        }

        return versions;
    }

    public JsonObject ToJson() => new(ToVersions().Select(part => KeyValuePair.Create(part.Key, (JsonNode?)part.Value)));

    public override string ToString() => $"{(Fmc is { } fmc ? $"fmc {fmc}, " : "")}boot loader {BootLoader}, tee {Tee}, snp {Snp}, microcode {Microcode}";
}
