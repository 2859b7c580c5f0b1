namespace PrivChain.Core.Refusals;

/// <summary>A refusal with its reason and, for an operator, where and wanted against given. Neither part holds personal data.</summary>
/// <param name="Reason">The one reason; never <see cref="RefusalReason.None"/>.</param>
/// <param name="Detail">For the operator or the owner of the input; a stranger gets the reason alone.</param>
public sealed record Refusal(RefusalReason Reason, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => Detail.Length == 0 ? Reason.ToString() : $"{Reason}: {Detail}";
}
