using System.Runtime.InteropServices;
using PrivChain.Core.Bytes;
using PrivChain.Node.Ledger;

namespace PrivChain.Node.Vault;

/// <summary>
/// Which records are between ciphertext and anchor, in how many calls. The same record may come in two at once, one with an anchor that the rules refuse: the refusal of one call must not destroy what the other is about to
/// acknowledge. Nor may a record that comes again after its erasure leave its ciphertext behind.
/// </summary>
internal sealed class RecordsInFlight(RecordStore store, ILedgerEngine ledger)
{
    private readonly Dictionary<Digest, int> _calls = [];
    private readonly Lock _gate = new();

    /// <summary>Stores ciphertext that an anchor will name; false when a stranger has too much here. Each call of this is followed by one of <see cref="Land"/>.</summary>
    public bool TryStore(IReadOnlyList<(Digest Digest, byte[] Sealed)> records, AccountAddress? stranger, NodeLimits limits)
    {
        lock (_gate)
        {
            foreach (var (digest, _) in records)
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_calls, digest, out _)++;
            }
        }

        // Outside of the gate: what is counted is not destroyed.
        return store.TryPutRecords(records, stranger, limits);
    }

    /// <summary>Says that the call is over, and destroys what nobody may read: refused by a rule and anchored by nobody, or erased. If the process dies before, a refused ciphertext is left, and an erased one until the next start.</summary>
    /// <param name="records">What was stored.</param>
    /// <param name="refusedByRule">Which of them a rule refused.</param>
    public void Land(IEnumerable<Digest> records, IReadOnlySet<Digest> refusedByRule)
    {
        lock (_gate)
        {
            var doomed = new List<Digest>();
            foreach (var digest in records)
            {
                if (--CollectionsMarshal.GetValueRefOrAddDefault(_calls, digest, out _) > 0)
                {
                    continue;
                }

                _calls.Remove(digest);
                if (ledger.Query(state => state.Record(digest)) is var record && (record is { Erased: true } || (record is null && refusedByRule.Contains(digest))))
                {
                    doomed.Add(digest);
                }
            }

            if (doomed.Count > 0)
            {
                store.Destroy(doomed);
            }
        }
    }
}
