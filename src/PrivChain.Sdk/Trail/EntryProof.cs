using System.Text;
using PrivChain.Core.Ledger;
using PrivChain.Core.Refusals;
using PrivChain.Core.Tree;
using PrivChain.Sdk.Connection;
using PrivChain.Sdk.Receipts;

namespace PrivChain.Sdk.Trail;

/// <summary>
/// One entry of the trail as a file that any tool of transparency logs verifies (c2sp.org/tlog-proof). The extra data is the entry itself, so the file needs nothing beside it; whoever holds the
/// entry from elsewhere may ignore it. Offline, no node, no clock.
/// </summary>
public static class EntryProof
{
    /// <summary>The file of an entry that was proved.</summary>
    public static byte[] Write(ProvenEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return new TlogProof(entry.Index, entry.Proof, entry.Checkpoint.Signed.Note, entry.Bytes).ToArray();
    }

    /// <summary>The files of all entries of a verified receipt, by what each is in it: <c>consent</c>, <c>use</c>, <c>delivery</c>, and so on.</summary>
    /// <exception cref="ArgumentException">The receipt does not hold.</exception>
    public static IReadOnlyDictionary<string, byte[]> WriteAll(ReceiptReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        if (report.Receipt is not { } receipt || !SignedNote.TryParse(Encoding.UTF8.GetBytes(receipt.Checkpoint), out var checkpoint))
        {
            throw new ArgumentException("the receipt does not hold", nameof(report));
        }

        var entries = new List<(string Name, ProvenEntryText Entry)>
        {
            ("publication", receipt.Publication), ("consent", receipt.Consent), ("session", receipt.Session), ("use", receipt.Use), ("delivery", receipt.Delivery),
        };
        entries.AddRange(receipt.Broker.Select((vote, i) => ($"broker-{i + 1}", vote)));
        entries.AddRange(receipt.Measurement.Select((vote, i) => ($"measurement-{i + 1}", vote)));
        return entries.ToDictionary(
            item => item.Name, item => new TlogProof(item.Entry.Index, item.Entry.Proof, checkpoint, item.Entry.Entry).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>
    /// Verifies a file against a pinned genesis: the log's signature, the witnesses' quorum, the place in the tree, and the entry's own signature. Only then is the extra data believed: it is the leaf
    /// that the proof is about.
    /// </summary>
    /// <param name="file">The file.</param>
    /// <param name="genesis">The ledger that the entry has to be of.</param>
    public static Verdict<ProvenEntry> Verify(ReadOnlySpan<byte> file, Genesis genesis)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        if (!TlogProof.TryParse(file, out var proof))
        {
            return Verdict<ProvenEntry>.Refuse(RefusalReason.Malformed, "not a tlog-proof file");
        }

        var size = genesis.Algorithms.EntrySize;
        if (proof.Extra.Length != size)
        {
            return Verdict<ProvenEntry>.Refuse(RefusalReason.Incomplete, $"the file does not carry its entry: wanted {size} bytes of extra data, given {proof.Extra.Length}");
        }

        var witnessed = proof.Verify(proof.Extra.Span, genesis.Log, LedgerFollower.WitnessesOf(genesis));
        return witnessed.Accepted
            ? ProvenEntry.Verify(proof.Index, proof.Extra, proof.Hashes, witnessed.Value, genesis.Domain)
            : witnessed.Refusal;
    }
}
