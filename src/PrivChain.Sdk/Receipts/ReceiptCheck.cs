using PrivChain.Core.Refusals;

namespace PrivChain.Sdk.Receipts;

/// <summary>One check of a receipt.</summary>
/// <param name="Field">The part of the receipt it looks at.</param>
/// <param name="Claim">What it asks, in plain words.</param>
/// <param name="Refusal">Why it failed, or null when it holds.</param>
public sealed record ReceiptCheck(string Field, string Claim, Refusal? Refusal)
{
    /// <summary>True when it holds.</summary>
    public bool Holds => Refusal is null;
}
