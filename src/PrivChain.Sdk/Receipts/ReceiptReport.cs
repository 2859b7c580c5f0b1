using PrivChain.Core.Bytes;
using PrivChain.Core.Documents;

namespace PrivChain.Sdk.Receipts;

/// <summary>What came out of verifying a receipt. Checks stop at the first that fails: what follows would rest on it.</summary>
public sealed record ReceiptReport
{
    /// <summary>The checks made, in order.</summary>
    public required IReadOnlyList<ReceiptCheck> Checks { get; init; }

    /// <summary>The receipt, only when every check holds.</summary>
    public Receipt? Receipt { get; init; }

    /// <summary>The core, only when every check holds.</summary>
    public ReceiptCore? Core { get; init; }

    /// <summary>The ledger the receipt is of; zero when not even that could be read.</summary>
    public Digest LedgerId { get; init; }

    /// <summary>True when the caller said which ledger it must be. Without that a receipt proves a history, not whose.</summary>
    public bool Pinned { get; init; }

    /// <summary>True when the evidence proves nothing about hardware.</summary>
    public bool Simulated { get; init; }

    /// <summary>Unix ms of the use.</summary>
    public ulong UsedAt { get; init; }

    /// <summary>True when every check holds.</summary>
    public bool Valid => Receipt is not null;

    /// <summary>The check that failed, or null.</summary>
    public ReceiptCheck? Failed => Checks.FirstOrDefault(check => !check.Holds);

    // Ids of the records behind its fields for which the contract takes a person's own word.
    internal IReadOnlyList<string> SelfAsserted { get; init; } = [];

    /// <summary>What this receipt alone cannot show.</summary>
    public IReadOnlyList<string> NotChecked =>
    [
        "that no revocation stands before the use: verify the trail",
        "that approvals stood and uses were left: verify the trail",
        .. Receipt is { Query: null } ? ["which query it answers: a person's copy names all queries of the use by their root alone"] : Array.Empty<string>(),
        .. SelfAsserted.Select(record => $"whose word {record} is: this contract takes a person's own as well as an issuer's"),
    ];
}
