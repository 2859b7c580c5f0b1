using PrivChain.Core.Bytes;
using PrivChain.Core.Ledger;

namespace PrivChain.Sdk.Receipts;

/// <summary>What a consent record says that its ledger bears out, and what it does not.</summary>
public sealed record ConsentRecordReport
{
    /// <summary>True when everything that can be checked holds.</summary>
    public bool Valid => Failed is null;

    /// <summary>The checks in their order; after one on which the rest depends has failed there are no more.</summary>
    public required IReadOnlyList<ReceiptCheck> Checks { get; init; }

    /// <summary>The first check that does not hold, or null.</summary>
    public ReceiptCheck? Failed => Checks.FirstOrDefault(check => !check.Holds);

    /// <summary>True when the caller said which ledger it must be.</summary>
    public bool Pinned { get; init; }

    /// <summary>The ledger of the trail; zero without one.</summary>
    public Digest LedgerId { get; init; }

    /// <summary>The consent as the end of the trail has it; null when it is not there.</summary>
    public Grant? Grant { get; init; }

    /// <summary>Unix seconds at which a quorum of witnesses had seen the end of the trail: what came later is not known.</summary>
    public ulong WitnessedAt { get; init; }

    /// <summary>What such a file says and no trail shows, in words.</summary>
    public IReadOnlyList<string> NotChecked { get; } =
    [
        "which optional fields the person agreed to: the ledger has only a salted digest of that",
        "names, addresses, sources and who manages the consent: they are copied from profiles and from the person's own papers",
        "what happened after the trail was saved",
    ];
}
