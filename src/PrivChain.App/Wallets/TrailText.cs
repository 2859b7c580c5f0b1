using System.Globalization;
using PrivChain.App.Language;
using PrivChain.App.Trails;
using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;

namespace PrivChain.App.Wallets;

/// <summary>What a regulator's pages call things: names made harmless, and short forms of what has no name.</summary>
internal static class TrailText
{
    public static string Account(AccountAddress account, RegulatorLedger ledger, Words words) =>
        account.IsZero ? string.Empty
        : ledger.Organisations.TryGetValue(account, out var organisation) ? Names.Of(organisation, words)
        : account.ToString()[..10] + "…";

    public static string Contract(Digest contract, RegulatorLedger ledger, Words words) =>
        contract.IsZero ? string.Empty
        : ledger.Contracts.TryGetValue(contract, out var text) ? TerminalText.Neutralise(words["trail.contract.version", words.Pick(text.Title), text.Version.ToString(CultureInfo.InvariantCulture)])
        : contract.ToString()[..12] + "…";

    public static string Field(string name, RegulatorLedger ledger, Words words) =>
        ledger.Contracts.Values.Select(contract => contract.Find(name)).FirstOrDefault(field => field is not null) is { } found
            ? TerminalText.Neutralise(words["field.of", words.Pick(found.Record.Title), words.Pick(found.Field.Title)])
            : TerminalText.Neutralise(name);

    /// <summary>What sort of entry; of an admission or expulsion, in which role.</summary>
    public static string Kind(Entry entry, Words words) =>
        entry.Kind is EntryKind.Enrol or EntryKind.Expel ? words["kind." + entry.Kind] + words["colon"] + words["role." + entry.Role]
        : entry is { Kind: EntryKind.Use, Count: > 1 } ? words["kind.Use.many", entry.Count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)]
        : words["kind." + entry.Kind];

    /// <summary>What an entry refers to, or whom it admits, in short.</summary>
    public static string Subject(Entry entry, RegulatorLedger ledger, Words words) =>
        entry.Kind is EntryKind.Enrol or EntryKind.Expel && !entry.Party.IsZero ? Account(entry.Party, ledger, words)
        : entry.Reference.IsZero ? string.Empty
        : entry.Reference.ToString()[..12] + "…";

    public static string Outcome(SeenRow seen, Words words) =>
        seen.Outcome == TrailOutcome.None ? string.Empty
        : seen.Known ? words["outcome." + seen.Outcome]
        : words["outcome.unproved", words["outcome." + seen.Outcome]];

    /// <summary>Why something was refused, in a few words.</summary>
    public static string Reason(RefusalReason reason, Words words) => words.Has("refused." + reason) ? words["refused." + reason] : reason.ToString();

    public static ulong Now(TimeProvider time) => UnixTime.Seconds(time.GetUtcNow());
}
