using Google.Protobuf;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Node.Ledger;
using PrivChain.Signatures;

namespace PrivChain.Node.Services;

/// <summary>Authenticates entries that come in calls of their own: those that come at the same time are checked side by side.</summary>
internal sealed class EntryAuthenticator
{
    private const int Capacity = 4096;

    private readonly LedgerDomain _domain;
    private readonly BatchCollector<Entry, Verdict<AuthenticEntry>>? _collector;

    public EntryAuthenticator(ILedgerEngine ledger)
    {
        _domain = ledger.Domain;

        // Without vectors a batch takes as long as its entries one by one, and those can use all cores.
        _collector = AuthenticEntry.SideBySide == 1
            ? null
            : new(
                AuthenticEntry.SideBySide, Capacity, (entries, verdicts) => AuthenticEntry.AuthenticateAll(entries, _domain).CopyTo(verdicts),
                batchesAtOnce: Math.Max(1, Environment.ProcessorCount / 2));
    }

    /// <summary>An entry of this kind that was not sequenced yet, authentic for this ledger.</summary>
    public async Task<Verdict<AuthenticEntry>> NewEntryAsync(ByteString bytes, CancellationToken cancellation, EntryKind? kind = null) =>
        !Entry.TryParse(bytes.Span, out var entry) || entry.Time != 0 || (kind is not null && entry.Kind != kind) ? Verdict<AuthenticEntry>.Refuse(RefusalReason.Malformed)
        : _collector is null ? AuthenticEntry.Authenticate(entry, _domain)
        : await _collector.AskAsync(entry, cancellation);
}
