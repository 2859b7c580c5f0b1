namespace PrivChain.Attestation.Certificates;

/// <summary>Times of what a chain was verified with.</summary>
/// <param name="HoldsUntil">The earliest end of a certificate or list.</param>
/// <param name="IssuedAt">When the oldest list was issued, or null without lists: one that has not ended may still hide what a newer one says.</param>
internal readonly record struct ListTimes(DateTimeOffset HoldsUntil, DateTimeOffset? IssuedAt)
{
    public ListTimes With(RevocationList list) => new(
        list.NextUpdate < HoldsUntil ? list.NextUpdate : HoldsUntil,
        IssuedAt is { } issued && issued < list.ThisUpdate ? issued : list.ThisUpdate);
}
