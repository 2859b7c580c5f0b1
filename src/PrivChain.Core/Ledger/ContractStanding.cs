using PrivChain.Core.Bytes;

namespace PrivChain.Core.Ledger;

/// <summary>Which contracts are what at one moment: that depends on who is admitted then, and not on any entry of the contract.</summary>
/// <param name="Approved">Those that enough regulators approve.</param>
/// <param name="Usable">Of these, those whose institution is enrolled: only under them a consent can be used.</param>
public sealed record ContractStanding(IReadOnlySet<Digest> Approved, IReadOnlySet<Digest> Usable)
{
    /// <summary>No contract.</summary>
    public static ContractStanding None { get; } = new(new HashSet<Digest>(), new HashSet<Digest>());

    /// <summary>As a state has them at its own time.</summary>
    public static ContractStanding Of(LedgerState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var approved = state.Contracts.Where(contract => state.IsApproved(contract.Digest)).ToList();
        return new ContractStanding(
            approved.Select(contract => contract.Digest).ToHashSet(),
            approved.Where(contract => state.Holds(LedgerRole.Institution, contract.Controller, state.Time)).Select(contract => contract.Digest).ToHashSet());
    }
}
