namespace PrivChain.Sdk.Consent;

/// <summary>The person's records one by one: what stands between some of them and their reader says nothing about the others.</summary>
/// <param name="Held">Those that opened and verified. The caller disposes them.</param>
/// <param name="Unreadable">Those that did not.</param>
public sealed record OwnRecords(IReadOnlyList<HeldRecord> Held, IReadOnlyList<UnreadableRecord> Unreadable);
