namespace PrivChain.Sdk.Consent;

/// <summary>The person's records as a contract takes them, each by schema id; a kind is in one of the three, or the person has no record of it.</summary>
/// <param name="Counting">Those that answers would be computed from.</param>
/// <param name="Uncounted">Those that no answer may be computed from under this contract; their keys are wiped.</param>
/// <param name="Unreadable">Those that cannot be read and may be the ones that count.</param>
internal sealed record RecordChoice(
    IReadOnlyDictionary<string, HeldRecord> Counting, IReadOnlyDictionary<string, HeldRecord> Uncounted, IReadOnlyDictionary<string, UnreadableRecord> Unreadable);
