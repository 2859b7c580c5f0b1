using PrivChain.Core.Refusals;

namespace PrivChain.Core.Contracts;

/// <summary>One thing that the checker found.</summary>
/// <param name="Code">A stable code, such as <c>over-asking</c>.</param>
/// <param name="Severity">Whether it stops the contract.</param>
/// <param name="Path">Where, as a JSON path.</param>
/// <param name="En">What, in English.</param>
/// <param name="Zh">What, in Chinese.</param>
public sealed record ContractFinding(string Code, FindingSeverity Severity, string Path, string En, string Zh)
{
    /// <summary>The reason with which a contract with such an error is refused.</summary>
    public RefusalReason Reason => Code switch
    {
        "over-asking" or "too-narrow" or "mask-too-wide" or "no-profile" => RefusalReason.OverAsking,
        "malformed" => RefusalReason.Malformed,
        _ => RefusalReason.UnsafeContract,
    };
}
