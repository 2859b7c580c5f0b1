namespace PrivChain.Attestation.Collateral;

/// <summary>What evidence says it needs, so that a provider can fetch it. Every value comes from evidence that nothing has verified yet: it chooses what to look up and proves nothing.</summary>
public abstract record CollateralRequest
{
    private CollateralRequest()
    {
    }

    /// <summary>Intel SGX or TDX: TCB info, identity, revocation lists (PCS v4).</summary>
    /// <param name="Tdx">True for TDX.</param>
    /// <param name="Fmspc">6 bytes as 12 hex digits, upper case.</param>
    /// <param name="Authority"><c>processor</c> or <c>platform</c>: who issued the PCK certificate.</param>
    public sealed record Intel(bool Tdx, string Fmspc, string Authority) : CollateralRequest;

    /// <summary>AMD SEV-SNP: certificates and revocation list (KDS).</summary>
    /// <param name="Product"><c>Milan</c>, <c>Genoa</c> or <c>Turin</c>; empty for reports before version 3, which do not say: a provider asks for each.</param>
    /// <param name="HardwareId">Chip id, lower-case hex: 64 bytes, on Turin 8. Empty for a VLEK, which only the host can hand out.</param>
    /// <param name="ReportedTcb">The reported TCB's parts by the parameter names of KDS, such as <c>blSPL</c>.</param>
    public sealed record Amd(string Product, string HardwareId, IReadOnlyDictionary<string, int> ReportedTcb) : CollateralRequest;

    /// <summary>Azure Attestation: the key set of an instance.</summary>
    /// <param name="Issuer">The instance's address, as the token names it: a provider asks only addresses that its caller has pinned.</param>
    public sealed record Maa(string Issuer) : CollateralRequest;
}
