using PrivChain.Core.Bytes;
using PrivChain.Core.Contracts;
using PrivChain.Core.Documents;
using PrivChain.Core.Ledger;
using PrivChain.Core.Records;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;

namespace PrivChain.Sdk.Trail;

/// <summary>
/// Verifies an exported trail offline: every entry's signature and rule in order, every tile, the root under the checkpoint, the log's signature and the witnesses' quorum, and the public
/// documents that entries name. It streams: memory holds one batch of entries, the tree's frontier, and the ledger's state. Signatures are checked on all cores.
/// </summary>
public sealed class TrailVerifier
{
    private const int BatchSize = 4096;

    private readonly ITrailFiles _files;
    private readonly SchemaCatalog _catalog;
    private readonly List<(ulong Index, byte[] Bytes)> _batch = new(BatchSize);
    private readonly SortedDictionary<EntryKind, ulong> _kinds = [];
    private readonly Dictionary<AccountAddress, ulong> _queries = [];
    private ulong _uses;
    private ulong _deliveries;
    private LedgerFollower? _follower;
    private LedgerDomain? _domain;
    private Refusal? _refusal;
    private ulong? _wrongEntry;

    private TrailVerifier(ITrailFiles files, SchemaCatalog catalog)
    {
        _files = files;
        _catalog = catalog;
    }

    /// <summary>Verifies a trail.</summary>
    /// <param name="files">The exported files.</param>
    /// <param name="pinnedLedger">The ledger it must be, or null to take the genesis' word.</param>
    /// <param name="catalog">Record schemas; null: the built-in ones.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static TrailReport Verify(ITrailFiles files, Digest? pinnedLedger, SchemaCatalog? catalog = null, CancellationToken cancellation = default) =>
        new TrailVerifier(files, catalog ?? SchemaCatalog.BuiltIn).Run(pinnedLedger, cancellation);

    private TrailReport Run(Digest? pinnedLedger, CancellationToken cancellation)
    {
        var report = new TrailReport { Pinned = pinnedLedger is not null };
        if (_files.Read(TrailLayout.Genesis) is not { } genesisText)
        {
            return report with { Refusal = new Refusal(RefusalReason.Incomplete, $"{TrailLayout.Genesis} is missing") };
        }

        var genesis = Genesis.Parse(genesisText.Span);
        if (!genesis.Accepted)
        {
            return report with { Refusal = genesis.Refusal };
        }

        report = report with { LedgerId = genesis.Value.LedgerId };
        if (pinnedLedger is { } wanted && wanted != report.LedgerId)
        {
            return report with { Refusal = new Refusal(RefusalReason.WrongLedger, $"{TrailLayout.Genesis}: wanted {wanted}, given {report.LedgerId}") };
        }

        if (_files.Read(TrailLayout.Checkpoint) is not { } note)
        {
            return report with { Refusal = new Refusal(RefusalReason.Incomplete, $"{TrailLayout.Checkpoint} is missing") };
        }

        WitnessedCheckpoint witnessed;
        try
        {
            _domain = genesis.Value.Domain;
            _follower = new LedgerFollower(genesis.Value);
            var verdict = WitnessedCheckpoint.Verify(note.Span, genesis.Value.Log, LedgerFollower.WitnessesOf(genesis.Value));
            if (!verdict.Accepted)
            {
                return report with { Refusal = new Refusal(verdict.Reason, $"{TrailLayout.Checkpoint}: {verdict.Refusal.Detail}") };
            }

            witnessed = verdict.Value;
        }
        catch (Exception exception) when (exception is FormatException or ArgumentException)
        {
            return report with { Refusal = new Refusal(RefusalReason.BadSettings, "the genesis names a log or witness key that is none") };
        }

        var tiles = TileTree.Verify(genesis.Value.Algorithms.Tree, witnessed.Checkpoint, _files.Read, (index, entry) =>
        {
            if (_refusal is null)
            {
                _batch.Add((index, entry.ToArray()));
                if (_batch.Count == BatchSize)
                {
                    cancellation.ThrowIfCancellationRequested();
                    Flush();
                }
            }
        });
        Flush();
        if (_refusal is null && !tiles.Accepted)
        {
            _refusal = tiles.Refusal;
        }

        if (_refusal is null && _follower.AcceptCheckpoint(note.Span) is { Accepted: false } refused)
        {
            _refusal = refused.Refusal;
        }

        return report with
        {
            Refusal = _refusal,
            FirstWrongEntry = _wrongEntry,
            Size = _follower.Size,
            Root = _follower.Root,
            Witnesses = witnessed.WitnessNames,
            WitnessedAt = witnessed.QuorumTime,
            LastEntryAt = _follower.State.Time,
            Kinds = _kinds,
            QueriesByInstitution = _queries,
            UndeliveredUses = _uses - _deliveries,
            State = _refusal is null ? _follower.State : null,
        };
    }

    private void Flush()
    {
        if (_refusal is not null || _batch.Count == 0)
        {
            return;
        }

        // Signatures need no order, rules do: all cores first, then one pass.
        var verdicts = AuthenticEntry.ReadAll(_batch.ConvertAll(static item => (ReadOnlyMemory<byte>)item.Bytes), _domain!);
        for (var i = 0; i < verdicts.Length && _refusal is null; i++)
        {
            Accept(_batch[i].Index, _batch[i].Bytes, verdicts[i]);
        }

        _batch.Clear();
    }

    private void Accept(ulong index, byte[] bytes, Verdict<AuthenticEntry> authentic)
    {
        var refusal = !authentic.Accepted ? authentic.Refusal
            : index != _follower!.Size ? new Refusal(RefusalReason.Incomplete, $"wanted entry {_follower.Size}")
            : _follower.Accept(authentic.Value, bytes).Refusal ?? CheckDocuments(authentic.Value.Entry);
        if (refusal is not null)
        {
            _refusal = new Refusal(refusal.Reason, $"entry {index}: {refusal.Detail}");
            _wrongEntry = index;
            return;
        }

        Count(authentic.Value!.Entry);
    }

    private void Count(Entry entry)
    {
        _kinds[entry.Kind] = _kinds.GetValueOrDefault(entry.Kind) + 1;
        switch (entry.Kind)
        {
            case EntryKind.Use:
                _uses++;
                var controller = _follower!.State.Consent(entry.Reference)!.Controller;
                _queries[controller] = _queries.GetValueOrDefault(controller) + entry.Count;
                break;
            case EntryKind.Deliver:
                _deliveries++;
                break;
        }
    }

    // What an entry publishes has to be in the trail, and has to be what the entry says.
    private Refusal? CheckDocuments(Entry entry) =>
        PublicDocument.DigestOf(entry) is not { } digest ? null : Document(digest, out var content) ?? PublicDocument.Judge(entry, content.Span, _catalog);

    private Refusal? Document(Digest digest, out ReadOnlyMemory<byte> content)
    {
        content = default;
        var path = TrailLayout.Document(digest);
        if (_files.Read(path) is not { } found)
        {
            return new Refusal(RefusalReason.Incomplete, $"{path} is missing");
        }

        content = found;
        return _domain!.Suite.DigestOf(found.Span) == digest ? null : new Refusal(RefusalReason.DigestMismatch, $"{path} has other content");
    }
}
