namespace PrivChain.Attestation.Amd;

/// <summary>Guest policy (AMD 56860, section 4.3): what the guest's owner let the host do. None of it is part of the launch measurement.</summary>
internal readonly record struct SnpPolicy(ulong Bits)
{
    private const int AlwaysOne = 17;
    private const int KnownBits = 26;

    public bool SmtAllowed => Has(16);

    public bool MigrationAllowed => Has(18);

    public bool Debug => Has(19);

    public bool SingleSocket => Has(20);

    /// <summary>True when bit 17 is one and no bit is set that the specification reserves.</summary>
    public bool IsWellFormed => Has(AlwaysOne) && Bits >> KnownBits == 0;

    /// <summary>In words, for people.</summary>
    public IReadOnlyList<string> Words() =>
    [
        $"abi {(Bits >> 8) & 0xff}.{Bits & 0xff}",
        SmtAllowed ? "smt allowed" : "smt refused",
        MigrationAllowed ? "migration agent allowed" : "migration refused",
        Debug ? "debug" : "no debug",
        .. Has(20) ? ["single socket"] : Array.Empty<string>(),
        .. Has(21) ? ["cxl allowed"] : Array.Empty<string>(),
        .. Has(22) ? ["aes-256-xts wanted"] : Array.Empty<string>(),
        .. Has(23) ? ["rapl off"] : Array.Empty<string>(),
        .. Has(24) ? ["ciphertext hiding wanted"] : Array.Empty<string>(),
        .. Has(25) ? ["page swap off"] : Array.Empty<string>(),
    ];

    private bool Has(int bit) => ((Bits >> bit) & 1) != 0;
}
