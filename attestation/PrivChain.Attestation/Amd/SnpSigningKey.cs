namespace PrivChain.Attestation.Amd;

/// <summary>SIGNING_KEY of a report. Other numbers are reserved.</summary>
internal enum SnpSigningKey
{
    /// <summary>A key of one chip at one TCB.</summary>
    Vcek = 0,
    /// <summary>A key that AMD leases to a cloud.</summary>
    Vlek = 1,
    /// <summary>The report is not signed.</summary>
    None = 7,
}
