using System.Text;
using PrivChain.Core.Bytes;
using PrivChain.Core.Keys;
using PrivChain.Core.Ledger;
using PrivChain.Core.Tree;

namespace PrivChain.Fuzz.Core;

/// <summary>Entries, genesis, and everything of the tree that is read back from disk or from other members.</summary>
internal static class LedgerHarnesses
{
    public static IReadOnlyList<Harness> All { get; } =
    [
        Harness.OfOneEncoding("entry", bytes => Entry.TryParse(bytes, out var entry) ? entry.ToArray() : null, Entries),
        Harness.OfOneEncoding("genesis", bytes => Genesis.Parse(bytes) is { Accepted: true } genesis ? genesis.Value.ToArray() : null),
        new Harness("checkpoint", bytes => Checkpoint.TryParse(bytes, out _), () => ["privchain.test/log\n3\nqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=\n"u8.ToArray()]),
        Harness.OfOneEncoding("signed-note", bytes => SignedNote.TryParse(bytes, out var note) ? note.Bytes.ToArray() : null, Notes),
        new Harness("verifier-key", bytes => NoteVerifierKey.TryParse(Encoding.UTF8.GetString(bytes), out _), () => ["PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"u8.ToArray()]),
        new Harness("witness-request", bytes => WitnessRequest.TryParse(bytes, out _)),
        new Harness("witness-state", bytes => WitnessState.TryRead(bytes, out _)),
        Harness.OfOneEncoding("split-view-proof", bytes => SplitViewProof.TryParse(bytes, out var proof) ? proof.ToArray() : null),
        Harness.OfOneEncoding("tlog-proof", bytes => TlogProof.TryParse(bytes, out var proof) ? proof.ToArray() : null),
        Harness.OfOneEncoding("merkle-frontier", bytes => MerkleFrontier.TryParse(MerkleHash.Sha256, bytes, out var frontier) ? frontier.ToArray() : null, () => [new MerkleTree(MerkleHash.Sha256).Frontier(0).ToArray()]),
        new Harness("tile-path", bytes => TilePath.TryParse(Encoding.UTF8.GetString(bytes), out _), () => ["tile/0/x001/234"u8.ToArray(), "tile/entries/000.p/7"u8.ToArray()]),
        new Harness("entry-bundle", bytes => EntryBundle.TryParse(bytes, 1, out _), () => [[0, 2, 7, 7]]),
        Harness.OfOneEncoding("address", bytes => AccountAddress.TryParse(Encoding.Latin1.GetString(bytes), out var address) ? Encoding.Latin1.GetBytes(address.ToString()) : null, () => ["0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"u8.ToArray()]),
        Harness.OfOneEncoding("digest", bytes => Digest.TryParse(Encoding.Latin1.GetString(bytes), out var digest) ? Encoding.Latin1.GetBytes(digest.ToString()) : null, () => [Encoding.ASCII.GetBytes(default(Digest).ToString())]),
    ];

    private static IEnumerable<byte[]> Entries()
    {
        using var account = Account.FromPrivateKey(Enumerable.Repeat((byte)7, Account.PrivateKeySize).ToArray());
        foreach (var kind in Enum.GetValues<EntryKind>())
        {
            var entry = new Entry { Kind = kind, Signer = account.Address };
            yield return (entry with { Signature = account.Sign(entry.DocumentDigest) }).ToArray();
        }
    }

    private static IEnumerable<byte[]> Notes() => ["If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"u8.ToArray()];
}
